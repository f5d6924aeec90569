"""Scalars, vectors, rows, matrices and diagonals as arrays with batch axes, and how they combine.

A diagonal matrix is kept as its diagonal, so that diag(v) U scales rows instead of multiplying; an
identity is a diagonal of no size yet. Nothing here knows which numbers the arrays hold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

Array = Any


class Misfit(Exception):
    """Two values that cannot meet."""


@dataclass(frozen=True)
class Value:
    """An array of which the last `rank` axes are its own and the others batch.

    `diagonal`: the array is the diagonal of a square matrix; of rank 0, a multiple of the identity of
    whatever size its neighbours have. `row`: the array is a transposed vector; of rank 0, a constant one.
    """

    array: Array
    rank: int
    diagonal: bool = False
    row: bool = False

    def __str__(self) -> str:
        kind = ("a scalar", "a vector", "a matrix")[self.rank]
        kind = "a diagonal matrix" if self.diagonal else "a row" if self.row else kind
        return kind if self.rank == 0 else f"{kind} of shape {np.shape(self.array)}"


def elementwise(operation: Callable[[Array, Array], Array], a: Value, b: Value) -> Value:
    """a ∘ b entry by entry; a scalar on either side meets every entry."""
    if a.row != b.row and not (_is_scalar(a) or _is_scalar(b)):
        a, b = _without_row(a), _without_row(b)
    rank = max(a.rank, b.rank)
    if a.diagonal or b.diagonal:
        scalar = b if a.diagonal else a
        if scalar.diagonal or scalar.rank:
            raise Misfit
    elif min(a.rank, b.rank) not in (0, rank) or (a.rank and b.rank and _own(a) != _own(b)):
        raise Misfit
    return Value(
        operation(_raised(a, rank), _raised(b, rank)), rank, a.diagonal or b.diagonal, a.row or b.row
    )


def added(a: Value, b: Value) -> Value:
    """a + b. A number is added to every entry of a vector; of matrices, only 0 is one."""
    for zero, other in ((a, b), (b, a)):
        if zero.rank == 0 and not zero.diagonal and (other.diagonal or other.row or other.rank == 2):
            if np.any(np.not_equal(zero.array, 0)):
                raise Misfit
            return other
    if a.diagonal and b.diagonal:
        if a.rank and b.rank and _own(a) != _own(b):
            raise Misfit
        rank = max(a.rank, b.rank)
        return Value(np.add(_raised(a, rank), _raised(b, rank)), rank, diagonal=True)
    if a.diagonal or b.diagonal:
        whole = b if a.diagonal else a
        rows, columns = np.shape(whole.array)[-2:] if whole.rank == 2 else (0, 1)
        if rows != columns:
            raise Misfit
        return Value(np.add(dense(a, rows), dense(b, rows)), 2)
    return elementwise(np.add, a, b)


def multiplied(a: Value, b: Value) -> Value:
    """The matrix product a b; of vectors, u vᵀ is the outer product and uᵀ v a scalar."""
    if a.diagonal or b.diagonal:
        return _diagonal_times(a, b) if a.diagonal else _times_diagonal(a, b)
    if a.row:
        return _row_times(a, b)
    if b.row and not _is_scalar(a):
        return _outer(a, b)
    if a.rank == 0:
        return replace(b, array=np.multiply(_raised(a, b.rank), b.array))
    if a.rank != 2:
        raise Misfit
    if b.rank == 0:  # a constant where a vector is wanted: the constant vector
        return Value(np.multiply(np.sum(a.array, axis=-1), _raised(b, 1)), 1)
    if b.rank == 2:
        return Value(np.matmul(a.array, b.array), 2)
    if np.ndim(a.array) == 2:  # one product for the whole batch
        return Value(np.matmul(b.array, a.array.T), 1)
    return Value(np.matmul(a.array, b.array[..., None])[..., 0], 1)


def _diagonal_times(a: Value, b: Value) -> Value:
    if a.rank == 1 and b.rank == 2:
        if _own(a)[0] != _own(b)[0]:
            raise Misfit
        return Value(np.multiply(a.array[..., :, None], b.array), 2)
    rank = max(a.rank, b.rank)
    if a.rank and (b.row or (b.rank and _own(a) != _own(b))):
        raise Misfit
    return replace(b, array=np.multiply(_raised(a, rank), _raised(b, rank)), rank=rank)


def _times_diagonal(a: Value, b: Value) -> Value:
    if b.rank and a.rank and _own(a)[-1] != _own(b)[-1]:
        raise Misfit
    if b.rank == 0:
        return replace(a, array=np.multiply(a.array, _raised(b, a.rank)))
    if a.rank == 2:
        return Value(np.multiply(a.array, b.array[..., None, :]), 2)
    if a.row or a.rank == 0:
        return Value(np.multiply(_raised(a, 1), b.array), 1, diagonal=not a.row, row=a.row)
    raise Misfit


def _outer(a: Value, b: Value) -> Value:
    column = Value(a.array[..., 0], 1) if a.rank == 2 and _own(a)[1] == 1 else a
    if column.rank != 1 or b.rank != 1:
        raise Misfit
    return Value(np.multiply(column.array[..., :, None], b.array[..., None, :]), 2)


def _row_times(a: Value, b: Value) -> Value:
    if b.row or b.rank == 0:
        raise Misfit
    if b.rank == 1:
        if a.rank and _own(a) != _own(b):
            raise Misfit
        return Value(np.sum(np.multiply(_raised(a, 1), b.array), axis=-1), 0)
    if a.rank == 0:
        return Value(np.multiply(_raised(a, 1), np.sum(b.array, axis=-2)), 1, row=True)
    return Value(np.matmul(a.array[..., None, :], b.array)[..., 0, :], 1, row=True)


def transposed(a: Value) -> Value:
    """aᵀ."""
    if a.diagonal:
        return a
    return replace(a, row=not a.row) if a.rank < 2 else Value(np.swapaxes(a.array, -1, -2), 2)


def powered(array: Array, exponent: int) -> Array:
    """array to a whole power by repeated squaring: exact for any numbers, no complex logarithms."""
    if exponent < 0:
        return np.true_divide(1, powered(array, -exponent))
    if exponent == 0:
        return np.ones_like(array)
    result: Array = 1
    for bit in bin(exponent)[2:]:
        result = np.multiply(result, result)
        if bit == "1":
            result = np.multiply(result, array)
    return result


def dense(a: Value, size: int | None = None) -> Array:
    """The whole array of a value; `size` is that of an identity. Raises Misfit where it has none."""
    if a.row and a.rank == 0:
        raise Misfit
    if a.row:
        return a.array[..., None, :]
    array = np.asarray(a.array)
    if not a.diagonal:
        return array
    if a.rank == 0:
        if size is None:
            raise Misfit
        array = np.broadcast_to(array[..., None], (*array.shape, size))
    n = array.shape[-1]
    full = np.zeros((*array.shape, n), dtype=array.dtype)
    full[..., np.arange(n), np.arange(n)] = array
    return full


def _raised(a: Value, rank: int) -> Array:
    """The array with axes added so that a scalar meets a value of that rank."""
    missing = rank - a.rank
    return a.array if missing <= 0 or np.ndim(a.array) == 0 else a.array[(..., *[None] * missing)]


def _own(a: Value) -> tuple[int, ...]:
    """The shape without batch axes."""
    shape = np.shape(a.array)
    return shape[len(shape) - a.rank :]


def _is_scalar(a: Value) -> bool:
    return a.rank == 0 and not a.row and not a.diagonal


def _without_row(a: Value) -> Value:
    if a.row and a.rank == 0:
        raise Misfit
    return Value(a.array[..., None, :], 2) if a.row else a
