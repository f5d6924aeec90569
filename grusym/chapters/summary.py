"""The first screen: what a reader should take home."""

from __future__ import annotations

from grusym.chapters.counts import share
from grusym.chapters.findings import Findings, horizon
from grusym.reports.page.content import Highlight, Summary


def summary(found: Findings) -> Summary:
    """A paragraph and four numbers."""
    highlights = [Highlight(str(share("gru")), "of an LSTM's parameters in a GRU, at every width")]
    flow, trained = found.data("gradient_horizon"), found.data("trained_gru")
    for name in ("gru", "lstm"):
        if flow is not None and name in flow.cell.values:
            steps = horizon(float(flow.leading_exponent.sel(cell=name).median()))
            words = f"steps in which a gradient fades by a factor e in an untrained {name.upper()}"
            highlights.append(Highlight(_number(steps), words))
    if trained is not None:
        steps = horizon(float(trained.exponent[0]))
        highlights.append(Highlight(_number(steps), "steps in a trained GRU that reads a text"))
    text = (
        "Each cell is stated once, as the equations a paper prints. Its Jacobians, gradients, counts, NumPy "
        "code and graph follow from that text; two oracles that do not know the calculus judge every formula."
    )
    return Summary(text, tuple(highlights))


def _number(steps: float) -> str:
    return "∞" if steps == float("inf") else f"{steps:.3g}"
