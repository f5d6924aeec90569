"""Whether the two sides of a claim over steps stand as it says, in one scene and under one reading."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np

from grusym.language.expression import Expression
from grusym.unrolled.arrays import Misfit, Thing
from grusym.unrolled.choices import Choices, Option
from grusym.unrolled.evaluation import Evaluation
from grusym.unrolled.scene import NoEntry, Scene
from grusym.unrolled.tree import Relation

SAME = 1e-8
SLACK, TINY = 1e-9, 1e-30  # of bounds, which may be equalities
ADDED = "+= adds what some of the paths bring"


def attempt(scene: Scene, relation: Relation, choices: Choices) -> bool | str:
    """Whether a relation holds in a scene under a reading; what does not fit, in words."""
    try:
        if scene.entries:
            return _everywhere(scene, relation, choices)
        return _compared(Evaluation(scene, choices), relation)
    except Misfit as error:
        return str(error) or "does not fit"


def _everywhere(scene: Scene, relation: Relation, choices: Choices) -> bool:
    """Whether a claim about entries holds for all that there are."""
    most = max(scene.point.n, scene.point.m, scene.point.outputs)
    tried = 0
    for numbers in product(range(most), repeat=len(scene.entries)):
        evaluation = Evaluation(scene, choices)
        evaluation.entries = dict(zip(scene.entries, numbers, strict=True))
        try:
            if not _compared(evaluation, relation):
                return False
            tried += 1
        except NoEntry:
            continue
    if not tried:
        raise Misfit("no entry has these numbers")
    return True


def _compared(evaluation: Evaluation, relation: Relation) -> bool:
    """Whether the sides of a relation stand as it says."""
    with np.errstate(all="ignore"):
        things = [evaluation.side(side, i) for i, side in enumerate(relation.sides)]
        if relation.signs == ("+=",):
            return _added(evaluation, relation.sides[0], *things)
        return all(
            holds(evaluation, a, b, sign)
            for a, b, sign in zip(things, things[1:], relation.signs, strict=False)
        )


def _added(evaluation: Evaluation, target: Expression, whole: Thing, part: Thing) -> bool:
    """Whether what is added to a gradient is the whole of it, or what some of the paths bring."""
    if holds(evaluation, whole, part, "="):
        return True
    shares = evaluation.shares(target)
    if shares is None or not part.vector:
        return False
    evaluation.choices.pick("shares", [Option(None, ADDED)])
    fitting = [share for share in shares if share.shape == part.array.shape]
    if not fitting:
        return False
    sums = _subsets(len(fitting), len(shares)) @ np.stack(fitting)
    scale = np.max(np.abs(sums), axis=1) + np.max(np.abs(part.array))
    apart = np.max(np.abs(sums - part.array), axis=1)
    return bool(np.any(np.isfinite(scale) & (apart <= SAME * scale + 1e-11)))


@lru_cache(maxsize=64)
def _subsets(count: int, whole: int) -> Any:
    """Rows of 0 and 1 for every choice of some of the paths, but none and all."""
    rows = [[i >> k & 1 for k in range(count)] for i in range(1, 2**count)]
    return np.array([row for row in rows if sum(row) < whole], dtype=float).reshape(-1, count)


def holds(evaluation: Evaluation, a: Thing, b: Thing, sign: str) -> bool:
    """Whether two values stand in a relation."""
    if sign in ("≤", "≲", "≥") and "scalar" not in (a.kind, b.kind):
        raise Misfit("numbers are compared by ≤, and norms are such")
    if sign in ("≤", "≲", "≥") and not a.kind == b.kind == "scalar":
        if "matrix" in (a.kind, b.kind):
            raise Misfit("numbers are compared by ≤, and norms are such")
        evaluation.choices.pick("entries", [Option(None, "≤ holds entry by entry")])
    if sign in ("≤", "≲"):
        return bool(np.all(a.array <= b.array + SLACK * np.abs(b.array) + TINY))
    if sign == "≥":
        return bool(np.all(a.array + SLACK * np.abs(a.array) + TINY >= b.array))
    x, y = _common(evaluation, a, b)
    if not x.size:
        return True
    scale = float(np.abs(x).max() + np.abs(y).max())
    return math.isfinite(scale) and float(np.abs(x - y).max()) <= SAME * scale + 1e-11


def _common(evaluation: Evaluation, a: Thing, b: Thing) -> tuple[Any, Any]:
    """The arrays of two sides in one shape."""
    if a.weight and b.kind == "matrix" and a.array.shape != b.array.shape:
        a = replace(a, array=a.array.reshape(a.weight) if a.array.shape[0] == 1 else a.array)
    small, large = (a, b) if a.vector else (b, a)
    if small.vector and large.kind == "matrix" and small.size == large.array.size > large.array.shape[0]:
        return a.array.ravel(), b.array.ravel()  # the row of a derivative by all entries of a weight
    if a.kind == b.kind or (a.vector and b.vector):
        if a.array.shape != b.array.shape:
            raise Misfit(f"sides of shapes {a.array.shape} and {b.array.shape} are compared")
        return a.array, b.array
    order = ("scalar", "eye", "row", "col", "matrix")
    small, large = (a, b) if order.index(a.kind) < order.index(b.kind) else (b, a)
    if large.kind == "matrix":
        full = evaluation.algebra.diagonal(small, large.array.shape[0])
        if full.array.shape != large.array.shape:
            raise Misfit("a vector is compared with a matrix of another size")
        return full.array, large.array
    if small.kind == "scalar" and large.vector:
        return np.broadcast_to(small.array, large.array.shape), large.array
    return small.array, large.array
