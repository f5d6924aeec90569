"""Curves of natural logarithms: bands over runs, axes in powers of ten, names where lines end.

Gradient norms reach e^-10000, so they stay logarithms; only the labels of an axis raise ten to them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D
    from numpy.typing import ArrayLike, NDArray

LN10 = math.log(10)
LEVELS = (0.05, 0.5, 0.95)
BESIDE = 4.0  # points from a line's end to its name
CLOSE = 24.0  # points between the ends of lines whose names may meet


def band(
    axes: Axes,
    lags: ArrayLike,
    logs: ArrayLike,
    colour: str,
    label: str = "",
    levels: Sequence[float] = LEVELS,
) -> None:
    """The median of runs as a line and their 5-95 %, or other levels, as a band.

    Shapes: logs (runs, lags), natural logarithms. -inf is a gradient that is exactly zero: the line ends
    where half of the runs have one, the band where a twentieth have.
    """
    low, middle, high = quantiles(np.asarray(logs, float) / LN10, levels)
    there = np.isfinite(low) & np.isfinite(high)
    axes.fill_between(np.asarray(lags), low, high, where=there, color=colour, alpha=0.18, linewidth=0)
    axes.plot(lags, np.where(np.isfinite(middle), middle, np.nan), color=colour, label=label or None)


def quantiles(values: ArrayLike, levels: Sequence[float] = LEVELS) -> NDArray[np.float64]:
    """Quantiles over the first axis of numbers among which may be -inf."""
    given = np.asarray(values, float)
    with np.errstate(invalid="ignore"):
        found = np.quantile(given, levels, axis=0)
    # Between -inf and a number there is nothing to interpolate: NumPy says nan, and -inf is meant.
    return np.where(np.isnan(found) & ~np.isnan(given).any(axis=0), -np.inf, found)


def powers_of_ten(axes: Axes) -> None:
    """Label a y axis of decimal logarithms as powers of ten."""
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"$10^{{{y:.0f}}}$"))


def log_lags(axes: Axes) -> None:
    """An x axis of lags from 1 on a logarithmic scale, with the lags written out."""
    axes.set_xscale("log")
    axes.margins(x=0)
    axes.set_xlim(left=1, auto=None)
    axes.xaxis.set_major_locator(LogLocator(numticks=12))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}".replace(",", "\u2009")))
    axes.xaxis.set_minor_formatter(NullFormatter())


def horizon_mark(axes: Axes, lag: float, label: str, colour: str = "0.4") -> None:
    """A thin upright line at a lag, named at its top."""
    axes.axvline(lag, color=colour, lw=0.7, ls=(0, (4, 2)), zorder=0.5, label="_horizon")
    _aside(axes, (lag, 1.0), axes.get_xaxis_transform(), label, colour, "top")


def level_mark(axes: Axes, log: float, label: str, colour: str = "0.4") -> None:
    """A thin level line at a natural logarithm, named at its left end."""
    axes.axhline(log / LN10, color=colour, lw=0.8, ls=":", zorder=0.5, label="_level")
    _aside(axes, (0.0, log / LN10), axes.get_yaxis_transform(), label, colour, "bottom")


def end_labels(axes: Axes, apart: float = 1.15) -> None:
    """Name every labelled line where it ends or leaves the axes, in its colour; instead of a legend.

    `apart` is the least distance of two names in line heights. The names follow the limits of the axes,
    which may be set before or after.
    """
    names = [_EndLabel(line, apart) for line in axes.get_lines() if not str(line.get_label()).startswith("_")]
    for name in names:
        axes.add_artist(name)
        name.set_clip_on(False)


def _aside(axes: Axes, place: tuple[float, float], across: Any, label: str, colour: str, va: str) -> None:
    axes.annotate(
        label, place, xycoords=across, xytext=(3, -2 if va == "top" else 2), textcoords="offset points",
        ha="left", va=va, color=colour, fontsize="small",
    )  # fmt: skip


class _EndLabel(Text):
    """Text that finds its own place beside a line when it is drawn."""

    def __init__(self, line: Line2D, apart: float) -> None:
        look: dict[str, Any] = {"color": line.get_color(), "fontsize": "small", "va": "center_baseline"}
        super().__init__(0, 0, str(line.get_label()), **look)
        self.line, self.apart = line, apart
        self.set_transform(None)

    def wish(self, point: float) -> tuple[float, float]:
        """Where the name would stand if it were alone, in pixels, of which `point` make a point."""
        axes = self.axes
        if axes is None:
            return 0.0, 0.0
        axes.get_xlim()  # limits left to autoscaling are not found before somebody asks
        box = axes.bbox
        with np.errstate(divide="ignore", invalid="ignore"):
            ends = axes.transData.transform(np.asarray(self.line.get_xydata(), float))
        seen = np.isfinite(ends).all(axis=1) & (ends[:, 0] >= box.x0 - 1) & (ends[:, 0] <= box.x1 + 1)
        seen &= (ends[:, 1] >= box.y0 - 1) & (ends[:, 1] <= box.y1 + 1)
        if not seen.any():
            return box.x1 + BESIDE * point, box.y0
        last = int(np.flatnonzero(seen)[-1])
        leaves = last + 1 < len(ends) and ends[last, 0] < box.x1 - 0.02 * box.width
        # Beside a line that falls out of the axes, the name would stand on their border.
        rise = (BESIDE + float(self.get_fontsize()) / 2) * point if leaves else 0.0
        return float(ends[last, 0]) + BESIDE * point, float(ends[last, 1]) + rise

    def settle(self, renderer: Any) -> None:
        """Stand beside the line's end, as near as the names that stand there too allow."""
        if self.axes is None:
            return
        point = renderer.points_to_pixels(1.0)
        names = [a for a in self.axes.get_children() if isinstance(a, _EndLabel)]
        wishes = sorted(((*name.wish(point), i) for i, name in enumerate(names)), key=lambda w: (w[1], w[2]))
        x, _ = self.wish(point)
        near = [(y, i) for other, y, i in wishes if abs(other - x) < CLOSE * point]
        heights = spread([y for y, _ in near], self.apart * float(self.get_fontsize()) * point)
        self.set(x=x, y=heights[[i for _, i in near].index(names.index(self))])

    def get_window_extent(self, renderer: Any = None, dpi: float | None = None) -> Any:
        """The room it takes, once it stands where it belongs."""
        found = renderer or self.get_figure(root=True)._get_renderer()  # type: ignore[union-attr]
        self.settle(found)
        return super().get_window_extent(found, dpi)

    def draw(self, renderer: Any) -> None:
        """Settle, then draw."""
        self.settle(renderer)
        super().draw(renderer)


def spread(wanted: Sequence[float], apart: float) -> list[float]:
    """Rising numbers at least `apart` from each other, as near to the rising ones wanted as that allows."""
    groups: list[list[float]] = []  # of neighbours that touch; each stands around the mean of its wishes
    for y in wanted:
        groups.append([y])
        while len(groups) > 1 and _end(groups[-2], apart, 1) + apart > _end(groups[-1], apart, -1):
            groups[-2:] = [groups[-2] + groups[-1]]
    return [_end(group, apart, -1) + place * apart for group in groups for place in range(len(group))]


def _end(group: Sequence[float], apart: float, side: int) -> float:
    return sum(group) / len(group) + side * (len(group) - 1) * apart / 2
