"""Where bounds are tried beyond generic points: at extreme ones, and by a search that climbs to a violation.

A bound that generic points keep may fail where slopes are near 1, where gates saturate, where a cell state is
large or where one weight is far larger than the others. The search moves the size of every weight, state
and input on its own, at n = m = 1, where a norm is the number itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from grusym.language.cell import Cell
from grusym.unrolled.arrays import Misfit
from grusym.unrolled.choices import Choices
from grusym.unrolled.comparing import attempt
from grusym.unrolled.evaluation import Evaluation
from grusym.unrolled.scene import Scene
from grusym.unrolled.tree import Relation
from grusym.unrolled.world import Point

BOUNDS = ("≤", "≲", "≥")
FIRST_STATES = {
    "unit": "where no entry of the state before exceeds 1",
    "zero": "where the first state is 0",
}
EXTREMES = (
    *(
        Point(3, 2, seed, calm=calm, scale=scale)
        for seed, (calm, scale) in enumerate(
            (
                *((True, scale) for scale in (0.7, 1.5, 0.3, 1e-6, 30.0, 1e3)),
                *((False, scale) for scale in (0.2, 2.0, 30.0)),
            ),
            10,
        )
    ),
    *(
        Point(3, 2, seed, calm=calm, scale=scale, far=far, open=opened)
        for seed, (calm, scale, far, opened) in enumerate(
            (
                (True, 0.7, 10.0, False),
                (True, 0.3, 100.0, False),
                (False, 0.5, 10.0, False),
                (False, 0.5, 1.0, True),
                (False, 0.5, 10.0, True),
            ),
            30,
        )
    ),
    *(Point(1, 1, seed, calm=True, scale=scale) for seed, scale in enumerate((0.3, 0.9, 1.5, 4.0), 40)),
)
STARTS, CLIMBS, CLIMBERS = 150, 40, 5


def bounds(relation: Relation) -> bool:
    """Whether a claim is one of size."""
    return any(sign in BOUNDS for sign in relation.signs)


def fractions(cell: Cell) -> tuple[str, ...]:
    """What is assumed of a cell's numbers, its α and β, wherever a bound is tried."""
    found = [cell.written.get(w, w) for w in cell.weights if not cell.shapes[w]]
    return (
        (f"where {', '.join(found)} {'lies' if len(found) == 1 else 'lie'} between 0 and 1",) if found else ()
    )


def broken(scene: Scene, relation: Relation, choices: Choices) -> bool:
    """Whether a search at n = m = 1 comes upon a point where a bound does not hold."""
    if scene.entries:
        return False
    cell = scene.names.cell
    names = [*cell.weights, *cell.states, *cell.inputs]
    rng = np.random.default_rng([11, len(names)])
    base = replace(scene.point, n=1, m=1, calm=False, far=1.0, open=False, scale=1.0)
    found: list[tuple[float, Point]] = []
    for seed in range(STARTS):
        sizes = tuple((x, float(10 ** rng.uniform(-1.5, 1.2))) for x in names)
        point = replace(base, seed=seed + 50, sizes=sizes)
        margin = _margin(replace(scene, point=point), relation, choices)
        if margin is None:
            return False
        found.append((margin, point))
        if margin > 0:
            return attempt(replace(scene, point=point), relation, Choices(dict(choices.picked))) is False
    found.sort(key=lambda item: -item[0])
    return any(_climbs(scene, relation, choices, start, rng) for start in found[:CLIMBERS])


def _climbs(scene: Scene, relation: Relation, choices: Choices, start: tuple[float, Point], rng: Any) -> bool:
    best, point = start
    width = 0.6
    for _ in range(CLIMBS):
        sizes = tuple((x, s * float(np.exp(width * rng.normal()))) for x, s in point.sizes)
        tried = replace(point, sizes=sizes)
        margin = _margin(replace(scene, point=tried), relation, choices)
        if margin is None or margin <= best:
            width *= 0.93
            continue
        best, point = margin, tried
        if margin > 0:
            return attempt(replace(scene, point=tried), relation, Choices(dict(choices.picked))) is False
    return False


def _margin(scene: Scene, relation: Relation, choices: Choices) -> float | None:
    """The logarithm of how far a bound is broken, negative where it holds; None where it has no numbers."""
    evaluation = Evaluation(scene, Choices(dict(choices.picked)))
    try:
        with np.errstate(all="ignore"):
            sides = [
                np.asarray(evaluation.side(s, i).array, dtype=float) for i, s in enumerate(relation.sides)
            ]
            margins = list(_margins(sides, relation.signs))
    except Misfit:
        return None
    known = [x for x in margins if math.isfinite(x)]
    return max(known) if known else -math.inf


def _margins(sides: list[Any], signs: tuple[str, ...]) -> Iterator[float]:
    for low, high, sign in zip(sides, sides[1:], signs, strict=False):
        if sign not in BOUNDS:
            continue
        small, large = (high, low) if sign == "≥" else (low, high)
        ratio = np.log(np.abs(small)) - np.log(np.abs(large)) - 1e-9
        yield float(np.max(np.where((small > 0) & (large > 0), ratio, np.where(small > large, 1.0, -np.inf))))
