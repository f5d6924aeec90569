"""Automatic placing, second half: how high each item stands, so that wires are as straight as can be.

Method: a linear program. The sum of all steps that wires take up or down is least, subject to the
order and the room that the items of a column need.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

from grusym.pictures.columns import Columns, Item, Link
from grusym.pictures.typeset import SMALL, extent

if TYPE_CHECKING:
    import networkx

    from grusym.pictures.geometry import Node

GAP, TRACK, LEAST_ENTRY_GAP = 13.0, 9.0, 13.0  # points between nodes, wires, entries of one box
TURN = 13.0  # points that a wire runs straight before it enters a ring


def entry_gap(g: networkx.DiGraph, key: str) -> float:
    """How far apart wires enter a node: a weight must fit between two of them."""
    weights = [data["weight_latex"] for *_, data in g.in_edges(key, data=True)]
    tallest = max((extent(math, SMALL).height for math in weights if math), default=0.0)
    return max(LEAST_ENTRY_GAP, tallest + 6.5)


def ports(g: networkx.DiGraph, columns: Columns) -> dict[Link, float]:
    """How far above the middle of its box each wire enters it; 0 for what enters anything else."""
    at = {item: place for order in columns.orders for place, item in enumerate(order)}
    into: dict[Item, list[Link]] = {}
    for link in columns.links:
        into.setdefault(link.right, []).append(link)
    offsets: dict[Link, float] = {}
    for item, links in into.items():
        links.sort(key=lambda link: at[link.left])
        middle, gap = (len(links) - 1) / 2, entry_gap(g, item.key)
        offsets |= {link: (middle - place) * gap for place, link in enumerate(links)}
    return offsets


def heights(g: networkx.DiGraph, columns: Columns, nodes: Mapping[str, Node]) -> dict[Item, float]:
    """The height of every item, in points."""
    import numpy as np
    from scipy.optimize import linprog

    items = [item for order in columns.orders for item in order]
    number = {item: i for i, item in enumerate(items)}
    steps = _steps(g, columns)
    rows, least, cost = [], [], [0.0] * len(items)
    for place, (a, b, offset, weight) in enumerate(steps):  # step >= |a - b - offset|
        size = len(items) + place
        rows += [{number[a]: 1, number[b]: -1, size: -1}, {number[a]: -1, number[b]: 1, size: -1}]
        least += [offset, -offset]
        cost.append(weight)
    for order in columns.orders:
        for upper, lower in pairwise(order):
            rows.append({number[lower]: 1, number[upper]: -1})
            least.append(-_room(upper, lower, nodes))
    matrix = np.zeros((len(rows), len(cost)))
    for i, row in enumerate(rows):
        for j, value in row.items():
            matrix[i, j] = value
    bounds = [(None, None)] * len(items) + [(0, None)] * len(steps)
    solved = linprog(cost, matrix, least, bounds=bounds, method="highs")
    return {item: round(float(solved.x[i]), 3) for item, i in number.items()}


def _steps(g: networkx.DiGraph, columns: Columns) -> list[tuple[Item, Item, float, float]]:
    """Pairs of items that want to be level, with the wanted difference and how much it matters."""
    lane = {item: number for number, items in enumerate(columns.lanes) for item in items}
    offsets = ports(g, columns)
    steps = []
    for link in columns.links:
        left, right = link
        if left in lane and lane.get(right) == lane[left]:
            weight = 100.0
        elif g.out_degree(left.key) == 1:
            weight = 8.0
        elif "node" not in (left.role, right.role):
            weight = 4.0
        else:
            # A value with several readers turns anyway, and better at its beginning.
            weight = 3.0 if left.role == "pass" else 1.0
        steps.append((left, right, offsets[link], weight))
    for order in columns.orders:
        pins = [item for item in order if item.role == "pin"]
        steps += [(pin, columns.item(pin.into), 0.0, 0.3) for pin in pins]
    for out in [k for k, d in g.nodes(data=True) if d["kind"] == "next"]:
        state = g.nodes[out]["signal"]
        if state in columns.place and columns.item(out) not in lane:
            steps.append((columns.item(out), columns.item(state), 0.0, 0.2))
    return steps


def _room(upper: Item, lower: Item, nodes: Mapping[str, Node]) -> float:
    """How far apart the middles of two neighbours in a column must be."""
    if upper.key == lower.key and "node" not in (upper.role, lower.role):
        return 0.0  # one wire: a ring may hang from it
    room = 0.0
    for item in (upper, lower):
        room += nodes[item.key].height / 2 if item.role == "node" else 0.0
    roles = {upper.role, lower.role}
    if roles == {"node"}:
        return room + GAP
    if roles == {"node", "pin"} and (upper.into or lower.into) in (upper.key, lower.key):
        return room + TURN
    return room + TRACK
