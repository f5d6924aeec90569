"""Automatic placing, first half: which column each operation stands in, and in which order.

Method: Sugiyama's. Columns by the shortest total length of wires, an integer program whose linear
relaxation is integral; orders by sweeps of barycentres. A wire that passes a column holds a place in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice, permutations
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import networkx

SWEEPS, STARTS = 8, 24


class Item(NamedTuple):
    """What stands in a column: a node; the value `key` passing by; or its wire turning into ring `into`."""

    key: str
    column: int
    role: str = "node"  # node, pass or pin
    into: str = ""


class Link(NamedTuple):
    """A value on its way from one column to the next."""

    left: Item
    right: Item


@dataclass
class Columns:
    """The columns of a picture from left to right, each from top to bottom."""

    place: Mapping[str, int]
    links: list[Link]
    orders: list[list[Item]]
    lanes: tuple[tuple[Item, ...], ...]

    def item(self, key: str) -> Item:
        """The item of a node."""
        return Item(key, self.place[key])

    def chain(self, u: str, v: str) -> list[Link]:
        """The links that lead from one node to another, in order."""
        end = self.place[v]
        found = []
        for link in self.links:
            _, column, role, into = link.right
            passes = role == "pass" and column < end
            arrives = role != "pass" and column == end and v == (into or link.right.key)
            if link.left.key == u and (passes or arrives):
                found.append(link)
        return sorted(found, key=lambda link: link.left.column)


def arranged(g: networkx.DiGraph) -> Columns:
    """Columns and orders for an operation graph, with few crossings and the states' lines outermost."""
    place = _places(g)
    links = _links(g, place)
    lanes = tuple(_lane_items(lane, place) for lane in lanes_of(g))
    columns = Columns(place, links, [], lanes)
    columns.orders = _best_orders(g, columns)
    _turn_into_rings(g, columns)
    return columns


def lanes_of(g: networkx.DiGraph) -> list[list[str]]:
    """For each state that has one, the way to its next value through ⊙, + and single layers only."""
    import networkx as nx

    lanes: list[list[str]] = []
    for kinds in (("times", "plus", "unary"), ("times", "plus", "unary", "linear", "layer", "function")):
        for out in [k for k, d in g.nodes(data=True) if d["kind"] == "next"]:
            state = g.nodes[out]["signal"]
            taken = {key for lane in lanes for key in lane}
            if {state, out} & taken or state not in g:
                continue
            inner = [k for k, d in g.nodes(data=True) if d["kind"] in kinds and k not in taken]
            carried = g.subgraph([state, out, *inner])
            if nx.has_path(carried, state, out):
                path = nx.shortest_path(carried, state, out)
                if "layer" not in kinds or len(path) == 3:
                    lanes.append(path)
    return lanes


def _places(g: networkx.DiGraph) -> dict[str, int]:
    """The column of each node: every wire runs to the right, the wires together as short as can be."""
    import numpy as np
    from scipy.optimize import linprog

    nodes = list(g)
    sources = [u for u in nodes if g.out_degree(u)]
    ends = [k for k in nodes if g.nodes[k]["kind"] == "next"]
    column = {k: i for i, k in enumerate(nodes)}
    reach = {u: len(nodes) + i for i, u in enumerate(sources)}  # the last column a value reaches
    last = len(nodes) + len(sources)
    cost = np.full(last + 1, 1e-3)
    rows: list[dict[int, float]] = []  # row · variables <= -least
    least: list[float] = []
    for u in sources:
        cost[reach[u]] += 1
        cost[column[u]] -= 1
        for v in g.successors(u):
            rows += [{column[u]: 1, column[v]: -1}, {column[v]: 1, reach[u]: -1}]
            least += [1, 0]
    for k in nodes:
        rows.append({column[k]: 1, last: -1})
        least.append(0 if k in ends else 1)
        if k in ends:
            rows.append({column[k]: -1, last: 1})
            least.append(0)
    matrix = np.zeros((len(rows), last + 1))
    for number, row in enumerate(rows):
        for variable, value in row.items():
            matrix[number, variable] = value
    first = {column[k] for k in nodes if g.nodes[k]["kind"] in ("state", "input")}
    bounds = [(0, 0) if i in first else (0, None) for i in range(last + 1)]
    solved = linprog(cost, matrix, -np.array(least, float), bounds=bounds, method="highs")
    return {k: round(solved.x[column[k]]) for k in nodes}


def _links(g: networkx.DiGraph, place: Mapping[str, int]) -> list[Link]:
    links = []
    for u in g:
        targets = list(g.successors(u))
        here = Item(u, place[u])
        for column in range(place[u] + 1, max((place[v] for v in targets), default=place[u]) + 1):
            links += [Link(here, Item(v, column)) for v in targets if place[v] == column]
            if any(place[v] > column for v in targets):
                links.append(Link(here, Item(u, column, "pass")))
                here = Item(u, column, "pass")
    return links


def _lane_items(lane: list[str], place: Mapping[str, int]) -> tuple[Item, ...]:
    items = []
    for key, after in zip(lane, [*lane[1:], None], strict=True):
        items.append(Item(key, place[key]))
        if after is not None:
            items += [Item(key, column, "pass") for column in range(place[key] + 1, place[after])]
    return tuple(items)


# ---- orders -------------------------------------------------------------------------------------


def _best_orders(g: networkx.DiGraph, columns: Columns) -> list[list[Item]]:
    """The orders with the fewest crossings, tried from several orders of the first column."""
    count = max(columns.place.values()) + 1
    items = dict.fromkeys(item for link in columns.links for item in link)
    items |= dict.fromkeys(columns.item(key) for key in g)
    by_column = [[item for item in items if item.column == k] for k in range(count)]
    band = _bands(columns)
    best, fewest = by_column, float("inf")
    for start in islice(permutations(by_column[0]), STARTS):
        orders = [sorted(start, key=lambda item: band.get(item, 0)), *map(list, by_column[1:])]
        for sweep in range(SWEEPS):
            forward = sweep % 2 == 0
            for k in range(1, count) if forward else range(count - 2, -1, -1):
                _sort(orders, k, columns.links, band, forward)
            found = _crossings(orders, columns.links)
            if found < fewest:
                best, fewest = [list(order) for order in orders], found
    return best


def _bands(columns: Columns) -> dict[Item, float]:
    """Lines of states run above everything else; of several, the last runs below."""
    band: dict[Item, float] = {}
    for number, lane in enumerate(columns.lanes):
        lowest = number > 0 and number == len(columns.lanes) - 1
        band |= dict.fromkeys(lane, 1.0 if lowest else -2.0 + number / len(columns.lanes))
    return band


def _sort(
    orders: list[list[Item]], k: int, links: Iterable[Link], band: Mapping[Item, float], forward: bool
) -> None:
    """Order column k by the mean place of what each item is joined to in the column before it."""
    there = {item: place for place, item in enumerate(orders[k - 1 if forward else k + 1])}
    joined: dict[Item, list[int]] = {}
    for left, right in links:
        mine, other = (right, left) if forward else (left, right)
        if mine.column == k and other in there:
            joined.setdefault(mine, []).append(there[other])
    here = {item: place for place, item in enumerate(orders[k])}
    scale = len(there) / max(len(here), 1)

    def key(item: Item) -> tuple[float, float, int]:
        places = joined.get(item)
        middle = sum(places) / len(places) if places else here[item] * scale
        return (band.get(item, 0), middle, here[item])

    orders[k].sort(key=key)


def _crossings(orders: list[list[Item]], links: Iterable[Link]) -> int:
    at = {item: place for order in orders for place, item in enumerate(order)}
    total = 0
    for k in range(len(orders) - 1):
        ends = [(at[a], at[b]) for a, b in links if a.column == k]
        total += sum((a - c) * (b - d) < 0 for i, (a, b) in enumerate(ends) for c, d in ends[i + 1 :])
    return total


def _turn_into_rings(g: networkx.DiGraph, columns: Columns) -> None:
    """Let all but one of the wires of a ring enter it from above or below."""
    at = {item: place for order in columns.orders for place, item in enumerate(order)}
    lane_of = {item: lane for lane in columns.lanes for item in lane}
    for key in [k for k, d in g.nodes(data=True) if d["kind"] in ("times", "plus")]:
        ring = columns.item(key)
        into = sorted((link for link in columns.links if link.right == ring), key=lambda link: at[link.left])
        if not into:
            continue
        best = min(
            into,
            key=lambda link: (
                ring not in lane_of or lane_of.get(link.left) is not lane_of[ring],
                link.left.role != "node",
                g.out_degree(link.left.key),
            ),
        )
        above = [link for link in into if at[link.left] < at[best.left]]
        for link in into:
            if link is not best:
                pin = Item(link.left.key, ring.column, "pin", key)
                columns.links[columns.links.index(link)] = Link(link.left, pin)
                _insert(pin, ring, at[link.left], link in above, columns, at)


def _insert(
    pin: Item, ring: Item, source: int, above: bool, columns: Columns, at: Mapping[Item, int]
) -> None:
    """Put a pin beside its ring, and past the wires between that and its source: it crosses those anyway."""
    order = columns.orders[ring.column]
    comes_from = {link.right: at[link.left] for link in columns.links}
    place, step = order.index(ring), -1 if above else 1
    beyond = place + step
    while 0 <= beyond < len(order):
        passing = order[beyond]
        outside = (source - comes_from.get(passing, source)) * step > 0
        if passing.role != "pass" or passing.key == pin.key or not outside:
            break
        beyond += step
    order.insert(beyond + 1 if above else beyond, pin)
