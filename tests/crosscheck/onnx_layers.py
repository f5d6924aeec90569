"""ONNX's recurrent operators, run by the reference evaluator of the onnx package.

The evaluator is NumPy code that takes its type from its inputs, so complex numbers pass through it and
the complex step differentiates it. An operator has no parameters of its own: their shapes are read off
the operator's schema, and random arrays stand for them.
"""

import re
from functools import partial
from math import prod

import numpy as np

from tests.crosscheck.layer import Built, Layer

OUTPUTS = ("Y", "Y_h", "Y_c")


def stated_shape(operator, name, sizes):
    """The shape that the operator's documentation gives to an input: `[num_directions, 3*hidden_size]`."""
    from onnx import defs

    (text,) = (i.description for i in defs.get_schema(operator).inputs if i.name == name)
    *_, stated = re.findall(r"`\[([a-z_0-9*, ]+)\]`", text)
    return tuple(prod(sizes.get(f) or int(f) for f in axis.strip().split("*")) for axis in stated.split(","))


def evaluator(operator, names, outputs, **attributes):
    """A reference evaluator of one node; inputs that are left out have the name ""."""
    from onnx import TensorProto, helper
    from onnx.reference import ReferenceEvaluator

    def values(of):
        return [helper.make_tensor_value_info(name, TensorProto.DOUBLE, None) for name in of if name]

    node = helper.make_node(operator, names, outputs, **attributes)
    graph = helper.make_graph([node], operator, values(names), values(outputs))
    return ReferenceEvaluator(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)]))


def build(operator, n, m, peepholes=False, **attributes):
    """One node in the forward direction, with biases, and with peepholes if asked for."""
    sizes = {"num_directions": 1, "hidden_size": n, "input_size": m}
    rng = np.random.default_rng(0)
    shapes = {name: stated_shape(operator, name, sizes) for name in ("W", "R", "B", *("P" * peepholes))}
    parameters = {name: rng.standard_normal(shape) for name, shape in shapes.items()}
    states = ("h", "c") if operator == "LSTM" else ("h",)
    names = ["X", "W", "R", "B", "", *(f"initial_{s}" for s in states), *("P" * peepholes)]
    node = evaluator(operator, names, OUTPUTS[: 1 + len(states)], hidden_size=n, **attributes)

    def run(arrays, inputs, state):
        given = {"X": inputs, **arrays, **{f"initial_{s}": state[s][None] for s in states}}
        outputs, *last = node.run(None, given)
        return outputs[:, 0], {s: array[0] for s, array in zip(states, last, strict=True)}

    return Built(parameters, run)


def gru_count(n, m):
    return 3 * n * (m + n + 2)


ENGINE = "complex step"
LAYERS = (
    Layer("onnx", "gru", ENGINE, gru_count, partial(build, "GRU")),
    Layer(
        "onnx linear_before_reset=1", "gru", ENGINE, gru_count, partial(build, "GRU", linear_before_reset=1)
    ),
    Layer("onnx", "lstm", ENGINE, lambda n, m: 4 * n * (m + n + 2), partial(build, "LSTM")),
    Layer(
        "onnx peepholes",
        "lstm",
        ENGINE,
        lambda n, m: 4 * n * (m + n + 2) + 3 * n,
        partial(build, "LSTM", peepholes=True),
    ),
    Layer("onnx", "rnn", ENGINE, lambda n, m: n * (m + n + 2), partial(build, "RNN")),
)
