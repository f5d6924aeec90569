"""Standard errors of time averages of correlated terms, and whether the run was long enough to tell."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from grusym.dynamics.step_kernel import Array

CELLS = 2048  # between this many and twice as many partial sums are kept, however long the run
EXACT = 1e-13  # a standard error that is rounding only
SAME = 1e-9  # a spread of means that are one number
FEWEST = 16  # batches below which a standard error is too uncertain to be called stable


@dataclass(frozen=True)
class ErrorBars:
    """Means (k,), standard errors, the number of batches behind each, and whether each error is stable."""

    means: Array
    standard_errors: Array
    batches: NDArray[np.intp]
    stable: NDArray[np.bool_]

    def ended(self, which: NDArray[np.bool_]) -> ErrorBars:
        """Return these with some means set to exactly -inf."""
        means, errors = np.where(which, -np.inf, self.means), np.where(which, 0.0, self.standard_errors)
        return ErrorBars(means, errors, self.batches, self.stable | which)

    def ordered(self, order: NDArray[np.intp]) -> ErrorBars:
        """Return these in another order."""
        return ErrorBars(
            self.means[order], self.standard_errors[order], self.batches[order], self.stable[order]
        )


@dataclass
class TimeAverages:
    """Sums of k quantities over unequal stretches of time, kept at bounded memory."""

    width: int
    _sums: list[Array] = field(default_factory=list)
    _times: list[Array] = field(default_factory=list)
    _count: int = 0

    def add(self, sums: Array, times: Array) -> None:
        """Append stretches: sums (g, k) and their durations (g,)."""
        self._sums.append(sums)
        self._times.append(times)
        self._count += len(times)
        if self._count >= 4 * CELLS:
            self._merge()

    def _merge(self) -> None:
        """Join the shortest neighbours, so that about CELLS stretches of nearly equal duration are left."""
        sums, times = self.cells()
        sums, times = _regrouped(sums, times, CELLS)
        self._sums, self._times, self._count = [sums], [times], len(times)

    def cells(self) -> tuple[Array, Array]:
        """Return all partial sums (c, k) and durations (c,)."""
        if not self._sums:
            return np.zeros((0, self.width)), np.zeros(0)
        return np.concatenate(self._sums), np.concatenate(self._times).astype(float)

    def error_bars(self) -> ErrorBars:
        """Return means with standard errors by batch means.

        Method: batches of growing length, until a batch is long against the correlation time found with it
        (length^3 > 2 count (error/naive error)^4); `stable` is false where that leaves fewer than 16 batches.
        A sum of -inf is exact: its error is 0. One stretch alone has no error: nan.
        Source: Wolff 2004, Comput. Phys. Commun. 156, 143; Lee et al. 2011, Phys. Rev. E 83, 066706.
        """
        sums, times = self.cells()
        if len(times) > CELLS:
            sums, times = _regrouped(sums, times, CELLS)
        never = np.logical_or.reduce(np.isneginf(sums), axis=0)
        finite = np.where(never, 0.0, sums)
        errors, batches, stable = _batch_means(finite, times)
        return ErrorBars(finite.sum(axis=0) / times.sum(), errors, batches, stable).ended(never)


def pooled(runs: list[ErrorBars]) -> tuple[ErrorBars, float]:
    """Return the mean over runs that sample one system, and the chance that they disagree as they do.

    The error is the larger of what the runs say themselves and what their spread says; the chance, an F test,
    is that of the first mean, and 1 for a single run.
    """
    if len(runs) == 1:
        return runs[0], 1.0
    count = len(runs)
    means = np.stack([run.means for run in runs])
    within = np.sqrt(np.sum([run.standard_errors**2 for run in runs], axis=0)) / count
    infinite = np.isneginf(means)
    spread = np.where(infinite, 0.0, means).std(axis=0, ddof=1) / math.sqrt(count)
    errors = np.where(
        infinite.any(axis=0), np.where(infinite.all(axis=0), 0.0, np.nan), np.fmax(within, spread)
    )
    # Where the spread sets the error, there are as many samples behind it as runs.
    batches = np.where(spread > within, count, np.sum([run.batches for run in runs], axis=0))
    stable = np.logical_and.reduce([run.stable for run in runs]) & ~np.isnan(errors)
    return ErrorBars(means.mean(axis=0), errors, batches, stable), _agreement(
        within[0], spread[0], infinite[:, 0]
    )


def _agreement(within: float, spread: float, infinite: NDArray[np.bool_]) -> float:
    """Return the chance of a spread this large over runs whose own error is `within`."""
    if infinite.any():
        return float(infinite.all())
    if np.isnan(within):
        return 1.0
    if within < EXACT:
        # Periodic orbits have no error of their own: they are the same one, or they are not.
        return float(spread <= SAME)
    from scipy.stats import f

    return float(f.sf((spread / within) ** 2, len(infinite) - 1, (FEWEST - 1) * len(infinite)))


def _regrouped(sums: Array, times: Array, count: int) -> tuple[Array, Array]:
    """Join consecutive stretches into at most `count` groups of nearly equal duration."""
    ends = np.cumsum(times)
    group = np.minimum((ends * count / ends[-1] - 1e-9).astype(np.intp), count - 1)
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    return np.add.reduceat(sums, starts, axis=0), np.add.reduceat(times, starts)


def _batch_means(sums: Array, times: Array) -> tuple[Array, NDArray[np.intp], NDArray[np.bool_]]:
    """Return standard errors, numbers of batches and stability, column by column."""
    cells, width = sums.shape
    errors, batches = np.full(width, np.nan), np.full(width, cells, dtype=np.intp)
    stable = np.zeros(width, dtype=bool)
    naive = None
    count = cells
    while count >= 2:
        grouped, lengths = _regrouped(sums, times, count) if count < cells else (sums, times)
        found = _ratio_error(grouped, lengths)
        naive = found if naive is None else naive
        short = ~stable if count >= FEWEST else ~stable & np.isnan(errors)
        errors[short], batches[short] = found[short], len(lengths)
        if count < FEWEST:
            break
        length = cells / count
        with np.errstate(divide="ignore", invalid="ignore"):
            inflation = np.where(naive > 0, found / naive, 0.0)
        stable |= short & (length**3 > 2 * cells * inflation**4) & (length > 1)
        # Rounding alone (a fixed point) has no correlation time to resolve.
        stable |= short & (found <= EXACT)
        count = int(count / 1.25) if not stable.all() else 0
    return errors, batches, stable


def _ratio_error(sums: Array, times: Array) -> Array:
    """Return the standard error of sum/time from independent stretches of unequal duration."""
    total, count = times.sum(), len(times)
    residuals = sums - np.outer(times, sums.sum(axis=0) / total)
    return np.sqrt((residuals**2).sum(axis=0) * count / (count - 1)) / total
