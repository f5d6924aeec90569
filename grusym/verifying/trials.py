"""Many edits of one formula tried at one point, each at the price of its own small piece.

Between a node and the formula as a whole stand sums and products, so the whole is nearly always an affine
function of the node's value. That function is found once for a node, one level at a time, and every new
value of the node is then judged by one product; edits that differ in one expression are judged together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from grusym.checks.samples import Remembering, Sample
from grusym.errors import GrusymError
from grusym.language.claim_text import ClaimText
from grusym.language.evaluation import sized
from grusym.language.expression import Activation, Expression, Name
from grusym.language.values import Misfit, Value
from grusym.verifying.edits import Choice, Edit
from grusym.verifying.readings import Reading
from grusym.verifying.sites import Site

Array = Any
Kind = tuple[int, bool, bool, tuple[int, ...]]
HERE = "□"  # stands for what is tried
STRAIGHT = 1e-9  # relative: rounding gives 1e-15, a curve at a generic point 1e-3
NEAR = 1e-6  # of all entries; what comes so near is looked at as closely as any claim


class Arrays(dict[str, Any]):
    """The arrays of all names that a formula may mention, each found when it is asked for."""

    def __init__(self, reading: Reading, sample: Sample) -> None:
        super().__init__()
        self.reading, self.sample = reading, sample

    def __contains__(self, name: object) -> bool:
        if not super().__contains__(name):
            self.update(self.reading.arrays((str(name),), self.sample))
        return True


class Reader(Remembering):
    """A walk over formulas as their author wrote them, under one reading."""

    def __init__(self, reading: Reading, claim: ClaimText, sample: Sample, shapes: Any) -> None:
        super().__init__(Arrays(reading, sample), shapes)
        self.reading, self.claim = reading, claim

    def found(self, e: Expression) -> Value:
        """The value of a node; of the text's own names and of slopes, that of what they stand for."""
        own = isinstance(e, Name) and (e.name in self.claim.definitions or e.name in self.claim.arguments)
        if own or (isinstance(e, Activation) and e.function.endswith("'")):
            plain = self.reading.plain(e, self.claim)
            if plain is not e:
                return self.of(plain)
        return super().found(e)


@dataclass(frozen=True, eq=False)
class Line:
    """The whole formula as an affine function of one node's value: start + value · slopes."""

    start: Array
    slopes: Array


class Trials:
    """One formula at one point, and what becomes of it when one of its nodes changes."""

    def __init__(self, walk: Remembering, goal: Array) -> None:
        self.walk, self.shape = walk, np.shape(goal)
        self.goal = np.asarray(goal, dtype=float).reshape(-1)
        self.near = NEAR * (1 + float(np.max(np.abs(self.goal), initial=0)))
        self.lines: dict[tuple[int, Kind], tuple[Site, Line | bool]] = {}
        self.stacks: dict[int, tuple[tuple[Expression, ...], list[tuple[Array, Value]]]] = {}

    def near_misses(self, candidate: Edit | Choice) -> list[Edit]:
        """The edits that bring the formula near its goal; those at a sealed site are not judged here."""
        if isinstance(candidate, Choice):
            return [candidate.edit(i) for i in self.chosen(candidate)]
        if candidate.site.sealed:
            return [candidate]
        value = self._value(candidate.new)
        if value is None:
            return []
        one = Value(np.asarray(value.array)[None], value.rank, value.diagonal, value.row)
        return [candidate] if self._reached(candidate.site, one)[0] else []

    def chosen(self, candidate: Choice) -> list[int]:
        """Which of a choice's options bring the formula near its goal."""
        if candidate.site.sealed:
            return list(range(len(candidate.options)))
        found: list[int] = []
        for places, stack in self._stacked(candidate.options):
            value = self._with(candidate.build, stack)
            if value is not None:
                reached = self._reached(candidate.site, value)
                found += places[np.broadcast_to(reached, len(places))].tolist()
        return sorted(found)

    def _reached(self, site: Site, value: Value) -> Array:
        roots = self._roots(site, value)
        if roots is None:
            return np.zeros(1, dtype=bool)
        return np.all(np.abs(roots - self.goal) <= self.near, axis=-1)

    def _roots(self, site: Site, value: Value) -> Array | None:
        """The whole formula, flattened, for a stack of values of one node; None where they do not fit."""
        if site.above is None:
            try:
                array = sized(site.node, value, self.shape)
            except (GrusymError, ValueError, IndexError):
                return None
            return np.reshape(array, (-1, self.goal.size))
        line = self._line(site, value)
        if isinstance(line, Line):
            own = np.shape(value.array)[np.ndim(value.array) - value.rank :]
            return line.start + np.reshape(value.array, (-1, int(np.prod(own)))) @ line.slopes
        return self._through(site, value) if line else None

    def _through(self, site: Site, value: Value) -> Array | None:
        above = self._with(site.within, value)
        return None if above is None or site.above is None else self._roots(site.above, above)

    def _line(self, site: Site, value: Value) -> Line | bool:
        """The affine function that leads from a node to the whole; True where none does, False at a misfit.

        A step is level on both sides of its edge, so nothing is concluded from values below a function.
        """
        if site.bent:
            return True
        own = np.shape(value.array)[np.ndim(value.array) - value.rank :]
        key = (id(site), (value.rank, value.diagonal, value.row, own))
        if key not in self.lines:
            self.lines[key] = (site, self._found(site, value, own))
        return self.lines[key][1]

    def _found(self, site: Site, like: Value, own: tuple[int, ...]) -> Line | bool:
        size = int(np.prod(own))
        probe = np.cos(np.arange(1.0, size + 1))  # no entry is 0, and no two are alike
        steps = np.concatenate([np.zeros((1, size)), np.eye(size), probe[None]])
        value = Value(steps.reshape(-1, *own), like.rank, like.diagonal, like.row)
        roots = self._through(site, value)
        if roots is None:
            return like.rank == 0  # a number that is 0 fits where others do not
        start, slopes = roots[0], roots[1:-1] - roots[0]
        scale = np.max(np.abs(roots), initial=0)
        straight = np.abs(roots[-1] - start - probe @ slopes) <= STRAIGHT * scale
        return Line(start, slopes) if np.all(straight) else True

    def _with(self, build: Callable[[Expression], Expression], value: Value) -> Value | None:
        """The value of a node that is built around a stack of values."""
        self.walk.known[HERE] = value
        return self._value(build(Name(HERE)))

    def _value(self, e: Expression) -> Value | None:
        try:
            return self.walk.of(e)
        except (GrusymError, ValueError, IndexError, Misfit):
            return None

    def _stacked(self, options: tuple[Expression, ...]) -> list[tuple[Array, Value]]:
        """The values of expressions, those of one kind as one stack, with their places."""
        if id(options) not in self.stacks:
            groups: dict[Kind, list[tuple[int, Array]]] = {}
            for i, option in enumerate(options):
                value = self._value(option)
                if value is not None:
                    kind = (value.rank, value.diagonal, value.row, np.shape(value.array))
                    groups.setdefault(kind, []).append((i, value.array))
            stacks = [
                (np.array([i for i, _ in members]), Value(np.stack([a for _, a in members]), *kind[:3]))
                for kind, members in groups.items()
            ]
            self.stacks[id(options)] = (options, stacks)
        return self.stacks[id(options)][1]
