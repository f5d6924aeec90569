"""Arrays from the world: what every format must make sure of before others compute with them."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grusym.errors import DataError, ShapeError

Arrays = dict[str, NDArray]

MEMORY = 1 << 30  # bytes one file may ask for: far above such models, and what any machine has
KINDS = "biuf"  # NumPy's letters for truth values, integers and real numbers


def bytes_declared(name: str, shape: tuple[int, ...], dtype: np.dtype, where: str) -> int:
    """The bytes of an array that a file only declares so far.

    Counted in Python's integers, which do not wrap round: a hostile shape may multiply to zero in 64 bits.
    Raises: DataError naming the array where its numbers are of no kind that is read, or its shape is none.
    """
    if dtype.kind not in KINDS or dtype.hasobject or dtype.names is not None:
        raise DataError(
            f"{where}: array {name!r} should hold numbers, but has dtype {dtype}; "
            "store weights as float32 or float64 (Python objects are never loaded from a file)"
        )
    if any(size < 0 for size in shape):
        raise DataError(
            f"{where}: array {name!r} declares the shape {shape}; sizes cannot be negative: store it again"
        )
    return prod(shape) * dtype.itemsize


def within_memory(asked: int, limit: int, where: str) -> None:
    """Raise DataError where a file declares more bytes than the limit."""
    if asked > limit:
        raise DataError(
            f"{where} declares {asked:,} bytes of arrays, and at most {limit:,} are read; "
            "if the file is to be trusted, give a larger limit"
        )


def require_finite(arrays: Mapping[str, NDArray], where: str) -> None:
    """Raise DataError naming the first array that holds NaN or an infinity, with its place."""
    for name, array in arrays.items():
        bad = ~np.isfinite(array)
        if bad.any():
            place = tuple(int(i) for i in np.argwhere(bad)[0])
            raise DataError(
                f"{where}: array {name!r} should be finite, but {int(bad.sum())} of {array.size} entries "
                f"are not, first {array[place]} at {place}; the training diverged, or the file is damaged"
            )


def require_shapes(
    arrays: Mapping[str, NDArray], expected: Mapping[str, tuple[int, ...]], where: str
) -> None:
    """Raise where an expected array is missing (DataError) or has another shape (ShapeError), naming it."""
    missing = [name for name in expected if name not in arrays]
    if missing:
        raise DataError(
            f"{where}: looked for the array{'s' * (len(missing) > 1)} {', '.join(map(repr, missing))}, "
            f"but found {', '.join(map(repr, arrays)) or 'none at all'}; check which model the file holds"
        )
    for name, shape in expected.items():
        found = arrays[name].shape
        if found != tuple(shape):
            raise ShapeError(
                f"{where}: array {name!r} has the shape {found}, but {tuple(shape)} is needed; check the file"
            )


def as_arrays(given: Any, where: str) -> Arrays:
    """Somebody's weights by name as NumPy arrays, from arrays, lists, or tensors that still want gradients.

    Raises: DataError naming what is no array.
    """
    if not isinstance(given, Mapping):
        raise DataError(
            f"{where}: give weights as arrays by name, like a state dict; found {type(given).__name__}"
        )
    found: Arrays = {}
    for name, array in given.items():
        if hasattr(array, "detach"):  # a PyTorch tensor, perhaps of a type that NumPy does not have
            array = array.detach().cpu()
            array = array.float() if "bfloat16" in str(array.dtype) else array
        try:
            found[str(name)] = np.asarray(array)
        except (TypeError, ValueError, RuntimeError) as error:
            raise DataError(
                f"{where}: array {name!r} cannot be read as numbers: {error}; convert it"
            ) from None
    return found
