"""A layer's parameters out of a framework's arrays, and back: layout only, no number changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grusym.errors import DataError, ShapeError
from grusym.models.arrays import Arrays, require_finite, require_shapes
from grusym.models.conventions import Convention
from grusym.models.stored import Stored

Equation = tuple[dict[str, int], int, Stored]  # how often each letter, their sum, where that was seen


def opened(
    arrays: Mapping[str, NDArray[Any]], convention: Convention, names: Mapping[str, str], where: str
) -> Arrays:
    """The layer's parameters by their names in its equations, as float64.

    A layer without biases lacks those arrays: they are zero.
    Raises: DataError or ShapeError naming the array that is missing, misshapen, not finite or not read.
    """
    for name, better in convention.unread:
        if np.any(arrays.get(names.get(name, name), 0)):
            raise DataError(
                f"{where}: array {names.get(name, name)!r} changes the function, and this layer has no such "
                f"weights; use the layer {better!r}, which has"
            )
    called = {stored.name: names.get(stored.name, stored.name) for stored in convention.arrays}
    biases = [s.name for s in convention.arrays if s.holds[0] in "bd"]
    if any(called[name] in arrays for name in biases):
        biases = []  # a layer has all its biases or none
    wanted = [stored for stored in convention.arrays if stored.name not in biases]
    here = {name: np.asarray(arrays[name]) for s in wanted if (name := called[s.name]) in arrays}
    sizes = _sizes(here, wanted, called, convention, where)
    n, m, p = sizes["n"], sizes["m"], sizes.get("p")
    require_shapes(here, {called[s.name]: s.shape(n, m, p) for s in wanted}, where)
    require_finite(here, where)
    parts: Arrays = {}
    for stored in convention.arrays:
        if stored.name in biases:
            parts |= {name: np.zeros(n) for name in stored.parameters}
        else:
            parts |= stored.cut(here[called[stored.name]].astype(np.float64), sizes)
    return parts


def packed(parts: Mapping[str, NDArray[Any]], convention: Convention, names: Mapping[str, str]) -> Arrays:
    """A framework's arrays from the layer's parameters."""
    return {names.get(s.name, s.name): s.stacked(parts) for s in convention.arrays}


def _sizes(
    arrays: Mapping[str, NDArray[Any]],
    wanted: list[Stored],
    called: Mapping[str, str],
    convention: Convention,
    where: str,
) -> dict[str, int]:
    """n, m and p, solved from the axes of the matrices; those that give one letter alone come first."""
    matrices = [s for s in wanted if s.is_matrix]
    missing = {called[s.name]: () for s in matrices if called[s.name] not in arrays}
    if missing:
        require_shapes(arrays, missing, where)
    open_: list[Equation] = []
    for stored in matrices:
        shape = arrays[called[stored.name]].shape
        if len(shape) != len(stored.lead) + 2:
            raise _misshapen(called[stored.name], shape, stored, convention, where)
        own = shape[-2:][:: -1 if stored.columns else 1]
        open_ += [(a, k, stored) for a, k in zip(stored.axes(convention.projected), own, strict=True)]
    sizes: dict[str, int] = {}
    while open_:
        # A matrix on the state alone says best what n is.
        axis, whole, stored = min(open_, key=lambda q: (sum(x not in sizes for x in q[0]), q[2].holds != "U"))
        open_.remove((axis, whole, stored))
        unknown = [letter for letter in axis if letter not in sizes]
        rest = whole - sum(k * sizes[letter] for letter, k in axis.items() if letter in sizes)
        if len(unknown) == 1:
            sizes[unknown[0]], left = divmod(rest, axis[unknown[0]])
            if left or sizes[unknown[0]] < 1:
                shape = arrays[called[stored.name]].shape
                raise _misshapen(called[stored.name], shape, stored, convention, where)
    return sizes


def _misshapen(
    name: str, shape: tuple[int, ...], stored: Stored, convention: Convention, where: str
) -> ShapeError:
    p = 2 if convention.projected else None
    gates = len(stored.gates)
    return ShapeError(
        f"{where}: array {name!r} has the shape {shape}; {gates} gate{'s' * (gates > 1)} of n rows each need "
        f"{len(stored.lead) + 2} axes, like {stored.shape(4, 3, p)} at n = 4, m = 3"
    )
