"""Curves of natural logarithms: bands over runs, axes in powers of ten, labels at the lines' ends."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LN10 = math.log(10)
LEVELS = (0.05, 0.5, 0.95)


def band(axes: Axes, lags: Any, logs: Any, colour: str, label: str = "") -> None:
    """The median of runs as a line and their 5-95 % as a band; `logs` is (runs, lags), natural logs."""
    low, middle, high = np.quantile(np.asarray(logs) / LN10, LEVELS, axis=0)
    axes.fill_between(lags, low, high, color=colour, alpha=0.18, linewidth=0)
    axes.plot(lags, middle, color=colour, label=label)


def powers_of_ten(axes: Axes) -> None:
    """Label a y axis of decimal logarithms as powers of ten."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"$10^{{{y:.0f}}}$"))


def end_labels(axes: Axes, apart: float = 1.25) -> None:
    """Name every labelled line at its right end, in its colour, moved apart where names would overlap.

    `apart` is the least distance of two names in line heights. Call it when the limits are final.
    """
    lines = [line for line in axes.get_lines() if not str(line.get_label()).startswith("_")]
    right, (bottom, top) = axes.get_xlim()[1], sorted(axes.get_ylim())
    ends = [(_end(line, right, bottom, top), line) for line in lines]
    size = _font_size(axes)
    height = axes.get_position().height * axes.figure.get_size_inches()[1] * 72
    step = apart * size * (top - bottom) / height
    placed: list[float] = []
    for y, line in sorted(ends, key=lambda pair: pair[0]):
        place = max(y, placed[-1] + step) if placed else y
        placed.append(place)
        axes.annotate(
            str(line.get_label()),
            (right, place),
            xytext=(4, 0),
            textcoords="offset points",
            color=str(line.get_color()),
            va="center",
            fontsize=size,
            annotation_clip=False,
        )


def _end(line: Any, right: float, bottom: float, top: float) -> float:
    x, y = (np.asarray(v, dtype=float) for v in line.get_data())
    inside = (x <= right) & np.isfinite(y)
    return float(np.clip(y[inside][-1], bottom, top))


def _font_size(axes: Axes) -> float:
    import matplotlib
    from matplotlib.font_manager import FontProperties

    return float(FontProperties(size=matplotlib.rcParams["legend.fontsize"]).get_size_in_points())
