"""Orthonormal frames: QR of a few vectors, called close to LAPACK because it is called often."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grusym.dynamics.step_kernel import Array

EPSILON = float(np.finfo(float).eps)
DEPENDENT = 4.0  # epsilon * sqrt(N): singular values up to this are zero; exact zeros came out below 1
TRIANGULAR = 1e-6  # smallest R_ii against the largest down to which Q comes from a triangular solve


def generic_rows(count: int, width: int, seed: int) -> Array:
    """Return orthonormal rows in general position; a coordinate frame can miss the leading direction."""
    frame = np.random.default_rng(seed).standard_normal((count, width))
    return orthonormal_rows(frame)[0]


@lru_cache(maxsize=1)
def _lapack() -> tuple[Any, Any, Any]:
    # Called directly: numpy.linalg.qr takes up to four times as long at widths 16 to 64.
    from scipy.linalg import blas, lapack

    return lapack.dgeqrf, lapack.dorgqr, blas.dtrsm


@lru_cache(maxsize=8)
def _upper_mask(count: int) -> Array:
    return np.triu(np.ones((count, count)))


def orthonormal_rows(image: Array, keep: bool = False, solve: bool = True) -> tuple[Array, Array]:
    """Return orthonormal rows and the diagonal of R (all of R if `keep`); `image` (r, N) is overwritten.

    The rows of `image` are the columns of the matrix that is factored, so nothing is copied or transposed.
    """
    geqrf, orgqr, trsm = _lapack()
    count, work = len(image), 64 * len(image)
    spare = image.copy()
    factored, tau, _, _ = geqrf(image.T, lwork=work, overwrite_a=1)
    diagonal = factored.diagonal().copy()
    upper = factored[:count] * _upper_mask(count) if keep else diagonal
    sizes = np.abs(diagonal)
    if solve and sizes.min() > TRIANGULAR * sizes.max():
        # Up to three times as fast as forming Q, and as orthonormal as the rounding of R that is allowed for
        # anyway.
        columns = trsm(1.0, factored[:count], spare.T, side=1, overwrite_b=1)
    else:
        columns, _, _ = orgqr(factored, tau, lwork=work, overwrite_a=1)
    return columns.T, upper


@dataclass(frozen=True)
class Independent:
    """Rows that depend on none before: orthonormal, R (kept, all), its diagonal with 0 where a row ended.

    `noise` is the relative rounding error of the diagonal.
    """

    rows: Array
    upper: Array
    diagonal: Array
    noise: Array
    kept: NDArray[np.intp]


def independent_rows(rows: Array, matrix: Array) -> Independent:
    """Factor rows @ matrix.T with care: drop rows that are dependent, resolve rows that are only tiny.

    Method: a Jacobian can look singular because some of its rows are tiny (saturated units). Scaling its rows
    to length one keeps its rank and removes that; what is dependent then, to the rounding of one product,
    ends. The rest is factored with the largest coordinates first, which keeps the digits of tiny rows.
    Source: Cox & Higham 1998, in Numerical Analysis 1997 (stability of Householder QR for weighted problems).
    """
    lengths = np.sqrt(np.einsum("ij,ij->i", matrix, matrix))
    scaled = rows @ (matrix / np.where(lengths > 0, lengths, 1.0)[:, None]).T
    floor = DEPENDENT * EPSILON * math.sqrt(matrix.shape[1])
    kept, sizes = _independent(scaled, floor)
    image, full, noise = rows @ matrix.T, np.zeros(len(rows)), np.zeros(len(rows))
    if not len(kept):
        return Independent(np.zeros((0, len(matrix))), np.zeros((0, len(rows))), full, noise, kept)
    order = np.argsort(-lengths, kind="stable")
    sorted_rows, diagonal = orthonormal_rows(np.ascontiguousarray(image[kept][:, order]), solve=False)
    turned = np.empty_like(sorted_rows)
    turned[:, order] = sorted_rows
    full[kept], noise[kept] = diagonal, floor / DEPENDENT / np.minimum.accumulate(sizes)
    # Dropped rows still have parts along the kept ones. Below the diagonal there is rounding only, which
    # grading would blow up.
    upper = np.where(kept[:, None] <= np.arange(len(rows)), turned @ image.T, 0.0)
    upper[np.arange(len(kept)), kept] = diagonal
    return Independent(turned, upper, full, noise, kept)


def _independent(image: Array, floor: float) -> tuple[NDArray[np.intp], Array]:
    """Return which rows are independent of those before, and their parts orthogonal to those."""
    # Singular values count the dependent rows reliably; R, whose rounding grows along the way, only names
    # them.
    surplus = int(np.count_nonzero(np.linalg.svd(image, compute_uv=False) <= floor))
    kept = np.arange(len(image))
    while True:
        sizes = np.abs(orthonormal_rows(image[kept], solve=False)[1]) if len(kept) else np.zeros(0)
        if not surplus:
            return kept, sizes
        with np.errstate(under="ignore"):
            parts = sizes * np.minimum.accumulate(np.concatenate([[1.0], sizes[:-1]]))
        small = parts <= floor
        kept = np.delete(kept, int(np.argmax(small) if small.any() else np.argmin(parts)))
        surplus -= 1
