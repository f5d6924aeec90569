"""The smallest change that makes a wrong claim right, and what kind of error it mends."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from grusym.errors import GrusymError
from grusym.language.expression import Expression
from grusym.language.surface import Written
from grusym.language.times import surface
from grusym.unrolled import kinds
from grusym.unrolled.arrays import Misfit
from grusym.unrolled.choices import Choices, readings
from grusym.unrolled.edits import Edit, edits
from grusym.unrolled.evaluation import Evaluation
from grusym.unrolled.judge import attempt, holds
from grusym.unrolled.scene import Scene
from grusym.unrolled.tree import GradientOf, Largest, Relation
from grusym.unrolled.world import Held

BASES = 6  # readings of the original under which a change is tried
SECONDS = 0.8


@dataclass(frozen=True)
class Mended:
    """What was wrong: its kind, the relation set right if a change does that, the node that was changed."""

    kind: str
    relation: Relation | None = None
    node: Expression | None = None
    paths: tuple[str, ...] = ()
    said: tuple[str, ...] = ()


def mended(scenes: list[Scene], relation: Relation) -> Mended | None:
    """The likeliest error of a claim that holds under no reading; None if none is found in time.

    A change counts if the changed claim holds in all scenes under a reading that fitted the original one.
    """
    end = time.monotonic() + SECONDS
    bound = any(sign in ("≤", "≲", "≥") for sign in relation.signs)
    if bound and any(isinstance(n, Largest) for side in relation.sides for n in surface(side)):
        return _first(scenes, relation, end, [{}]) or Mended(kinds.NORM)
    bases, fits = _bases(scenes[0], relation)
    found = _first(scenes, relation, end, bases)
    if found is not None:
        return found
    if fits:
        paths = _missing(scenes[0], relation, bases)
        if paths:
            return Mended(kinds.PATH, paths=paths)
    return None


def _bases(scene: Scene, relation: Relation) -> tuple[list[dict[str, int]], bool]:
    """The cheapest readings that fit, else the cheapest that do not, and whether any fits."""
    fitting: list[dict[str, int]] = []
    others: list[dict[str, int]] = []
    for choices, result in readings(lambda c: attempt(scene, relation, c), 60):
        (others if isinstance(result, str) else fitting).append(choices.picked)
        if len(fitting) == BASES:
            break
    return fitting or others[:BASES], bool(fitting)


def _first(scenes: list[Scene], relation: Relation, end: float, bases: list[dict[str, int]]) -> Mended | None:
    for edit, changed in _changes(scenes[0], relation):
        if time.monotonic() > end:
            return None
        for picked in bases:
            choices = Choices(dict(picked))
            try:
                if attempt(scenes[0], changed, choices) is not True:
                    continue
                if all(attempt(s, changed, Choices(dict(picked))) is True for s in scenes[1:]):
                    return Mended(edit.kind, changed, edit.node, said=choices.said)
            except GrusymError:
                break
    return None


def _changes(scene: Scene, relation: Relation) -> Iterator[tuple[Edit, Relation]]:
    """Changed relations: the last side changed, or a state on the left made its gradient."""
    last = len(relation.sides) - 1
    left = relation.sides[0]
    if isinstance(left, Written) and scene.names.meanings_of(left):
        whole = replace(relation, sides=(GradientOf(left, "δ"), *relation.sides[1:]))
        yield Edit(kinds.SLIP, whole.sides[0], left), whole
    for edit in edits(relation.sides[last], scene.names, left):
        yield edit, replace(relation, sides=(*relation.sides[:last], edit.tree))
    for i in range(1, last):
        for edit in edits(relation.sides[i], scene.names, left):
            yield edit, replace(relation, sides=(*relation.sides[:i], edit.tree, *relation.sides[i + 1 :]))


# ---- paths ------------------------------------------------------------------------------------


def _missing(scene: Scene, relation: Relation, bases: list[dict[str, int]]) -> tuple[str, ...]:
    """The values whose paths make up the difference of the sides; nothing if they do not."""
    for picked in bases:
        evaluation = Evaluation(scene, Choices(dict(picked)))
        try:
            with np.errstate(all="ignore"):
                left, right = (evaluation.of(side) for side in relation.sides[:2])
                shares = evaluation.shares_by_value(relation.sides[0])
                if right.vector and left.kind == "matrix":
                    right = evaluation.algebra.diagonal(right, left.array.shape[0])
        except (Misfit, GrusymError, ValueError):
            continue
        if shares is None or left.array.shape != right.array.shape:
            continue
        for size in range(1, min(4, len(shares)) + 1):
            for some in combinations(shares.items(), size):
                total = replace(left, array=right.array + sum(share for _, share in some))
                if holds(evaluation, left, total, "="):
                    return tuple(name for name, _ in some)
    return ()


__all__ = ["Held", "Mended", "mended"]
