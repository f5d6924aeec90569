"""Which of the maps between two cells holds for given numbers, or why none does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from grusym.errors import DataError
from grusym.language.cell import Cell
from grusym.language.expression import Concatenation, walk
from grusym.models.commuting import Pair, coupled, drawn_out, mixes
from grusym.models.weight_map import WeightMap, same_carriers, weight_maps


def fitting(weights: Mapping[str, Any], source: Cell, target: Cell, where: str, advice: str) -> WeightMap:
    """The map with the fewest conditions that these weights meet.

    Raises: DataError with the reason where there is none, ending with the advice.
    """
    maps = weight_maps(source, target)
    stacked = [c.name for c in (source, target) if _concatenates(c)]
    if stacked and not any(not _unmet(found, weights) for found in maps):
        raise DataError(
            f"{where}: {' and '.join(stacked)} multiplies a concatenation such as [h, x] by one matrix, "
            "whose columns are not told apart here; write the cell with one matrix for each, W x + U h"
        )
    if not maps:
        raise DataError(f"{where}: {no_map(source, target)}; {advice}")
    reasons = []
    for found in maps:
        reason = _unmet(found, weights)
        if not reason:
            return found
        reasons.append((reason, found))
    # Of several readings, the one that asks least of the weights explains best.
    reason, _ = min(reasons, key=lambda r: (_asked(r[1], weights), -len(r[1].commuting)))
    raise DataError(f"{where}: {reason}; {advice}")


def no_map(source: Cell, target: Cell) -> str:
    """Why no weights of the target are known to give the source's function, whatever the numbers."""
    if not same_carriers(source, target):
        own, other = (f"{c.name} carries {_carriers(c)}" for c in (source, target))
        return f"{own}, and {other}; weights cannot change what is carried"
    none = f"no weights of {target.name} were found that give the same function"
    gates = [{v for v in c.values if v not in c.next_states} for c in (source, target)]
    if gates[0] != gates[1]:
        own, other = (", ".join(sorted(g)) or "none" for g in gates)
        return f"{source.name} has the gates {own}, {target.name} {other}; {none}"
    return f"{none} for every size, input and state"


def _concatenates(cell: Cell) -> bool:
    return any(isinstance(node, Concatenation) for e in cell.equations for node in walk(e.right))


def _carriers(cell: Cell) -> str:
    return ", ".join(f"{v} of size {cell.shapes[v][0]}" for v in (*cell.states, *cell.inputs))


def _unmet(found: WeightMap, weights: Mapping[str, Any]) -> str:
    """The first condition of a map that the weights do not meet, or nothing."""
    for pair in found.commuting:
        units = coupled(found.source, weights, *pair.own)
        if units is not None:
            return _coupled(found, pair, units, weights)
    lost = _lost(found, weights)
    if not lost:
        return ""
    largest = ", ".join(f"max |{name}| = {np.max(np.abs(weights[name])):.3g}" for name in lost)
    what = "bias" if all(np.ndim(weights[name]) == 1 for name in lost) else "weight"
    return f"{found.target.name} has no {what} there, and {', '.join(lost)} is not zero ({largest})"


def _coupled(found: WeightMap, pair: Pair, units: tuple[int, int], weights: Mapping[str, Any]) -> str:
    (matrix, gate), (i, j) = pair.own, units
    source, target = found.source, found.target
    before, theirs = _is_before(source, pair.own), _is_before(target, pair.theirs)
    none = "make" if mixes(source, weights, matrix, gate, before) else "were found that make"
    return (
        f"{source.name} applies {gate} {_order(before)} the product with {matrix}, {target.name} "
        f"{_order(theirs)} it; no weights {none} the two agree for every state, because "
        f"{matrix}[{i}, {j}] = {float(np.asarray(weights[matrix])[i, j]):.3g} couples two units whose gates "
        f"{gate} differ: {pair} does not hold"
    )


def _order(before: bool) -> str:
    return "before" if before else "after"


def _is_before(cell: Cell, names: tuple[str, str]) -> bool:
    """Whether a cell applies a gate before the product with a matrix."""
    return drawn_out(cell, {names}) != cell


def _lost(found: WeightMap, weights: Mapping[str, Any]) -> list[str]:
    return [name for name in found.zero if np.any(weights[name])]


def _asked(found: WeightMap, weights: Mapping[str, Any]) -> int:
    return sum(np.size(weights[name]) for name in _lost(found, weights))
