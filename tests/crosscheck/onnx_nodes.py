"""A recurrent ONNX node run by grusym's kernels: directions, layouts, first states, as the operators say."""

import numpy as np

from grusym.assemble import kernel
from grusym.models.conventions import convention
from tests.crosscheck.readings import right_reading

READ = {"hidden_size", "direction", "layout", "linear_before_reset"}
WEIGHTS = ("W", "R", "B", "P")


def attributes(node):
    """The node's attributes as a dictionary; any that would change what is computed here is an error."""
    from onnx import helper

    found = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    assert set(found) <= READ, f"{node.op_type} with {set(found) - READ}"
    return found | {"direction": found.get("direction", b"forward").decode()}


def style_of(node, inputs):
    """The convention of a node's arrays."""
    option = ""
    if attributes(node).get("linear_before_reset"):
        option = " linear_before_reset=1"
    elif "P" in inputs:
        option = " peepholes"
    return convention(f"onnx{option}", node.op_type.lower())


def outputs_of(node, inputs, reading_of=right_reading, **options):
    """Y (T, directions, B, n) and the last states Y_h and Y_c (directions, B, n), or in layout 1.

    `inputs` are arrays by the operator's names for them. `reading_of` the convention and `options` in place
    of the node's attributes make a twin.
    """
    asked = attributes(node) | options
    batch_first = bool(asked.get("layout", 0))
    x = inputs["X"].swapaxes(0, 1) if batch_first else inputs["X"]
    steps, batch, _ = x.shape
    assert np.all(inputs.get("sequence_lens", steps) == steps), "sequences of unequal lengths"
    reading = reading_of(style_of(node, inputs))
    k, n = kernel(reading.cell), inputs["R"].shape[-1]
    directions = {"forward": [1], "reverse": [-1], "bidirectional": [1, -1]}[asked["direction"]]
    ys, lasts = [], []
    for d, way in enumerate(directions):
        arrays = {name: inputs[name][d : d + 1] for name in WEIGHTS if name in inputs}
        first = []
        for state in k.states:
            given = inputs.get(f"initial_{state}")
            given = given if given is None or not batch_first else given.swapaxes(0, 1)
            first.append(np.zeros((batch, n)) if given is None else given[d])
        states = k.forward(reading.weights(arrays), x[::way], np.concatenate(first, axis=-1))
        parts = k.split(states)
        ys.append(parts["h"][1:][::way])
        lasts.append({state: part[-1] for state, part in parts.items()})
    found = {"Y": np.stack(ys, axis=1)}
    found |= {f"Y_{state}": np.stack([last[state] for last in lasts]) for state in k.states}
    if batch_first:
        found = {name: np.moveaxis(a, -2, 0) for name, a in found.items()}
    return found
