"""How many parameters and operations does each cell need, and how much smaller is a GRU than an LSTM?

Method: the formulas follow from the equations alone (sizes of all undefined names, products of each step);
the numbers are those formulas at equal state and input width.
Expect: the GRU has three gates' worth of weights and the LSTM four: 3/4, a reduction of 25 %, at every width.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy
import xarray

from grusym.calculus.counting import parameter_count
from grusym.calculus.measures import MEASURES, measured
from grusym.cells.library import cell, cell_names


@dataclass(frozen=True)
class Settings:
    """Widths at which the formulas are evaluated; `reference` is what the others are compared with."""

    widths: tuple[int, ...] = (16, 32, 64, 128, 256, 512, 1024)  # n = m
    reference: str = "lstm"


def run(s: Settings) -> xarray.Dataset:
    """Formulas (as text) and counts by cell and width."""
    names = cell_names()
    formulas = {what: [measured(cell(name), what) for name in names] for what in MEASURES}
    data: dict[str, object] = {}
    for quantity, found in formulas.items():
        numbers = [[int(f.subs(dict.fromkeys(f.free_symbols, w))) for w in s.widths] for f in found]
        data[quantity] = (("cell", "width"), numbers)
        data[f"{quantity}_formula"] = ("cell", [str(f) for f in found])
    data["ratio_formula"] = ("cell", [str(_ratio(name, s.reference)) for name in names])
    data["title"] = ("cell", [cell(name).title for name in names])
    return xarray.Dataset(data, {"cell": list(names), "width": list(s.widths)})


def _ratio(name: str, reference: str) -> sympy.Expr:
    return sympy.cancel(parameter_count(cell(name)) / parameter_count(cell(reference)))
