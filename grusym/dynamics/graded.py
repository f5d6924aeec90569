"""The singular values of a long product, which the product itself no longer holds."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from grusym.dynamics.chain import Factor
from grusym.dynamics.step_kernel import Array

MARGIN = 40.0  # nats: values this far apart do not feel each other (their coupling is exp(-80))
WINDOW = 500.0  # nats that one float64 factorisation may span, well inside its range of 1400


class GradedProduct:
    """A product F_k ... F_1 = Q diag(exp(levels)) T with orthonormal Q and well-conditioned T.

    A plain product keeps singular values only down to 1e-16 of the largest, so its condition number saturates
    near e^36 and its determinant is noise. Here the sizes are kept apart, as logarithms, and stay right at
    any length.
    Method: QR factors sorted by size (the stratification of determinant quantum Monte Carlo), then one-sided
    Jacobi.
    Source: Loh & Gubernatis 1992; Drmac & Veselic 2008, SIAM J. Matrix Anal. Appl. 29, 1322.
    """

    def __init__(self, width: int) -> None:
        self.width = width
        self.levels = np.zeros(width)
        self.shape = np.eye(width)  # T

    def absorb(self, factors: tuple[Factor, ...]) -> None:
        """Multiply by the factors of one stretch of a graded chain."""
        for factor in factors:
            # Rows come sorted by size, so these ratios are bounded by how dependent the columns of one factor
            # are.
            weights = factor.upper * _ratios(factor.before, factor.after)
            self.shape = weights @ self.shape[factor.order]
            self.levels = factor.after

    @property
    def rank(self) -> int:
        """Number of singular values that are not exactly zero."""
        return len(self.levels)

    @property
    def log_determinant(self) -> float:
        """ln|det|: the sum of the levels, as the determinants of Q and T are 1 in size."""
        return float(self.levels.sum()) if self.rank == self.width else -np.inf

    @property
    def log_frobenius(self) -> float:
        """ln of the Frobenius norm."""
        if not self.rank:
            return -np.inf
        top = self.levels.max()
        rows = np.einsum("ij,ij->i", self.shape, self.shape)
        return float(top + 0.5 * np.log(np.dot(np.exp(2 * (self.levels - top)), rows)))

    def log_singular_values(self, down_to: float = -np.inf) -> Array:
        """Return ln of the singular values, largest first: all N, or those that can exceed exp(down_to).

        Exact zeros are -inf. Values in the list below `down_to` need not be right.
        """
        order = np.argsort(-self.levels, kind="stable")
        order = (
            order[self.levels[order] >= min(down_to, self.levels[order[0]]) - MARGIN] if self.rank else order
        )
        levels = self.levels[order]
        found = _log_singular_values(self.shape[order], levels) if len(order) else levels
        missing = self.width - len(found) if down_to == -np.inf else 0
        return np.concatenate([found, np.full(missing, -np.inf)])


def _ratios(before: Array, after: Array) -> Array:
    """Return exp(before_j - after_i) for j >= i, and at least something finite elsewhere."""
    middle = 0.5 * (before.max() + before.min())
    if max(np.abs(before - middle).max(initial=0.0), np.abs(after - middle).max(initial=0.0)) < WINDOW / 2:
        return np.exp(middle - after)[:, None] * np.exp(before - middle)
    # Below the diagonal of R there are zeros, whose ratios could overflow.
    return np.exp(np.minimum(before - after[:, None], WINDOW))


@lru_cache(maxsize=1)
def _lapack() -> tuple[Any, Any]:
    from scipy.linalg import lapack

    return lapack.dgeqrf, lapack.dgejsv


def _log_singular_values(rows: Array, levels: Array) -> Array:
    """Return ln of the singular values of diag(exp(levels)) rows, for levels that fall.

    Jacobi keeps the relative accuracy of every value of a column-scaled matrix. A spread beyond the range of
    float64 is taken in overlapping windows: a window's rows are orthogonal to those above (by QR) and hardly
    feel those below, so its inner values are those of the whole.
    """
    geqrf, jacobi = _lapack()
    count = len(levels)
    factored, _, _, _ = geqrf(rows.T, lwork=64 * count)
    upper = np.triu(factored[:count])
    # Levels may rise a little on the way down; windows need borders that nothing crosses.
    highest = np.maximum.accumulate(levels[::-1])[::-1]
    found: list[Array] = []
    done = start = 0
    while done < count:
        stop = int(np.searchsorted(-highest, WINDOW - highest[start], side="right"))
        local = upper[start:stop, start:stop] * np.exp(levels[start:stop] - highest[start])
        sva, _, _, work, _, info = jacobi(local, joba=0, jobu=3, jobv=3, jobr=0)
        values = np.full(stop - start, np.nan) if info else highest[start] + np.log(sva * (work[0] / work[1]))
        end = count
        if stop < count:
            end = max(done + 1, int(np.searchsorted(-highest, -(highest[stop] + MARGIN), side="right")))
        found.append(values[done - start : end - start])
        done = end
        start = int(np.searchsorted(-highest, -(highest[min(done, count - 1)] + MARGIN), side="left"))
    return np.concatenate(found)
