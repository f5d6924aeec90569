"""Orthonormal frames: QR of a few vectors, called close to LAPACK because it is called often."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grusym.dynamics.step_kernel import Array

EPSILON = float(np.finfo(float).eps)
TRIANGULAR = 1e-6  # smallest R_ii against the largest down to which Q comes from a triangular solve


def rounding_floor(width: int) -> float:
    """Return |R_ii| / |image| below which a row depends on those before it, to the rounding of one step."""
    return 10 * EPSILON * math.sqrt(width)


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


def orthonormal_rows(image: Array, keep: bool = False) -> tuple[Array, Array]:
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
    if sizes.min() > TRIANGULAR * sizes.max():
        # Up to three times as fast as forming Q, and as orthonormal as the rounding of R that is allowed for
        # anyway.
        columns = trsm(1.0, factored[:count], spare.T, side=1, overwrite_b=1)
    else:
        columns, _, _ = orgqr(factored, tau, lwork=work, overwrite_a=1)
    return columns.T, upper


def independent_rows(image: Array, floor: float) -> tuple[Array, Array, Array, NDArray[np.intp]]:
    """Return (rows, R, diagonal, kept) of an image whose dependent rows are left out one by one.

    R is (kept, all): the dropped rows still have parts along the kept ones. The diagonal has 0 where a row
    ended.
    """
    kept = np.arange(len(image))
    while True:
        rows, diagonal = orthonormal_rows(image[kept])
        small = np.abs(diagonal) <= floor
        if not small.any():
            break
        kept = np.delete(kept, int(np.argmax(small)))
        if not len(kept):
            return np.zeros((0, image.shape[1])), np.zeros((0, len(image))), np.zeros(len(image)), kept
    # Below the diagonal there is rounding only, which grading would blow up.
    upper = np.where(kept[:, None] <= np.arange(len(image)), rows @ image.T, 0.0)
    full = np.zeros(len(image))
    full[kept] = diagonal
    return rows, upper, full, kept
