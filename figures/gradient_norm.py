"""Gradient norm against lag: a trained GRU beside untrained cells."""

from __future__ import annotations

from typing import Any

import numpy as np
from grusym.pictures.plots import decades, end_label, log_lag_axis
from matplotlib.figure import Figure

NEEDS = ("gradient_horizon", "trained_gru")
CAPTION = (
    r"Spectral norm of $\partial h_T / \partial h_{T-k}$ against the lag $k$. Lines are medians, bands reach "
    r"from the 5th to the 95th percentile: over seeds for untrained cells ($n = 32$), over places of a text "
    r"for the trained GRU ($n = 256$), which reads real words. Below the dotted line a float64 product is zero."
)
SMALLEST = np.log(np.finfo(np.float64).smallest_subnormal)


def draw(results: Any, style: Any) -> Figure:
    """One line a cell, the trained one in black."""
    figure = Figure(figsize=style.size(1.0, 0.5), layout="constrained")
    wide, near = figure.subplots(1, 2, width_ratios=(1.25, 1))
    flows = results["gradient_horizon"]
    for axes, most in ((wide, None), (near, 100)):
        for name in map(str, flows.cell.values):
            norms = flows.log_norm.sel(cell=name).transpose("seed", "lag")
            _band(axes, flows.lag.values, norms.values, style.colour(name), name.upper(), most)
        trained = results["trained_gru"]
        norms = trained.log_norm.transpose("place", "lag")
        _band(axes, trained.lag.values, norms.values, "black", "trained GRU", most)
        axes.set_xlabel("lag $k$ (steps)")
    log_lag_axis(wide)
    decades(wide)
    wide.axhline(SMALLEST, color="0.5", lw=0.8, ls=":")
    wide.set_ylabel(r"$\|\partial h_T/\partial h_{T-k}\|$")
    near.set_xlim(0, 100)
    near.set_ylim(-25, 4)
    decades(near)
    return figure


def _band(axes: Any, lags: np.ndarray, logs: np.ndarray, colour: str, label: str, most: int | None) -> None:
    """Median and 5-95 % band of natural logarithms, with the label at the line's end."""
    keep = lags <= (most or lags[-1])
    low, middle, high = np.quantile(logs[:, keep], (0.05, 0.5, 0.95), axis=0)
    axes.fill_between(lags[keep], low, high, color=colour, alpha=0.18, lw=0)
    axes.plot(lags[keep], middle, color=colour)
    end_label(axes, lags[keep], middle, label, colour)
