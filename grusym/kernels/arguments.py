"""What a kernel is given, checked: sizes, dtypes, batch axes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from grusym.errors import DataError
from grusym.language.arrays import as_array, check_arrays, concrete
from grusym.language.cell import Cell

Array = Any
Weights = Mapping[str, Any]
WIDTHS = {"inputs": "inputs", "states": "states", "state": "states", "cotangents": "states"}


class Layout:
    """The sizes of a cell's names under given weights, remembered by the shapes of these."""

    def __init__(self, cell: Cell) -> None:
        self.cell = cell
        self._known: dict[Any, dict[str, int]] = {}

    def sizes(self, weights: Weights, state: int | None = None, input: int | None = None) -> dict[str, int]:
        """The numbers the letters stand for; N and M may tell those that no weight tells.

        Raises: DataError naming the array that is missing, not finite, or of a size that does not fit.
        """
        if not isinstance(weights, Mapping):
            raise DataError(
                f"weights map the names {', '.join(self.cell.weights)} to arrays; found "
                f"{type(weights).__name__}; give those of random_weights"
            )
        given = [as_array(p, weights[p]) for p in self.cell.weights if p in weights]
        key = (tuple([a.shape for a in given]), state, input)
        if key not in self._known or len(given) < len(self.cell.weights) or not all(map(finite, given)):
            self._known[key] = self._checked(weights, state, input)
        return self._known[key]

    def _checked(self, weights: Weights, state: int | None, input: int | None) -> dict[str, int]:
        found = check_arrays(self.cell, weights, self.cell.weights)
        for name in self.cell.weights:
            shape, own = np.shape(weights[name]), self.cell.shapes[name]
            if len(shape) > len(own):
                raise DataError(
                    f"{name} must have {len(own)} axes, but the array given has shape {shape}; a kernel "
                    "takes one set of weights: give it without batch axes"
                )
        for width, names in ((state, self.cell.states), (input, self.cell.inputs)):
            whole = sum(d for name in names for d in self.cell.shapes[name] or (1,))
            letters = [s for s in getattr(whole, "free_symbols", ()) if s.name not in found]
            if width is not None and len(letters) == 1:
                rest = whole.subs({s: found[s.name] for s in whole.free_symbols if s.name in found})
                found[letters[0].name] = int((width - rest.subs(letters[0], 0)) / rest.coeff(letters[0]))
        return found

    def widths(self, names: Sequence[str], sizes: Mapping[str, int]) -> list[int]:
        """The widths of named vectors; a scalar is 1 wide."""
        found = []
        for name in names:
            shape = self.cell.shapes[name]
            width = concrete(shape[0], sizes) if shape else 1
            if width is None:
                raise DataError(
                    f"the size of {name} was asked for, but no weight of cell {self.cell.name!r} has an axis "
                    f"of size {shape[0]}; call a function that is given states and inputs"
                )
            found.append(width)
        return found


class Arguments:
    """The arguments of one call, all of one dtype: weights, sizes, and arrays by name.

    Arrays are shaped (steps, ..., width) and broadcast to common batch axes, which are then made one
    axis.
    """

    def __init__(
        self,
        layout: Layout,
        codes: Sequence[str],
        letters: Mapping[str, str],
        weights: Weights,
        **arrays: Any,
    ) -> None:
        cell = layout.cell
        self.arrays: dict[str, Array] = {name: as_array(name, a) for name, a in arrays.items()}
        for name, array in self.arrays.items():
            _check(cell, name, array)
        width = {WIDTHS[name]: array.shape[-1] for name, array in self.arrays.items()}
        sizes = layout.sizes(weights, width.get("states"), width.get("inputs"))
        self.sizes = sizes
        self.widths = {
            "states": layout.widths(cell.states, sizes),
            "inputs": layout.widths(cell.inputs, sizes),
        }
        for name, array in self.arrays.items():
            if array.shape[-1] != sum(self.widths[WIDTHS[name]]):
                raise self._misfit(cell, name, array)
        given = [np.asarray(weights[p]) for p in cell.weights]
        self.dtype = np.result_type(*given, *self.arrays.values())
        if self.dtype.kind in "biu":
            self.dtype = np.dtype(float)
        cast = [a.astype(self.dtype, copy=False) for a in given]
        self.weights = SimpleNamespace(**dict(zip(codes, cast, strict=True)))
        self.size = SimpleNamespace(**{letters[letter]: n for letter, n in sizes.items()})
        self._align()

    def _align(self) -> None:
        """Give all arrays the same batch axes, as one axis or none."""
        shapes = {name: a.shape[1:-1] for name, a in self.arrays.items()}
        try:
            self.batch = np.broadcast_shapes(*shapes.values())
        except ValueError:
            found = ", ".join(f"{name} {a.shape}" for name, a in self.arrays.items())
            raise DataError(
                f"arrays (time, ..., width) must have the same batch axes; found {found}; add or cut axes"
            ) from None
        for name, a in self.arrays.items():
            a = a.astype(self.dtype, copy=False)
            if shapes[name] != self.batch:
                steps, *own, width = a.shape
                a = a.reshape(steps, *(1,) * (len(self.batch) - len(own)), *own, width)
                a = np.broadcast_to(a, (steps, *self.batch, width))
            if len(self.batch) > 1:
                a = a.reshape(a.shape[0], math.prod(self.batch), a.shape[-1])
            self.arrays[name] = a

    def flat(self, name: str) -> Array:
        """An array as (steps times batch, width)."""
        array = self.arrays[name]
        return array if array.ndim == 2 else array.reshape(math.prod(array.shape[:-1]), array.shape[-1])

    def parts(self, kind: str, array: Array) -> list[Array]:
        """The named states or inputs side by side in the last axis, as views."""
        return [array[..., part] for part in slices(self.widths[kind])]

    def same_steps(self, *names: str) -> int:
        """The number of steps of arrays that must agree on it."""
        steps = {name: len(self.arrays[name]) for name in names}
        if len(set(steps.values())) > 1:
            found = ", ".join(f"{name} have {count}" for name, count in steps.items())
            raise DataError(f"arrays must cover the same steps; {found}; cut them to the same length")
        return len(self.arrays[names[0]])

    def _misfit(self, cell: Cell, name: str, array: Array) -> DataError:
        kind = WIDTHS[name]
        names = cell.inputs if kind == "inputs" else cell.states
        widths = ", ".join(f"{n} {w}" for n, w in zip(names, self.widths[kind], strict=True)) or "no inputs"
        return DataError(
            f"{name} of cell {cell.name!r} must be {sum(self.widths[kind])} wide ({widths}); found shape "
            f"{array.shape}; put time first and the width last"
        )


def slices(widths: Sequence[int]) -> list[slice]:
    """The places of parts of these widths that stand side by side."""
    ends = [sum(widths[: i + 1]) for i in range(len(widths))]
    return [slice(end - width, end) for end, width in zip(ends, widths, strict=True)]


def finite(array: Array) -> bool:
    """Whether all numbers are finite."""
    if array.dtype.kind not in "fc":
        return array.dtype.kind in "biu"
    with np.errstate(over="ignore", invalid="ignore"):
        total = array.sum()  # one pass; it is finite nearly always, and then so are its terms
        return bool(total - total == 0) or bool(np.isfinite(array).all())


def _check(cell: Cell, name: str, array: Array) -> None:
    if array.dtype.kind not in "biufc":
        raise DataError(f"{name} must hold numbers; found dtype {array.dtype}; convert it to float64")
    if array.ndim < 2:
        shown = array.shape if name != "state" else array.shape[1:]
        raise DataError(
            f"{name} of cell {cell.name!r} needs a width and a first axis of steps; found {shown}"
        )
    if not finite(array):
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise DataError(
            f"{name} must be finite; found {array[place]} at {place}; repair it, or stop before it"
        )
