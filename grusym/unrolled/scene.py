"""What one evaluation of a claim over steps is made in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from grusym.language.scanner import NameToken
from grusym.unrolled.arrays import Misfit
from grusym.unrolled.meanings import Names
from grusym.unrolled.world import Point, World

OUTSIDE = "a time outside the steps"
TURNED = "denominator layout: every derivative by a vector transposed"
SLOPE_IN_OUTPUT = "a slope of a value is written in that value: σ'(z) is z ⊙ (1 - z)"


class Outside(Misfit):
    """A time before the first or after the last step: another assignment of times is needed."""


class NoEntry(Outside):
    """A number of an entry that is larger than a vector has."""


@dataclass(frozen=True)
class Scene:
    """What one evaluation is made in."""

    names: Names
    point: Point
    times: Mapping[str, int]
    letters: frozenset[str]
    rows: bool
    code: bool
    derivatives: frozenset[tuple[str, str]] = frozenset()  # (of, by) of all derivatives in the claim
    prev: bool = False  # whether the text says prev: what has no time is then not the old one
    paired: bool = False  # whether the claim has prev beside next, which then is no step back
    curr: bool = False  # whether the claim says curr: next is then the step after
    flipped: bool = False  # whether a reading as rows may be tried for a cell of columns
    local: bool = False  # whether the loss of a single step is spoken of
    head: tuple[int, int] = (0, 0)  # earliest and latest time of the first side
    assigned: NameToken | None = None  # the name that the first side gives a value
    entries: tuple[str, ...] = ()  # the letters of entries for all of which the claim is made
    raw: bool = False  # whether dh may be the gradient at the argument that h is a function of
    old_fixed: bool = False  # whether derivatives by weights hold the old state fixed
    cut: frozenset[tuple[str, int]] = frozenset()  # held so many steps after the time of the left side


def holding(scene: Scene, values: Iterable[str]) -> Scene:
    """The scene with values held constant at every step: no derivative goes through them."""
    return replace(scene, point=replace(scene.point, constant=frozenset(values)))


@lru_cache(maxsize=256)
def world(cell: Any, point: Point) -> World:
    """A world, made once."""
    return World(cell, point)
