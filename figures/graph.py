"""Computation graph of a cell."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from grusym.cells.library import cell, cell_names
from grusym.pictures.cell_graph import draw_graph

NEEDS = ()


def each() -> tuple[str, ...]:
    """One figure a cell."""
    return cell_names()


def CAPTION(name: str) -> str:
    """What the picture shows."""
    c = cell(name)
    roles = ", ".join(f"${e.left}$ {e.role}" for e in c.equations if e.role)
    return f"{c.title}, one step: {roles}. Every wire is an edge of the graph of its equations."


def draw(results: Any, style: Any, name: str) -> Figure:
    """The graph of one cell."""
    return draw_graph(cell(name), style)
