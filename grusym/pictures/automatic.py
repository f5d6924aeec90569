"""A picture of any operation graph, placed by layers from left to right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from grusym.pictures.channels import Run, tracked
from grusym.pictures.columns import Columns, Item, Link, arranged
from grusym.pictures.geometry import Node, Point, Wire, clipped
from grusym.pictures.heights import entry_gap, heights, ports
from grusym.pictures.operations import ENDS
from grusym.pictures.typeset import NAME, SMALL, extent, node_at

if TYPE_CHECKING:
    import networkx

TRACK, BEFORE, AFTER = 9.0, 8.0, 13.0  # between tracks; from a column to the first; from the last to a column
BELOW = 20.0  # from the lowest line on the left down to the names of the inputs
BESIDE = 14.0  # from the name of one input to that of the next


def automatic(g: networkx.DiGraph) -> tuple[dict[str, Node], dict[tuple[str, str], Wire]]:
    """Nodes and wires of any operation graph: time runs to the right, inputs come from below."""
    plan = _Plan(g, arranged(g))
    wires = {}
    for u, v in g.edges:
        points = clipped(list(plan.way(u, v)), plan.nodes[u], plan.nodes[v])
        wires[u, v] = Wire(u, v, points)
    return plan.nodes, wires


@dataclass
class _Plan:
    """Heights, tracks and columns in points, each from what was decided before it."""

    g: networkx.DiGraph
    columns: Columns

    def node(self, key: str, x: float = 0, y: float = 0) -> Node:
        """A node at a place, tall enough for the wires that enter it."""
        entries = sum(link.right == self.columns.item(key) for link in self.columns.links)
        return node_at(key, self.g.nodes[key], x, y, max(entries - 1, 0) * entry_gap(self.g, key))

    @cached_property
    def sized(self) -> dict[str, Node]:
        """Every node, not yet at its place."""
        return {key: self.node(key) for key in self.g}

    @cached_property
    def level(self) -> dict[Item, float]:
        """The height of every item."""
        return heights(self.g, self.columns, self.sized)

    @cached_property
    def arrival(self) -> dict[Link, float]:
        """The height at which every link ends."""
        offsets = ports(self.g, self.columns)
        return {link: round(self.level[link.right] + offsets[link], 3) for link in self.columns.links}

    @cached_property
    def runs(self) -> dict[tuple[int, str], Run]:
        """What each value does in each channel, on its tracks."""
        leaves: dict[tuple[int, str], list[float]] = defaultdict(list)
        enters: dict[tuple[int, str], float] = {}
        for link, end in self.arrival.items():
            place = (link.left.column, link.left.key)
            enters[place] = self.level[link.left]
            leaves[place].append(end)
        return {place: Run(place[1], enters[place], tuple(leaves[place])) for place in enters}

    @cached_property
    def across(self) -> tuple[list[float], list[float]]:
        """The middle of each column, and where the first track right of it runs."""
        middles, channels = [], []
        edge = 0.0
        for k in range(len(self.columns.orders)):
            keys = [key for key, column in self.columns.place.items() if column == k]
            left = max((self.sized[key].width / 2 + self.weight_room(key) for key in keys), default=0.0)
            right = max((self.sized[key].width / 2 + self.name_room(key) for key in keys), default=0.0)
            middles.append(edge + left)
            edge += left + right + (BESIDE * len(self.inputs) if k == 0 else 0)
            channels.append(edge + BEFORE)
            count = tracked([run for (column, _), run in self.runs.items() if column == k])
            edge += BEFORE + TRACK * max(count - 1, 0) + AFTER
        return middles, channels

    @property
    def inputs(self) -> list[str]:
        """The inputs, from the one whose line is highest."""
        found = [key for key in self.g if self.g.nodes[key]["kind"] == "input"]
        return sorted(found, key=lambda key: -self.level[self.columns.item(key)])

    def weight_room(self, key: str) -> float:
        """The room that the weights of a layer need on its left."""
        weights = [d["weight_latex"] for *_, d in self.g.in_edges(key, data=True)]
        return max((extent(math, SMALL).width + 6 for math in weights if math), default=0.0)

    def name_room(self, key: str) -> float:
        """The room that the name of a value needs on its right."""
        data = self.g.nodes[key]
        return extent(data["name"], NAME - 1).width + 4 if data["name"] and data["kind"] not in ENDS else 0.0

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """Every node where it stands; inputs below, the one whose line is highest leftmost."""
        middles, _ = self.across
        place, level = self.columns.place, self.level
        nodes = {key: self.node(key, middles[place[key]], level[self.columns.item(key)]) for key in self.g}
        floor = min(y for item, y in level.items() if item.column == 0) - BELOW
        edge = max(nodes[key].box.right for key in self.g if self.g.nodes[key]["kind"] == "state")
        for number, key in enumerate(self.inputs):
            nodes[key] = self.node(key, edge + BESIDE * (number + 0.5), floor)
        return nodes

    def way(self, u: str, v: str) -> Iterator[Point]:
        """The corners of one wire, from the middle of its source to the inside of its target."""
        source, target = self.nodes[u], self.nodes[v]
        _, channels = self.across
        y = self.level[self.columns.item(u)]
        yield (source.x, source.y)
        yield (source.x, y)
        for link in self.columns.chain(u, v):
            column, after = link.left.column, self.arrival[link]
            run = self.runs[column, u]
            if run.turns:
                x = channels[column] + TRACK * run.track
                yield (x, y)
                if run.splits:
                    yield (x, run.between)
                    x = channels[column] + TRACK * run.second
                    yield (x, run.between)
                yield (x, after)
            y = after
        yield (target.x, y)
        if link.right.role == "pin":
            yield (target.x, target.y)
