"""Whether two expressions are equal: proved for every size, or refuted by small numbers anyone can check.

Of the two methods the normal form decides what is proved, numbers what is refuted; where neither does,
the verdict says that numbers agree and that this is no proof.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from grusym.algebra.normal_form import equal
from grusym.checks.magnitude import magnitude
from grusym.errors import ShapeError
from grusym.language.arrays import concrete
from grusym.language.cell import Shape
from grusym.language.claim import Claim, Verdict
from grusym.language.evaluation import evaluate
from grusym.language.expression import Expression, names_in
from grusym.language.shapes import shape_of

NORMAL_FORM = "normal form, for all sizes"
NUMBERS = "small rational numbers at sizes 1 to 3"
HALVES = tuple(Fraction(k, 2) for k in range(-4, 5) if k)  # -2 ... 2 without 0
DRAWS = 8  # points at each size
SAME = 1e-9  # relative to the terms; rounding gives 1e-15, a difference shows as 1e-3 or more
Bounds = Mapping[str, tuple[int, int]]


def compare(
    claim: Claim,
    left: Expression,
    right: Expression,
    shapes: Mapping[str, Shape],
    within: Bounds | None = None,
) -> Verdict:
    """The verdict on left = right.

    `shapes` are those of all names in both; `within` says between which numbers a name's entries lie, such
    as (0, 1) for a gate that stands for itself: a counterexample is looked for only there.
    Method: the normal form, for all sizes at once: proved; else numbers at the smallest size at which the
    two differ: refuted, with the place and both values. A difference that no number shows is no proof of
    equality: agrees.
    Raises: GrusymError where the two can have no common shape.
    """
    if equal(left, right, shapes):
        return Verdict(claim, "proved", NORMAL_FORM, assumes=claim.assumes)
    seen = tested = 0
    for sizes, arrays in _points({*names_in(left), *names_in(right)}, shapes, within or {}):
        tested += 1
        shape = _result(left, right, shapes, sizes)
        with np.errstate(all="ignore"):
            a, b = (evaluate(e, arrays, shapes, shape) for e in (left, right))
            terms = sum(magnitude(e, arrays, {}, shapes, shape) for e in (left, right))
        if not (np.all(np.isfinite(a)) and np.all(np.isfinite(b))):
            continue
        seen += 1
        gap = np.abs(a - b) - SAME * terms
        if np.any(gap > 0):
            entry = np.unravel_index(int(np.argmax(gap)), np.shape(gap))
            return _refuted(claim, sizes, arrays, tuple(map(int, entry)), (a[entry], b[entry]))
    if not seen:
        detail = f"the sides are finite at none of {tested} points"
        return Verdict(claim, "undecided", NUMBERS, assumes=claim.assumes, detail=detail)
    detail = f"the normal form does not decide; the sides agree at {seen} points, which is no proof"
    return Verdict(claim, "agrees", NUMBERS, assumes=claim.assumes, detail=detail)


def _refuted(
    claim: Claim,
    sizes: Mapping[str, int],
    arrays: Mapping[str, Any],
    entry: tuple[int, ...],
    values: tuple[Any, Any],
) -> Verdict:
    found = {"left": round(float(values[0]), 9), "right": round(float(values[1]), 9)}
    at = ", ".join(f"{name} = {_written(array)}" for name, array in arrays.items())
    where = {"entry": list(entry)} if entry else {}
    return Verdict(
        claim,
        "refuted",
        NUMBERS,
        where=f"entry {list(entry)}" if entry else "",
        counterexample={**sizes, **where, **found, "at": at},
        assumes=claim.assumes,
    )


def _points(
    names: set[str], shapes: Mapping[str, Shape], within: Bounds
) -> Iterator[tuple[dict[str, int], dict[str, Any]]]:
    """Numbers for all names, smallest sizes first."""
    letters = sorted({str(s) for name in names for d in shapes[name] for s in getattr(d, "free_symbols", ())})
    for size in (1, 2, 3):
        # No two letters alike from 2 on, so that a transposition or a mix-up of sizes is seen.
        sizes = {letter: size + i * (size > 1) for i, letter in enumerate(letters)}
        for seed in range(DRAWS):
            rng = np.random.default_rng((size, seed))
            arrays = {}
            for name in sorted(names):
                shape = tuple(concrete(d, sizes) or 1 for d in shapes[name])
                low, high = within.get(name, (None, None))
                choices = HALVES if low is None else _between(low, high)
                arrays[name] = rng.choice(np.array([float(c) for c in choices]), shape)
            yield sizes, arrays


def _between(low: int, high: int | None) -> tuple[Fraction, ...]:
    top = low + 1 if high is None else high
    return tuple(low + (top - low) * Fraction(k, 8) for k in range(1, 8) if 2 * k != 8)


def _result(
    left: Expression, right: Expression, shapes: Mapping[str, Shape], sizes: Mapping[str, int]
) -> tuple[int, ...] | None:
    """The shape of whichever side has one of its own: a number or an identity takes the other's."""
    for e in (left, right):
        try:
            found = tuple(concrete(d, sizes) for d in shape_of(e, shapes))
        except ShapeError:
            continue
        if found and None not in found:
            return found  # type: ignore[return-value]
    return None


def _written(array: Any) -> str:
    if np.ndim(array):
        return f"[{', '.join(map(_written, array))}]"
    return str(Fraction(float(array)))
