"""Counts as formulas, the 25 % reduction, and numbers."""

from __future__ import annotations

from typing import Any

import sympy

from grusym.calculus.counting import parameter_count
from grusym.calculus.measures import MEASURES, measured, remarks
from grusym.cells.library import cell
from grusym.chapters.findings import Findings
from grusym.errors import GrusymError
from grusym.language.printers.polynomial import counted
from grusym.reports.page.content import Column, Section, Strong, Table, Text

COUNTS = ("parameters", "multiply_adds", "state_size")
PARTS = ("input_weights", "recurrent_weights", "biases", "others", "identifiable")
COSTS = ("activations", "products_in_sequence", "operations_in_sequence", "kept_for_training")


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
                *_formulas(data, name, COUNTS),
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
        (_parts(data), _costs(data)),
    )


def _parts(data: Any) -> Section:
    """The parameters of each cell by what they do, and those that can be told from what the cell computes."""
    text = (
        "A weight acts on the input or on what depends on a state, a bias is only ever added: read off the "
        "equations, not off names. Identifiable is how many numbers the next states depend on: two biases "
        "that are only ever added are one number. Where it is less than the parameters, the last column "
        "says why."
    )
    names = list(map(str, data.cell.values))
    rows = [
        [*_formulas(data, name, PARTS), "; ".join(remarks(cell(name)).get("identifiable", ()))]
        for name in names
    ]
    return Section("Parameters by what they do", (Text(text), _table(data, PARTS, rows, "parts", ("Why",))))


def _costs(data: Any) -> Section:
    """What a step costs beyond multiply-adds: functions, waiting, and memory for training."""
    text = (
        "Products in sequence are the matrix products on the longest path from an old state to a new one, "
        "and operations in sequence the operations on such a path: what no second processor makes faster. "
        "A cell that can be scanned does not have to wait for the step before at all. Kept for training are "
        "the numbers of a step that the gradients above mention."
    )
    rows = [
        [
            *_formulas(data, name, COSTS),
            "scanned in parallel" if "products_in_sequence" in remarks(cell(name)) else "step by step",
        ]
        for name in map(str, data.cell.values)
    ]
    table = _table(data, COSTS, rows, "costs", ("Time",))
    return Section("What a step waits for and keeps", (Text(text), table))


def _table(data: Any, counts: tuple[str, ...], rows: list[Any], name: str, more: tuple[str, ...]) -> Table:
    labels = [MEASURES[what].label.capitalize() for what in counts]
    titles = [str(data.title.sel(cell=c).item()) for c in data.cell.values]
    return Table(
        ("Cell", *labels, *more),
        [[title, *row] for title, row in zip(titles, rows, strict=True)],
        title="Counts as formulas in the state width n and the input width m",
        name=name,
    )


def _formulas(data: Any, name: str, counts: tuple[str, ...]) -> list[Any]:
    return [counted(_formula(data[f"{q}_formula"].sel(cell=name).item(), name, q)) for q in counts]


def _formula(text: str, name: str, quantity: str) -> sympy.Expr:
    """The formula of a saved count: derived again from the cell, and the same as was saved."""
    formula = measured(cell(name), quantity)
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
