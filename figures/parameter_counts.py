"""Parameters of the main cells as a share of an LSTM's."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from grusym.chapters.cells import MAIN

NEEDS = ("parameter_counts",)
CAPTION = (
    r"Parameters of the main cells as a share of those of an LSTM of the same width, at $n = m = 256$. Three "
    r"gates' worth of weights against four: the GRU has 25 % fewer at every width."
)


def draw(results: Any, style: Any) -> Figure:
    """One bar a cell, shortest first."""
    counts = results["parameter_counts"].parameters.sel(width=256, cell=list(MAIN))
    shares = (counts / counts.sel(cell="lstm")).sortby(counts)
    names = [str(name) for name in shares.cell.values]
    figure = Figure(figsize=style.size(0.75, 0.14 + 0.075 * len(names)), layout="constrained")
    axes = figure.subplots()
    bars = axes.barh(names, shares.values, color=[style.colour(name) for name in names], height=0.6)
    axes.bar_label(bars, [f"{100 * s:.3g} %" for s in shares.values], padding=3)
    axes.set_xlim(0, 1.15)
    axes.xaxis.set_visible(False)
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    return figure
