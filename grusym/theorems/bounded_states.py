"""Which states stay in the box: for every state of every cell, proved or with weights that lead outside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from grusym.language.cell import Cell
from grusym.language.claim import Claim, Verdict
from grusym.theorems.bound import Bounded
from grusym.theorems.sides import Context, Value

ASSUMED = "every entry of every state lies in [-1, 1] before the step"


@dataclass(frozen=True)
class BoundedState:
    """One state of one cell, with the verdict on: it lies in [-1, 1] after a step if all did before."""

    cell: Cell
    state: str
    verdict: Verdict


def bounded_states(cells: Iterable[Cell]) -> tuple[BoundedState, ...]:
    """Whether |s| <= 1 is kept, for each state s of each cell.

    Method: see `grusym.theorems.bound`. A cell keeps the box exactly if all of its states do.
    """
    return tuple(BoundedState(cell, state, _verdict(cell, state)) for cell in cells for state in cell.states)


def _verdict(cell: Cell, state: str) -> Verdict:
    new = cell.next_of(state)
    statement = f"|{new}| ≤ 1 in {cell.name}"
    settings = tuple(name for name in cell.constants if cell.shapes[name] == ())
    assumed = (ASSUMED, *(f"the setting {name} lies in [0, 1]" for name in settings))
    claim = Claim(f"{cell.name}-{state}-bounded", statement, assumes=assumed, source=cell.source)
    return Bounded(Value(cell, new), dict.fromkeys(settings, (0, 1))).judge(claim, Context(cell))
