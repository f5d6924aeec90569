"""The graph of a cell as arcs over a line of its values, with paths that a formula missed in red."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from html import escape
from itertools import pairwise

from grusym.language.cell import Cell
from grusym.language.expression import names_in

Edge = tuple[str, str]
Path = tuple[str, ...]
APART, LOW, FLAT = 84, 26, 0.36  # pixels between names, below the line, and an arc's height to its width
GREY, RED = "#9aa0a6", "#c5221f"


def edges_of(cell: Cell) -> tuple[Edge, ...]:
    """What each value is computed from: pairs of an old state or a value, and the value that uses it."""
    known = {*cell.states, *cell.values}
    return tuple((name, e.left) for e in cell.equations for name in names_in(e.right) if name in known)


def path_through(edges: Sequence[Edge], start: str, via: str, end: str) -> Path:
    """The shortest path from one value to another through a third; the third alone where there is none."""
    first, last = path_between(edges, start, via), path_between(edges, via, end)
    return (*first[:-1], *last) if first and last else first or last or (via,)


def path_between(edges: Sequence[Edge], start: str, end: str) -> Path:
    """The shortest path from one value to another; nothing where there is none."""
    waiting: deque[Path] = deque([(start,)])
    seen = {start}
    while waiting:
        path = waiting.popleft()
        if path[-1] == end:
            return path
        for u, v in edges:
            if u == path[-1] and v not in seen:
                seen.add(v)
                waiting.append((*path, v))
    return ()


def svg(edges: Sequence[Edge], missed: Sequence[Path]) -> str:
    """The arcs as an SVG element: grey for what a cell computes, red and bold for the missed paths."""
    lefts = dict.fromkeys(v for _, v in edges)
    names = [*dict.fromkeys(u for u, _ in edges if u not in lefts), *lefts]
    red = {pair for path in missed for pair in pairwise(path)}
    red |= {(path[0], v) for path in missed if len(path) == 1 for u, v in edges if u == path[0]}
    at = {name: APART * (0.5 + k) for k, name in enumerate(names)}
    drawn = [edge for edge in dict.fromkeys((*edges, *red)) if set(edge) <= set(at)]
    top = 12 + max((_height(at, edge) for edge in drawn), default=0)
    arcs = "".join(_arc(at, edge, top, edge in red) for edge in sorted(drawn, key=lambda e: e in red))
    marked = {name for path in missed for name in path}
    texts = "".join(_name(name, x, top, name in marked) for name, x in at.items())
    said = escape("; ".join(" → ".join(path) for path in missed), quote=True)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{APART * len(names)}" height="{top + LOW:.0f}"'
    return f'{head} role="img" aria-label="missed: {said}">{arcs}{texts}</svg>'


def _height(at: dict[str, float], edge: Edge) -> float:
    return FLAT * abs(at[edge[1]] - at[edge[0]])


def _arc(at: dict[str, float], edge: Edge, base: float, red: bool) -> str:
    """A half ellipse from one name to another, with a small head where it ends."""
    x, y, high = at[edge[0]], at[edge[1]], _height(at, edge)
    colour, width = (RED, 2.4) if red else (GREY, 1)
    turn = 1 if y > x else 0
    head = f"M {y - 4:.1f} {base - 8:.1f} L {y:.1f} {base:.1f} L {y + 4:.1f} {base - 8:.1f}"
    body = f"M {x:.1f} {base:.1f} A {abs(y - x) / 2:.1f} {high:.1f} 0 0 {turn} {y:.1f} {base:.1f}"
    return f'<path d="{body} {head}" fill="none" stroke="{colour}" stroke-width="{width}"/>'


def _name(name: str, x: float, base: float, red: bool) -> str:
    colour = RED if red else "currentColor"
    return (
        f'<text x="{x:.1f}" y="{base + 17:.1f}" text-anchor="middle" font-family="serif" font-style="italic" '
        f'font-size="15" fill="{colour}">{escape(name)}</text>'
    )
