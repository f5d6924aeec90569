"""What a norm hides: all singular values of the gradient through a trained GRU."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from grusym.pictures.curves import LN10, powers_of_ten

NEEDS = ("trained_gru",)
CAPTION = (
    r"Singular values of $\partial h_T / \partial h_{T-k}$ of the trained GRU reading a text, largest first, "
    r"for several lags $k$. The largest, at the left end, is above one at every lag shown, while ever fewer "
    r"of the others are: a norm alone hides that."
)
SMALLEST = -40  # powers of ten below which nothing is shown


def draw(results: Any, style: Any) -> Figure:
    """One line a lag, from light to dark."""
    import matplotlib

    data = results["trained_gru"]
    figure = Figure(figsize=style.size(0.8, 0.55), layout="constrained")
    axes = figure.subplots()
    lags = [int(k) for k in data.shown_lag.values]
    colours = matplotlib.colormaps[style.sequential](
        [0.85 - 0.8 * i / max(1, len(lags) - 1) for i in range(len(lags))]
    )
    for lag, colour in zip(lags, colours, strict=True):
        values = data.log_singular.sel(shown_lag=lag).values / LN10
        axes.plot(data.direction.values, values, color=colour, label=f"$k = {lag}$")
    axes.set_ylim(SMALLEST, 2)
    axes.set_xlim(1, data.sizes["direction"])
    axes.set_xlabel("direction")
    axes.set_ylabel("singular value")
    powers_of_ten(axes)
    axes.legend(loc="lower left", title="lag")
    return figure
