"""The times of a claim: which letters are times, and the numbers that they are tried at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations, product
from typing import Any

from grusym.errors import ReadError
from grusym.language.surface import Written
from grusym.language.times import surface, written
from grusym.unrolled.index import read_index
from grusym.unrolled.meanings import Names
from grusym.unrolled.names import ALWAYS, letters_of, parts, pieces
from grusym.unrolled.tree import Dots, Partial, Relation, Repeated

MOST_LETTERS = 5  # letters that are times; each multiplies the assignments by the number of steps
Scored = tuple[float, dict[str, int], tuple[int, int]]
Times = tuple[dict[str, int], tuple[int, int]]  # the letters' times; earliest and latest time of a head


def letters_in(relation: Relation, names: Names) -> frozenset[str]:
    """The letters that are times in a claim."""
    found = set(ALWAYS)
    for side in relation.sides:
        found |= set(letters_of(side))
    states = set(names.cell.states)
    for side in relation.sides:
        for w in written(side):
            for piece in pieces(w.name):
                index = read_index(piece)
                if index is not None and len(index.letters) == 1 and not index.constant:
                    own = names.own(w.name.base + w.name.accents)
                    if names.keys.get(index.letters[0][0]) in names.cell.values:
                        continue  # h_n, where n is a value: a label
                    if own in states or own in names.cell.inputs or w.name.base in ("J", "jacobian"):
                        found.add(index.letters[0][0])
    return frozenset(x for x in found if x)


def assignments(relation: Relation, letters: frozenset[str], steps: int) -> list[Times]:
    """Times for the letters of a claim, first those under which most happens, that differ in all they can.

    A letter that is one number wherever a claim is tried might be that number in it, and two letters that
    are always as far apart might be one: ∏_{i=2}^t is no ∏_{i=k+1}^t, though it is where k is 1.
    """
    scored = _scored(relation, letters, steps)
    if not scored:
        return [({"t": 2}, (2, 2))]
    best = scored[0]
    alike = [f for f in scored[1:] if _alike(best, f)]
    if any(isinstance(n, Dots) for side in relation.sides for n in surface(side)):
        alike = [f for f in alike if f[2][1] - f[2][0] >= best[2][1] - best[2][0]]  # nothing left out else
    kept = [best]
    keys = [(x,) for x in best[1]] + list(combinations(best[1], 2))
    for key in keys:
        seen = {_apart(times, key) for _, times, _ in kept}
        if len(seen) == 1:
            kept += [f for f in alike if _apart(f[1], key) not in seen][:1]
    return [(times, span) for _, times, span in kept]


def _apart(times: dict[str, int], key: tuple[str, ...]) -> int:
    return times[key[0]] - sum(times[x] for x in key[1:])


def _alike(best: Scored, other: Scored) -> bool:
    """Whether the letters of two assignments stand in one order, and none is nearer to an end."""
    order = all(
        _sign(_apart(best[1], key)) == _sign(_apart(other[1], key)) for key in combinations(best[1], 2)
    )
    return order and other[0] - 2 * _long(other[2]) >= best[0] - 2 * _long(best[2])


def _long(span: tuple[int, int]) -> int:
    return min(span[1] - span[0], 2)


def _sign(x: int) -> int:
    return (x > 0) - (x < 0)


def _scored(relation: Relation, letters: frozenset[str], steps: int) -> list[Scored]:
    """All times that a claim's letters can have, best first."""
    bound = {n.letter for side in relation.sides for n in surface(side) if isinstance(n, Repeated)}
    used, limits = _indices(relation, letters)
    heads, _ = _indices(replace(relation, sides=relation.sides[:1]), letters)
    in_head = {x for index in heads for x, _ in index.letters}
    everywhere = {x for index in [*used, *limits] for x, _ in index.letters}
    free = sorted((everywhere - bound) | (in_head & everywhere) | {"t"})
    derivative = any(isinstance(n, Partial) for n in surface(relation.sides[0]))
    loose = [x for x in free if derivative and in_head and x not in in_head and x not in ("T", "τ", "t")]
    free = [x for x in free if x not in loose]
    if len(free) > MOST_LETTERS:
        raise ReadError(f"{', '.join(free)} would all be times; at most {MOST_LETTERS} are tried", 1, 1)
    between = _between(relation)
    ranges = [[steps] if x in ("T", "τ") else range(steps + 1) for x in free]
    inner = bound - in_head  # letters that a sum or product runs over, and nothing else
    outside, limits = ([i for i in some if not {x for x, _ in i.letters} & inner] for some in (used, limits))
    found = []
    for picked in product(*ranges):
        times = dict(zip(free, picked, strict=True))
        head = [i.at(times) for i in heads if not i.word and i.at(times) is not None] or [times.get("t", 2)]
        span = (min(head), max(head))
        for x in loose:
            times[x] = span[1] - (x in between and span[1] > max(span[0], 1) - (span[0] == span[1]))
        values = [i.at(times) for i in (*outside, *limits) if not i.word]
        if any(v is None or not 0 <= v <= steps for v in values):
            continue
        lows = [i.at(times) for i in outside]
        words = 1 if any(i.word for i in used) or not used else 0
        if words and not 1 < times.get("t", 2) < steps:
            continue
        score = _score(times, lows, span, steps)
        found.append((score, times, span))
    if any(_summed(relation, times, steps, in_head) for _, times, _ in found):
        found = [f for f in found if _summed(relation, f[1], steps, in_head)]
    found.sort(key=lambda item: (-item[0], sorted(item[1].items())))
    return found


def _between(relation: Relation) -> set[str]:
    """The letters in names that are differentiated and differentiated by: the k of ∂h_t/∂h_k ∂h_k/∂U."""
    partials = [n for side in relation.sides[1:] for n in surface(side) if isinstance(n, Partial)]
    of = {p.of for p in partials if isinstance(p.of, Written)}
    by = {p.by for p in partials if isinstance(p.by, Written)}
    return {x for w in of & by for x in (*letters_of(w), *_plain(w))}


def _plain(w: Written) -> Iterable[str]:
    """The letters among a name's scripts."""
    return (p for p in pieces(w.name) if len(p) == 1 and p.isalpha())


def _summed(relation: Relation, times: dict[str, int], steps: int, in_head: set[str]) -> bool:
    """Whether a sum over all steps ends at the last one: ∑_{j=1}^t where t is said nowhere else."""
    sums = [
        n for side in relation.sides for n in surface(side) if isinstance(n, Repeated) and n.kind == "sum"
    ]
    ends = {x for n in sums if n.high is not None for x, _ in n.high.letters} - in_head
    return any(times.get(x) == steps for x in ends)


def _score(times: dict[str, int], values: list[int | None], span: tuple[int, int], steps: int) -> float:
    """Different letters at different times, an interval of two steps or more, and no time at the ends."""
    letters = [v for x, v in times.items()]
    distinct = len(set(letters)) - len(letters)
    known = [v for v in values if v is not None]
    ends = sum(v == 0 for v in known) + 0.5 * (times.get("t", 2) == steps) + (times.get("t", 2) == 0)
    order = sum(
        1
        for a, b in (("k", "t"), ("t", "T"), ("t", "τ"), ("k", "T"), ("j", "t"), ("i", "t"), ("s", "t"))
        if a in times and b in times and times[a] >= times[b]
    )
    return 3 * distinct + 2 * _long(span) - ends - 4 * order


def _indices(relation: Relation, letters: frozenset[str]) -> tuple[list[Any], list[Any]]:
    used, limits = [], []
    for side in relation.sides:
        for node in surface(side):
            if isinstance(node, Written):
                used += list(parts(node.name, letters).times)
            if isinstance(node, Repeated):
                limits += [i for i in (node.low, node.high) if i is not None]
    return used, limits
