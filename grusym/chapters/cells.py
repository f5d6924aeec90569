"""The main cells with equations, graph, Jacobians, gradients and code; every other cell in a table."""

from __future__ import annotations

from collections.abc import Iterable

from grusym.assemble import kernel
from grusym.calculus.adjoint import gradients
from grusym.calculus.counting import parameter_count
from grusym.calculus.jacobian import Jacobian, blocks
from grusym.cells.library import cell, cell_names
from grusym.chapters.findings import Findings
from grusym.language.cell import Cell
from grusym.language.expression import Name
from grusym.language.handout import Handout
from grusym.language.printers.order import Partial
from grusym.language.printers.polynomial import counted
from grusym.reports.page.content import (
    Block,
    Code,
    Equations,
    Inline,
    Line,
    Section,
    Steps,
    Table,
    Text,
)

MAIN = ("rnn", "gru", "gru_reset_after", "lstm")  # shown in full
GRAPH = "graph_"  # figures of this name show the computation graph of the cell named after it


def chapter(found: Findings) -> Section:
    """The main cells in full, and a table of all others."""
    full = tuple(_cell(cell(name), found) for name in MAIN)
    others = [name for name in cell_names() if name not in MAIN]
    found.shown.update(GRAPH + name for name in others)  # files beside the report, too many to show
    return Section("Cells", sections=(*full, _table(others)) if others else full)


def _table(names: list[str]) -> Section:
    """Cells in a line each."""
    rows = [
        (name, c.title, c.source, counted(parameter_count(c)), _listed(c.states))
        for name, c in ((name, cell(name)) for name in names)
    ]
    table = Table(
        ("Name", "Title", "Source and convention", "Parameters", "States"),
        rows,
        title="Cells in the state width n and the input width m",
        note="Each is derived, checked and drawn as those above are; grusym derive NAME shows it.",
        name="cells",
    )
    return Section("Other cells", (table,))


def _listed(names: tuple[str, ...]) -> Inline:
    return tuple(piece for name in names for piece in (", ", Name(name)))[1:]


def _cell(c: Cell, found: Findings) -> Section:
    shown = kernel(c)
    lines = tuple(Line(c.written.get(e.left, e.left), e.right, e.role) for e in c.equations)
    equations = Equations(lines, title="Equations", note=c.source, names=c.written)
    jacobians = [block for J in blocks(c).values() for block in _jacobian(J)]
    inner = (
        Section("Jacobians of one step", tuple(jacobians)),
        Section("Gradients of a loss", tuple(_gradients(c)), open=False),
        Section("NumPy code", (Code(shown.source, title="Emitted source", open=True),), open=False),
    )
    return Section(c.title or c.name, (equations, *found.figure(GRAPH + c.name)), inner)


def _jacobian(J: Jacobian) -> Iterable[Block]:
    names = J.cell.written
    if J.is_zero:
        yield Text((Name(J.of), " does not depend on ", Name(J.by), "."), "note")
        return
    title = ("Jacobian of ", Name(J.of), " by ", Name(J.by))
    paths = "; ".join(" → ".join(names.get(v, v) for v in t.path) for t in J.terms)
    yield Equations(
        (Line(Partial(J.of, J.by), J.expression),), title=title, note=f"paths: {paths}", names=names
    )
    yield Steps(Handout(J.cell, J.derivation).steps, title="Derivation", names=names)


def _gradients(c: Cell) -> Iterable[Block]:
    G = gradients(c)
    given = ", ".join(f"{g} = ∂L/∂{c.written.get(v, v)}" for v, g in G.cotangents.items())
    yield Equations(
        tuple(Line(line.left, line.right, line.role) for line in G.lines),
        title="Common terms",
        note=f"given {given}",
        names=c.written,
    )
    yield Equations(
        tuple(Line(Partial("L", name), e) for name, e in G.of.items()), title="Gradients", names=c.written
    )
