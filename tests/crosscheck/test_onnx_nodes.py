"""Whole ONNX nodes: the 18 recurrent node tests that the onnx package carries, and 200 random GRU nodes.

The node tests use constant weights, which hardly any wrong reading changes; so the random ones matter more.
"""

import warnings
from itertools import product

import numpy as np
import pytest

from tests.crosscheck.answers import error
from tests.crosscheck.onnx_layers import evaluator, stated_shape
from tests.crosscheck.onnx_nodes import WEIGHTS, outputs_of, style_of
from tests.crosscheck.readings import Reading, exchangeable, exchanged, wrong_readings

pytestmark = pytest.mark.crosscheck

RECURRENT = {"GRU", "LSTM", "RNN"}
NAMES = {
    *(f"test_{kind}_{what}" for kind in ("gru", "lstm", "simple_rnn") for what in ("defaults", "batchwise")),
    *(f"test_{kind}_{way}" for kind in ("gru", "lstm", "simple_rnn") for way in ("reverse", "bidirectional")),
    *(f"test_{kind}_with_initial_bias" for kind in ("gru", "lstm", "simple_rnn")),
    *("test_gru_seq_length", "test_rnn_seq_length", "test_lstm_with_peepholes"),
}
FLOAT32 = 1e-6  # the expected outputs are stored in float32; 2e-7 seen
SAME = 1e-12  # two orders of the same additions in float64; 6e-16 seen
DIFFERENT = 1e-3  # the error of a wrong reading; 0.01 is the least seen

SEEDS = 17  # for each of 12 kinds of node: 204 cases
KINDS = list(product((0, 1), ("forward", "reverse", "bidirectional"), (0, 1)))


@pytest.fixture(scope="module")
def node_tests():
    """Name -> node, its inputs by the operator's names for them, and the outputs expected, by the same."""
    from onnx import defs
    from onnx.backend.test.loader import load_model_tests

    found = {}
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # other operators' tests overflow on purpose
        cases = load_model_tests(kind="node")
    for case in cases:
        nodes = case.model.graph.node if case.model else ()
        if not any(node.op_type in RECURRENT for node in nodes):
            continue
        (node,), ((inputs, outputs),) = nodes, case.data_sets
        schema = defs.get_schema(node.op_type)
        given = [i.name for i, name in zip(schema.inputs, node.input, strict=False) if name]
        made = [o.name for o, name in zip(schema.outputs, node.output, strict=False) if name]
        arrays = {a: array.astype(np.float64) for a, array in zip(given, inputs, strict=True)}
        expected = {a: array.astype(np.float64) for a, array in zip(made, outputs, strict=True)}
        found[case.name] = node, arrays, expected
    return found


def worst(found, expected):
    return max(error(found[name], array) for name, array in expected.items())


def test_the_package_carries_the_18_recurrent_node_tests(node_tests):
    assert set(node_tests) >= NAMES and len(NAMES) == 18


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_node_test_is_passed(node_tests, name):
    node, inputs, expected = node_tests[name]
    assert worst(outputs_of(node, inputs), expected) < FLOAT32
    assert worst(outputs_of(node, inputs | {"X": -inputs["X"]}), expected) > FLOAT32
    n, m = inputs["R"].shape[-1], inputs["W"].shape[-1]
    stated = {a.name: a.shape(n, m)[1:] for a in style_of(node, inputs).arrays if a.name in inputs}
    assert stated == {a: inputs[a].shape[1:] for a in WEIGHTS if a in inputs}  # but for the directions


def test_only_one_of_twelve_gated_node_tests_notices_two_gates_exchanged(node_tests):
    noticing = set()
    gated = {name: node_tests[name] for name in NAMES if node_tests[name][0].op_type != "RNN"}
    for name, (node, inputs, expected) in gated.items():
        for pair in exchangeable(style_of(node, inputs)):
            found = outputs_of(node, inputs, lambda style, pair=pair: Reading("", exchanged(style, *pair)))
            if worst(found, expected) > FLOAT32:
                noticing.add(name)
    assert len(gated) == 12 and noticing == {"test_gru_seq_length"}
    grus = [style_of(node, inputs) for node, inputs, _ in gated.values() if node.op_type == "GRU"]
    assert {style.reset for style in grus} == {"before"}  # no node test sets linear_before_reset


def random_node(linear, direction, layout, seed):
    """A GRU node in the reference evaluator, and its random inputs; some lack biases or a first state."""
    rng = np.random.default_rng([linear, ord(direction[0]), layout, seed])
    n, m = rng.choice(np.arange(2, 7), size=2, replace=False)
    steps, batch = rng.choice(np.arange(2, 6), size=2, replace=False)
    sizes = {"hidden_size": n, "input_size": m, "seq_length": steps, "batch_size": batch}
    sizes |= {"num_directions": 1 + (direction == "bidirectional")}
    lacking = {"B": seed % 4 == 1, "initial_h": seed % 4 == 2}
    names = [name for name in ("X", "W", "R", "B", "initial_h") if not lacking.get(name)]
    inputs = {name: rng.standard_normal(stated_shape("GRU", name, sizes)) for name in names}
    if layout:
        inputs |= {name: inputs[name].swapaxes(0, 1) for name in ("X", "initial_h") if name in inputs}
    given = [name if name in inputs else "" for name in ("X", "W", "R", "B", "sequence_lens", "initial_h")]
    kind = {"linear_before_reset": linear, "direction": direction, "layout": layout}
    return evaluator("GRU", given, ["Y", "Y_h"], hidden_size=int(n), **kind), inputs


def asked_of(judge, inputs):
    """The node, and its outputs as the evaluator has them."""
    return judge.proto_.graph.node[0], dict(zip(("Y", "Y_h"), judge.run(None, inputs), strict=True))


@pytest.mark.parametrize(("linear", "direction", "layout"), KINDS)
def test_random_gru_nodes_are_computed_as_by_the_reference_evaluator(linear, direction, layout):
    for seed in range(SEEDS):
        judge, inputs = random_node(linear, direction, layout, seed)
        node, expected = asked_of(judge, inputs)
        assert worst(outputs_of(node, inputs), expected) < SAME
        wrong = {
            reading.name: worst(outputs_of(node, inputs, lambda _, r=reading: r), expected)
            for reading in wrong_readings(style_of(node, inputs))
            if "B" in inputs or "bias" not in reading.name
        }
        if direction != "bidirectional":
            other = {"forward": "reverse", "reverse": "forward"}[direction]
            wrong["direction"] = worst(outputs_of(node, inputs, direction=other), expected)
        assert len(wrong) >= 5 and min(wrong.values()) > DIFFERENT, (seed, wrong)


def test_a_bidirectional_node_s_directions_are_not_exchanged():
    judge, inputs = random_node(0, "bidirectional", 0, seed=0)
    node, expected = asked_of(judge, inputs)
    other = inputs | {name: inputs[name][::-1] for name in ("W", "R", "B", "initial_h")}
    assert worst(outputs_of(node, other), expected) > DIFFERENT
