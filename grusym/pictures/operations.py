"""The operations of a cell as a graph: what a picture of the cell must show, no more and no less.

Where `graph(cell)` has one node for each named value, this graph has one for each operation its
equations ask for: layers, ⊙, +, 1 -. Following it from name to name gives `graph(cell)` again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grusym.language.cell import Cell
from grusym.pictures.operation_builder import Builder

if TYPE_CHECKING:
    import networkx

ENDS = ("input", "state", "next", "constant")  # kinds whose names stand at the end of a wire


def operations(cell: Cell) -> networkx.DiGraph:
    """The operation graph of a cell, derived from its equations.

    Nodes are named by the value they compute (`z`, `h'`) or, where it has no name, by its expression
    (`r ⊙ h`); `out h'` is where a next state leaves the cell. They carry `kind` (input, state, constant,
    layer, linear, function, times, plus, unary, concatenation, other or next), `label` and `latex`,
    `value` (the name of what they compute, or "") and `name` (that name in LaTeX), `role`, `bias` and
    `signal`: the name in whose colour they are drawn. Edges carry `signal` too, and `weight` with
    `weight_latex`: what a layer multiplies that input by, or "".
    """
    import networkx as nx

    g = nx.DiGraph(name=cell.name, title=cell.title)
    build = Builder(cell, g)
    for name in cell.inputs:
        build.end(name, "input", name, "input")
    for name in cell.states:
        build.end(name, "state", name, "state")
    for e in cell.equations:
        build.equation(e.left, e.right, e.role)
    _spread_signals(cell, g)
    for u, _, edge in g.edges(data=True):
        edge["signal"] = g.nodes[u]["signal"]
    return g


def contracted(g: networkx.DiGraph) -> set[tuple[str, str]]:
    """The pairs (u, v) of named values such that v is computed from u with no name between."""
    found = set()
    for node, data in g.nodes(data=True):
        waiting = list(g.predecessors(node)) if data["value"] else []
        while waiting:
            before = waiting.pop()
            name = g.nodes[before]["value"]
            if not name:
                waiting += g.predecessors(before)
            elif name != data["value"]:
                found.add((name, data["value"]))
    return found


def named_at_end(g: networkx.DiGraph, key: str) -> bool:
    """Whether the name of what a node computes is shown where its wire ends, not beside it."""
    return any(g.nodes[v]["kind"] == "next" for v in g.successors(key))


def _spread_signals(cell: Cell, g: networkx.DiGraph) -> None:
    """Give every node the name in whose colour it is drawn.

    A named value has its own, a next state that of its state. What has no name takes that of what it is
    made from: of a gate and a signal, the signal's.
    """
    import networkx as nx

    states = dict(zip(cell.next_states, cell.states, strict=True))
    for node in nx.topological_sort(g):
        data, before = g.nodes[node], list(g.predecessors(node))
        if data["value"] or not before:
            data["signal"] = states.get(data["value"], data["value"])
            continue
        passed = [u for u in before if not _is_gate(g, u)] or before
        stored = [u for u in passed if g.nodes[u]["signal"] in cell.states]
        data["signal"] = g.nodes[(stored or passed)[0]]["signal"]


def _is_gate(g: networkx.DiGraph, node: str) -> bool:
    """Whether a node is a sigmoid, or 1 - a sigmoid."""
    data = g.nodes[node]
    if data["kind"] == "unary" and data["label"] == "1 -":
        return _is_gate(g, next(iter(g.predecessors(node))))
    return data["kind"] in ("layer", "function") and data["label"] == "σ"
