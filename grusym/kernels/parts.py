"""The few array operations that emitted code calls by name; time (with the batch in it) is the first axis."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any


def diagonal(matrices: Array) -> Array:
    """The diagonals of matrices (steps, n, n) as a view (steps, n) that can be written to."""
    return np.einsum("tii->ti", matrices)


def scaled_rows(out: Array, *terms: tuple[Array, Array]) -> None:
    """Set out[t] = Σ diag(c[t]) A over the terms (c, A).

    Row i of all steps is one small product (steps, k) (k, columns): as fast as C, where k scalings of rows would each
    pass over all of `out`.
    """
    steps, rows, _ = out.shape
    coefficients = np.empty((rows, steps, len(terms)), out.dtype)
    for k, (c, _) in enumerate(terms):
        coefficients[:, :, k] = np.broadcast_to(c, (steps, rows)).T
    matrices = np.stack([a for _, a in terms], axis=1)
    np.matmul(coefficients, matrices, out=out.transpose(1, 0, 2))


def summed(gradient: Array, like: Array) -> Array:
    """The gradient of a scalar or vector parameter summed over all steps."""
    if like.ndim == 0:
        return gradient.sum()
    return np.broadcast_to(gradient, (len(gradient), len(like))).sum(axis=0)


def summed_outer(left: Array, right: Array, like: Array) -> Array:
    """The sum of the outer products left[t] right[t]ᵀ, the gradient of a matrix shaped like `like`."""
    rows, columns = like.shape
    steps = max(len(v) if np.ndim(v) == 2 else 1 for v in (left, right))
    return np.broadcast_to(left, (steps, rows)).T @ np.broadcast_to(right, (steps, columns))
