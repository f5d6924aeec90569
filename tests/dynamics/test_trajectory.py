"""A run is what its map says, repeatable from its seed, and bad arrays are refused by name."""

from __future__ import annotations

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from grusym.dynamics.threads import one_blas_thread
from grusym.dynamics.trajectory import simulate
from grusym.errors import DataError
from tests.dynamics.systems import HENON, SQUARE, Map, Matrices, repeated

EYES = Matrices(np.tile(np.eye(3), (5, 1, 1)))
DRIVEN = Map(2, lambda s: s, lambda s: np.zeros((*s.shape, 2)))
DRIVEN.input_size = lambda weights: 3


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
    assert not simulate(HENON, {}, steps=1).states[0].any()
    assert simulate(HENON, {}, steps=1, state=[0.5, 0.0]).states[0, 0] == 0.5


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "steps=None"),
        ({"steps": 0}, "steps=0"),
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
    with pytest.raises(DataError, match="at step 10 of 12"):
        simulate(SQUARE, {}, state=[2.0], steps=12)
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
    with pytest.raises(DataError, match="0 <= start < stop <= 10"):
        run.section(7, 11)


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
