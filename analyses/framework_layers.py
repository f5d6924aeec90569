"""What does each framework's GRU, LSTM and RNN compute, and which layers can stand in for each other?

Method: a layer is a cell, written from its framework's switches; its parameters are counted from the
equations. One layer stands in for another if formulas for its weights make all next states equal, which the
normal form decides for every size, input and state; conditions on the weights are said.
Expect: GRUs that reset before and after the product never meet, but for a recurrent matrix that commutes with
the reset; all others meet, up to biases that a layer does not have.
"""

from __future__ import annotations

from dataclasses import dataclass

import xarray

from grusym.calculus.counting import parameter_count
from grusym.calculus.identifiable import identifiable
from grusym.models.conventions import Convention, conventions
from grusym.models.explanation import explained
from grusym.models.weight_map import weight_maps
from grusym.reports.progress import progress


@dataclass(frozen=True)
class Settings:
    """Widths at which the layers are counted."""

    hidden: int = 128  # n
    input: int = 128  # m


def run(s: Settings) -> xarray.Dataset:
    """One row a layer, and one for each ordered pair of layers of a kind."""
    layers = conventions()
    pairs = [(a, b) for a in layers for b in layers if a.kind == b.kind]
    carried = [_carried(a, b) for a, b in progress(pairs, "pairs of layers")]
    return xarray.Dataset(
        {
            "kind": ("layer", [c.kind for c in layers]),
            "equations": ("layer", [str(c.cell) for c in layers]),
            "why": ("layer", ["\n".join(explained(c)) for c in layers]),
            "parameters_formula": ("layer", [str(parameter_count(c.cell)) for c in layers]),
            "identifiable_formula": ("layer", [str(identifiable(c.cell).count) for c in layers]),
            "parameters": ("layer", [_at(c, s) for c in layers]),
            "source": ("pair", [f"{a.framework} {a.kind}" for a, _ in pairs]),
            "target": ("pair", [f"{b.framework} {b.kind}" for _, b in pairs]),
            "outcome": ("pair", [outcome for outcome, _ in carried]),
            "condition": ("pair", [condition for _, condition in carried]),
        },
        {"layer": [f"{c.framework} {c.kind}" for c in layers]},
    )


def _at(c: Convention, s: Settings) -> int:
    """The count where half of the units feed back in a layer with a projection."""
    return c.parameter_count(s.hidden, s.input, s.hidden // 2 if c.projected else None)


def _carried(source: Convention, target: Convention) -> tuple[str, str]:
    """Whether weights of one layer have an image in the other, and under which conditions."""
    maps = weight_maps(source.cell, target.cell)
    if not maps:
        return "none", ""
    assumed = maps[0].assumes
    return ("under a condition", " and ".join(assumed)) if assumed else ("always", "")
