"""Weights carried from one layer or cell to another that computes the same function, or refused.

The map is a set of formulas (`grusym.models.weight_map`) that the normal form has proved; here it meets
numbers. Arrays are not preserved, functions are: two biases that are only ever added become one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grusym.errors import GrusymError
from grusym.language.arrays import check_arrays, concrete
from grusym.language.cell import Cell
from grusym.language.claim import Claim, Verdict
from grusym.language.evaluation import evaluate, evaluate_cell
from grusym.models.arrays import Arrays, as_arrays
from grusym.models.conventions import Convention
from grusym.models.fitting import fitting
from grusym.models.packing import opened, packed
from grusym.models.weight_map import WeightMap, weight_maps

Side = Convention | Cell
SAME = 1e-9  # relative to the largest entry; rounding gives 1e-15, a wrong map 1e-2 or more


@dataclass(frozen=True, eq=False)
class Conversion:
    """Arrays that make the target compute what the source does, the map they follow, and its proof.

    `difference` is the largest difference seen between both on random inputs and states, relative to the
    largest entry: an independent look at what `verdict` says is proved.
    """

    arrays: Arrays
    map: WeightMap
    verdict: Verdict
    difference: float

    def __str__(self) -> str:
        seen = f"both run on random numbers: relative difference {self.difference:.0e}"
        return f"{self.map}\n{self.verdict}\n{seen}"


def convert(
    weights: Mapping[str, Any],
    source: Side,
    target: Side,
    names: Mapping[str, str] | None = None,
    target_names: Mapping[str, str] | None = None,
) -> Conversion:
    """The arrays with which the target computes what the source does with these.

    A `Convention` has arrays as its framework stores them, a `Cell` one for each parameter and constant.
    `names` says what the source's arrays are called here: {"weight_ih": "encoder.weight_ih_l0"};
    `target_names` what the target's are to be called.
    Shapes: a cell's matrices are (rows, columns) and act on columns; results are float64.
    Raises: DataError or ShapeError naming the array that is missing, misshapen or not finite; DataError with
    the reason where no weights of the target give the same function.
    """
    own, other = cell_of(source), cell_of(target)
    where = f"{_said(source)} into {_said(target)}"
    weights = as_arrays(weights, where)
    parts = _parts(weights, source, names or {}, where)
    found = fitting(parts, own, other, where, _advice(source, target))
    carried = _carried(parts, found)
    difference = _difference(found, parts, carried)
    if not difference <= SAME:
        why = "a divisor is 0 with these weights" if found.divides else "this is a defect of grusym"
        raise GrusymError(
            f"{where}: both were run and differ by {difference:.1e}, though the map is proved; {why}: please "
            f"report it with the map {dict(found.of)}"
        )
    arrays = packed(carried, target, target_names or {}) if isinstance(target, Convention) else carried
    return Conversion(arrays, found, proof(found), difference)


def unpack(
    arrays: Mapping[str, NDArray[Any]],
    convention: Convention,
    cell: Cell,
    names: Mapping[str, str] | None = None,
) -> dict[str, NDArray[np.float64]]:
    """The weights with which a cell computes what a framework's layer does; see `convert`."""
    return convert(arrays, convention, cell, names=names).arrays


def pack(
    weights: Mapping[str, NDArray[Any]],
    convention: Convention,
    cell: Cell,
    names: Mapping[str, str] | None = None,
) -> Arrays:
    """The arrays with which a framework's layer computes what a cell does; see `convert`."""
    return convert(weights, cell, convention, target_names=names).arrays


def proof(found: WeightMap) -> Verdict:
    """What is proved of a map: equality of all next states, for all sizes, inputs and states."""
    changed = ", ".join(f"{name} = {e}" for name, e in found.of.items())
    claim = Claim(
        f"convert: {found.source.name} -> {found.target.name}",
        f"{found.target.name} with {changed} computes what {found.source.name} does, at every step",
        assumes=found.assumes,
    )
    method = "normal form of every next state, for all sizes, inputs and states"
    assumes = (*found.assumes, *(["no divisor is 0"] if found.divides else []))
    return Verdict(claim, "proved" if found.is_proved else "undecided", method, assumes=assumes)


def symbolic(source: Side, target: Side) -> WeightMap | None:
    """The map with the fewest conditions between two layers or cells, without any numbers, or None."""
    return next(iter(weight_maps(cell_of(source), cell_of(target))), None)


def cell_of(side: Side) -> Cell:
    """A layer as equations; a cell is itself."""
    return side.cell if isinstance(side, Convention) else side


def _said(side: Side) -> str:
    return str(side) if isinstance(side, Convention) else f"cell {side.name!r}"


def _advice(source: Side, target: Side) -> str:
    """What to use instead of the target."""
    if isinstance(target, Cell) and isinstance(source, Convention):
        return f"use the cell {source.cell_name!r}"
    return f"use a layer that computes what {_said(source)} does"


def _parts(weights: Mapping[str, Any], source: Side, names: Mapping[str, str], where: str) -> Arrays:
    if isinstance(source, Convention):
        return opened(weights, source, names, where)
    check_arrays(source, weights, source.weights)
    return {name: np.asarray(weights[name], dtype=np.float64) for name in source.weights}


def _carried(parts: Mapping[str, Any], found: WeightMap) -> Arrays:
    """The formulas of a map on numbers."""
    sizes = check_arrays(found.source, parts, found.source.weights)
    result = {}
    for name, e in found.of.items():
        shape = tuple(concrete(d, sizes) or 1 for d in found.target.shapes[name])
        result[name] = np.array(evaluate(e, parts, found.source.shapes, shape), dtype=np.float64)
    return result


def _difference(found: WeightMap, parts: Mapping[str, Any], carried: Mapping[str, Any]) -> float:
    """How far apart the two cells are at random inputs and states."""
    cell = found.source
    sizes = check_arrays(cell, parts, cell.weights)
    rng, batch = np.random.default_rng(0), 3
    given = {
        name: rng.standard_normal((batch, *(concrete(d, sizes) or 1 for d in cell.shapes[name])))
        for name in (*cell.states, *cell.inputs)
    }
    # Large trained weights drive gates to 0 and 1, where everything agrees: also near the origin.
    worst = 0.0
    for scale in (1.0, 0.05):
        point = {name: scale * array for name, array in given.items()}
        with np.errstate(all="ignore"):
            a = evaluate_cell(cell, {**parts, **point})
            b = evaluate_cell(found.target, {**carried, **point})
        for new in cell.next_states:
            one, other = np.broadcast_arrays(a[new], b[new])
            if not np.array_equal(np.isfinite(one), np.isfinite(other)):
                return float("inf")  # a number here and none there is no rounding
            gap = np.abs(np.where(np.isfinite(one), one - other, 0))
            size = float(np.max(np.abs(one), initial=0.0, where=np.isfinite(one))) or 1.0
            worst = max(worst, float(np.max(gap, initial=0.0)) / size)
    return worst
