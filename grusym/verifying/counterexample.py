"""A counterexample that anyone can follow: the smallest sizes, small rational numbers, as many 0 as can be."""

from __future__ import annotations

from typing import Any

import numpy as np

from grusym.checks.expressions import assignments
from grusym.checks.samples import FloatSample
from grusym.errors import GrusymError
from grusym.language.arrays import needed
from grusym.language.cell import Cell
from grusym.language.derivatives import cotangents
from grusym.language.evaluation import evaluate_cell
from grusym.language.expression import names_in
from grusym.verifying.deciding import Pair, both

SIZES = ((1, 1), (2, 1), (2, 3), (3, 2))
HALVES = np.array([-2, -1, -0.5, 0.5, 1, 2])
DRAWS = 4


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
    """Sizes, the entry, both values there and the numbers they were computed from; empty if none was found."""
    cell = pair.cell
    names = (*needed(cell), *(g for g in cotangents(cell).values() if _speaks_of_loss(pair)))
    for n, m in SIZES:
        sizes = {s.name: {"n": n, "m": m}.get(s.name, n + 1) for s in cell.sizes}
        for seed in range(DRAWS):
            rng = np.random.default_rng((n, m, seed))
            arrays = {name: rng.choice(HALVES, _shape(pair, name, sizes)) for name in names}
            arrays |= {
                g: np.ones(_shape(pair, g, sizes)) for g in cotangents(cell).values() if g not in arrays
            }
            if _differ(pair, sizes, arrays) is not None:
                return _answer(pair, sizes, _simple(pair, sizes, arrays), set(names))
    return {}


def _speaks_of_loss(pair: Pair) -> bool:
    given = set(cotangents(pair.cell).values())
    return bool(pair.reading.gradients) or any(n.startswith("∂L/") or n in given for n in pair.names)


def _shape(pair: Pair, name: str, sizes: dict[str, int]) -> tuple[int, ...]:
    from grusym.language.arrays import concrete

    return tuple(concrete(d, sizes) or 1 for d in pair.claim.shapes[name])


def _differ(pair: Pair, sizes: dict[str, int], arrays: dict[str, Any]) -> tuple[Any, Any] | None:
    """Both sides where they differ at a point, else None."""
    sample = ChosenSample(pair.cell, sizes, arrays, pair.held)
    try:
        found = both(pair.walk(sample), pair.left, pair.right)
    except GrusymError:
        return None
    if found is None or not all(np.all(np.isfinite(a)) for a in found):
        return None
    gap = np.max(np.abs(found[0] - found[1]), initial=0)
    scale = np.max(np.abs(found[0]), initial=0) + np.max(np.abs(found[1]), initial=0)
    return found if gap > 1e-6 * scale and gap > 1e-9 else None


def _simple(pair: Pair, sizes: dict[str, int], arrays: dict[str, Any]) -> dict[str, Any]:
    """The same point with whole arrays set to 0 where the sides still differ."""
    cell = pair.cell
    quiet = [n for n in arrays if n in cell.weights and n not in _said(pair)]
    for group in (quiet, *([n] for n in arrays)):
        simpler = {**arrays, **{n: np.zeros_like(arrays[n]) for n in group}}
        if group and any(np.any(arrays[n]) for n in group) and _differ(pair, sizes, simpler) is not None:
            arrays = simpler
    return arrays


def _said(pair: Pair) -> set[str]:
    return {n for e in (pair.left, pair.right) for n in names_in(e)}


def _answer(pair: Pair, sizes: dict[str, int], arrays: dict[str, Any], names: set[str]) -> dict[str, Any]:
    found = _differ(pair, sizes, arrays)
    assert found is not None
    a, b = found
    entry = tuple(map(int, np.unravel_index(int(np.argmax(np.abs(a - b))), np.shape(a))))
    values = {"left": float(f"{a[entry]:.9g}"), "right": float(f"{b[entry]:.9g}")}
    kept = {n: x for n, x in arrays.items() if n in names}
    return {**sizes, **({"entry": list(entry)} if entry else {}), **values, "at": assignments(kept)}
