"""Between two columns: each value that changes height does so on a track of its own.

Two values that share a height on the two sides of a channel must not lie on each other: the one that
comes from the left turns away first. Where that would go round in a circle, one of them turns twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from grusym.pictures.geometry import NEAR

APART = 7.0  # points between heights that count as different


@dataclass
class Run:
    """One value in one channel: the heights at which it enters and leaves."""

    source: str
    enters: float
    leaves: tuple[float, ...]
    track: int = -1
    second: int = -1  # the track of the second turn, if there is one
    between: float = 0.0  # the height between the two turns
    splits: bool = False

    @property
    def turns(self) -> bool:
        """Whether it changes height at all."""
        return any(abs(y - self.enters) > NEAR for y in self.leaves)


@dataclass(frozen=True)
class _Part:
    """A vertical stretch of a run, which needs a track."""

    run: int
    low: float
    high: float
    enters: tuple[float, ...]
    leaves: tuple[float, ...]


def tracked(runs: Sequence[Run]) -> int:
    """Give every run its tracks, from 0 on the left; return how many there are."""
    _break_circles(runs)
    parts = _all_parts(runs)
    must = _before(parts)
    tracks: list[list[_Part]] = []
    given: dict[int, int] = {}
    for index in _ordered(parts, must):
        part = parts[index]
        lowest = max((given[b] + 1 for b in must[index]), default=0)
        free = (t for t in range(lowest, len(tracks)) if all(_clear(part, other) for other in tracks[t]))
        track = next(free, len(tracks))
        if track == len(tracks):
            tracks.append([])
        tracks[track].append(part)
        given[index] = track
    for index, part in enumerate(parts):
        run = runs[part.run]
        if run.splits and run.track >= 0:
            run.second = given[index]
        else:
            run.track = given[index]
    return len(tracks)


def _all_parts(runs: Sequence[Run]) -> list[_Part]:
    return [part for number, run in enumerate(runs) if run.turns for part in _parts(number, run)]


def _parts(number: int, run: Run) -> list[_Part]:
    if not run.splits:
        ends = (run.enters, *run.leaves)
        return [_Part(number, min(ends), max(ends), (run.enters,), run.leaves)]
    first, second = (run.enters, run.between), (run.between, *run.leaves)
    return [
        _Part(number, min(first), max(first), (run.enters,), (run.between,)),
        _Part(number, min(second), max(second), (run.between,), run.leaves),
    ]


def _before(parts: Sequence[_Part]) -> list[set[int]]:
    """For each part, those whose track must be to the left of its own."""
    must: list[set[int]] = [set() for _ in parts]
    for a, one in enumerate(parts):
        for b, other in enumerate(parts):
            if a == b:
                continue
            if one.run == other.run:
                if a < b:
                    must[b].add(a)
            elif any(abs(y - z) < APART for y in one.enters for z in other.leaves):
                must[b].add(a)
    return must


def _ordered(parts: Sequence[_Part], must: Sequence[set[int]]) -> list[int]:
    """An order that keeps to `must`, and that crosses little: greedy, leftmost first."""
    left = set(range(len(parts)))
    order: list[int] = []
    while left:
        cost = {i: _excess(parts, i, left) for i in left if not must[i] & left}
        chosen = min(cost, key=lambda i: (cost[i], i))
        order.append(chosen)
        left.remove(chosen)
    return order


def _excess(parts: Sequence[_Part], i: int, others: set[int]) -> int:
    """How many more crossings it makes to have part i left of the others than right of them."""
    return sum(_crossed(parts[i], parts[j]) - _crossed(parts[j], parts[i]) for j in others - {i})


def _crossed(first: _Part, second: _Part) -> int:
    """How often two parts cross when the track of `first` is left of that of `second`."""
    if first.run == second.run:
        return 0
    over = sum(first.low < y < first.high for y in second.enters)
    return over + sum(second.low < y < second.high for y in first.leaves)


def _clear(one: _Part, other: _Part) -> bool:
    return one.run != other.run and (one.low > other.high + APART or other.low > one.high + APART)


def _break_circles(runs: Sequence[Run]) -> None:
    """Let runs turn twice until no two of them wait for each other."""
    import networkx as nx

    while True:
        parts = _all_parts(runs)
        waits = nx.DiGraph((a, b) for b, before in enumerate(_before(parts)) for a in sorted(before))
        circles = [c for c in nx.strongly_connected_components(waits) if len(c) > 1]
        if not circles:
            return
        circle = min(circles, key=min)
        split = next(i for i in sorted(circle) if not runs[parts[i].run].splits)
        run = runs[parts[split].run]
        run.splits = True
        used = [y for r in runs for y in (r.enters, *r.leaves)]
        used += [r.between for r in runs if r.splits and r is not run]
        run.between = _free_height((run.enters + run.leaves[0]) / 2, used)


def _free_height(wanted: float, used: Sequence[float]) -> float:
    """The height nearest to the one wanted at which no wire runs."""
    tries = (wanted + side * step * APART / 2 for step in count() for side in (1, -1))
    return next(y for y in tries if all(abs(y - z) >= APART for z in used))
