"""Hand-placed pictures: every file of `templates/` places the operations of one cell on a grid.

A template fits every cell that computes the same, whatever its names: the match is one of graphs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from grusym.errors import GrusymError
from grusym.pictures.geometry import Node, Point, Wire, clipped
from grusym.pictures.typeset import node_at

if TYPE_CHECKING:
    import networkx

GRID = 32.0  # points


@dataclass(frozen=True)
class Template:
    """Where the operations of one cell stand, and how its wires run.

    `nodes`: key of the operation graph -> (what it is, x, y), y upwards. `wires`: (source, target) ->
    the way, as the coordinates to go to in turn: "x1 y.8 x2" runs to x = 1, then to y = 0.8, then to
    x = 2, and from there straight to the target, along the other axis.
    """

    nodes: Mapping[str, tuple[str, float, float]]
    wires: Mapping[tuple[str, str], str]

    def graph(self) -> networkx.DiGraph:
        """The operation graph this template draws."""
        import networkx as nx

        g = nx.DiGraph()
        for key, (what, _, _) in self.nodes.items():
            g.add_node(key, what=what)
        g.add_edges_from(self.wires)
        return g


def what(data: Mapping[str, str]) -> str:
    """What an operation is, in a word: a template's own names for nodes."""
    if data["kind"] in ("input", "state", "next", "times", "plus", "linear", "concatenation"):
        return data["kind"]
    return f"{data['label']} {data['kind']}"


@cache
def templates() -> tuple[Template, ...]:
    """All templates there are."""
    import grusym.pictures.templates as folder

    found = []
    for module in sorted(m.name for m in iter_modules(folder.__path__)):
        template = getattr(import_module(f"{folder.__name__}.{module}"), "TEMPLATE", None)
        if not isinstance(template, Template):
            raise GrusymError(
                f"grusym/pictures/templates/{module}.py was asked for a template but holds no TEMPLATE; "
                "define TEMPLATE = Template(nodes=..., wires=...) in it"
            )
        found.append(template)
    return tuple(found)


def fitting(g: networkx.DiGraph) -> tuple[Template, dict[str, str]] | None:
    """The template that draws an operation graph, with the graph's node for each of the template's."""
    from networkx.algorithms.isomorphism import DiGraphMatcher

    marked = g.copy()
    for _, data in marked.nodes(data=True):
        data["what"] = what(data)
    for template in templates():
        own = template.graph()
        if len(own) != len(g) or own.number_of_edges() != g.number_of_edges():
            continue
        if dict(own.nodes(data="what")) == dict(marked.nodes(data="what")) and set(own.edges) == set(g.edges):
            return template, {key: key for key in own}
        matcher = DiGraphMatcher(own, marked, node_match=lambda a, b: a["what"] == b["what"])
        if matcher.is_isomorphic():
            return template, dict(matcher.mapping)
    return None


def placed(
    template: Template, g: networkx.DiGraph, names: Mapping[str, str]
) -> tuple[dict[str, Node], dict[tuple[str, str], Wire]]:
    """Nodes and wires of a graph as a template places them."""
    nodes = {
        names[key]: node_at(names[key], g.nodes[names[key]], x * GRID, y * GRID)
        for key, (_, x, y) in template.nodes.items()
    }
    wires = {}
    for (u, v), way in template.wires.items():
        source, target = nodes[names[u]], nodes[names[v]]
        points = clipped(list(_points(way, source, target)), source, target)
        wires[names[u], names[v]] = Wire(names[u], names[v], points)
    return nodes, wires


def _points(way: str, source: Node, target: Node) -> Iterator[Point]:
    x, y = source.x, source.y
    yield x, y
    moves = re.findall(r"([xy])(-?\d*\.?\d+)", way)
    for axis, value in moves:
        x, y = (float(value) * GRID, y) if axis == "x" else (x, float(value) * GRID)
        yield x, y
    last = moves[-1][0] if moves else ("x" if abs(x - target.x) < abs(y - target.y) else "y")
    yield (x, target.y) if last == "x" else (target.x, y)
