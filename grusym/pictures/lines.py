"""The lines of wires, as numbers: round corners, arrow heads, which stretches are thick, what covers what."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from grusym.pictures.geometry import NEAR, Picture, Point, Wire

THIN, THICK = 1.1, 2.3  # line widths, in points
HALO = 2.2  # white on either side of a wire that crosses another
CORNER = 6.0  # radius
TIP = (5.2, 2.4)  # length and half width of an arrow head
TAPER = 12.0  # points over which a thick line becomes thin
MOVE, LINE, CURVE = 1, 2, 4  # matplotlib's codes for the parts of a path


def rounded(points: Sequence[Point], largest: float = CORNER) -> tuple[list[Point], list[int]]:
    """The vertices and codes of a line whose corners are quarter circles."""
    vertices, codes = [points[0]], [MOVE]
    last = len(points) - 2
    room = [_long(a, b) / (1 if place in (0, last) else 2) for place, (a, b) in enumerate(pairwise(points))]
    for place, (before, corner, after) in enumerate(zip(points, points[1:], points[2:], strict=False)):
        inward, outward = unit(*before, *corner), unit(*corner, *after)
        radius = min(largest, room[place], room[place + 1])
        kappa = radius * 0.4477  # a cubic this far from the corner is a quarter circle
        for distance in (-radius, -kappa):
            vertices.append((corner[0] + distance * inward[0], corner[1] + distance * inward[1]))
        for distance in (kappa, radius):
            vertices.append((corner[0] + distance * outward[0], corner[1] + distance * outward[1]))
        codes += [LINE, *[CURVE] * 3]
    return [*vertices, points[-1]], [*codes, LINE]


def branches(wires: Sequence[Wire]) -> dict[Wire, tuple[Point, ...]]:
    """The wires of one value, each from where it leaves those before it: nothing is painted twice."""
    parts: dict[Wire, tuple[Point, ...]] = {}
    for wire in wires:
        line = short_of_tip(wire)
        shared = max((_shared(line, short_of_tip(other)) for other in parts), default=0.0)
        parts[wire] = _from(line, max(shared - CORNER, 0.0))
    return parts


def _shared(one: Sequence[Point], other: Sequence[Point]) -> float:
    """How far two lines from the same source run together."""
    far = 0.0
    for (a, b), (c, d) in zip(pairwise(one), pairwise(other), strict=False):
        if not (_near(a, c) and _near(unit(*a, *b), unit(*c, *d))):
            break
        far += min(_long(a, b), _long(c, d))
        if not _near(b, d):
            break
    return far


def _from(line: Sequence[Point], far: float) -> tuple[Point, ...]:
    """What is left of a line after so many points of its length."""
    for place, (a, b) in enumerate(pairwise(line)):
        if far < _long(a, b) - NEAR:
            dx, dy = unit(*a, *b)
            return ((a[0] + far * dx, a[1] + far * dy), *line[place + 1 :])
        far -= _long(a, b)
    return tuple(line[-2:])


def _near(a: Point, b: Point) -> bool:
    return _long(a, b) < NEAR


def painting_order(picture: Picture) -> list[str]:
    """Sources of wires; inputs first, states last, so that a state's line is never interrupted."""
    rank = {"input": 0, "constant": 0, "state": 2}
    g = picture.graph
    return sorted((k for k in g if g.out_degree(k)), key=lambda k: rank.get(g.nodes[k]["kind"], 1))


def state_lines(picture: Picture, wires: Sequence[Wire]) -> list[list[Point]]:
    """The outlines of what lies on the straight line of a state: thick, tapering where it bends away."""
    outlines = []
    for y, left, right, ends in _stretches(picture, wires):
        taper = min(TAPER, (right - left) / 2)
        first, last = (THICK / 2 if x in ends else THIN / 2 for x in (left, right))
        half = [(left, first), (left + taper, THICK / 2), (right - taper, THICK / 2), (right, last)]
        outlines.append([(x, y + h) for x, h in half] + [(x, y - h) for x, h in reversed(half)])
    return outlines


def _stretches(picture: Picture, wires: Sequence[Wire]) -> list[tuple[float, float, float, set[float]]]:
    """Where one value's wires lie on the line of the state whose colour they have.

    Each stretch is (y, left, right, ends): ends are where it meets a node.
    """
    g = picture.graph
    signal = g.nodes[wires[0].source]["signal"]
    ends_of = [k for k, d in g.nodes(data=True) if d["kind"] in ("state", "next") and d["signal"] == signal]
    heights = [picture.nodes[key].y for key in ends_of]
    parts, ends = [], set()
    for wire in wires:
        vertices, codes = rounded(short_of_tip(wire))
        ends |= {vertices[0][0], vertices[-1][0]}
        for (a, b), code in zip(pairwise(vertices), codes[1:], strict=True):
            straight = code == LINE and abs(a[1] - b[1]) < NEAR < abs(a[0] - b[0])
            if straight and any(abs(a[1] - y) < NEAR for y in heights):
                parts.append((a[1], min(a[0], b[0]), max(a[0], b[0])))
    merged: list[tuple[float, float, float, set[float]]] = []
    for y, left, right in sorted(parts):
        if merged and abs(merged[-1][0] - y) < NEAR and left <= merged[-1][2] + NEAR:
            y, left, before, _ = merged.pop()
            right = max(before, right)
        merged.append((y, left, right, ends))
    return merged


def short_of_tip(wire: Wire) -> tuple[Point, ...]:
    """A wire that ends inside its arrow head, so that it does not show beside the point."""
    (ax, ay), (bx, by) = wire.points[-2:]
    dx, dy = unit(ax, ay, bx, by)
    return (*wire.points[:-1], (bx - 3 * dx, by - 3 * dy))


def unit(ax: float, ay: float, bx: float, by: float) -> Point:
    """The direction from one point to another, one point long."""
    long = _long((ax, ay), (bx, by)) or 1.0
    return ((bx - ax) / long, (by - ay) / long)


def _long(a: Point, b: Point) -> float:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])
