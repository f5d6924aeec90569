"""Compiled sequences are the cell's equations, step by step, for one run and for many, in any precision."""

from __future__ import annotations

import numpy as np
import pytest

from grusym.kernels.emit import emit
from grusym.language.cell import Cell, Equation
from grusym.language.evaluation import evaluate_cell
from grusym.language.expression import Sum
from tests.kernels.samples import NAMES, compiled, derived, problem, sample, width


def named(name, array, names):
    """Vectors side by side as a mapping."""
    ends = np.cumsum([width(name, (v,)) for v in names])
    return dict(zip(names, np.split(array, ends[:-1], axis=-1) if names else (), strict=True))


def equations_run(name, weights, inputs, state):
    """States by evaluating the cell's equations one step after the other."""
    of, states = sample(name), [state]
    for x in inputs:
        given = weights | named(name, x, of.inputs) | named(name, states[-1], of.states)
        values = evaluate_cell(of, given)
        states.append(np.concatenate([values[s] for s in of.next_states], axis=-1))
    return np.stack(states)


@pytest.mark.parametrize("batch", [(), (3,), (2, 3)], ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_a_sequence_is_the_equations_step_by_step(name, batch):
    weights, inputs, state = problem(name, steps=6, batch=batch)
    found = compiled(name).forward(weights, inputs, state)
    expected = equations_run(name, weights, inputs, state)
    assert found.shape == expected.shape
    assert np.allclose(found, expected, rtol=1e-12, atol=1e-13)  # orders of summation differ; 1e-15 seen
    late = expected[1:] + 1e-9
    assert not np.allclose(found[1:], late, rtol=1e-12, atol=1e-13)


def test_a_cell_with_one_term_doubled_is_refused():
    of = sample("gru")
    *before, last = of.equations
    assert isinstance(last.right, Sum)
    broken = Equation(last.left, Sum((*last.right.terms, last.right.terms[0])))
    other = Cell(of.name, (*before, broken), of.states, of.inputs, of.parameters, of.shapes)
    weights, inputs, state = problem("gru")
    found = emit(other, *derived("gru")).forward(weights, inputs, state)
    assert not np.allclose(found, equations_run("gru", weights, inputs, state), rtol=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_a_batch_is_its_runs_one_by_one(name):
    weights, inputs, state = problem(name, batch=(3,))
    together = compiled(name).forward(weights, inputs, state)
    for run in range(3):
        alone = compiled(name).forward(weights, inputs[:, run], state[run])
        assert np.allclose(together[:, run], alone, rtol=1e-13, atol=1e-14)
        assert not np.allclose(together[:, run - 1], alone, rtol=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_single_precision_stays_single_and_is_near(name):
    weights, inputs, state = problem(name)
    single = {k: v.astype(np.float32) for k, v in weights.items()}
    found = compiled(name).forward(single, inputs.astype(np.float32), state.astype(np.float32))
    assert found.dtype == np.float32
    exact = compiled(name).forward(weights, inputs, state)
    assert np.allclose(found, exact, rtol=1e-4, atol=1e-4)  # 4 steps of rounding at 6e-8, amplified
    assert not np.array_equal(found, exact)


def test_runs_share_inputs_or_a_state_that_have_no_batch_axis():
    kernel = compiled("lstm")
    weights, inputs, state = problem("lstm", batch=(3,))
    shared = kernel.forward(weights, inputs[:, 0], state)
    assert np.allclose(shared[:, 2], kernel.forward(weights, inputs[:, 0], state[2]), rtol=1e-13)
    assert np.allclose(
        kernel.forward(weights, inputs, state[0])[:, 1], kernel.forward(weights, inputs[:, 1], state[0])
    )


def test_long_sequences_are_cut_into_blocks_that_fit_together():
    kernel = compiled("gru")
    weights, inputs, state = problem("gru", steps=30_000, batch=())
    whole = kernel.forward(weights, inputs, state)
    late = kernel.forward(weights, inputs[29_000:], whole[29_000])
    assert np.array_equal(whole[29_000:], late)
    assert not np.array_equal(whole[28_999:-1], late)


def test_no_steps_give_the_state_back():
    weights, inputs, state = problem("gru")
    assert np.array_equal(compiled("gru").forward(weights, inputs[:0], state), state[None])


@pytest.mark.parametrize("name", NAMES)
def test_values_are_all_the_named_values_at_every_step(name):
    kernel, of = compiled(name), sample(name)
    weights, inputs, state = problem(name)
    states = kernel.forward(weights, inputs, state)[:-1]
    found = kernel.values(weights, states, inputs)
    assert list(found) == list(of.values)
    given = weights | named(name, inputs, of.inputs) | named(name, states, of.states)
    for value, expected in evaluate_cell(of, given).items():
        assert np.allclose(
            found[value], np.broadcast_to(expected, found[value].shape), rtol=1e-12, atol=1e-13
        )
    assert found[of.next_states[0]].shape[:2] == inputs.shape[:2]


def test_saturated_gates_keep_their_relative_precision():
    kernel = compiled("gru")
    weights, inputs, state = problem("gru")
    weights["b_z"] = np.full_like(weights["b_z"], -40.0)
    z = kernel.values(weights, state[None], inputs[:1])["z"]
    argument = inputs[0] @ weights["W_z"].T + state @ weights["U_z"].T - 40
    assert np.allclose(
        z[0], np.exp(argument), rtol=1e-13, atol=0
    )  # a sigmoid by way of tanh would give 0 here
    assert not np.allclose(z[0], 0.5 * np.tanh(argument / 2) + 0.5, rtol=1e-3, atol=0)


def test_the_derived_parts_are_not_needed_twice_for_one_cell():
    assert emit(sample("gru"), *derived("gru")) is emit(sample("gru"), *derived("gru"))
    assert emit(sample("gru"), *derived("gru")) is not emit(sample("lstm"), *derived("lstm"))
