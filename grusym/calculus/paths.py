"""The computation graph of a cell, and its paths: one for each term of a Jacobian."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from grusym.language.cell import Cell
from grusym.language.expression import names_in

if TYPE_CHECKING:
    import networkx


def graph(cell: Cell) -> networkx.DiGraph:
    """The computation graph: an edge from u to v where the equation of v mentions u.

    Nodes carry `kind` (input, state, value or next), `role` (the author's words) and `shape`; edges
    carry `jacobian`, the matrix of the one equation's own derivative, and `differential`.
    """
    import networkx as nx

    from grusym.calculus.jacobian import local, scalars

    g = nx.DiGraph(name=cell.name, title=cell.title)
    for name in cell.inputs:
        g.add_node(name, kind="input", role="input", shape=cell.shapes[name])
    for name in cell.states:
        g.add_node(name, kind="state", role="old state", shape=cell.shapes[name])
    for e in cell.equations:
        kind = "next" if e.left in cell.next_states else "value"
        g.add_node(e.left, kind=kind, role=e.role, shape=cell.shapes[e.left])
        for source in names_in(e.right):
            if source in g:
                step = local(cell, e.left).by(source)
                g.add_edge(source, e.left, differential=step, jacobian=step.matrix(scalars(cell)))
    return g


def paths(cell: Cell, source: str, target: str) -> Iterator[tuple[str, ...]]:
    """All paths of the computation graph from one value to another, in the order of the text."""
    feeds = {e.left: tuple(dict.fromkeys(names_in(e.right))) for e in cell.equations}

    def to(value: str) -> Iterator[tuple[str, ...]]:
        if value == source:
            yield (value,)
            return
        for before in feeds.get(value, ()):
            for path in to(before):
                yield (*path, value)

    yield from to(target)
