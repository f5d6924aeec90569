"""Computation graphs as text for other programs: DOT, Mermaid, GraphML, and TikZ as it is drawn here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from grusym.errors import unknown
from grusym.language.cell import Cell
from grusym.pictures.cell_graph import picture_of, signal_colours
from grusym.pictures.operations import ENDS, named_at_end, operations
from grusym.pictures.style import style

if TYPE_CHECKING:
    import networkx


def export_graph(cell: Cell, format: str, named: bool = False) -> str:
    """The computation graph of a cell as text in one of FORMATS.

    The graph is that of all operations, or, if `named`, the one of named values only, whose edges carry
    their Jacobians; TikZ always draws the operations, placed as `draw_graph` places them.

    Raises: UnknownNameError with the formats there are.
    """
    if format not in FORMATS:
        raise unknown("graph format", format, FORMATS)
    return FORMATS[format](cell, named)


def dot(cell: Cell, named: bool = False) -> str:
    """For Graphviz, time from left to right."""
    g, colours = _marked(cell, named)
    numbers = {key: f"n{i}" for i, key in enumerate(g)}
    lines = [f"digraph {_quoted(cell.name)} {{", "  rankdir=LR;", "  node [style=filled];"]
    for key, data in g.nodes(data=True):
        form = DOT_FORMS.get(data["kind"], "box")
        fill = "white" if form in ("plaintext", "circle") else f"{colours[data['signal']]}22"
        look = f"shape={form}, color={_quoted(colours[data['signal']])}, fillcolor={_quoted(fill)}"
        lines.append(f"  {numbers[key]} [label={_quoted(_shown(g, key))}, {look}];")
    for u, v, data in g.edges(data=True):
        label = f"label={_quoted(data['weight'])}, " if data["weight"] else ""
        colour = _quoted(colours[g.nodes[u]["signal"]])
        lines.append(f"  {numbers[u]} -> {numbers[v]} [{label}color={colour}];")
    return "\n".join([*lines, "}", ""])


def mermaid(cell: Cell, named: bool = False) -> str:
    """A Mermaid flowchart, as Markdown pages show it."""
    g, colours = _marked(cell, named)
    numbers = {key: f"n{i}" for i, key in enumerate(g)}
    lines = ["flowchart LR"]
    for key, data in g.nodes(data=True):
        before, after = MERMAID_FORMS.get(data["kind"], ("[", "]"))
        lines.append(f'  {numbers[key]}{before}"{_entities(_shown(g, key))}"{after}')
    for u, v, data in g.edges(data=True):
        label = f'|"{_entities(data["weight"])}"|' if data["weight"] else ""
        lines.append(f"  {numbers[u]} -->{label} {numbers[v]}")
    for number, (u, _) in enumerate(g.edges):
        lines.append(f"  linkStyle {number} stroke:{colours[g.nodes[u]['signal']]}")
    for key, data in g.nodes(data=True):
        lines.append(f"  style {numbers[key]} fill:#fff,color:#000,stroke:{colours[data['signal']]}")
    return "\n".join([*lines, ""])


def graphml(cell: Cell, named: bool = False) -> str:
    """GraphML with every attribute as text; `networkx.parse_graphml` reads it back."""
    import networkx as nx

    g, colours = _marked(cell, named)
    plain = nx.DiGraph(name=cell.name)
    for key, data in g.nodes(data=True):
        plain.add_node(key, colour=colours[data["signal"]], **{k: str(v) for k, v in data.items()})
    for u, v, data in g.edges(data=True):
        plain.add_edge(u, v, **{k: str(value) for k, value in data.items()})
    return "\n".join(nx.generate_graphml(plain)) + "\n"


def tikz(cell: Cell, named: bool = False) -> str:
    """A tikzpicture with the same places, wires and colours as `draw_graph`."""
    from grusym.pictures.tikz import tikz_picture

    return tikz_picture(picture_of(cell), signal_colours(cell, style()), cell.title or cell.name)


FORMATS: Mapping[str, Callable[[Cell, bool], str]] = {
    "dot": dot,
    "graphml": graphml,
    "mermaid": mermaid,
    "tikz": tikz,
}
DOT_FORMS = {
    **dict.fromkeys(("input", "state", "next", "constant"), "plaintext"),
    **dict.fromkeys(("times", "plus"), "circle"),
    **dict.fromkeys(("unary", "function", "concatenation"), "ellipse"),
}
MERMAID_FORMS = {
    **dict.fromkeys(("input", "state", "next", "constant"), ("([", "])")),
    **dict.fromkeys(("times", "plus", "unary"), ("((", "))")),
    **dict.fromkeys(("function", "concatenation"), ("(", ")")),
}


def _marked(cell: Cell, named: bool) -> tuple[networkx.DiGraph, dict[str, str]]:
    """A graph whose nodes all have kind, label, value and signal, and its edges a weight; with colours."""
    colours = signal_colours(cell, style())
    if not named:
        return operations(cell), colours
    from grusym.calculus.paths import graph
    from grusym.language.printers.text import text

    whole = graph(cell)
    g = whole.__class__()
    states = dict(zip(cell.next_states, cell.states, strict=True))
    for name, data in whole.nodes(data=True):
        about = {"kind": data["kind"], "role": data["role"], "value": name, "signal": states.get(name, name)}
        g.add_node(name, label=cell.written.get(name, name), **about)
    for u, v, data in whole.edges(data=True):
        g.add_edge(u, v, weight=text(data["jacobian"]))
    return g, colours


def _shown(g: networkx.DiGraph, key: str) -> str:
    """A node's label, with the name of what it computes unless that stands at the end of its wire."""
    data = g.nodes[key]
    alone = data["kind"] in (*ENDS, "value") or not data["value"] or named_at_end(g, key)
    return str(data["label"]) if alone else f"{data['value']} = {data['label']}"


def _quoted(text: str) -> str:
    """A DOT string: backslashes would begin an escape, and quotes end it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _entities(text: str) -> str:
    """A Mermaid label: whatever its grammar or HTML would read as more than a letter, by number."""
    plain = set(" ,.'=+-/")
    return "".join(c if c.isalnum() or c in plain else f"#{ord(c)};" for c in text)
