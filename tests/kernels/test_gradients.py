"""Compiled gradients are those of a complex step, through one step and through whole sequences."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from grusym.errors import DataError
from grusym.kernels.emit import emit
from grusym.language.build import total
from tests.kernels.samples import NAMES, compiled, derived, loss_gradient, problem, sample

CLOSE = {"rtol": 1e-10, "atol": 1e-12}  # sums over 4 steps and 2 runs; 2e-15 seen


def doubled(name):
    """The kernel of a cell whose derived gradients are twice what they should be."""
    blocks, found = derived(name)
    wrong = SimpleNamespace(
        cotangents=found.cotangents,
        lines=found.lines,
        of={k: total(e, e) for k, e in found.of.items()},
        shapes=found.shapes,
    )
    return emit(sample(name), blocks, wrong)


@pytest.mark.parametrize("name", NAMES)
def test_gradients_of_a_whole_sequence_are_the_complex_step_s(name):
    kernel = compiled(name)
    weights, inputs, state = problem(name)
    states = kernel.forward(weights, inputs, state)
    slope = np.random.default_rng(7).standard_normal(states.shape)  # of a loss that looks at every state

    def loss(w=weights, x=inputs, s=state):
        return np.sum(kernel.forward(w, x, s) * slope)

    found = kernel.backward(weights, states, inputs, slope)
    of = {p: weights[p] for p in kernel.parameters}
    expected = {p: loss_gradient(lambda a, p=p: loss(w=weights | {p: a}), w) for p, w in of.items()}
    expected |= {"inputs": loss_gradient(lambda a: loss(x=a), inputs)}
    broken = doubled(name).backward(weights, states, inputs, slope)
    for key, gradient in expected.items():
        assert np.allclose(found[key], gradient, **CLOSE), key
        assert not gradient.any() or not np.allclose(broken[key], gradient, rtol=1e-3), key
    assert np.allclose(found["states"][0], loss_gradient(lambda a: loss(s=a), state), **CLOSE)
    assert np.array_equal(found["states"][-1], slope[-1])


@pytest.mark.parametrize("name", NAMES)
def test_the_gradients_of_one_step_are_its_jacobians_transposed(name):
    kernel = compiled(name)
    weights, inputs, state = problem(name)
    states = kernel.forward(weights, inputs, state)[:-1]
    given = np.random.default_rng(8).standard_normal(states.shape)
    found = kernel.adjoint(weights, states, inputs, given)
    for key, J in (
        ("states", kernel.jacobians(weights, states, inputs)),
        ("inputs", kernel.input_jacobians(weights, states, inputs)),
    ):
        expected = np.einsum("...ij,...i->...j", J, given)
        assert np.allclose(found[key], expected, **CLOSE)
        assert not expected.any() or not np.allclose(found[key], 1.001 * expected, **CLOSE)
    assert set(found) == {"states", "inputs"}


@pytest.mark.parametrize("name", NAMES)
def test_gradients_of_parameters_are_sums_over_steps_and_runs(name):
    kernel = compiled(name)
    weights, inputs, state = problem(name)
    states = kernel.forward(weights, inputs, state)[:-1]
    given = np.random.default_rng(9).standard_normal(states.shape)
    whole = kernel.adjoint(weights, states, inputs, given, parameters=True)
    one = [
        kernel.adjoint(
            weights, states[t : t + 1, b], inputs[t : t + 1, b], given[t : t + 1, b], parameters=True
        )
        for t in range(len(inputs))
        for b in range(2)
    ]
    assert not set(kernel.cell.constants) & set(whole)
    for p in kernel.parameters:
        assert whole[p].shape == weights[p].shape
        assert np.allclose(whole[p], sum(g[p] for g in one), **CLOSE)
        assert not whole[p].any() or not np.allclose(whole[p], sum(g[p] for g in one[1:]), **CLOSE)


@pytest.mark.parametrize("name", NAMES)
def test_a_gradient_at_the_end_is_carried_back_by_the_jacobians(name):
    kernel = compiled(name)
    weights, inputs, state = problem(name, batch=(2, 2))
    states = kernel.forward(weights, inputs, state)
    carried = np.random.default_rng(10).standard_normal(state.shape)
    found = kernel.pullback(weights, states, inputs, carried)
    assert np.array_equal(found[-1], carried)
    for t, J in reversed(list(enumerate(kernel.jacobians(weights, states[:-1], inputs)))):
        carried = np.einsum("...ij,...i->...j", J, carried)
        assert np.allclose(found[t], carried, **CLOSE)
        assert not np.allclose(found[t], 1.001 * carried, **CLOSE)


def test_several_gradients_share_the_states_of_one_run():
    kernel = compiled("lstm")
    weights, inputs, state = problem("lstm", batch=())
    states = kernel.forward(weights, inputs, state)
    given = np.random.default_rng(11).standard_normal((3, 10))
    together = kernel.pullback(weights, states[:, None], inputs[:, None], given)
    alone = np.stack([kernel.pullback(weights, states, inputs, one) for one in given], axis=1)
    assert np.allclose(together, alone, **CLOSE)
    assert not np.allclose(together, alone[:, ::-1], **CLOSE)


def test_long_sequences_are_carried_back_across_blocks():
    kernel = compiled("gru")
    weights, inputs, state = problem("gru", steps=30_000, batch=())
    states = kernel.forward(weights, inputs, state)
    slope = np.zeros_like(states)
    slope[-1], slope[16_000] = 1.0, -1.0
    found = kernel.backward(weights, states, inputs, slope, parameters=False)["states"]
    J = kernel.jacobians(weights, states[15_990:16_000], inputs[15_990:16_000])
    carried = found[16_000]
    for t in range(9, -1, -1):
        carried = carried @ J[t]
        assert np.allclose(found[15_990 + t], carried, rtol=1e-9)
    assert np.any(found[15_990])


def test_single_precision_stays_single():
    kernel = compiled("lstm")
    weights, inputs, state = problem("lstm")
    single = {k: v.astype(np.float32) for k, v in weights.items()}
    states = kernel.forward(weights, inputs, state)
    rough = kernel.backward(single, *(a.astype(np.float32) for a in (states, inputs, states)))
    assert {g.dtype for g in rough.values()} == {np.dtype(np.float32)}
    exact = kernel.backward(weights, states, inputs, states)
    assert all(np.allclose(rough[k], exact[k], rtol=1e-3, atol=1e-4) for k in exact)


def test_states_of_another_length_are_refused():
    kernel = compiled("gru")
    weights, inputs, state = problem("gru")
    states = kernel.forward(weights, inputs, state)
    with pytest.raises(DataError, match="through 4 inputs needs 5 states; found 4"):
        kernel.backward(weights, states[:-1], inputs, states[:-1])
    with pytest.raises(DataError, match="states have 4, cotangents have 5"):
        kernel.backward(weights, states[:-1], inputs, states)
    with pytest.raises(DataError, match="same steps"):
        kernel.adjoint(weights, states, inputs, states)
