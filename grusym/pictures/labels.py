"""Names beside wires, where nothing else is: each label takes the first free place along its wire."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from grusym.pictures.geometry import NEAR, Box, Label, Picture, Point, Segment, length
from grusym.pictures.lines import THIN
from grusym.pictures.operations import ENDS, named_at_end
from grusym.pictures.typeset import NAME, SMALL, extent

CLEAR = 2.0  # points that stay free around a label
STEP = 2.0  # points between the places tried
GAP = 3.4  # points between a wire and its label

Sides = tuple[int, int]  # of a wire, in the order tried: 1 is above or right, -1 below or left


def labelled(picture: Picture, weights: bool = True) -> Picture:
    """The picture with the names of its values and, where they fit, the weights of its layers."""
    g = picture.graph
    taken = [node.box for node in picture.nodes.values()]
    for wire in picture.wires.values():
        taken += [Box.along(segment).grown(THIN / 2) for segment in wire.segments]
    labels: list[Label] = []

    def add(math: str, about: tuple[str, ...], size: float, lines: Iterable[Segment], sides: Sides) -> None:
        width, height, _ = extent(math, size)
        kind = "value" if len(about) == 1 else "weight"
        for x, y in _places(lines, width, height, sides):
            label = Label(math, kind, about, x, y, width, height, size)
            if not any(label.box.grown(CLEAR).meets(box) for box in taken):
                labels.append(label)
                taken.append(label.box)
                return

    for key in g:
        if g.nodes[key]["name"] and g.nodes[key]["kind"] not in ENDS and not named_at_end(g, key):
            node = picture.nodes[key]
            lines = [segment for wire in picture.net(key) for segment in wire.segments]
            if not lines:  # a value that nothing reads
                lines = [((node.box.right, node.y - 6), (node.box.right + 40, node.y - 6))]
            add(g.nodes[key]["name"], (key,), NAME - 1, lines, (1, -1))
    for (u, v), wire in picture.wires.items() if weights else ():
        if math := g.edges[u, v]["weight_latex"]:
            end, before = wire.points[-1], wire.points[-2]
            crowded = any(w.points[-1][0] > end[0] + 1 for w in picture.wires.values() if w.target == v)
            sides = (-1, 1) if crowded and abs(end[0] - before[0]) < NEAR else (1, -1)
            add(math, (u, v), SMALL, [(end, before)], sides)
    return replace(picture, labels=tuple(labels))


def _places(lines: Iterable[Segment], width: float, height: float, sides: Sides) -> Iterator[Point]:
    """Centres for a label: along each segment from its start, on either side."""
    for a, b in lines:
        whole, flat = length((a, b)), abs(a[1] - b[1]) < NEAR
        along = (width if flat else height) / 2
        sideways = (height if flat else width) / 2 + GAP
        reach = along + GAP
        while reach + along <= whole + STEP:
            x = a[0] + (b[0] - a[0]) * reach / whole
            y = a[1] + (b[1] - a[1]) * reach / whole
            for side in sides:
                yield (x, y + side * sideways) if flat else (x + side * sideways, y)
            reach += STEP
