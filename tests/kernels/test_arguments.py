"""Arrays that do not fit are refused by name, with what was expected and what was found."""

from __future__ import annotations

import numpy as np
import pytest

from grusym.assemble import kernel
from grusym.errors import DataError
from grusym.language.reader import read_cell
from tests.kernels.samples import NAMES, compiled, problem, width


def gru():
    return compiled("gru"), *problem("gru")


@pytest.mark.parametrize("name", [n for n in NAMES if n not in ("no weights",)])
def test_sizes_are_read_off_the_weights(name):
    weights, inputs, state = problem(name)
    k = compiled(name)
    assert k.state_size(weights) == state.shape[-1]
    assert k.input_size(weights) == inputs.shape[-1]
    assert set(k.sizes(weights)) == {s.name for s in k.cell.sizes}
    parts = k.split(state, weights)
    assert tuple(parts) == k.states
    assert [p.shape[-1] for p in parts.values()] == [width(name, (s,)) for s in k.states]
    assert np.array_equal(np.concatenate(list(parts.values()), axis=-1), state)


def test_sizes_no_weight_tells_come_from_states_and_inputs():
    k = compiled("no weights")
    _, inputs, state = problem("no weights")
    assert k.forward({}, inputs, state).shape == (5, 2, 5)
    with pytest.raises(DataError, match="size of h was asked for, but no weight of cell 'no weights'"):
        k.state_size({})
    with pytest.raises(DataError, match="inputs of cell 'no weights' must be 5 wide"):
        k.forward({}, inputs[..., :3], state)


BROKEN = {
    "missing": (lambda w: {k: v for k, v in w.items() if k != "U_r"}, r"U_r is\s+missing"),
    "transposed": (
        lambda w: w | {"W_z": w["W_z"].T},
        r"W_z must have shape \(n, m\) = \(5, 3\).*found|W_z.*\(3, 5\)",
    ),
    "of another size": (lambda w: w | {"b_c": np.zeros(4)}, r"b_c must have shape.*shape \(4,\)"),
    "not finite": (lambda w: w | {"U_c": np.full((5, 5), np.nan)}, "U_c must be finite.*NaN or infinite"),
    "infinite once": (
        lambda w: w | {"b_r": np.array([0, 0, np.inf, 0, 0])},
        r"b_r must be finite.*at \(2,\)",
    ),
    "text": (lambda w: w | {"b_r": np.array(["a"] * 5)}, "b_r must hold numbers"),
    "a batch of weights": (lambda w: w | {"b_r": np.zeros((2, 5))}, r"b_r must have 1 axes.*\(2, 5\)"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_weights_that_do_not_fit_are_named(how):
    k, weights, inputs, state = gru()
    breaks, message = BROKEN[how]
    for call in (
        lambda w: k.forward(w, inputs, state),
        lambda w: k.jacobians(w, state[None], inputs[:1]),
        lambda w: k.sizes(w),
    ):
        call(weights)
        with pytest.raises(DataError, match=message):
            call(breaks(weights))
        call(weights)


def test_weights_that_become_nan_are_found_at_the_next_call():
    k, weights, inputs, state = gru()
    k.forward(weights, inputs, state)
    weights["U_z"][1, 2] = np.nan
    with pytest.raises(DataError, match=r"U_z must be finite.*at \(1, 2\)"):
        k.forward(weights, inputs, state)


def test_huge_but_finite_weights_pass():
    k, weights, inputs, state = gru()
    weights["b_r"] = np.full(5, 1e308)  # their sum is not finite
    assert np.isfinite(k.forward(weights, inputs, state)).all()


ARRAYS = {
    "inputs too narrow": (
        lambda x, s: (x[..., :2], s),
        r"inputs of cell 'gru' must be 3 wide \(x 3\); found shape",
    ),
    "a state too wide": (lambda x, s: (x, np.zeros((2, 6))), r"state of cell 'gru' must be 5 wide \(h 5\)"),
    "inputs without time": (
        lambda x, s: (x[0, 0], s),
        "inputs of cell 'gru' needs a width and a first axis of steps",
    ),
    "batches that differ": (lambda x, s: (x, np.zeros((3, 5))), "must have the same batch axes"),
    "NaN in the inputs": (
        lambda x, s: (np.where(x == x.max(), np.nan, x), s),
        "inputs must be finite; found nan",
    ),
    "infinity in the state": (
        lambda x, s: (x, s + np.inf),
        r"state must be finite; found inf at \(0, 0, 0\)",
    ),
    "text": (lambda x, s: (x, np.full((2, 5), "a")), "state must hold numbers"),
}


@pytest.mark.parametrize("how", ARRAYS)
def test_sequences_that_do_not_fit_are_named(how):
    k, weights, inputs, state = gru()
    breaks, message = ARRAYS[how]
    with pytest.raises(DataError, match=message):
        k.forward(weights, *breaks(inputs, state))
    assert k.forward(weights, inputs, state).shape == (5, 2, 5)


def test_states_and_inputs_of_different_lengths_are_refused():
    k, weights, inputs, state = gru()
    states = k.forward(weights, inputs, state)
    with pytest.raises(DataError, match="states have 5, inputs have 4"):
        k.jacobians(weights, states, inputs)
    assert k.jacobians(weights, states[:-1], inputs).shape == (4, 2, 5, 5)


def test_whole_numbers_are_computed_with_as_floats():
    k = kernel(read_cell("h' = tanh(U h + W x)"))
    weights = {"U": np.eye(2, dtype=int), "W": np.ones((2, 1), dtype=int)}
    found = k.forward(weights, np.array([[1], [2]]), np.array([0, 1]))
    assert np.allclose(found[1], np.tanh([1, 2]))
    assert found.dtype == np.float64


def test_states_of_different_sizes_split_by_the_weights_only():
    k = kernel(read_cell("s' = tanh(A s + B h)\nh' = tanh(C s + D h)\ns : k"))
    weights = {"A": np.eye(2), "B": np.ones((2, 3)), "C": np.ones((3, 2)), "D": np.eye(3)}
    assert {name: part.shape for name, part in k.split(np.zeros((4, 5)), weights).items()} == {
        "s": (4, 2),
        "h": (4, 3),
    }
    with pytest.raises(DataError, match="needs the weights"):
        k.split(np.zeros((4, 5)))
    assert k.jacobians(weights, np.zeros((1, 5)), np.zeros((1, 0))).shape == (1, 5, 5)
