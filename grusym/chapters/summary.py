"""The first screen: what a reader should take home."""

from __future__ import annotations

import math

from grusym.chapters.counts import share
from grusym.chapters.findings import Findings, near
from grusym.pictures.curves import LN10
from grusym.reports.page.content import Highlight, Summary, Tex

LAG = 100  # steps through which the gradients of the first screen go


def summary(found: Findings) -> Summary:
    """A paragraph and four numbers."""
    highlights = [Highlight(str(share("gru")), "of an LSTM's parameters in a GRU, at every width")]
    flow, trained = found.data("gradient_horizon"), found.data("trained_gru")
    for name in ("gru", "lstm"):
        if flow is not None and name in flow.cell.values:
            lag = near(flow, LAG)
            norm = float(flow.log_norm.sel(cell=name, lag=lag).median())
            words = f"norm of the gradient through {lag} steps of an untrained {name.upper()}, median"
            highlights.append(Highlight(power_of_ten(norm), words))
    if trained is not None:
        lag = near(trained, LAG)
        norm = float(trained.log_norm.sel(lag=lag).median())
        words = f"norm of the gradient through {lag} letters in a trained GRU, median"
        highlights.append(Highlight(power_of_ten(norm), words))
    text = (
        "Each cell is stated once, as the equations a paper prints. Its Jacobians, gradients, "
        "counts, NumPy code "
        "and graph follow from that text; every Jacobian and gradient is judged by two oracles "
        "that do not know "
        "the calculus."
    )
    identities = found.data("identities")
    if identities is not None:
        proved = int((identities.outcome == "proved").sum())
        text += f" {proved} identities tie the cells together, each proved for every size."
    return Summary(text, tuple(highlights))


def power_of_ten(log: float) -> Tex | str:
    """A number given by its natural logarithm, as a reader takes it in: 6.9, or a power of ten."""
    return f"{math.exp(log):.2g}" if abs(log) < 5 else Tex(f"$10^{{{log / LN10:.0f}}}$")
