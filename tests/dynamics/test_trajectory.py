"""A run is what its map says, repeatable from its seed, and bad arrays are refused by name."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from grusym.assemble import kernel
from grusym.dynamics.adjoint_flow import adjoint_flow
from grusym.dynamics.gradient_flow import gradient_flow
from grusym.dynamics.threads import one_blas_thread
from grusym.dynamics.trajectory import simulate
from grusym.errors import DataError
from grusym.language.cell import Cell
from tests.dynamics.systems import BISTABLE, HENON, SQUARE, Map, Matrices, repeated

EYES = Matrices(np.tile(np.eye(3), (5, 1, 1)))
DRIVEN = Map(2, lambda s: s, lambda s: np.zeros((*s.shape, 2)))
DRIVEN.input_size = lambda weights: 3
HOLD = Map(1, lambda s: s, lambda s: np.ones((*s.shape, 1)))


def test_states_follow_the_map():
    run = simulate(HENON, {}, state=[0.1, 0.2], steps=3)
    assert run.states.shape == (4, 2) and run.inputs.shape == (3, 0)
    assert np.allclose(run.states[1], [1 - 1.4 * 0.01 + 0.2, 0.03], atol=1e-15)
    assert run.steps == 3 and run.size == 2 and run.batch is None


def test_random_inputs_come_from_the_seed():
    first, again, other = (simulate(DRIVEN, {}, steps=50, seed=s).inputs for s in (4, 4, 5))
    assert first.shape == (50, 3)
    assert np.array_equal(first, again) and not np.array_equal(first, other)
    assert simulate(DRIVEN, {}, inputs=first).seed is None


def test_a_run_starts_from_zero_unless_told_otherwise():
    assert not simulate(DRIVEN, {}, steps=1).states[0].any()
    assert simulate(HENON, {}, steps=1, state=[0.5, 0.0]).states[0, 0] == 0.5


def test_without_inputs_the_first_state_is_drawn_from_the_seed_and_the_run_says_so():
    first, again, other = (simulate(BISTABLE, {}, steps=9, seed=s) for s in (4, 4, 5))
    assert first.states[0].any() and first.seed == 4
    assert np.array_equal(first.states, again.states) and not np.array_equal(first.states, other.states)
    assert str(first).endswith("first state from seed 4")
    batch = simulate(BISTABLE, {}, steps=9, batch=3)
    assert len(set(batch.states[0, :, 0])) == 3
    given = simulate(BISTABLE, {}, steps=9, state=[0.0])
    assert given.seed is None and "seed" not in str(given)
    assert str(simulate(DRIVEN, {}, steps=2, seed=4)).endswith("inputs from seed 4")


def test_weights_in_float32_give_a_run_in_float32():
    weights = {"U": np.eye(2, dtype=np.float32)}
    assert simulate(DRIVEN, weights, steps=3).inputs.dtype == np.float32
    assert simulate(DRIVEN, weights, steps=3, state=[0.0, 0.0]).inputs.dtype == np.float64
    assert simulate(DRIVEN, {}, steps=3).inputs.dtype == np.float64
    cell = Cell.read(name="tiny", equations="h' = tanh(W x + U h)")
    weights = {name: np.full(size, 0.3, np.float32) for name, size in (("W", (2, 3)), ("U", (2, 2)))}
    run = simulate(kernel(cell), weights, steps=40)
    assert run.states.dtype == run.jacobians().dtype == np.float32
    assert simulate(kernel(cell), weights, inputs=np.ones((4, 3))).states.dtype == np.float64
    exact = simulate(kernel(cell), {k: w.astype(float) for k, w in weights.items()}, inputs=run.inputs)
    loose = {"abs": 1e-3}  # forty products, each rounded to 6e-8 of entries that shrink to 1e-9
    assert gradient_flow(run).log_norms == pytest.approx(gradient_flow(exact).log_norms, **loose)
    assert adjoint_flow(run).log_norms == pytest.approx(adjoint_flow(exact).log_norms, **loose)


def test_weights_must_be_a_mapping_of_numbers():
    with pytest.raises(DataError, match="weights map names to arrays; found list"):
        simulate(EYES, [np.eye(3)], steps=2)
    with pytest.raises(DataError, match="weight U must hold real numbers"):
        simulate(EYES, {"U": "much"}, steps=2)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "steps=None"),
        ({"steps": 0}, "steps must be a whole number from 1 on; found 0"),
        ({"steps": 1.5}, "steps must be a whole number from 1 on; found 1.5"),
        ({"steps": 2, "seed": -1}, "seed must be a whole number from 0 on; found -1"),
        ({"steps": 2, "batch": 0}, "batch must be a whole number from 1 on; found 0"),
        ({"steps": 2, "state": {"h": 1}}, r"state must hold real numbers .* found {'h': 1}"),
        ({"steps": 2, "state": [[1], [2, 3]]}, "in rows of one length"),
        ({"steps": 2, "state": [1j, 0, 0]}, "state must hold real numbers"),
        ({"inputs": np.zeros((4, 1)), "steps": 5}, "5 steps"),
        ({"inputs": np.zeros((4, 2))}, r"found \(4, 2\)"),
        ({"inputs": np.zeros((0, 1))}, r"found \(0, 1\)"),
        ({"inputs": [[0.0], [np.inf]]}, r"inputs must be finite; found inf at \(1, 0\)"),
        ({"steps": 2, "state": np.zeros(2)}, r"state must be shaped \(3,\)"),
        ({"steps": 2, "state": [0, np.nan, 0]}, r"state must be finite; found nan at \(1,\)"),
        ({"steps": 2, "state": np.zeros((4, 3)), "batch": 5}, "disagree"),
        ({"inputs": np.zeros((2, 3, 1)), "state": np.zeros((4, 3))}, "disagree"),
    ],
)
def test_what_cannot_be_run_is_refused(arguments, words):
    with pytest.raises(DataError, match=words):
        simulate(EYES, {}, **arguments)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_weight_that_is_not_finite_is_named(bad):
    weights = {"U_z": np.eye(3), "U_c": np.array([[1.0, 2.0], [bad, 0.0]])}
    with pytest.raises(DataError, match=r"weight U_c .* at \(1, 0\)"):
        simulate(EYES, weights, steps=2)
    assert simulate(EYES, {"U_z": np.eye(3)}, steps=2).steps == 2


def test_an_overflow_says_at_which_step():
    # 2^(2^t) leaves float64 at t = 10: 2^1024.
    with warnings.catch_warnings(), pytest.raises(DataError, match="float64 at step 10 of 12"):
        warnings.simplefilter("error")
        simulate(SQUARE, {}, state=[2.0], steps=12)
    with warnings.catch_warnings():  # the sum of the states overflows, but no state does
        warnings.simplefilter("error")
        assert np.isfinite(simulate(HOLD, {}, state=[1.7e308], steps=3).states).all()
    assert simulate(SQUARE, {}, state=[2.0], steps=9).states[9, 0] == 2.0**512


def test_runs_of_a_batch_are_the_runs_alone():
    starts = np.array([[0.1, 0.2], [-0.3, 0.1], [0.0, 0.0]])
    batch = simulate(HENON, {}, state=starts, steps=20)
    assert batch.states.shape == (21, 3, 2) and batch.batch == 3
    for start, member in zip(starts, batch.members(), strict=True):
        assert np.array_equal(member.states, simulate(HENON, {}, state=start, steps=20).states)
        assert member.batch is None


def test_one_batch_axis_is_taken_for_inputs_and_state():
    shared = simulate(EYES, {}, inputs=np.arange(5)[:, None], state=np.zeros((4, 3)))
    assert shared.inputs.shape == (5, 4, 1) and shared.states.shape == (6, 4, 3)
    assert shared.jacobians(1, 3).shape == (2, 4, 3, 3)
    drawn = simulate(DRIVEN, {}, steps=5, batch=2)
    assert drawn.inputs.shape == (5, 2, 3) and drawn.states.shape == (6, 2, 2)


def test_a_section_is_a_view_of_the_same_steps():
    run = repeated([[0.5, 0.1], [0.0, 0.9]], 10)
    part = run.section(2, 7)
    assert part.steps == 5 and np.shares_memory(part.states, run.states)
    for start, stop in ((7, 11), (4, 4)):
        with pytest.raises(DataError, match="0 <= start < stop <= 10"):
            run.section(start, stop)
    with pytest.raises(DataError, match="start must be a whole number"):
        run.section(0.5, 4)


def test_a_dataset_carries_states_inputs_and_seed():
    data = simulate(DRIVEN, {}, steps=5, batch=2, seed=7).to_dataset()
    assert dict(data.sizes) == {"time": 6, "run": 2, "unit": 2, "step": 5, "feature": 3}
    assert data.attrs["seed"] == 7


def _threads():
    return {info["filepath"]: info["num_threads"] for info in threadpool_info() if info["user_api"] == "blas"}


def test_blas_threads_are_limited_inside_and_restored_after_an_error():
    with one_blas_thread():
        pass
    before = _threads()
    with pytest.raises(KeyboardInterrupt), one_blas_thread():
        assert set(_threads().values()) == {1}
        raise KeyboardInterrupt
    assert _threads() == before
