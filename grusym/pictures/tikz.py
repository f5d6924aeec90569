"""A picture as TikZ: the same geometry as on paper, in LaTeX's own letters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from grusym.pictures.geometry import Box, Label, Node, Picture, Point, Wire
from grusym.pictures.lines import (
    CORNER,
    HALO,
    THICK,
    THIN,
    TIP,
    branches,
    painting_order,
    short_of_tip,
    state_lines,
)
from grusym.pictures.typeset import NAME, RING, SMALL, SYMBOL


def tikz_picture(picture: Picture, colours: Mapping[str, str], title: str) -> str:
    """A tikzpicture environment, with the packages it needs in its first line."""
    return "\n".join([*_lines(picture, colours, title), ""])


def _lines(picture: Picture, colours: Mapping[str, str], title: str) -> Iterator[str]:
    yield f"% {' '.join(title.split())}. Needs \\usepackage{{amsmath,tikz}}."
    yield r"\begin{tikzpicture}[x=1pt, y=1pt, line cap=butt, inner sep=0pt]"
    names = {colour: f"signal{chr(ord('A') + i)}" for i, colour in enumerate(dict.fromkeys(colours.values()))}
    for colour, name in names.items():
        yield rf"  \definecolor{{{name}}}{{HTML}}{{{colour.lstrip('#').upper()}}}"
    of = {signal: names[colour] for signal, colour in colours.items()}
    for source in painting_order(picture):
        yield from _net(picture, source, of[picture.graph.nodes[source]["signal"]])
    for key, node in picture.nodes.items():
        yield from _node(node, picture.graph.nodes[key], of[picture.graph.nodes[key]["signal"]])
    for label in picture.labels:
        yield _label(label, "black!65" if label.kind == "weight" else _dark(of[_signal(picture, label)]))
    yield r"\end{tikzpicture}"


def _net(picture: Picture, source: str, colour: str) -> Iterator[str]:
    wires = picture.net(source)
    lines = {wire: _path(part) for wire, part in branches(wires).items()}
    bent = f"rounded corners={CORNER:g}pt"
    for line in lines.values():
        yield rf"  \draw[white, line width={THIN + 2 * HALO:g}pt, {bent}] {line};"
    for wire, line in lines.items():
        yield rf"  \draw[{colour}, line width={THIN:g}pt, {bent}] {line};"
        if picture.graph.nodes[wire.target]["kind"] == "next":
            yield rf"  \draw[{colour}, line width={THICK:g}pt, {bent}] {_path(short_of_tip(wire))};"
        yield rf"  \fill[{colour}] {_tip(wire)} -- cycle;"
    for outline in state_lines(picture, wires):
        yield rf"  \fill[{colour}] {_path(tuple(outline))} -- cycle;"


def _node(node: Node, data: Mapping[str, str], colour: str) -> Iterator[str]:
    at = _point((node.x, node.y))
    if node.form == "name":
        yield rf"  \node[text={colour}] at {at} {{{_sized(data['latex'], NAME)}}};"
        return
    if node.form == "ring":
        yield rf"  \draw[{colour}, fill=white, line width=0.9pt] {at} circle[radius={RING / 2:g}pt];"
        if data["kind"] == "times":
            yield rf"  \fill[{colour}] {at} circle[radius=1.7pt];"
        else:
            arm = 0.27 * RING
            across, upright = ((-arm, 0), (arm, 0)), ((0, -arm), (0, arm))
            for (ax, ay), (bx, by) in (across, upright):
                line = _path(((node.x + ax, node.y + ay), (node.x + bx, node.y + by)))
                yield rf"  \draw[{colour}, line width=1.2pt] {line};"
        return
    corner = 4.0 if node.form == "box" else min(node.width, node.height) / 2
    fill = f"{colour}!12" if data["kind"] in ("layer", "linear") else "white"
    look = f"{colour}, fill={fill}, line width=0.9pt, rounded corners={corner - 0.01:.2f}pt"
    yield rf"  \draw[{look}] {_corners(node.box)};"
    size = SYMBOL if data["kind"] in ("layer", "linear", "function") else SMALL + 1.5
    yield rf"  \node at {at} {{{_sized(data['latex'], size)}}};"


def _label(label: Label, colour: str) -> str:
    return rf"  \node[text={colour}] at {_point((label.x, label.y))} {{{_sized(label.math, label.size)}}};"


def _signal(picture: Picture, label: Label) -> str:
    return str(picture.graph.nodes[label.about[0]]["signal"])


def _dark(colour: str) -> str:
    return f"{colour}!90!black"


def _sized(math: str, size: float) -> str:
    return rf"\fontsize{{{size:g}}}{{{size:g}}}\selectfont${math}$"


def _point(at: Point) -> str:
    x, y = (0.0 if abs(value) < 5e-3 else value for value in at)  # no -0
    return f"({x:.2f},{y:.2f})"


def _path(points: tuple[Point, ...]) -> str:
    return " -- ".join(map(_point, points))


def _corners(box: Box) -> str:
    return f"{_point((box.left, box.bottom))} rectangle {_point((box.right, box.top))}"


def _tip(wire: Wire) -> str:
    (ax, ay), (bx, by) = wire.points[-2:]
    far = abs(bx - ax) + abs(by - ay)
    dx, dy = (bx - ax) / far, (by - ay) / far
    long, half = TIP
    x, y = bx - long * dx, by - long * dy
    return _path(((bx, by), (x - half * dy, y + half * dx), (x + half * dy, y - half * dx)))
