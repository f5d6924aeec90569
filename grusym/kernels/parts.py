"""The few array operations that emitted code calls by name; time (with the batch in it) is the first axis."""

from __future__ import annotations

import math
import threading
from typing import Any

import numpy as np

from grusym.language import activations, extrema

Array = Any
_kept = threading.local()


def diagonal(matrices: Array) -> Array:
    """The diagonals of matrices (steps, n, n) as a view (steps, n) that can be written to."""
    return np.einsum("tii->ti", matrices)


def side_by_side(like: Array, *matrices: Array) -> Array:
    """Matrices such that one product(v, ...) multiplies v, a vector or a batch as `like` is, by all."""
    if like.ndim == 1:
        return np.concatenate([m.T for m in matrices], axis=1)
    return np.stack([m.T for m in matrices]) if len(matrices) > 1 else np.ascontiguousarray(matrices[0].T)


def joined(like: Array, rows: Array) -> Array:
    """The array that such a product writes to, to fill the rows with the products by each matrix."""
    return rows.reshape(-1) if like.ndim == 1 else rows


def one_below_another(like: Array, *matrices: Array) -> Array:
    """Matrices such that `summed_products` multiplies each of several vectors by its own and adds up."""
    transposed = [m.T for m in matrices]
    return np.concatenate(transposed) if like.ndim == 1 else np.stack(transposed)


def summed_products(vectors: Array, matrices: Array, out: Array) -> Array:
    """Write the sum of the products of vectors (k, ..., n), by `one_below_another`, to `out`."""
    if matrices.ndim == 2:
        return np.dot(vectors.reshape(-1), matrices, out=out)
    return np.matmul(vectors, matrices).sum(axis=0, out=out)


def scaled_rows(out: Array, *terms: tuple[Array, Array]) -> Array:
    """Set out[t] = Σ diag(c[t]) A over the terms (c, A), and return it.

    Row i of all steps is one small product (steps, k) (k, columns): as fast as C, where scaling rows term
    by term would pass over all of `out` each time.
    """
    steps, rows, _ = out.shape
    # With a single term NumPy would not hand the products on to BLAS; a second one of zeros is cheaper.
    count = max(2, len(terms))
    coefficients = np.zeros((steps, rows, count), out.dtype)
    for k, (c, _) in enumerate(terms):
        coefficients[:, :, k] = c
    matrices = np.stack([terms[k % len(terms)][1] for k in range(count)], axis=1)
    np.matmul(coefficients.transpose(1, 0, 2), matrices, out=out.transpose(1, 0, 2))
    return out


def scratch(number: int, shape: tuple[int, ...], dtype: Any) -> Array:
    """An array to work in, the same memory for the same number at every call in a thread.

    A fresh array of a megabyte costs more in page faults than the arithmetic that fills it.
    """
    size, key = math.prod(shape), (number, np.dtype(dtype))
    held = _kept.__dict__.setdefault("arrays", {})
    if key not in held or held[key].size < size:
        held[key] = np.empty(size, dtype)
    return held[key][:size].reshape(shape)


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)), in as few passes as NumPy allows."""
    x = np.asarray(x)
    x = x.astype(float) if x.dtype.kind in "biu" else x
    return sigmoid_into(x, np.empty_like(x))


def sigmoid_into(x: Array, out: Array) -> Array:
    """Write 1 / (1 + exp(-x)) to `out`; where exp overflows the result is 0, which is right."""
    if out.dtype.kind == "c":
        out[...] = activations.sigmoid(x)
        return out
    np.negative(x, out)
    np.exp(out, out)
    np.add(out, 1, out)
    return np.reciprocal(out, out)


def relu_into(x: Array, out: Array) -> Array:
    """Write max(x, 0) to `out`; of complex numbers, those with a positive real part."""
    if out.dtype.kind == "c":
        out[...] = activations.relu(x)
        return out
    return np.maximum(x, 0, out=out)


def maximum_into(u: Array, v: Array, out: Array) -> Array:
    """Write the larger of u and v to `out`; of complex numbers, that with the larger real part."""
    if out.dtype.kind == "c":
        out[...] = extrema.maximum(u, v)
        return out
    return np.maximum(u, v, out=out)


def minimum_into(u: Array, v: Array, out: Array) -> Array:
    """Write the smaller of u and v to `out`; of complex numbers, that with the smaller real part."""
    if out.dtype.kind == "c":
        out[...] = extrema.minimum(u, v)
        return out
    return np.minimum(u, v, out=out)


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
