"""Gradient norm against lag: a trained GRU beside untrained cells."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from grusym.pictures.curves import LN10, band, end_labels, powers_of_ten

NEEDS = ("gradient_horizon", "trained_gru")
CAPTION = (
    r"Spectral norm of $\partial s_T / \partial s_{T-k}$ against the lag $k$; $s$ is the whole state, for "
    r"the LSTM $c$ and $h$. Untrained cells ($n = 32$, $m = 16$, PyTorch's initialisation, normal inputs): "
    r"median and 5th to 95th percentile of 16 seeds. Trained GRU ($n = 256$), reading a text: median and "
    r"range of 5 places. Below the dotted line a float64 product is zero."
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
        band(axes, trained.lag.values, norms.values, "black", "GRU, trained", levels=(0, 0.5, 1))
        axes.set_xlabel("lag $k$ (steps)")
    whole.axhline(SMALLEST, color="0.4", lw=0.8, ls=":", label="_smallest float64")
    whole.set_xlim(0, flows.lag.values[-1])
    near.set_xlim(0, NEAR)
    near.set_ylim(-14, 2)
    for axes in (whole, near):
        powers_of_ten(axes)
    whole.set_ylabel(r"$\|\partial s_T/\partial s_{T-k}\|$")
    end_labels(near)
    return figure
