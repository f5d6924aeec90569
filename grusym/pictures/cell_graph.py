"""The computation graph of a cell, drawn: placed by hand where a template fits, else by layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grusym.language.cell import Cell
from grusym.pictures.automatic import automatic
from grusym.pictures.geometry import Picture
from grusym.pictures.ink import painted
from grusym.pictures.labels import labelled
from grusym.pictures.operations import operations
from grusym.pictures.template import fitting, placed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from grusym.pictures.style import Style


def draw_graph(cell: Cell, style: Style, weights: bool = True) -> Figure:
    """The computation graph of any cell as a figure, at most as wide as the style's column.

    Every wire is an edge of `operations(cell)`; `weights` writes beside a layer's inputs what the layer
    multiplies them by, where there is room.
    """
    with style.applied(f"graph of {cell.name}"):
        return painted(picture_of(cell, weights), signal_colours(cell, style), style.width)


def picture_of(cell: Cell, weights: bool = True) -> Picture:
    """Where the operations, wires and labels of a cell's picture are, in points."""
    g = operations(cell)
    found = fitting(g)
    nodes, wires = placed(found[0], g, found[1]) if found else automatic(g)
    return labelled(Picture(g, nodes, wires), weights)


def signal_colours(cell: Cell, style: Style) -> dict[str, str]:
    """A colour for every name: the style's own by role or letter, else one that is still free."""
    roles = {e.left: e.role for e in cell.equations}
    chosen = {name: style.colour("input") for name in cell.inputs}
    wanted: dict[str, tuple[str, ...]] = {}
    for state in cell.states:
        wanted[state] = (roles[cell.next_of(state)], "state" if state == "h" else "")
    wanted |= {value: (roles[value], value) for value in cell.values if value not in cell.next_states}
    for name, keys in wanted.items():
        known = next((style.colours[k] for k in keys if k in style.colours), None)
        if known and known not in chosen.values():
            chosen[name] = known
    for name in wanted:
        free = [c for c in style.series if c not in chosen.values()]
        chosen.setdefault(name, (free or list(style.series))[0])
    return chosen
