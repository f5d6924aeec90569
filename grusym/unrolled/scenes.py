"""The scenes that a claim is tried in: its times, at generic points of several sizes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from grusym.errors import ReadError
from grusym.language.expression import Transpose
from grusym.language.surface import Chain, Written
from grusym.language.times import surface, written
from grusym.unrolled.bounds import EXTREMES, bounds
from grusym.unrolled.entries import free_letters
from grusym.unrolled.meanings import Names
from grusym.unrolled.names import parts, pieces
from grusym.unrolled.scene import Scene
from grusym.unrolled.timing import assignments, letters_in
from grusym.unrolled.tree import GradientOf, Partial, Relation
from grusym.unrolled.world import Point

POINTS = (Point(3, 2, 0), Point(2, 3, 1, outputs=3, steps=5), Point(4, 2, 2))
MOST_ENTRIES = 4


def scenes(
    names: Names, relation: Relation, rows: bool, code: bool, scalar: bool, flippable: bool
) -> list[Scene]:
    """The scenes of a relation: its times varied, at points of several sizes; a bound at extremes too."""
    letters = letters_in(relation, names)
    derivatives = frozenset(_derivatives(relation, names, letters))
    words = {p for side in relation.sides for w in written(side) for p in _words(w)}
    local = any(_local(w, names, letters) for side in relation.sides for w in written(side))
    found = []
    free = free_letters(relation)
    if len(free) > MOST_ENTRIES:
        raise ReadError(f"{', '.join(free)} would all number entries; at most {MOST_ENTRIES} are tried", 1, 1)
    bound = bounds(relation)
    for k, point in enumerate((*POINTS, *EXTREMES) if bound else POINTS):
        point = replace(point, n=1, m=1, bound=bound) if scalar else replace(point, bound=bound)
        every = assignments(relation, letters, point.steps)
        if k >= len(POINTS) and len(every[0][0]) == 1 and every[0][1][1] - every[0][1][0] == 1:
            point = replace(point, steps=1)  # the state before is the first, of any size
            every = [(dict.fromkeys(every[0][0], 1), (0, 1))]
        for times, head in every if k == 0 else [every[k % len(every)]]:
            found.append(
                Scene(
                    names,
                    point,
                    times,
                    letters,
                    rows,
                    code,
                    derivatives,
                    "prev" in words,
                    "prev" in words,
                    "curr" in words,
                    flippable and _row_first(relation),
                    local,
                    head,
                    relation.sides[0].name if isinstance(relation.sides[0], Written) else None,
                    entries=free,
                )
            )
    return found


def _words(w: Written) -> Iterable[str]:
    for piece in pieces(w.name):
        for word in piece.split("_"):
            if word in ("prev", "curr", "next"):
                yield word
    for word in ("Next", "next", "prev"):
        if w.name.base.endswith(word):
            yield word.lower()


def _local(w: Written, names: Names, letters: frozenset[str]) -> bool:
    p = parts(w.name, letters)
    found = names.meanings(p)
    kinds = {m.kind for m in found}
    return bool(kinds & {"prediction", "target", "local", "output_weight", "logit"})


def _derivatives(relation: Relation, names: Names, letters: frozenset[str]) -> Iterator[tuple[str, str]]:
    for side in relation.sides[1:]:
        for node in surface(side):
            if isinstance(node, Partial) and isinstance(node.of, Written) and isinstance(node.by, Written):
                of = names.own(parts(node.of.name, letters).key)
                by = names.own(parts(node.by.name, letters).key)
                if of and by:
                    yield of, by


def _row_first(relation: Relation) -> bool:
    """Whether a gradient stands before a matrix, as a row does."""
    for side in relation.sides:
        for node in surface(side):
            if isinstance(node, Chain):
                for left, right in zip(node.factors, node.factors[1:], strict=False):
                    inner = right.operand if isinstance(right, Transpose) else right
                    weight = isinstance(inner, Written) and inner.name.base[:1].isupper()
                    gradient = isinstance(left, GradientOf | Partial) or (
                        isinstance(left, Written) and left.name.base[:1] in "δdg∇"
                    )
                    if weight and gradient:
                        return True
    return False
