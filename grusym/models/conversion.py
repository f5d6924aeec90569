"""Weights carried between a framework's packed arrays and a cell's named ones, preserving the function.

Two biases that are only ever added become one; a bias inside the reset stays apart. z and 1 - z change
places by the sign of the update gate's weights: σ(-a) = 1 - σ(a). Between the two lie W, U, b and d for
each gate, in the framework's own sense.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grusym.errors import DataError, ShapeError
from grusym.language.arrays import check_arrays
from grusym.language.cell import Cell
from grusym.models.arrays import Arrays, require_finite, require_shapes
from grusym.models.conventions import WIDTHS, Convention, Stored
from grusym.models.switches import keeps_old, places, reset

Parts = dict[tuple[str, str], NDArray[Any]]  # (letter, gate) -> array


def unpack(
    arrays: Mapping[str, NDArray[Any]],
    convention: Convention,
    cell: Cell,
    names: Mapping[str, str] | None = None,
) -> dict[str, NDArray[np.float64]]:
    """The weights of a cell that computes what a framework's layer does with these arrays.

    `names` says what the framework's arrays are called here: {"weight_ih": "encoder.weight_ih_l0"}. A layer
    without biases lacks those arrays.
    Shapes: matrices (rows, columns), acting on columns; float64.
    Raises: DataError or ShapeError naming the array that is missing, misshapen or not finite; DataError where
    no weights of the cell give the same function.
    """
    where = f"{convention} into cell {cell.name!r}"
    found = places(cell)
    _same_form(convention, cell, where)
    parts, (n, m) = _opened(arrays, convention, names or {}, where)
    if keeps_old(cell) != convention.keeps_old:
        parts = {key: -array if key[1] == "z" else array for key, array in parts.items()}
    outer, inner = _biases(parts, convention)
    weights = {}
    for name, place in found.items():
        empty = np.zeros({"W": (n, m), "U": (n, n)}.get(place.letter, (n,)))
        source = outer if place.letter == "b" else inner if place.letter == "d" else parts
        weights[name] = np.array(source.pop((place.letter, place.gate), empty))
    _nothing_lost({**outer, **inner}, f"{where}: the cell has no bias there")
    return weights


def pack(
    weights: Mapping[str, NDArray[Any]],
    convention: Convention,
    cell: Cell,
    names: Mapping[str, str] | None = None,
) -> Arrays:
    """The arrays with which a framework's layer computes what the cell does with these weights.

    Of the biases that are only ever added the first gets all, the second zeros: arrays are not preserved, the
    function is.
    Raises: as `unpack`.
    """
    where = f"cell {cell.name!r} into {convention}"
    found = places(cell)
    _same_form(convention, cell, where)
    sizes = check_arrays(cell, weights, cell.weights)
    n, m = sizes["n"], sizes["m"]
    parts: Parts = {(place.letter, place.gate): np.asarray(weights[name]) for name, place in found.items()}
    if keeps_old(cell) != convention.keeps_old:
        parts = {key: -array if key[1] == "z" else array for key, array in parts.items()}
    if convention.forget_offset:
        parts["b", "f"] = parts.get(("b", "f"), np.zeros(n)) - convention.forget_offset
    left, packed = dict(parts), {}
    for stored in convention.arrays:
        keys = {(letter, gate) for letter in stored.holds for gate in stored.gates}
        packed[(names or {}).get(stored.name, stored.name)] = _stacked(stored, parts, n, m)
        left = {key: array for key, array in left.items() if key not in keys}
    _nothing_lost(left, f"{where}: the layer has no bias there")
    return packed


def _opened(
    arrays: Mapping[str, NDArray[Any]], convention: Convention, names: Mapping[str, str], where: str
) -> tuple[Parts, tuple[int, int]]:
    """The framework's arrays, checked and cut into their parts, and the widths n and m."""
    called = {stored.name: names.get(stored.name, stored.name) for stored in convention.arrays}
    vectors = [stored.name for stored in convention.arrays if not stored.is_matrix]
    if any(called[name] in arrays for name in vectors):
        vectors = []  # a layer has all its biases or none
    wanted = [stored for stored in convention.arrays if stored.name not in vectors]
    here = {name: np.asarray(arrays[name]) for s in wanted if (name := called[s.name]) in arrays}
    n, m = _sizes(here, wanted, called, where)
    require_shapes(here, {called[s.name]: s.shape(n, m) for s in wanted}, where)
    require_finite(here, where)
    for name in (names.get(name, name) for name in convention.unread):
        if np.any(arrays.get(name, 0)):
            raise DataError(
                f"{where}: array {name!r} changes the function, and no cell here has such weights"
            )
    parts: Parts = {}
    for stored in wanted:
        parts.update(_cut(stored, here[called[stored.name]].astype(np.float64), n, m))
    if convention.forget_offset:
        parts["b", "f"] = parts.get(("b", "f"), np.zeros(n)) + convention.forget_offset
    return parts, (n, m)


def _sizes(
    arrays: Mapping[str, NDArray[Any]], wanted: list[Stored], called: Mapping[str, str], where: str
) -> tuple[int, int]:
    """n from the first matrix on the state, m from the first on the input."""
    sizes: dict[str, int] = {}
    for stored in sorted((s for s in wanted if s.is_matrix), key=lambda s: "U" not in s.holds):
        name = called[stored.name]
        if name not in arrays:
            require_shapes(
                arrays, {called[s.name]: () for s in wanted if called[s.name] not in arrays}, where
            )
        shape = arrays[name].shape
        rank = len(stored.lead) + 2
        rows, width = shape[-2:][:: -1 if stored.columns else 1] if len(shape) == rank else (0, 0)
        n = rows // len(stored.gates)
        if n < 1 or rows % len(stored.gates):
            raise ShapeError(
                f"{where}: array {name!r} has the shape {shape}; {len(stored.gates)} gates of n rows each "
                f"need {rank} axes, like {stored.shape(4, 3)} at n = 4, m = 3"
            )
        sizes.setdefault("n", n)
        if "W" in stored.holds:
            sizes.setdefault("m", width - sizes["n"] * ("U" in stored.holds))
    if sizes["m"] < 1:
        raise ShapeError(
            f"{where}: {called[wanted[0].name]!r} leaves no room for an input; check which array is which"
        )
    return sizes["n"], sizes["m"]


def _cut(stored: Stored, array: NDArray[Any], n: int, m: int) -> Parts:
    if not stored.is_matrix:
        keys = [(letter, gate) for letter in stored.holds for gate in stored.gates]
        return dict(zip(keys, array.reshape(len(keys), n), strict=True))
    matrix = array.reshape(array.shape[len(stored.lead) :])
    matrix = matrix.T if stored.columns else matrix
    parts: Parts = {}
    for row, gate in enumerate(stored.gates):
        start = 0
        for letter in stored.holds:
            stop = start + {"n": n, "m": m}[WIDTHS[letter]]
            parts[letter, gate] = matrix[row * n : (row + 1) * n, start:stop]
            start = stop
    return parts


def _stacked(stored: Stored, parts: Parts, n: int, m: int) -> NDArray[np.float64]:
    """The parts of one stored array put together; what a cell lacks is zero."""

    def part(letter: str, gate: str) -> NDArray[Any]:
        shape = (n, {"n": n, "m": m}[WIDTHS[letter]]) if letter in WIDTHS else (n,)
        return parts.get((letter, gate), np.zeros(shape))

    if not stored.is_matrix:
        whole = np.concatenate([part(letter, gate) for letter in stored.holds for gate in stored.gates])
    else:
        whole = np.block([[part(letter, gate) for letter in stored.holds] for gate in stored.gates])
        whole = whole.T if stored.columns else whole
    return np.ascontiguousarray(whole, dtype=np.float64).reshape(stored.shape(n, m))


def _biases(parts: Parts, convention: Convention) -> tuple[Parts, Parts]:
    """The bias of each gate outside the reset, the sum of all there, and the one inside it."""
    outer: Parts = {}
    inner: Parts = {}
    for (letter, gate), array in parts.items():
        if letter == "d" and gate == "c" and convention.bias_inside_reset:
            inner["d", gate] = array
        elif letter in "bd":
            outer["b", gate] = outer.get(("b", gate), 0.0) + array
    return outer, inner


def _same_form(convention: Convention, cell: Cell, where: str) -> None:
    """Raise where cell and layer differ by more than weights can mend."""
    gates = {place.gate for place in places(cell).values()}
    if gates != set(convention.gates):
        raise DataError(
            f"{where}: the layer has the gates {', '.join(convention.gates) or 'none'}, the cell "
            f"{', '.join(sorted(gates)) or 'none'}; use the cell {convention.cell_name!r}"
        )
    if reset(cell) != convention.reset:
        raise DataError(
            f"{where}: the layer resets {convention.reset} the recurrent product, the cell {reset(cell)} it; "
            f"no weights make the two agree for every state: use the cell {convention.cell_name!r}"
        )


def _nothing_lost(parts: Parts, reason: str) -> None:
    lost = [f"{letter}_{gate}".rstrip("_") for (letter, gate), array in parts.items() if np.any(array)]
    if lost:
        raise DataError(
            f"{reason}, and {', '.join(lost)} is not zero; use a cell or a framework that has one"
        )
