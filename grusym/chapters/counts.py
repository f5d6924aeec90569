"""Counts as formulas, the 25 % reduction, and numbers."""

from __future__ import annotations

from typing import Any

import sympy

from grusym.calculus.counting import operation_count, parameter_count, state_size
from grusym.cells.library import cell
from grusym.chapters.findings import Findings
from grusym.errors import GrusymError
from grusym.language.printers.polynomial import counted
from grusym.reports.page.content import Column, Section, Strong, Table, Text

COUNTS = {"parameters": parameter_count, "multiply_adds": operation_count, "state_size": state_size}


def chapter(found: Findings) -> Section:
    """Formulas, the 25 % reduction, and numbers."""
    data = found.data("parameter_counts")
    if data is None:
        return Section("Parameters and operations", found.missing("parameter_counts"))
    widths = [int(w) for w in data.width if int(w) in (64, 256, 1024)] or [int(data.width[-1])]
    formulas = Table(
        (
            Column("Cell"),
            Column("Parameters"),
            Column("Multiply-adds a step"),
            Column("State"),
            Column("Parameters, of an LSTM's"),
            *(Column(f"n = m = {w}", format=",d") for w in widths),
        ),
        [
            [
                str(data.title.sel(cell=name).item()),
                *(counted(_formula(data[f"{q}_formula"].sel(cell=name).item(), name, q)) for q in COUNTS),
                _shown_share(name),
                *(int(data.parameters.sel(cell=name, width=w)) for w in widths),
            ]
            for name in map(str, data.cell.values)
        ],
        title="Counts as formulas in the state width n and the input width m",
        note=(
            "One bias for each gate unless the equations say otherwise. A multiply-add is a "
            "multiplication with the addition that goes with it; elementwise functions are not counted."
        ),
        name="counts",
    )
    return Section(
        "Parameters and operations",
        (Text(_reduction()), *found.figure("parameter_counts"), formulas),
    )


def _formula(text: str, name: str, quantity: str) -> sympy.Expr:
    """The formula of a saved count: derived again from the cell, and the same as was saved."""
    formula = COUNTS[quantity](cell(name))
    if str(formula) != text:
        raise GrusymError(
            f"the saved {quantity} of {name} is {text}, but its equations give {formula}; run the "
            "analysis again"
        )
    return formula


def share(name: str) -> sympy.Expr:
    """A cell's parameters over an LSTM's."""
    return sympy.cancel(parameter_count(cell(name)) / parameter_count(cell("lstm")))


def _shown_share(name: str) -> Any:
    ratio = share(name)
    return f"{100 * float(ratio):.3g} %" if ratio.is_number else counted(ratio)


def _reduction() -> Any:
    gru, lstm = parameter_count(cell("gru")), parameter_count(cell("lstm"))
    less = 100 * float(1 - share("gru"))
    return (
        "A GRU has ", counted(gru), " parameters and an LSTM ", counted(lstm), ". Both are multiples of the ",
        counted(sympy.factor(gru / 3)), " of one gate, three of them against four, so their ratio is ",
        Strong(str(share("gru"))), f" whatever n and m are: a reduction of {less:.3g} %.",
    )  # fmt: skip
