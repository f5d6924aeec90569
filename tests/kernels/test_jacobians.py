"""Compiled Jacobians are those of the calculus and those of a complex step, for every cell and batch."""

from __future__ import annotations

import numpy as np
import pytest

from grusym.errors import DataError
from grusym.kernels.emit import emit
from grusym.language.build import total
from grusym.language.expression import ZERO
from tests.kernels.samples import NAMES, compiled, derived, problem, sample, step_derivatives, width

CLOSE = {"rtol": 1e-12, "atol": 1e-13}  # complex step at n = 5; 5e-16 seen


class Stated:
    """A matrix somebody states to be a derived one."""

    def __init__(self, expression):
        self.expression = expression


def doubled(name):
    """The kernel of a cell whose derived matrices are twice what they should be."""
    blocks, gradients = derived(name)
    wrong = {key: Stated(total(J.expression, J.expression)) for key, J in blocks.items()}
    return emit(sample(name), wrong, gradients)


def along_a_run(name, batch=(2,)):
    weights, inputs, state = problem(name, batch=batch)
    return weights, compiled(name).forward(weights, inputs, state)[:-1], inputs


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("by", ["states", "inputs"])
def test_jacobians_are_the_complex_step_s(name, by):
    weights, states, inputs = along_a_run(name)
    function = "jacobians" if by == "states" else "input_jacobians"
    expected = step_derivatives(compiled(name), weights, states, inputs, by)
    found = getattr(compiled(name), function)(weights, states, inputs)
    assert found.shape == expected.shape
    assert np.allclose(found, expected, **CLOSE)
    if expected.size:
        assert not np.allclose(getattr(doubled(name), function)(weights, states, inputs), expected, rtol=1e-3)


@pytest.mark.parametrize("name", NAMES)
def test_jacobians_are_the_calculus_s_block_by_block(name):
    of, (weights, states, inputs) = sample(name), along_a_run(name)
    J = compiled(name).jacobians(weights, states, inputs)
    given = dict(weights)
    for names, array in ((of.states, states), (of.inputs, inputs)):
        ends = np.cumsum([width(name, (v,)) for v in names])
        given |= dict(zip(names, np.split(array, ends[:-1], axis=-1) if names else (), strict=True))
    ends = np.cumsum([0, *(width(name, (s,)) for s in of.states)])
    for (value, by), block in derived(name)[0].items():
        if by in of.states:
            i, j = of.next_states.index(value), of.states.index(by)
            part = J[..., ends[i] : ends[i + 1], ends[j] : ends[j + 1]]
            assert np.allclose(part, block.evaluate(given), **CLOSE)
            assert block.expression == ZERO or not np.allclose(part, 1.001 * block.evaluate(given), **CLOSE)


@pytest.mark.parametrize("name", NAMES)
def test_a_batch_of_jacobians_is_its_members_one_by_one(name):
    weights, states, inputs = along_a_run(name, batch=(2, 2))
    together = compiled(name).jacobians(weights, states, inputs)
    for t in range(len(states)):
        alone = compiled(name).jacobians(weights, states[t : t + 1, 1, 0], inputs[t : t + 1, 1, 0])[0]
        assert np.allclose(together[t, 1, 0], alone, **CLOSE)


@pytest.mark.parametrize("name", ["gru", "lstm", "two states", "concatenation", "antisymmetric"])
def test_single_precision_and_complex_numbers_pass(name):
    weights, states, inputs = along_a_run(name)
    exact = compiled(name).jacobians(weights, states, inputs)
    single = {k: v.astype(np.float32) for k, v in weights.items()}
    rough = compiled(name).jacobians(single, states.astype(np.float32), inputs.astype(np.float32))
    assert rough.dtype == np.float32
    assert np.allclose(rough, exact, rtol=1e-4, atol=1e-5)
    turned = compiled(name).jacobians(weights, states + 0j, inputs)
    assert turned.dtype == np.complex128
    assert np.allclose(turned, exact, **CLOSE)
    assert not np.allclose(compiled(name).jacobians(weights, states + 0.1j, inputs).real, exact, rtol=1e-6)


def test_many_steps_are_cut_into_blocks_that_fit_together():
    kernel = compiled("gru")
    weights, inputs, state = problem("gru", steps=20_000, batch=())
    states = kernel.forward(weights, inputs, state)[:-1]
    J = kernel.jacobians(weights, states, inputs)
    for t in (0, 5_241, 5_242, 5_243, 19_999):  # on both sides of a cut
        alone = kernel.jacobians(weights, states[t : t + 1], inputs[t : t + 1])[0]
        assert np.allclose(J[t], alone, **CLOSE)
        assert not np.allclose(J[t - 1], alone, **CLOSE)


def test_an_array_to_write_to_is_used_or_refused():
    kernel = compiled("lstm")
    weights, states, inputs = along_a_run("lstm", batch=())
    out = np.full((4, 10, 10), np.nan)
    assert kernel.jacobians(weights, states, inputs, out=out) is out
    assert np.array_equal(out, kernel.jacobians(weights, states, inputs))
    with pytest.raises(DataError, match="contiguous array of shape"):
        kernel.jacobians(weights, states, inputs, out=np.empty((4, 5, 10)))


def test_one_unit_and_one_step_are_enough():
    kernel, rng = compiled("gru"), np.random.default_rng(0)
    weights = {p: rng.standard_normal((1,) * len(sample("gru").shapes[p])) for p in kernel.parameters}
    states, inputs = np.full((1, 1), 0.3), np.full((1, 1), -0.7)
    expected = step_derivatives(kernel, weights, states, inputs, "states")
    assert np.allclose(kernel.jacobians(weights, states, inputs), expected, **CLOSE)
    assert kernel.jacobians(weights, states[:0], inputs[:0]).shape == (0, 1, 1)
