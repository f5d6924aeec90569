"""Gradient norm against lag: a trained GRU beside untrained cells."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from grusym.pictures.curves import LN10, band, end_labels, powers_of_ten

NEEDS = ("gradient_horizon", "trained_gru")
CAPTION = (
    r"Spectral norm of $\partial h_T / \partial h_{T-k}$ against the lag $k$. Lines are medians, bands reach "
    r"from the 5th to the 95th percentile: over seeds for untrained cells ($n = 32$), over places of a text "
    r"for the trained GRU ($n = 256$), which reads words. Below the dotted line a float64 product is zero."
)
SMALLEST = np.log(np.finfo(np.float64).smallest_subnormal) / LN10
NEAR = 50  # lags shown in the right panel


def draw(results: Any, style: Any) -> Figure:
    """All lags on the left, the nearest on the right; one colour a cell, the trained one black."""
    figure = Figure(figsize=style.size(1.0, 0.46), layout="constrained")
    whole, near = figure.subplots(1, 2)
    flows, trained = results["gradient_horizon"], results["trained_gru"]
    for axes in (whole, near):
        for name in map(str, flows.cell.values):
            norms = flows.log_norm.sel(cell=name).transpose("seed", "lag")
            band(axes, flows.lag.values, norms.values, style.colour(name), f"{name.upper()}, untrained")
        norms = trained.log_norm.transpose("place", "lag")
        band(axes, trained.lag.values, norms.values, "black", "GRU, trained")
        axes.set_xlabel("lag $k$ (steps)")
    whole.axhline(SMALLEST, color="0.4", lw=0.8, ls=":", label="_smallest float64")
    whole.set_xlim(0, flows.lag.values[-1])
    near.set_xlim(0, NEAR)
    near.set_ylim(-14, 2)
    for axes in (whole, near):
        powers_of_ten(axes)
    whole.set_ylabel(r"$\|\partial h_T/\partial h_{T-k}\|$")
    end_labels(near)
    return figure
