"""A counterexample anyone can follow: the smallest sizes, small rational numbers, as many 0 as can be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from grusym.checks.expressions import assignments
from grusym.checks.samples import FloatSample, Remembering
from grusym.language.arrays import needed
from grusym.language.cell import Cell
from grusym.language.derivatives import cotangents
from grusym.language.evaluation import evaluate_cell
from grusym.language.expression import Expression, children, names_in, rebuilt
from grusym.verifying.deciding import Pair, both
from grusym.verifying.readings import shapes_of
from grusym.verifying.truth import holding

SIZES = ((1, 1), (2, 1), (2, 3), (3, 2))
HALVES = np.array([-2, -1, -0.5, 0.5, 1, 2])
DRAWS = 4
DRAWS_OF_PIECES = 40  # where sides with kinks may differ on one piece alone


class ChosenSample(FloatSample):
    """A point with arrays of one's choice."""

    def __init__(
        self, cell: Cell, sizes: dict[str, int], arrays: dict[str, Any], held: frozenset[str]
    ) -> None:
        self.chosen = arrays
        super().__init__(cell, sizes, 0, held)

    def _draw(self) -> None:
        self.arrays = dict(self.chosen)
        given = {n: a for n, a in self.arrays.items() if n in self.cell.shapes}
        with np.errstate(all="ignore"):
            self.values = evaluate_cell(self.cell, given, sizes=self.sizes)


def counterexample(pair: Pair) -> dict[str, Any]:
    """Sizes, the entry, both values there and the numbers behind them; empty if none was found."""
    cell, exact = pair.cell, _exact(pair)
    names = (*needed(cell), *(g for g in cotangents(cell).values() if _speaks_of_loss(pair)))
    for n, m in SIZES:
        sizes = {s.name: {"n": n, "m": m}.get(s.name, n + 1) for s in cell.sizes}
        for seed in range(DRAWS_OF_PIECES if pair.kinked() else DRAWS):
            rng = np.random.default_rng((n, m, seed))
            arrays = {name: rng.choice(HALVES, _shape(pair, name, sizes)) for name in names}
            arrays |= {
                g: np.ones(_shape(pair, g, sizes)) for g in cotangents(cell).values() if g not in arrays
            }
            if _differs(exact, sizes, arrays):
                return _answer(pair, sizes, _simple(exact, sizes, arrays), set(names))
    return {}


def _speaks_of_loss(pair: Pair) -> bool:
    given = set(cotangents(pair.cell).values())
    return bool(pair.reading.gradients) or any(n.startswith("∂L/") or n in given for n in pair.names)


def _shape(pair: Pair, name: str, sizes: dict[str, int]) -> tuple[int, ...]:
    from grusym.language.arrays import concrete

    return tuple(concrete(d, sizes) or 1 for d in pair.claim.shapes[name])


@dataclass(frozen=True)
class _Exact:
    """Both sides as the calculus has them: quicker to try than complex steps."""

    cell: Cell
    left: Expression
    right: Expression
    shapes: dict[str, Any]
    said: frozenset[str]


def _exact(pair: Pair) -> _Exact:
    cell = holding(pair.cell, pair.held)
    reading = replace(pair.reading, cell=cell)
    pool: dict[Expression, Expression] = {}
    left, right = (_shared(reading.exact(e), pool) for e in (pair.left, pair.right))
    said = frozenset(n for e in (left, right) for n in names_in(e))
    return _Exact(pair.cell, left, right, shapes_of(pair.cell), said)


def _shared(e: Expression, pool: dict[Expression, Expression]) -> Expression:
    """The same formula with equal parts made one, so that each is evaluated once at a point."""
    if e not in pool:
        parts = children(e)
        pool[e] = rebuilt(e, tuple(_shared(p, pool) for p in parts)) if parts else e
    return pool[e]


def _differs(exact: _Exact, sizes: dict[str, int], arrays: dict[str, Any]) -> bool:
    """Whether the sides differ at a point."""
    given = {n: a for n, a in arrays.items() if n in exact.cell.shapes}
    with np.errstate(all="ignore"):
        known = {**arrays, **evaluate_cell(exact.cell, given, sizes=sizes)}
    found = both(Remembering(known, exact.shapes), exact.left, exact.right)
    return found is not None and _apart(*found)


def _apart(a: Any, b: Any) -> bool:
    if not (np.all(np.isfinite(a)) and np.all(np.isfinite(b))):
        return False
    gap = np.max(np.abs(a - b), initial=0)
    return bool(gap > 1e-6 * (np.max(np.abs(a), initial=0) + np.max(np.abs(b), initial=0)) and gap > 1e-9)


def _simple(exact: _Exact, sizes: dict[str, int], arrays: dict[str, Any]) -> dict[str, Any]:
    """The same point with whole arrays set to 0 where the sides still differ."""
    quiet = [n for n in arrays if n in exact.cell.weights and n not in exact.said]
    for group in (quiet, *([n] for n in arrays)):
        simpler = {**arrays, **{n: np.zeros_like(arrays[n]) for n in group}}
        if group and any(np.any(arrays[n]) for n in group) and _differs(exact, sizes, simpler):
            arrays = simpler
    return arrays


def _answer(pair: Pair, sizes: dict[str, int], arrays: dict[str, Any], names: set[str]) -> dict[str, Any]:
    """The point, and both sides there, derivatives by complex step."""
    sample = ChosenSample(pair.cell, sizes, arrays, pair.held)
    found = both(pair.walk(sample), pair.left, pair.right)
    if found is None or not _apart(*found):
        return {}
    a, b = found
    entry = tuple(map(int, np.unravel_index(int(np.argmax(np.abs(a - b))), np.shape(a))))
    values = {"left": float(f"{a[entry]:.9g}"), "right": float(f"{b[entry]:.9g}")}
    kept = {n: x for n, x in arrays.items() if n in names}
    return {**sizes, **({"entry": list(entry)} if entry else {}), **values, "at": assignments(kept)}
