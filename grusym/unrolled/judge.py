"""Whether a claim over steps holds: under which reading, at generic points of several sizes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np

from grusym.errors import ReadError
from grusym.language.expression import Expression, Transpose
from grusym.language.surface import Chain, Written
from grusym.language.times import surface
from grusym.unrolled.arrays import Misfit, Thing
from grusym.unrolled.choices import Choices, Option, readings
from grusym.unrolled.entries import free_letters
from grusym.unrolled.evaluation import Evaluation
from grusym.unrolled.index import read_index
from grusym.unrolled.meanings import Names
from grusym.unrolled.names import ALWAYS, letters_of, parts, pieces
from grusym.unrolled.scene import NoEntry, Scene, holding
from grusym.unrolled.tree import GradientOf, Partial, Relation, Repeated
from grusym.unrolled.world import Point

SAME = 1e-8
POINTS = (Point(3, 2, 0), Point(2, 3, 1, outputs=3), Point(4, 2, 2))
# Bounds are tried where slopes are near 1 too, with tiny and huge weights, and where activations saturate.
EXTREMES = tuple(
    Point(3, 2, seed, calm=calm, scale=scale)
    for seed, (calm, scale) in enumerate(
        (
            *((True, scale) for scale in (0.7, 1.5, 0.3, 1e-6, 30.0, 1e3)),
            *((False, scale) for scale in (0.2, 2.0, 30.0)),
        ),
        10,
    )
)
MOST = 300
MOST_LETTERS = 5  # letters that are times; each multiplies the assignments by the number of steps
AT_ARGUMENT = "if the gradient of a state is taken at the argument of its function"
ADDED = "+= adds what some of the paths bring"
MOST_ENTRIES = 4
WORK = 15_000  # nodes evaluated in looking for a reading
FEW = 30  # readings tried where something is held constant


@dataclass(frozen=True)
class Finding:
    """`outcome`: holds, fails, misfit or conflict; `said` under which reading; `why` in words.

    `kinds` is what each name of a gradient was read as.
    """

    outcome: str
    said: tuple[str, ...] = ()
    why: str = ""
    kinds: Mapping[str, str] = field(default_factory=dict)


def scenes(
    names: Names, relation: Relation, rows: bool, code: bool, scalar: bool, flippable: bool
) -> list[Scene]:
    """The scenes that a relation is tried in: two assignments of its times, at points of several sizes."""
    letters = letters_in(relation, names)
    derivatives = frozenset(_derivatives(relation, names, letters))
    words = {p for side in relation.sides for w in _written(side) for p in _words(w)}
    local = any(_local(w, names, letters) for side in relation.sides for w in _written(side))
    found = []
    free = free_letters(relation)
    if len(free) > MOST_ENTRIES:
        raise ReadError(f"{', '.join(free)} would all number entries; at most {MOST_ENTRIES} are tried", 1, 1)
    bound = any(sign in ("≤", "≲", "≥") for sign in relation.signs)
    found_times = assignments(relation, names, letters, POINTS[0].steps)
    for k, point in enumerate((*POINTS, *EXTREMES) if bound else POINTS):
        point = replace(point, n=1, m=1) if scalar else point
        for times, head in found_times[: 2 if k == 0 else 1]:
            found.append(
                Scene(
                    names,
                    point,
                    times,
                    letters,
                    rows,
                    code,
                    derivatives,
                    "prev" in words,
                    "prev" in words,
                    "curr" in words,
                    flippable and _row_first(relation),
                    local,
                    head,
                    relation.sides[0].name if isinstance(relation.sides[0], Written) else None,
                    entries=free,
                )
            )
    return found


def judged(
    scene_list: list[Scene], relation: Relation, most: int = MOST, known: Mapping[str, str] | None = None
) -> Finding:
    """The first reading under which a relation holds in all scenes.

    `known` is what lines before it have read names of gradients as: none may be read otherwise here.
    """
    conflict = ""
    first = scene_list[0]
    misfits: list[str] = []
    fits = False
    for choices, result in readings(lambda c: attempt(first, relation, c), most, WORK):
        if isinstance(result, str):
            misfits.append(result)
            continue
        fits = True
        if not result:
            continue
        if not all(_again(scene, relation, choices) for scene in scene_list[1:]):
            continue
        kinds = kinds_read(choices)
        other = next((k for k, kind in kinds.items() if (known or {}).get(k, kind) != kind), None)
        if other is None:
            return Finding("holds", choices.said, "", kinds)
        conflict = conflict or other
    if conflict:
        return Finding("conflict", (), conflict)
    if not fits:
        return Finding("misfit", (), misfits[0] if misfits else "")
    return Finding("fails", (), misfits[0] if misfits else "")


def kinds_read(choices: Choices) -> dict[str, str]:
    """What each name of a gradient is read as: total, incoming, at an argument."""
    found = {}
    for key, options in choices.met.items():
        if key.startswith("gradient "):
            value = options[min(choices.picked.get(key, 0), len(options) - 1)].value
            found[key.split(" ", 2)[2].strip()] = str(value[0])  # type: ignore[index]
    return found


def conditions(scene_list: list[Scene], relation: Relation) -> tuple[str, ...]:
    """What would make a refuted relation right: something held fixed, or a gradient taken elsewhere."""
    raw = [replace(scene, raw=True) for scene in scene_list]
    if judged(raw, relation, FEW).outcome == "holds":
        return (AT_ARGUMENT,)
    names = scene_list[0].names
    jacobian = any(isinstance(n, Partial) for side in relation.sides for n in surface(side))
    gates = [v for v in names.activations if _is_gate(names, v)]
    if jacobian and not any(isinstance(n, Repeated) for side in relation.sides for n in surface(side)):
        fixed = [replace(scene, old_fixed=True) for scene in scene_list]
        if judged(fixed, relation, FEW).outcome == "holds":
            return ("if the old state is held fixed",)
    if not jacobian or not gates:
        return ()
    for group in (*((g,) for g in gates), tuple(gates) if len(gates) > 1 else ()):
        if group:
            held = [holding(scene, group) for scene in scene_list]
            if judged(held, relation, FEW).outcome == "holds":
                verb = "is" if len(group) == 1 else "are"
                return (f"if {', '.join(group)} {verb} held constant",)
    return ()


def _is_gate(names: Names, value: str) -> bool:
    return value not in names.cell.next_states and names.cell.equation(value).right.function == "σ"  # type: ignore[attr-defined]


def _again(scene: Scene, relation: Relation, choices: Choices) -> bool:
    result = attempt(scene, relation, Choices(dict(choices.picked)))
    return result is True


def attempt(scene: Scene, relation: Relation, choices: Choices) -> bool | str:
    """Whether a relation holds in a scene under a reading; what does not fit, in words."""
    try:
        if scene.entries:
            return _everywhere(scene, relation, choices)
        return _compared(Evaluation(scene, choices), relation)
    except Misfit as error:
        return str(error) or "does not fit"


def _everywhere(scene: Scene, relation: Relation, choices: Choices) -> bool:
    """Whether a claim about entries holds for all that there are."""
    most = max(scene.point.n, scene.point.m, scene.point.outputs)
    tried = 0
    for numbers in product(range(most), repeat=len(scene.entries)):
        evaluation = Evaluation(scene, choices)
        evaluation.entries = dict(zip(scene.entries, numbers, strict=True))
        try:
            if not _compared(evaluation, relation):
                return False
            tried += 1
        except NoEntry:
            continue
    if not tried:
        raise Misfit("no entry has these numbers")
    return True


def _compared(evaluation: Evaluation, relation: Relation) -> bool:
    """Whether the sides of a relation stand as it says."""
    with np.errstate(all="ignore"):
        things = [evaluation.side(side, i) for i, side in enumerate(relation.sides)]
        if relation.signs == ("+=",):
            return _added(evaluation, relation.sides[0], *things)
        return all(
            holds(evaluation, a, b, sign)
            for a, b, sign in zip(things, things[1:], relation.signs, strict=False)
        )


def _added(evaluation: Evaluation, target: Expression, whole: Thing, part: Thing) -> bool:
    """Whether what is added to a gradient is the whole of it, or what some of the paths bring."""
    if holds(evaluation, whole, part, "="):
        return True
    shares = evaluation.shares(target)
    if shares is None or not part.vector:
        return False
    evaluation.choices.pick("shares", [Option(None, ADDED)])
    fitting = [share for share in shares if share.shape == part.array.shape]
    if not fitting:
        return False
    sums = _subsets(len(fitting), len(shares)) @ np.stack(fitting)
    scale = np.max(np.abs(sums), axis=1) + np.max(np.abs(part.array))
    apart = np.max(np.abs(sums - part.array), axis=1)
    return bool(np.any(np.isfinite(scale) & (apart <= SAME * scale + 1e-11)))


@lru_cache(maxsize=64)
def _subsets(count: int, whole: int) -> Any:
    """Rows of 0 and 1 for every choice of some of the paths, but none and all."""
    rows = [[i >> k & 1 for k in range(count)] for i in range(1, 2**count)]
    return np.array([row for row in rows if sum(row) < whole], dtype=float).reshape(-1, count)


def holds(evaluation: Evaluation, a: Thing, b: Thing, sign: str) -> bool:
    """Whether two values stand in a relation."""
    if sign in ("≤", "≲", "≥") and "scalar" not in (a.kind, b.kind):
        raise Misfit("numbers are compared by ≤, and norms are such")
    if sign in ("≤", "≲", "≥") and not a.kind == b.kind == "scalar":
        if "matrix" in (a.kind, b.kind):
            raise Misfit("numbers are compared by ≤, and norms are such")
        evaluation.choices.pick("entries", [Option(None, "≤ holds entry by entry")])
    if sign in ("≤", "≲"):
        return bool(np.all(a.array <= b.array * (1 + 1e-9) + 1e-12))
    if sign == "≥":
        return bool(np.all(a.array * (1 + 1e-9) + 1e-12 >= b.array))
    x, y = _common(evaluation, a, b)
    if not x.size:
        return True
    scale = float(np.abs(x).max() + np.abs(y).max())
    return math.isfinite(scale) and float(np.abs(x - y).max()) <= SAME * scale + 1e-11


def _common(evaluation: Evaluation, a: Thing, b: Thing) -> tuple[Any, Any]:
    """The arrays of two sides in one shape."""
    if a.weight and b.kind == "matrix" and a.array.shape != b.array.shape:
        a = replace(a, array=a.array.reshape(a.weight) if a.array.shape[0] == 1 else a.array)
    small, large = (a, b) if a.vector else (b, a)
    if small.vector and large.kind == "matrix" and small.size == large.array.size > large.array.shape[0]:
        return a.array.ravel(), b.array.ravel()  # the row of a derivative by all entries of a weight
    if a.kind == b.kind or (a.vector and b.vector):
        if a.array.shape != b.array.shape:
            raise Misfit(f"sides of shapes {a.array.shape} and {b.array.shape} are compared")
        return a.array, b.array
    order = ("scalar", "eye", "row", "col", "matrix")
    small, large = (a, b) if order.index(a.kind) < order.index(b.kind) else (b, a)
    if large.kind == "matrix":
        full = evaluation.algebra.diagonal(small, large.array.shape[0])
        if full.array.shape != large.array.shape:
            raise Misfit("a vector is compared with a matrix of another size")
        return full.array, large.array
    if small.kind == "scalar" and large.vector:
        return np.broadcast_to(small.array, large.array.shape), large.array
    return small.array, large.array


# ---- what a relation speaks of ----------------------------------------------------------------


def letters_in(relation: Relation, names: Names) -> frozenset[str]:
    """The letters that are times in a claim."""
    found = set(ALWAYS)
    for side in relation.sides:
        found |= set(letters_of(side))
    states = set(names.cell.states)
    for side in relation.sides:
        for w in _written(side):
            for piece in pieces(w.name):
                index = read_index(piece)
                if index is not None and len(index.letters) == 1 and not index.constant:
                    own = names.own(w.name.base + w.name.accents)
                    if names.keys.get(index.letters[0][0]) in names.cell.values:
                        continue  # h_n, where n is a value: a label
                    if own in states or own in names.cell.inputs or w.name.base in ("J", "jacobian"):
                        found.add(index.letters[0][0])
    return frozenset(x for x in found if x)


def _written(e: Expression) -> Iterator[Written]:
    for node in surface(e):
        if isinstance(node, Written):
            yield node


def _words(w: Written) -> Iterable[str]:
    for piece in pieces(w.name):
        for word in piece.split("_"):
            if word in ("prev", "curr", "next"):
                yield word
    for word in ("Next", "next", "prev"):
        if w.name.base.endswith(word):
            yield word.lower()


def _local(w: Written, names: Names, letters: frozenset[str]) -> bool:
    p = parts(w.name, letters)
    found = names.meanings(p)
    kinds = {m.kind for m in found}
    return bool(kinds & {"prediction", "target", "local", "output_weight", "logit"})


def _derivatives(relation: Relation, names: Names, letters: frozenset[str]) -> Iterator[tuple[str, str]]:
    for side in relation.sides[1:]:
        for node in surface(side):
            if isinstance(node, Partial) and isinstance(node.of, Written) and isinstance(node.by, Written):
                of = names.own(parts(node.of.name, letters).key)
                by = names.own(parts(node.by.name, letters).key)
                if of and by:
                    yield of, by


def _row_first(relation: Relation) -> bool:
    """Whether a gradient stands before a matrix, as a row does."""
    for side in relation.sides:
        for node in surface(side):
            if isinstance(node, Chain):
                for left, right in zip(node.factors, node.factors[1:], strict=False):
                    inner = right.operand if isinstance(right, Transpose) else right
                    weight = isinstance(inner, Written) and inner.name.base[:1].isupper()
                    gradient = isinstance(left, GradientOf | Partial) or (
                        isinstance(left, Written) and left.name.base[:1] in "δdg∇"
                    )
                    if weight and gradient:
                        return True
    return False


def assignments(
    relation: Relation, names: Names, letters: frozenset[str], steps: int
) -> list[tuple[dict[str, int], tuple[int, int]]]:
    """Times for the letters of a claim, those first under which most happens."""
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
    return [(times, span) for _, times, span in found] or [({"t": 2}, (2, 2))]


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


def _score(times: dict[str, int], values: list[int | None], span: Any, steps: int) -> float:
    """Different letters at different times, an interval of two steps or more, and no time at the ends."""
    letters = [v for x, v in times.items()]
    distinct = len(set(letters)) - len(letters)
    long = min(span[1] - span[0], 2)
    known = [v for v in values if v is not None]
    ends = sum(v == 0 for v in known) + 0.5 * (times.get("t", 2) == steps) + (times.get("t", 2) == 0)
    order = sum(
        1
        for a, b in (("k", "t"), ("t", "T"), ("t", "τ"), ("k", "T"), ("j", "t"), ("i", "t"), ("s", "t"))
        if a in times and b in times and times[a] >= times[b]
    )
    return 3 * distinct + 2 * long - ends - 4 * order


def _indices(relation: Relation, letters: frozenset[str]) -> tuple[list[Any], list[Any]]:
    used, limits = [], []
    for side in relation.sides:
        for node in surface(side):
            if isinstance(node, Written):
                used += list(parts(node.name, letters).times)
            if isinstance(node, Repeated):
                limits += [i for i in (node.low, node.high) if i is not None]
    return used, limits
