"""Which paths a wrong claim leaves out, and the terms that would bring them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from grusym.errors import GrusymError
from grusym.language.expression import Expression, Hadamard, Name, Sum, Transpose, names_in, walk
from grusym.language.surface import Chain, Written
from grusym.language.times import surface
from grusym.unrolled.additions import Author, times
from grusym.unrolled.arrays import Misfit, Thing
from grusym.unrolled.choices import Choices
from grusym.unrolled.comparing import attempt, holds
from grusym.unrolled.evaluation import Evaluation
from grusym.unrolled.meanings import Names
from grusym.unrolled.scene import Scene, holding
from grusym.unrolled.sites import gradientlike
from grusym.unrolled.slips import named, shifted, time_of
from grusym.unrolled.tree import GradientOf, Partial, Relation, Repeated

Picked = Sequence[dict[str, int]]


def missing(scenes: Sequence[Scene], relation: Relation, bases: Picked) -> tuple[str, ...]:
    """The values whose paths make up the difference of the sides, likeliest first; nothing if none do."""
    found = _by_shares(scenes[0], relation, bases)
    return tuple(dict.fromkeys(_bare(name) for name in found)) or _by_cuts(scenes, relation, bases)


def _bare(name: str) -> str:
    """c'_3, the share of a value at a step, as c."""
    return name.rpartition("_")[0].rstrip("'")


def _by_shares(scene: Scene, relation: Relation, bases: Picked) -> tuple[str, ...]:
    for picked in bases:
        evaluation = Evaluation(scene, Choices(dict(picked)))
        try:
            with np.errstate(all="ignore"):
                left, right = (evaluation.side(side, i) for i, side in enumerate(relation.sides[:2]))
                shares = evaluation.shares_by_value(relation.sides[0])
                if right.vector and left.kind == "matrix":
                    right = evaluation.algebra.diagonal(right, left.array.shape[0])
        except (Misfit, GrusymError, ValueError):
            continue
        if shares is None or left.array.shape != right.array.shape:
            continue
        fitting = [(name, share) for name, share in shares.items() if share.shape == right.array.shape]
        for size in range(1, min(4, len(fitting)) + 1):
            for some in combinations(fitting, size):
                total = replace(left, array=right.array + sum(share for _, share in some))
                if holds(evaluation, left, total, "="):
                    return tuple(name for name, _ in some)
    return ()


def _by_cuts(scenes: Sequence[Scene], relation: Relation, bases: Picked) -> tuple[str, ...]:
    """Values through which the left side must not go for the claim to hold: at every step, or at one."""
    cell = scenes[0].names.cell
    inner = [v for v in cell.values if v not in cell.next_states]
    left = relation.sides[0]
    groups = [*((v,) for v in inner), *combinations(inner, 2), tuple(inner)]
    if isinstance(left, Partial) and not gradientlike(left, scenes[0].names):
        if any(isinstance(n, Partial) for side in relation.sides[1:] for n in surface(side)):
            return ()  # their derivatives would be held as well
        cuts = [(g, [holding(s, g) for s in scenes]) for g in groups if g]
    else:
        uses = [((v,), k) for v in (*inner, *cell.states) for k in (0, 1)]
        cuts = [(g, [replace(s, cut=frozenset((v, k) for v in g)) for s in scenes]) for g, k in uses]
    for picked in bases:
        right = _side(scenes[0], relation, 1, picked)
        for group, held in cuts if right is not None else ():
            evaluation = Evaluation(held[0], Choices(dict(picked)))
            found = _side(held[0], relation, 0, picked)
            if found is None or right is None or not _same(evaluation, found, right):
                continue
            if all(_holds(scene, relation, picked) for scene in held):
                return group
    return ()


def _side(scene: Scene, relation: Relation, i: int, picked: dict[str, int]) -> Thing | None:
    """The value of one side; None where it does not fit."""
    try:
        with np.errstate(all="ignore"):
            return Evaluation(scene, Choices(dict(picked))).side(relation.sides[i], i)
    except (Misfit, GrusymError, ValueError):
        return None


def _same(evaluation: Evaluation, a: Thing, b: Thing) -> bool:
    try:
        return holds(evaluation, a, b, "=")
    except Misfit:
        return False


def _holds(scene: Scene, relation: Relation, picked: dict[str, int]) -> bool:
    try:
        return attempt(scene, relation, Choices(dict(picked))) is True
    except GrusymError:
        return False


# ---- the terms that are missing ----------------------------------------------------------------


def completed(
    names: Names, relation: Relation, paths: Sequence[str], right: Callable[[Relation], bool]
) -> Relation | None:
    """The claim with the terms of missing paths added; None if no such terms make it right."""
    left, last = relation.sides[0], relation.sides[-1]
    if not gradientlike(left, names) and any(isinstance(n, Repeated) for n in surface(last)):
        return None  # what is missing stands in every factor
    author = Author(names, left, last)
    options = [list(_terms(author, path)) for path in paths]
    for size in range(1, len(paths) + 1):
        for some in combinations(range(len(paths)), size):
            for terms in _products([options[i] for i in some]):
                old = last.terms if isinstance(last, Sum) else (last,)
                whole = Sum((*old, *terms), span=last.span)
                changed = replace(relation, sides=(*relation.sides[:-1], whole))
                if right(changed):
                    return changed
    return None


def _products(options: list[list[Expression]]) -> Iterator[tuple[Expression, ...]]:
    """One of each list: the first of each, the second of each."""
    if options and all(options):
        for k in range(max(map(len, options))):
            yield tuple(o[min(k, len(o) - 1)] for o in options)


def _terms(author: Author, path: str) -> Iterator[Expression]:
    """What comes through a value, as a product of derivatives or as a matrix before a gradient."""
    left, cell = author.left, author.names.cell
    value = path if path in cell.values else cell.next_of(path) if path in cell.states else path
    if value not in cell.values:
        return
    target = _target(left)
    if target is not None and gradientlike(left, author.names):
        for like in (target, *_later(target)):
            yield from _behind_weights(author, value, like)
    if isinstance(left, Partial) and isinstance(left.by, Written) and isinstance(left.of, Written):
        start = left.by if gradientlike(left, author.names) else left.of
        for like in (start, *_later(left.by)):
            through = author.value(value, like)
            yield Chain((replace(left, by=through), Partial(through, left.by)), ("",))


def _behind_weights(author: Author, value: str, like: Written) -> Iterator[Expression]:
    """Wᵀ δ, with the slope where δ is not at the argument, ⊙ r where r ⊙ h stands behind W; δ ⊙ f."""
    equation = author.names.cell.equation(value).right
    gradient = author.gradient(value, like)
    scaled = [
        author.value(n.left.name, like)
        for n in walk(equation)
        if isinstance(n, Hadamard) and isinstance(n.left, Name) and isinstance(n.right, Name)
    ]
    lit = [gradient]
    if value in author.names.activations:
        lit.append(times(gradient, author.slope(value, like)))
    for w in author.weights:
        meaning = author.names.meanings_of(w)
        if meaning and meaning[0].name in names_in(equation):
            for g in lit:
                whole = Chain((Transpose(w), g), ("",))
                yield whole
                yield from (Hadamard(whole, r) for r in scaled)
    yield from (Hadamard(gradient, f) for f in scaled)


def _target(e: Expression) -> Written | None:
    """The value that a gradient is taken by, with its time."""
    inner = e.by if isinstance(e, Partial) else e.target if isinstance(e, GradientOf) else e
    return inner if isinstance(inner, Written) else None


def _later(w: Written) -> list[Written]:
    """The same name a step later; in words, at the time without a word or at the next."""
    time, part = time_of(w.name)
    if time in ("prev", ""):
        word = "" if time == "prev" else "next"
        return [Written(named(w.name.base, word, part or "subscript"))]
    new = shifted(w.name, 1)
    return [Written(new)] if new is not None else []
