"""Arrays against the symbolic shapes of a cell: what n and m are, and which array does not fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import numpy as np

from grusym.errors import DataError
from grusym.language.cell import Cell, Shape

Array = Any
RANKS = ("a scalar", "a vector", "a matrix")


def needed(cell: Cell) -> tuple[str, ...]:
    """The names whose arrays determine everything else: states, inputs, parameters, constants."""
    return (*cell.states, *cell.inputs, *cell.weights)


def as_array(name: str, array: Any) -> Array:
    """The array, or DataError naming it where its rows are not of one length."""
    try:
        return np.asarray(array)
    except ValueError:
        raise DataError(f"{name} is no array: its rows differ in length; give rows of one length") from None


def check_arrays(
    cell: Cell, arrays: Mapping[str, Array], names: Iterable[str] | None = None
) -> dict[str, int]:
    """The sizes the arrays give to the cell's letters: {"n": 64, "m": 32}.

    `names` are the arrays to look at: all that `needed` names unless given. Batch axes may
    stand before an array's own.

    Raises DataError naming the array: missing, not numeric, not finite, or of a size that does not fit.
    """
    wanted = tuple(names) if names is not None else needed(cell)
    missing = [name for name in wanted if name not in arrays]
    if missing:
        shapes = ", ".join(f"{name} of shape {_written(cell.shapes[name])}" for name in missing)
        are = "is" if len(missing) == 1 else "are"
        raise DataError(
            f"cell {cell.name!r} needs arrays for {', '.join(wanted)}, but {', '.join(missing)} {are} "
            f"missing; give {shapes}"
        )
    for name in wanted:
        _check_numbers(name, as_array(name, arrays[name]))
    sizes = found_sizes(cell, arrays, wanted)
    _check_batch(cell, arrays, wanted)
    return sizes


def found_sizes(
    cell: Cell, arrays: Mapping[str, Array], names: Iterable[str] | None = None
) -> dict[str, int]:
    """The size of each letter in the cell's shapes, solved from the arrays' own axes."""
    axes = []
    for name in tuple(names) if names is not None else needed(cell):
        shape, found = cell.shapes[name], np.shape(arrays[name])
        if len(found) < len(shape):
            raise DataError(
                f"{name} is {RANKS[len(shape)]} of shape {_written(shape)}, but the array given has shape "
                f"{found}; give it {len(shape)} {'axis' if len(shape) == 1 else 'axes'} of its own"
            )
        own = found[len(found) - len(shape) :]
        axes += [(d, size, name) for d, size in zip(shape, own, strict=True)]
    sizes: dict[str, int] = {}
    given: dict[str, str] = {}  # which array said so
    for d, size, name in sorted(axes, key=lambda axis: len(_letters(axis[0]))):
        unknown = [s for s in _letters(d) if s.name not in sizes]
        if len(unknown) == 1:
            letter, times = unknown[0], int(d.coeff(unknown[0]))
            rest = size - (concrete(d - times * letter, sizes) or 0)
            if rest <= 0 or rest % times:
                raise _misfit(cell, name, np.shape(arrays[name]), sizes, given)
            sizes[letter.name], given[letter.name] = rest // times, name
        elif not unknown and concrete(d, sizes) != size:
            raise _misfit(cell, name, np.shape(arrays[name]), sizes, given)
    return sizes


def concrete(dimension: Any, sizes: Mapping[str, int]) -> int | None:
    """The number a symbolic dimension (n, n + m, 2*n, 3) stands for, or None where a letter has no size."""
    name = getattr(dimension, "name", None)
    if name is not None:
        return sizes.get(name)
    letters = _letters(dimension)
    if any(s.name not in sizes for s in letters):
        return None
    return int(dimension.subs({s: sizes[s.name] for s in letters})) if letters else int(dimension)


@cache
def _letters(dimension: Any) -> frozenset[Any]:
    return frozenset(getattr(dimension, "free_symbols", ()))


def _misfit(
    cell: Cell, name: str, found: tuple[int, ...], sizes: Mapping[str, int], given: Mapping[str, str]
) -> DataError:
    shape = cell.shapes[name]
    expected = tuple(concrete(d, sizes) for d in shape)
    own = found[len(found) - len(shape) :]
    letters = sorted({s.name for d in shape for s in _letters(d)} & given.keys())
    why = ", with " + ", ".join(f"{s} = {sizes[s]} from {given[s]}" for s in letters) if letters else ""
    advice = "give arrays of one consistent set of sizes"
    if len(shape) == 2 and own[::-1] == expected:
        advice = "is it transposed? Rows come first, and matrices act on columns: W x"
    shown = _written(tuple("?" if d is None else d for d in expected))
    return DataError(
        f"{name} must have shape {_written(shape)} = {shown}{why}, but the array given has shape {found}; "
        f"{advice}"
    )


def _check_numbers(name: str, array: Array) -> None:
    if array.dtype.kind not in "biufc":
        raise DataError(
            f"{name} must hold numbers, but the array given has dtype {array.dtype}; convert it to float64"
        )
    bad = ~np.isfinite(array)
    if bad.any():
        place = tuple(int(i) for i in np.argwhere(bad)[0])
        raise DataError(
            f"{name} must be finite, but {int(bad.sum())} of its {array.size} entries are NaN or infinite, "
            f"the first ({array[place]}) at {place}; repair or drop them"
        )


def _check_batch(cell: Cell, arrays: Mapping[str, Array], names: Iterable[str]) -> None:
    common: tuple[int, ...] = ()
    for name in names:
        shape = np.shape(arrays[name])
        batch = shape[: len(shape) - len(cell.shapes[name])]
        try:
            common = np.broadcast_shapes(common, batch)
        except ValueError:
            raise DataError(
                f"{name} has batch axes {batch}, which do not fit the batch axes {common} of the arrays "
                "before it; give every array the same batch axes, or none"
            ) from None


def _written(shape: Shape) -> str:
    return "(" + ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "") + ")"
