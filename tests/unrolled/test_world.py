"""The derivatives of a cell run over steps agree with those that the calculus derives."""

from __future__ import annotations

import numpy as np
import pytest

import grusym
from grusym.language.evaluation import evaluate
from grusym.unrolled.world import Point, World

NAMES = ("rnn", "gru", "lstm", "lstm_peephole", "mgu", "min_gru")


def world(name: str, steps: int = 4, **point: object) -> World:
    return World(grusym.cell(name), Point(3, 2, 5, steps=steps, **point))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", NAMES)
def test_one_step_agrees_with_the_calculus(name: str) -> None:
    w = world(name)
    cell, time = w.cell, 3
    known = {**w._known(time)}
    for of in cell.states:
        for by in cell.states:
            others = frozenset((s, time - 1) for s in cell.states if s != by)
            found = w.jacobian(of, time, by, time - 1, others)
            derived = grusym.jacobian(cell, cell.next_of(of), by).expression
            wanted = evaluate(derived, known, cell.shapes, found.shape)
            np.testing.assert_allclose(found, wanted, atol=1e-12)


@pytest.mark.parametrize("name", ["rnn", "gru"])
def test_steps_compose(name: str) -> None:
    w = world(name)
    (state,) = w.cell.states
    whole = w.jacobian(state, 4, state, 1)
    parts = [w.jacobian(state, t, state, t - 1) for t in (4, 3, 2)]
    np.testing.assert_allclose(whole, parts[0] @ parts[1] @ parts[2], atol=1e-13)
    assert not np.allclose(whole, parts[2] @ parts[1] @ parts[0])


def test_a_gradient_is_what_finite_differences_say() -> None:
    w = world("lstm")
    base, step = w.first["h"].copy(), 1e-6

    def loss(h: np.ndarray) -> float:
        w.first["h"] = h
        values = w._run({}, {})
        return float(sum(w.errors[t] @ (w.V @ values[t]["h'"]) for t in range(1, 5)))

    rises = [(loss(base + step * e) - loss(base - step * e)) / (2 * step) for e in np.eye(3)]
    w.first["h"] = base
    np.testing.assert_allclose(w.gradient("h", 0), rises, rtol=1e-6)


def test_the_gradient_at_an_argument_has_the_slope_in_it() -> None:
    w = world("gru")
    np.testing.assert_allclose(w.gradient("z", 2, kind="argument"), w.gradient("z", 2) * w.slope("z", 2))


def test_what_is_held_does_not_pass_anything_on() -> None:
    w = world("lstm")
    free = w.jacobian("c", 3, "c", 1)
    held = w.jacobian("c", 3, "c", 1, frozenset({("h", 1), ("h", 2)}))
    forget = w.at("f", 2) * w.at("f", 3)
    np.testing.assert_allclose(held, np.diag(forget), atol=1e-13)
    assert not np.allclose(free, held)


def test_a_weight_may_be_moved_at_one_step_alone() -> None:
    w = world("rnn")
    weight = w.cell.parameters[0]
    shares = [w.gradient(weight, t) for t in range(1, 5)]
    np.testing.assert_allclose(sum(shares[1:], start=shares[0]), w.gradient(weight, None), atol=1e-13)
