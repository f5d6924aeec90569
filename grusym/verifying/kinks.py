"""Points on both sides of every kink: where a step is 0 or 1 at a few points, those points say little.

Two formulas with relu, step, max or min are made of pieces, and a wrong one may agree with a right one on
all pieces but one. So many points are tried, and at them the argument of every kink must have been seen
with both signs; otherwise nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from grusym.errors import GrusymError
from grusym.language.evaluation import Walk
from grusym.language.expression import Activation, Expression, Extremum, names_in, walk
from grusym.language.extrema import excess
from grusym.verifying.deciding import Pair, both, float_sample

POINTS = 96  # a piece that one entry in 20 lies on is missed once in 2 million times


def arguments(sides: Iterable[Expression]) -> tuple[Expression, ...]:
    """What changes its sign where one of the expressions has a kink."""
    found: list[Expression] = []
    for side in sides:
        for node in walk(side):
            if isinstance(node, Extremum):
                found.append(excess(node))
            elif isinstance(node, Activation) and node.function.rstrip("'") in ("relu", "step"):
                found.append(node.operand)
    return tuple(dict.fromkeys(found))


def unseen(pair: Pair) -> tuple[Expression, ...] | None:
    """The kinks of two sides that many points do not lie on both sides of; None where the sides differ.

    A point at which a side has no finite value counts for nothing.
    """
    kinks = arguments((pair.left, pair.right, *(e.right for e in pair.cell.equations)))
    names = tuple(n for kink in kinks for n in names_in(kink))
    signs: dict[Expression, set[bool]] = {kink: set() for kink in kinks}
    for k in range(POINTS):
        try:
            sample = float_sample(pair.cell, k, pair.held)
        except GrusymError:  # no finite value in all draws
            continue
        at = pair.walk(sample, names)
        arrays = both(at, pair.left, pair.right)
        if arrays is None or not all(np.all(np.isfinite(a)) for a in arrays):
            continue
        if not sample.same(*arrays):
            pair.apart = k
            return None
        for kink, seen in signs.items():
            seen |= _signs(at, kink)
    return tuple(kink for kink, seen in signs.items() if len(seen) < 2)


def _signs(at: Walk, kink: Expression) -> set[bool]:
    """Whether the entries of an argument are positive, as a step sees them."""
    try:
        array = np.asarray(at.of(kink).array)
    except (GrusymError, ValueError, IndexError):
        return set()
    return set(np.ravel(array > 0).tolist())
