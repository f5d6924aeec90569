"""The smallest change that makes a wrong claim right, and what kind of error it mends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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

BASES = 6  # readings of the original under which a change is tried
MOST = 30_000  # nodes evaluated in one pass over the changes
DEEPER = 24  # readings of a changed claim, where those of the original do not fit it
DEEP = (kinds.BRACKET, kinds.TRANSPOSE, kinds.CHAIN, kinds.ORDER, kinds.OUTER, kinds.FACTOR, kinds.FUNCTION)


@dataclass(frozen=True)
class Mended:
    """What was wrong: its kind, the relation set right if a change does that, the node that was changed."""

    kind: str
    relation: Relation | None = None
    node: Expression | None = None
    paths: tuple[str, ...] = ()
    said: tuple[str, ...] = ()


def mended(scenes: list[Scene], relation: Relation) -> Mended | None:
    """The likeliest error of a claim that holds under no reading; None if none is found in so many attempts.

    A change counts if the changed claim holds in all scenes under a reading that fitted the original one.
    """
    search = Search(scenes, relation)
    bound = any(sign in ("≤", "≲", "≥") for sign in relation.signs)
    if bound and any(isinstance(n, Largest) for side in relation.sides for n in surface(side)):
        return search.quick([{}]) or Mended(kinds.NORM)
    bases, fits = _bases(scenes[0], relation)
    found = search.quick(bases) if fits else None
    if found is None and fits:
        paths = _missing(scenes[0], relation, bases)
        found = Mended(kinds.PATH, paths=paths) if paths else None
    return found or search.deep() or (search.with_paths(bases) if fits else None)


class Search:
    """Changes tried one by one, as long as attempts are left."""

    def __init__(self, scenes: list[Scene], relation: Relation) -> None:
        self.scenes, self.relation, self.left = scenes, relation, MOST
        self.changes = list(_changes(scenes[0], relation))
        self.size = sum(1 for side in relation.sides for _ in surface(side))

    def quick(self, bases: list[dict[str, int]]) -> Mended | None:
        """The first change that sets the claim right under a reading of the original, cheapest first."""
        for picked in bases:
            for edit, changed in self.changes:
                if self.left <= 0:
                    return None
                choices = Choices(dict(picked))
                if self._holds(changed, choices):
                    return Mended(edit.kind, changed, edit.node, said=choices.said)
        return None

    def deep(self) -> Mended | None:
        """The first change that sets it right under a reading of its own."""
        self.left = MOST
        for edit, changed in self.changes:
            if edit.kind not in DEEP:
                continue
            for choices, result in readings(self._attempting(changed), DEEPER):
                if self.left <= 0:
                    return None
                if result is True and self._holds(changed, Choices(dict(choices.picked))):
                    return Mended(edit.kind, changed, edit.node, said=choices.said)
        return None

    def with_paths(self, bases: list[dict[str, int]]) -> Mended | None:
        """A transpose after whose change nothing but paths is missing."""
        for edit, changed in self.changes:
            if edit.kind == kinds.TRANSPOSE:
                paths = _missing(self.scenes[0], changed, bases[:3])
                if paths:
                    return Mended(edit.kind, changed, edit.node, paths)
        return None

    def _attempting(self, changed: Relation) -> Callable[[Choices], bool | str]:
        def one(choices: Choices) -> bool | str:
            self.left -= self.size
            try:
                return attempt(self.scenes[0], changed, choices)
            except GrusymError as error:
                return str(error)

        return one

    def _holds(self, changed: Relation, choices: Choices) -> bool:
        picked = dict(choices.picked)
        self.left -= self.size
        try:
            if attempt(self.scenes[0], changed, choices) is not True:
                return False
            return all(attempt(s, changed, Choices(dict(picked))) is True for s in self.scenes[1:])
        except GrusymError:
            return False


def _bases(scene: Scene, relation: Relation) -> tuple[list[dict[str, int]], bool]:
    """The cheapest readings that fit, and whether any does."""
    fitting = [
        choices.picked
        for choices, result in readings(lambda c: attempt(scene, relation, c), 60)
        if not isinstance(result, str)
    ]
    return fitting[:BASES], bool(fitting)


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
