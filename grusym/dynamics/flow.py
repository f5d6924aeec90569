"""Gradient flow as a result: sizes of gradients against distance in time, and the rates read off them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from grusym.dynamics.step_kernel import Array

if TYPE_CHECKING:
    import xarray


@dataclass(frozen=True, eq=False)
class GradientFlow:
    """Size of ds_T/ds_{T-k} at each lag k.

    Natural logarithms throughout. Shapes: lags (L,); log_norms (spectral), log_frobenius, log_geometric_mean
    (of the N singular values), stable_rank = (Frobenius / spectral)^2 and live (number of singular values
    above `threshold`) are (L,), or (L, B) for a batch of runs; log_singular is (L, N) or (L, B, N), largest
    first, where asked for.
    """

    lags: NDArray[np.intp]
    log_norms: Array
    log_frobenius: Array
    log_geometric_mean: Array
    live: NDArray[np.intp]
    size: int
    threshold: float
    log_singular: Array | None = None

    @property
    def stable_rank(self) -> Array:
        """(Frobenius norm / spectral norm) squared: about how many directions carry the gradient."""
        with np.errstate(invalid="ignore"):
            return np.exp(2 * (self.log_frobenius - self.log_norms))

    @property
    def rate(self) -> Array | float:
        """Growth of ln(spectral norm) in nats per step: least squares over the longer half of the lags.

        Negative where gradients fade. It is an estimate from one stretch of time; `lyapunov_spectrum` gives
        the long-run value with its standard error.
        """
        return _slope(self.lags, self.log_norms)

    @property
    def typical_rate(self) -> float:
        """Rate of the mean logarithm over runs: what happens in nearly every run (the quenched rate)."""
        return float(np.mean(self.rate))

    @property
    def mean_square_rate(self) -> float:
        """Rate of `log_mean_square`, which a few large runs can dominate (the annealed rate)."""
        return float(_slope(self.lags, self.log_mean_square))

    @property
    def log_mean_square(self) -> Array:
        """ln of the root mean square, over runs and directions, of the factor of growth, (L,).

        Of one run it is ln(Frobenius norm / √N): what a gradient of random direction grows by, and 0 at
        lag 0, so never above `log_norms`.
        """
        gain = self.log_frobenius - 0.5 * math.log(self.size)
        if gain.ndim == 1:
            return gain
        return 0.5 * (np.logaddexp.reduce(2 * gain, axis=1) - math.log(gain.shape[1]))

    @property
    def horizon(self) -> Array | float:
        """-1/rate: steps over which the gradient fades by a factor e; infinite where it does not fade."""
        rate = np.asarray(self.rate)
        with np.errstate(divide="ignore"):
            found = np.where(rate < 0, -1.0 / np.minimum(rate, -0.0), np.inf)
        return float(found) if found.ndim == 0 else found

    def quantiles(self, levels: Iterable[float] = (0.05, 0.5, 0.95)) -> Array:
        """Return quantiles of log_norms over the runs, shaped (levels, L)."""
        norms = self.log_norms if self.log_norms.ndim == 2 else self.log_norms[:, None]
        return np.quantile(norms, tuple(levels), axis=1, method="median_unbiased")

    def to_dataset(self) -> xarray.Dataset:
        """Return everything as an xarray Dataset over `lag` (and `run`, `direction` where they exist)."""
        import xarray

        axes = ("lag", "run")[: self.log_norms.ndim]
        data = {
            "log_norm": (axes, self.log_norms),
            "log_frobenius": (axes, self.log_frobenius),
            "log_geometric_mean": (axes, self.log_geometric_mean),
            "stable_rank": (axes, self.stable_rank),
            "live": (axes, self.live),
        }
        if self.log_singular is not None:
            data["log_singular"] = ((*axes, "direction"), self.log_singular)
        return xarray.Dataset(data, {"lag": self.lags}, {"size": self.size, "threshold": self.threshold})

    def __str__(self) -> str:
        runs = "" if self.log_norms.ndim == 1 else f", median of {self.log_norms.shape[1]} runs"
        lines = [
            f"gradient flow over lags {self.lags[0]} to {self.lags[-1]}, state {self.size}{runs}",
            f"rate {self.typical_rate:+.5g} nats per step, horizon {_words(self.typical_rate)}; "
            f"root-mean-square rate {self.mean_square_rate:+.5g}",
            f"{'lag':>9} {'ln norm':>10} {'ln mean':>10} {'stable rank':>12} {'live':>5}",
        ]
        for row in self._shown():
            lag, norm, mean, rank, live = row
            lines.append(f"{lag:>9g} {norm:>10.4g} {mean:>10.4g} {rank:>12.3g} {live:>5g}")
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{name}</th>" for name in ("lag", "ln norm", "ln mean", "stable rank", "live"))
        body = "".join(
            "<tr>" + "".join(f"<td>{value:.4g}</td>" for value in row) + "</tr>" for row in self._shown()
        )
        title = str(self).split("\n")[:2]
        return f"<p>{'<br>'.join(title)}</p><table><tr>{head}</tr>{body}</table>"

    def _shown(self) -> list[tuple[float, ...]]:
        """Return about eight rows for a table, medians over the runs."""
        picks = np.unique(np.geomspace(1, len(self.lags), 8).astype(int)) - 1
        columns = (self.log_norms, self.log_geometric_mean, self.stable_rank, self.live)
        middle = [column if column.ndim == 1 else np.median(column, axis=1) for column in columns]
        return [(float(self.lags[i]), *(float(column[i]) for column in middle)) for i in picks]


@dataclass(frozen=True, eq=False)
class AdjointFlow:
    """ln of the norm of dL/ds_t at every t, for K cotangents given at the end.

    Shapes: log_norms (T+1, K), or (T+1, B, K) for a batch; row T holds the norms of the cotangents
    themselves.
    """

    log_norms: Array

    @property
    def lags(self) -> NDArray[np.intp]:
        """Distance in steps from the end, row by row: T, T-1, ..., 0."""
        return np.arange(len(self.log_norms) - 1, -1, -1)

    def to_dataset(self) -> xarray.Dataset:
        """Return the norms as an xarray Dataset over `time`."""
        import xarray

        axes = ("time", *("run",) * (self.log_norms.ndim - 2), "cotangent")
        return xarray.Dataset({"log_norm": (axes, self.log_norms)})

    def __str__(self) -> str:
        first, last = self.log_norms[0].ravel(), self.log_norms[-1].ravel()
        change = np.median(first - last) / max(1, len(self.log_norms) - 1)
        return (
            f"adjoint flow over {len(self.log_norms) - 1} steps, {len(first)} cotangent(s): "
            f"ln |dL/ds| from {np.median(last):.4g} at the end to {np.median(first):.4g} at the start, "
            f"{change:+.5g} nats per step"
        )

    __repr__ = __str__


def _slope(lags: NDArray[np.intp], logs: Array) -> Array | float:
    """Return the least-squares slope over the longer half of the lags (through the origin if that is one)."""
    far = lags >= lags[-1] / 2
    x, y = lags[far].astype(float), logs[far]
    # A product that has become exactly zero fades faster than any rate.
    zero = np.isneginf(y).any(axis=0)
    if len(x) == 1:
        slope = y[0] / x[0]
    else:
        x = x - x.mean()
        slope = np.tensordot(x, np.where(zero, 0.0, y), 1) / np.dot(x, x)
    slope = np.where(zero, -np.inf, slope)
    return float(slope) if np.ndim(slope) == 0 else slope


def _words(rate: float) -> str:
    return f"{-1 / rate:.4g} steps" if rate < 0 else "without end: it does not fade"
