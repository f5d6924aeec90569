"""What the layers of the frameworks compute, how many numbers they store, and which stand in for which."""

from __future__ import annotations

from string import ascii_lowercase
from typing import TYPE_CHECKING

from grusym.calculus.counting import parameter_count
from grusym.calculus.identifiable import identifiable
from grusym.chapters.findings import Findings, about
from grusym.language.printers.polynomial import counted
from grusym.models.conventions import Convention, conventions
from grusym.models.explanation import explained
from grusym.reports.page.content import Column, Equations, Line, Section, Table, Value

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
        note="Identifiable are the numbers the function depends on: biases that are only added count once. "
        "Where a projection feeds fewer units back, p is n / 2.",
        name=f"{kind}_layers",
    )
    shown = Section("Equations", tuple(_equations(c) for c in layers), open=False)
    return Section(KINDS[kind], (table, _stand_ins(layers, data)), (shown,))


def _equations(c: Convention) -> Equations:
    lines = tuple(Line(e.left, e.right, e.role) for e in c.cell.equations)
    note = "; ".join(explained(c))
    return Equations(lines, title=c.framework, note=f"{note[:1].upper()}{note[1:]}.", names=c.cell.written)


def _stand_ins(layers: list[Convention], data: xarray.Dataset) -> Table:
    """Whose weights can be carried into whose layer; conditions have letters, told below the table."""
    found = zip(
        data.source.values, data.target.values, data.condition.values, data.outcome.values, strict=True
    )
    names = [f"{c.framework} {c.kind}" for c in layers]
    pairs = {(str(a), str(b)): (str(c), str(o)) for a, b, c, o in found if str(a) in names}
    conditions = list(dict.fromkeys(condition for condition, _ in pairs.values() if condition))
    letters = dict(zip(conditions, ascii_lowercase, strict=False))
    rows: list[list[Value]] = [
        [f"{i}  {c.framework}", *(_mark(*pairs[own, other], letters) for other in names)]
        for i, (c, own) in enumerate(zip(layers, names, strict=True), start=1)
    ]
    told = "".join(f" {letter}: only where {condition}." for condition, letter in letters.items())
    return Table(
        ("Weights of, into:", *(str(i) for i, _ in enumerate(layers, start=1))),
        rows,
        title="Which layer computes what another does",
        note=f"Proved by the normal form for all sizes, inputs and states.{told}",
        name=f"{layers[0].kind}_conversions",
    )


def _mark(condition: str, outcome: str, letters: dict[str, str]) -> str:
    return letters[condition] if condition else MARKS[outcome]
