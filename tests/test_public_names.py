"""The public names: a cell by its name, and no other error than grusym's own."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import grusym
from grusym.errors import DataError, GrusymError

GRU = grusym.cell("gru")
WEIGHTS = grusym.random_weights(GRU, 3, 2)
KERNEL = grusym.kernel(GRU)
RUN = grusym.simulate(GRU, WEIGHTS, steps=4)
POINT = {**WEIGHTS, "h": np.full(3, 0.5), "x": np.full(2, 0.5)}
MORE = {
    "assert_derivation": ("∂h'/∂h = ∂h'/∂h",),
    "verify": ("∂h'/∂h = I",),
    "fit": (1000, 3),
    "random_weights": (3, 2),
    "simulate": (WEIGHTS, np.ones((4, 2))),
}


def plain(thing: Any) -> Any:
    match thing:
        case grusym.dynamics.trajectory.Trajectory():
            return thing.states.tolist()
        case dict():
            return {name: array.tolist() for name, array in thing.items()}
    return str(thing)


@pytest.mark.parametrize("name", grusym.OF_A_CELL)
def test_a_cell_is_known_by_its_name_too(name: str) -> None:
    function, more = getattr(grusym, name), MORE.get(name, ())
    assert plain(function("gru", *more)) == plain(function(GRU, *more))
    if name not in ("simulate", "assert_derivation"):  # the weights are those of the GRU; it says nothing
        assert plain(function("gru", *more)) != plain(function("rnn", *more))
    assert pickle.loads(pickle.dumps(function)) is function
    with pytest.raises(GrusymError, match="did you mean 'gru'"):
        function("gruu", *more)
    for wrong in (None, 3, ["gru"]):
        with pytest.raises(GrusymError, match="give"):
            function(wrong, *more)


def test_a_name_may_be_given_by_keyword() -> None:
    assert str(grusym.jacobian(cell="lstm", by="x")) == str(grusym.jacobian(grusym.cell("lstm"), by="x"))


def test_what_is_no_cell_is_said_by_its_name() -> None:
    with pytest.raises(GrusymError, match=r"jacobian was asked of int where a cell is wanted; give cell"):
        grusym.jacobian(3)
    for wrong in (None, ["gru"], GRU):
        with pytest.raises(GrusymError, match=r"asked for by its name, not by .*gru_reset_after"):
            grusym.cell(wrong)


# What must be refused, by the words that say so.
REFUSED: dict[str, Callable[[], object]] = {
    "size n must be .* found 'a'": lambda: grusym.random_weights(GRU, "a"),
    "size n must be .* found nan": lambda: grusym.random_weights(GRU, np.nan),
    "seed must be .* found -1": lambda: grusym.random_weights(GRU, 3, seed=-1),
    r"there is no init '3'": lambda: grusym.random_weights(GRU, 3, init=3),
    "steps must be .* found 1.5": lambda: grusym.simulate(GRU, WEIGHTS, steps=1.5),
    "weights map names": lambda: grusym.simulate(GRU, [1], steps=1),
    "found NoneType; give those": lambda: KERNEL.state_size(None),
    "U_c is no array": lambda: KERNEL.state_size({**WEIGHTS, "U_c": [[1], [1, 2]]}),
    "found 1.5": lambda: grusym.lyapunov_spectrum(RUN, k=1.5),
    "every lag .* found 1.5": lambda: grusym.gradient_flow(RUN, lags=[1.5]),
    "found list; make it": lambda: KERNEL.jacobians(WEIGHTS, RUN.states[1:], RUN.inputs, out=[1]),
    "inputs is no array": lambda: KERNEL.forward(WEIGHTS, [[1, 2], [3]], [0, 0, 0]),
    "given for z, which cell 'gru' computes": lambda: grusym.jacobian(GRU).evaluate({**POINT, "z": 1}),
}


@pytest.mark.parametrize("words", REFUSED)
def test_what_means_nothing_is_refused_in_words(words: str) -> None:
    with pytest.raises(GrusymError, match=words):
        REFUSED[words]()


def test_a_jacobian_is_of_the_first_state_unless_said_otherwise() -> None:
    cell = grusym.read_cell("s' = tanh(U s + W x)")
    assert str(grusym.jacobian(cell)) == str(grusym.jacobian(cell, "s'", "s"))
    assert str(grusym.jacobian(cell, by="x")) == str(grusym.jacobian(cell, "s'", "x"))
    assert (grusym.jacobian("lstm").of, grusym.jacobian("lstm").by) == ("c'", "c")


def test_weights_may_have_batch_axes() -> None:
    jacobian = grusym.jacobian(GRU)
    sets = [grusym.random_weights(GRU, 3, 2, seed=seed) for seed in range(4)]
    stacked = {name: np.stack([s[name] for s in sets]) for name in WEIGHTS}
    both = jacobian.evaluate({**POINT, **stacked})
    assert both.shape == (4, 3, 3)
    for weights, matrix in zip(sets, both, strict=True):
        assert matrix == pytest.approx(jacobian.evaluate({**POINT, **weights}), abs=1e-15)  # a few roundings
    with pytest.raises(DataError, match="batch axes"):
        jacobian.evaluate({**POINT, **stacked, "h": np.ones((5, 3))})


def test_states_may_be_given_by_name() -> None:
    weights = grusym.random_weights("lstm", 3, 2)
    by_name = {"h": [1.0, 2.0, 3.0], "c": [4.0, 5.0, 6.0]}
    run = grusym.simulate("lstm", weights, state=by_name, steps=2)
    assert run.states[0].tolist() == [*by_name["c"], *by_name["h"]]  # the cell's order
    batch = grusym.simulate("lstm", weights, state=by_name | {"c": np.zeros((2, 3))}, steps=2)
    assert batch.states.shape == (3, 2, 6)
    assert (batch.states[0, :, 3:] == by_name["h"]).all()
    for wrong, words in (
        ({"h": [1.0, 2.0, 3.0]}, "are c, h; found h; give exactly those"),
        (by_name | {"z": 1}, "found h, c, z"),
        (by_name | {"h": [1.0]}, r"state h must be shaped \(3,\) or \(B, 3\); found \(1,\)"),
        ({"h": np.ones((3, 3)), "c": np.ones((2, 3))}, "one batch size"),
    ):
        with pytest.raises(DataError, match=words):
            grusym.simulate("lstm", weights, state=wrong, steps=2)


def test_a_cell_without_inputs_does_not_stay_at_zero() -> None:
    run = grusym.simulate(grusym.read_cell("h' = tanh(U h)"), {"U": 2 * np.eye(2)}, steps=30, seed=3)
    assert np.abs(run.states[-1]) == pytest.approx([0.957504] * 2, abs=1e-6)  # the solution of h = tanh(2 h)
    assert "first state from seed 3" in str(run)


def test_divisions_that_cancel_are_checked_and_those_by_0_refused() -> None:
    assert grusym.check(grusym.read_cell("h' = h/h")).ok
    with pytest.raises(GrusymError, match="divided by 0"):
        grusym.check(grusym.read_cell("h' = 1/0 h"))
    with pytest.raises(GrusymError, match="divides by 0"):
        grusym.check(grusym.read_cell("h' = tanh(U h) / (h - h)"))
