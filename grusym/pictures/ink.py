"""Geometry onto paper: the only file that knows how a node, a wire or a label is painted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grusym.pictures.geometry import Box, Label, Node, Picture, Point, Wire
from grusym.pictures.lines import (
    HALO,
    THICK,
    THIN,
    TIP,
    branches,
    painting_order,
    rounded,
    short_of_tip,
    state_lines,
    unit,
)
from grusym.pictures.typeset import NAME, SMALL, SYMBOL, drawable, extent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

OUTLINE = 0.9  # line width of boxes and rings, in points
MARGIN = 4.0


def painted(picture: Picture, colours: Mapping[str, str], widest: float) -> Figure:
    """A figure that shows the picture, made smaller where it would be wider than `widest` inches."""
    from matplotlib.figure import Figure

    area = picture.box.grown(MARGIN)
    wide, high = area.right - area.left, area.top - area.bottom
    scale = min(1.0, widest * 72 / wide)
    figure = Figure(figsize=(wide * scale / 72, high * scale / 72))
    figure.set_layout_engine("none")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(area.left, area.right)
    axes.set_ylim(area.bottom, area.top)
    brush = _Brush(axes, colours, scale)
    for depth, source in enumerate(painting_order(picture)):
        brush.net(picture, source, 1 + depth / 100)
    for key, node in picture.nodes.items():
        brush.node(node, picture.graph.nodes[key])
    for label in picture.labels:
        brush.label(label, picture)
    return figure


def tint(colour: str, share: float) -> str:
    """A colour mixed with white; a share of 1 is the colour itself, more than 1 mixes in black."""
    from matplotlib.colors import to_hex, to_rgb

    red, green, blue = (1 - share * (1 - c) if share <= 1 else c * (2 - share) for c in to_rgb(colour))
    return str(to_hex((red, green, blue)))


@dataclass
class _Brush:
    axes: Axes
    colours: Mapping[str, str]
    scale: float

    def path(self, points: Sequence[Point], codes: Sequence[int], **look: Any) -> None:
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path

        line = Path(list(points), list(codes))
        self.axes.add_patch(PathPatch(line, capstyle="butt", clip_on=False, **look))

    def text(self, math: str, size: float, x: float, y: float, colour: str) -> None:
        right, up = extent(math, size).middle
        self.axes.text(
            x - right, y - up, f"${drawable(math)}$",
            fontsize=size * self.scale, color=colour, ha="left", va="baseline", zorder=5,
            math_fontfamily="stix",
        )  # fmt: skip

    # ---- wires ---------------------------------------------------------------------------------

    def net(self, picture: Picture, source: str, order: float) -> None:
        """All wires of one value: a white border first, so that they pass over what they cross."""
        wires = picture.net(source)
        colour = self.colours[picture.graph.nodes[source]["signal"]]
        lines = [rounded(part) for part in branches(wires).values()]
        vertices = [point for points, _ in lines for point in points]
        codes = [code for _, part in lines for code in part]
        for width, ink, above in ((THIN + 2 * HALO, "white", 0.0), (THIN, colour, 0.001)):
            self.path(vertices, codes, lw=width * self.scale, ec=ink, fc="none", zorder=order + above)
        self.state_line(picture, wires, colour, order + 0.002)
        for wire in wires:
            self.tip(wire, colour, order + 0.003)

    def state_line(self, picture: Picture, wires: Sequence[Wire], colour: str, order: float) -> None:
        """What lies on the straight line of a state, thick; it tapers where it bends away."""
        for wire in wires:
            if picture.graph.nodes[wire.target]["kind"] == "next":
                line = rounded(short_of_tip(wire))
                self.path(*line, lw=THICK * self.scale, ec=colour, fc="none", zorder=order)
        for outline in state_lines(picture, wires):
            self.polygon(outline, colour, order)

    def polygon(self, corners: Sequence[Point], colour: str, order: float) -> None:
        from matplotlib.patches import Polygon

        self.axes.add_patch(Polygon(corners, closed=True, fc=colour, ec="none", zorder=order, clip_on=False))

    def tip(self, wire: Wire, colour: str, order: float) -> None:
        """A small arrow head that ends on the border of the target."""
        (ax, ay), (bx, by) = wire.points[-2:]
        dx, dy = unit(ax, ay, bx, by)
        long, half = TIP
        x, y = bx - long * dx, by - long * dy
        corners = [(bx, by), (x - half * dy, y + half * dx), (x + half * dy, y - half * dx)]
        self.polygon(corners, colour, order)

    # ---- nodes ---------------------------------------------------------------------------------

    def node(self, node: Node, data: Mapping[str, Any]) -> None:
        from matplotlib.patches import Circle

        colour = self.colours[data["signal"]]
        if node.form == "name":
            self.text(data["latex"], NAME, node.x, node.y, tint(colour, 1.0))
            return
        look: dict[str, Any] = {"lw": OUTLINE * self.scale, "ec": colour, "zorder": 3}
        if node.form == "ring":
            self.axes.add_patch(Circle((node.x, node.y), node.width / 2, fc="white", **look))
            self.sign(node, data["kind"], colour)
            return
        corner = 4.0 if node.form == "box" else min(node.width, node.height) / 2
        share = 0.08 if colour == "#000000" else 0.15  # a tint of black is heavier than one of a colour
        fill = tint(colour, share) if data["kind"] in ("layer", "linear") else "white"
        self.path(*_outline(node.box, corner), fc=fill, **look)
        size = SYMBOL if data["kind"] in ("layer", "linear", "function") else SMALL + 1.5
        self.text(data["latex"], size, node.x, node.y, "black")

    def sign(self, node: Node, kind: str, colour: str) -> None:
        from matplotlib.patches import Circle

        if kind == "times":
            self.axes.add_patch(Circle((node.x, node.y), 1.7, fc=colour, ec="none", zorder=4))
            return
        arm = node.width * 0.27
        for dx, dy in ((arm, 0), (0, arm)):
            self.axes.plot(
                (node.x - dx, node.x + dx), (node.y - dy, node.y + dy),
                color=colour, lw=1.2 * self.scale, zorder=4, solid_capstyle="butt",
            )  # fmt: skip

    def label(self, label: Label, picture: Picture) -> None:
        if label.kind == "weight":
            self.text(label.math, label.size, label.x, label.y, "#555555")
            return
        colour = self.colours[picture.graph.nodes[label.about[0]]["signal"]]
        self.text(label.math, label.size, label.x, label.y, tint(colour, 1.1))


def _outline(box: Box, corner: float) -> tuple[list[Point], list[int]]:
    """A rectangle with quarter circles for corners."""
    from matplotlib.path import Path

    middle = (box.left + box.right) / 2
    around = [(box.left, box.top), (box.left, box.bottom), (box.right, box.bottom), (box.right, box.top)]
    vertices, codes = rounded([(middle, box.top), *around, (middle, box.top)], corner)
    return [*vertices, (middle, box.top)], [*codes, int(Path.CLOSEPOLY)]
