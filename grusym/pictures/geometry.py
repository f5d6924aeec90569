"""A picture as plain geometry, in points: what is drawn where, before anything is drawn.

Tests and every export read this; only `ink` knows matplotlib.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from grusym.errors import GrusymError

if TYPE_CHECKING:
    import networkx

Point = tuple[float, float]
Segment = tuple[Point, Point]
NEAR = 1e-6  # points that are closer are the same


@dataclass(frozen=True)
class Box:
    """An upright rectangle."""

    left: float
    bottom: float
    right: float
    top: float

    @classmethod
    def around(cls, x: float, y: float, width: float, height: float) -> Box:
        """The box of that size with its centre at (x, y)."""
        return cls(x - width / 2, y - height / 2, x + width / 2, y + height / 2)

    @classmethod
    def along(cls, segment: Segment) -> Box:
        """The box of no width that a segment is."""
        (ax, ay), (bx, by) = segment
        return cls(min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))

    @classmethod
    def holding(cls, boxes: Sequence[Box]) -> Box:
        """The smallest box that holds all the others."""
        return cls(
            min(b.left for b in boxes),
            min(b.bottom for b in boxes),
            max(b.right for b in boxes),
            max(b.top for b in boxes),
        )

    def grown(self, by: float) -> Box:
        """The same box with a margin."""
        return Box(self.left - by, self.bottom - by, self.right + by, self.top + by)

    def meets(self, other: Box) -> bool:
        """Whether two boxes have more than a border in common."""
        across = min(self.right, other.right) - max(self.left, other.left)
        along = min(self.top, other.top) - max(self.bottom, other.bottom)
        return across > NEAR and along > NEAR

    def contains(self, x: float, y: float) -> bool:
        """Whether a point is in the box or on its border."""
        return self.left - NEAR <= x <= self.right + NEAR and self.bottom - NEAR <= y <= self.top + NEAR


@dataclass(frozen=True)
class Node:
    """One operation where it is drawn; `form` is box, pill, ring or name."""

    key: str
    x: float
    y: float
    form: str
    width: float
    height: float

    @property
    def box(self) -> Box:
        """The rectangle that the node covers."""
        return Box.around(self.x, self.y, self.width, self.height)


@dataclass(frozen=True)
class Wire:
    """One edge as a line with right angles, from the border of its source to that of its target."""

    source: str
    target: str
    points: tuple[Point, ...]

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Its straight parts, in the direction of flow."""
        return tuple(pairwise(self.points))


@dataclass(frozen=True)
class Label:
    """Mathematics beside a wire: the name of a value, or the weight a layer gives an input."""

    math: str
    kind: str  # value or weight
    about: tuple[str, ...]  # a node, or an edge
    x: float
    y: float
    width: float
    height: float
    size: float

    @property
    def box(self) -> Box:
        """The rectangle that the label covers."""
        return Box.around(self.x, self.y, self.width, self.height)


@dataclass(frozen=True)
class Picture:
    """A drawn operation graph."""

    graph: networkx.DiGraph
    nodes: Mapping[str, Node]
    wires: Mapping[tuple[str, str], Wire]
    labels: tuple[Label, ...] = ()

    def net(self, source: str) -> tuple[Wire, ...]:
        """All wires that carry one value, longest first."""
        wires = [w for w in self.wires.values() if w.source == source]
        return tuple(sorted(wires, key=lambda w: (-length(w.points), w.target)))

    @property
    def box(self) -> Box:
        """The rectangle that holds everything."""
        lines = [Box.along(segment) for wire in self.wires.values() for segment in wire.segments]
        return Box.holding([n.box for n in self.nodes.values()] + [x.box for x in self.labels] + lines)


def length(points: Sequence[Point]) -> float:
    """The length of a line with right angles."""
    return sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in pairwise(points))


def simplified(points: Sequence[Point]) -> tuple[Point, ...]:
    """The same line without repeated points and without corners that do not turn."""
    kept: list[Point] = []
    for point in points:
        if kept and _same(kept[-1], point):
            continue
        while len(kept) > 1 and _straight(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    return tuple(kept)


def clipped(points: Sequence[Point], source: Node, target: Node) -> tuple[Point, ...]:
    """A line from inside its source to inside its target, cut at their borders."""
    inner = simplified(points)
    forward = _leaving(inner, source)
    return tuple(reversed(_leaving(tuple(reversed(forward)), target)))


def _same(a: Point, b: Point) -> bool:
    return abs(a[0] - b[0]) < NEAR and abs(a[1] - b[1]) < NEAR


def _straight(a: Point, b: Point, c: Point) -> bool:
    return any(abs(a[axis] - b[axis]) < NEAR and abs(b[axis] - c[axis]) < NEAR for axis in (0, 1))


def _leaving(points: tuple[Point, ...], node: Node) -> tuple[Point, ...]:
    """The part of a line after it last leaves a node it begins in."""
    for place in range(len(points) - 1, 0, -1):
        a, b = points[place - 1], points[place]
        if node.box.contains(*a) and not node.box.contains(*b):
            return (_exit(a, b, node), *points[place:])
    raise GrusymError(
        f"the wire from {node.key!r} was to be drawn along {points}, which does not leave that node; "
        "give the line a corner outside it"
    )


def _exit(a: Point, b: Point, node: Node) -> Point:
    """Where the straight line from a, inside a node, to b, outside it, crosses its border."""
    half_width, half_height = node.width / 2, node.height / 2
    if abs(a[0] - b[0]) < NEAR:
        side = 1 if b[1] > a[1] else -1
        if node.form == "ring":
            half_height = (max(half_height**2 - (a[0] - node.x) ** 2, 0)) ** 0.5
        return (a[0], node.y + side * half_height)
    side = 1 if b[0] > a[0] else -1
    if node.form == "ring":
        half_width = (max(half_width**2 - (a[1] - node.y) ** 2, 0)) ** 0.5
    return (node.x + side * half_width, a[1])
