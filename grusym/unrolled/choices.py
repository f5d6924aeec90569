"""Readings tried in order of cost: wherever a text can be read in several ways, one is picked and noted."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Option:
    """One way to read something: what it is, what is said of it (if anything), what it costs."""

    value: object
    said: str = ""
    cost: float = 0.0


@dataclass
class Choices:
    """The options picked in one reading; all that is not picked is read in the first way."""

    picked: dict[str, int] = field(default_factory=dict)
    met: dict[str, tuple[Option, ...]] = field(default_factory=dict)
    sized: set[str] = field(default_factory=set)
    work: int = 0  # nodes evaluated under these options

    def pick(self, key: str, options: Sequence[Option], sized: bool = False) -> Option:
        """The option that this reading takes at a place; the same for the same key.

        `sized`: the options may differ in shape, so that another may fit where this one does not.
        """
        self.met.setdefault(key, tuple(options))
        if sized:
            self.sized.add(key)
        return options[min(self.picked.get(key, 0), len(options) - 1)]

    @property
    def said(self) -> tuple[str, ...]:
        """What a reader should be told of the options taken."""
        taken = [options[min(self.picked.get(key, 0), len(options) - 1)] for key, options in self.met.items()]
        return tuple(dict.fromkeys(o.said for o in taken if o.said))

    @property
    def cost(self) -> float:
        """How far-fetched the reading is."""
        return sum(
            options[min(self.picked.get(key, 0), len(options) - 1)].cost for key, options in self.met.items()
        )


def readings(attempt: Callable[[Choices], T], most: int, work: int = 12_000) -> Iterator[tuple[Choices, T]]:
    """Each reading with what an attempt gives under it, cheapest first; no reading comes twice.

    At most so many readings, and no further one once so many nodes have been evaluated: work is counted,
    not time, so that every machine reads alike.
    Where an attempt says in words what does not fit, only what has to do with shapes is read otherwise.
    """
    waiting: list[tuple[float, int, dict[str, int]]] = [(0.0, 0, {})]
    count = 0
    for _ in range(most):
        if not waiting:
            return
        _, _, picked = heapq.heappop(waiting)
        choices = Choices(dict(picked))
        result = attempt(choices)
        yield choices, result
        work -= choices.work
        if work < 0:
            return
        fixed = dict(picked)
        for key, options in list(choices.met.items()):
            if key in picked or (isinstance(result, str) and key not in choices.sized):
                continue
            for i in range(1, len(options)):
                count += 1
                cost = sum(_cost(choices, k, v) for k, v in fixed.items()) + options[i].cost + 0.01 * i
                heapq.heappush(waiting, (cost, count, {**fixed, key: i}))
            fixed[key] = 0


def _cost(choices: Choices, key: str, index: int) -> float:
    options = choices.met.get(key)
    return options[min(index, len(options) - 1)].cost + 0.01 * index if options else 0.0
