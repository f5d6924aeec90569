"""What the layers of the frameworks compute, how many numbers they store, and which stand in for which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grusym.calculus.counting import parameter_count
from grusym.calculus.identifiable import identifiable
from grusym.chapters.findings import Findings, about
from grusym.language.printers.polynomial import counted
from grusym.models.conventions import Convention, conventions
from grusym.models.explanation import explained
from grusym.reports.page.content import Column, Equations, Inline, Line, Section, Table, Value

if TYPE_CHECKING:
    import xarray

TITLE = "Layers of the frameworks"
KINDS = {"gru": "GRU layers", "lstm": "LSTM layers", "rnn": "Layers without gates"}
MARKS = {"always": "yes", "none": "no"}


def chapter(found: Findings) -> Section:
    """A table of the layers of each kind, their equations, and who stands in for whom."""
    data = found.data("framework_layers")
    if data is None:
        return Section(TITLE, found.missing("framework_layers"))
    return Section(TITLE, about(data), tuple(_kind(kind, data) for kind in KINDS))


def _kind(kind: str, data: xarray.Dataset) -> Section:
    layers = [c for c in conventions() if c.kind == kind]
    rows: list[tuple[Value, ...]] = [
        (
            c.framework,
            ", ".join(c.gates) if len(c.gates) > 1 else "",
            c.keeps_old,
            c.reset,
            counted(parameter_count(c.cell)),
            counted(identifiable(c.cell).count),
            int(data.parameters.sel(layer=f"{c.framework} {c.kind}")),
        )
        for c in layers
    ]
    table = Table(
        (
            "Layer",
            "Order of gates",
            "Old state kept by",
            "Reset",
            "Parameters",
            "Identifiable",
            Column("n = m = 128", format=",d"),
        ),
        rows,
        title=f"{KINDS[kind]}: what is stored",
        note="Identifiable are the numbers the function depends on: biases that are only added count once.",
        name=f"{kind}_layers",
    )
    shown = Section("Equations", tuple(_equations(c) for c in layers), open=False)
    return Section(KINDS[kind], (table, _stand_ins(layers, data)), (shown,))


def _equations(c: Convention) -> Equations:
    lines = tuple(Line(e.left, e.right, e.role) for e in c.cell.equations)
    return Equations(lines, title=c.framework, note="; ".join(explained(c)) + ".", names=c.cell.written)


def _stand_ins(layers: list[Convention], data: xarray.Dataset) -> Table:
    """Whose weights can be carried into whose layer."""
    pairs = {
        (str(a), str(b)): (str(outcome), str(condition))
        for a, b, outcome, condition in zip(
            data.source.values, data.target.values, data.outcome.values, data.condition.values, strict=True
        )
    }
    names = [f"{c.framework} {c.kind}" for c in layers]
    rows: list[list[Value]] = [
        [c.framework, *(_mark(*pairs[own, other]) for other in names)]
        for c, own in zip(layers, names, strict=True)
    ]
    return Table(
        ("Weights of", *(f"into {c.framework}" for c in layers)),
        rows,
        title="Which layer computes what another does",
        note="Proved for all sizes, inputs and states by the normal form; what stands in a cell is the "
        "condition that the weights must meet.",
        name=f"{layers[0].kind}_conversions",
    )


def _mark(outcome: str, condition: str) -> Inline:
    return MARKS.get(outcome, f"if {condition}")
