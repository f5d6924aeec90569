"""Cells that nobody listed are compiled right: states, Jacobians and gradients against the complex step."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings, strategies as st

from grusym.assemble import kernel
from grusym.kernels.weights import random_weights
from grusym.language.evaluation import evaluate_cell
from grusym.language.reader import read_cell
from tests.kernels.samples import loss_gradient, step_derivatives
from tests.random_cells import cells


def near(found, expected):
    """Equal to rounding, relative to the largest entry: random cells may be steep."""
    return np.allclose(found, expected, rtol=1e-9, atol=1e-11 * max(1, np.abs(expected).max(initial=0)))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(cells(), st.integers(0, 1000))
def test_a_random_cell_is_compiled_right(written, seed):
    of = read_cell(written.text("primes"))
    k, rng = kernel(of), np.random.default_rng(seed)
    sizes = {"n": 4, "m": 3} | {s.name: 2 + i for i, s in enumerate(of.sizes) if s.name not in "nm"}
    own = {s.name: sizes[s.name] for s in of.sizes if s.name not in "nm"}
    weights = random_weights(of, hidden=4, input=3, seed=seed, sizes=own)
    width = {v: sizes[str(of.shapes[v][0])] for v in (*of.states, *of.inputs)}
    x = rng.standard_normal((3, 2, sum(width[v] for v in of.inputs))) / 2
    state = rng.standard_normal((2, sum(width[v] for v in of.states))) / 2
    states = k.forward(weights, x, state)
    if not np.abs(states).max() < 100:
        return  # it explodes: nothing to compare digits of
    values = weights | parts(state, of.states, width) | parts(x[0], of.inputs, width)
    found = evaluate_cell(of, values)
    expected = np.concatenate([found[s] for s in of.next_states], axis=-1)
    assert near(states[1], expected)
    assert not near(states[1], expected + 1e-3)
    for by, function in (("states", k.jacobians), ("inputs", k.input_jacobians)):
        exact = step_derivatives(k, weights, states[:-1], x, by)
        assert near(function(weights, states[:-1], x), exact)
    slope = rng.standard_normal(states.shape)
    gradients = k.backward(weights, states, x, slope)
    for p in of.parameters:
        w = weights[p]
        exact = loss_gradient(lambda a, p=p: np.sum(k.forward(weights | {p: a}, x, state) * slope), w)
        assert near(gradients[p], exact)
        assert not exact.any() or not near(1.01 * gradients[p], exact)


def parts(array, names, width):
    ends = np.cumsum([width[v] for v in names])
    return dict(zip(names, np.split(array, ends[:-1], axis=-1) if names else (), strict=True))
