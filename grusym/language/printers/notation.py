"""How a cell's names are shown: with primes (`h'` from `h`) or with times (`h_t` from `h_{t-1}`)."""

from __future__ import annotations

from dataclasses import replace

from grusym.errors import unknown
from grusym.language.cell import Cell
from grusym.language.names import parts

NOTATIONS = ("primes", "times")


def shown_names(cell: Cell, notation: str | None = None) -> dict[str, str]:
    """The `names` every printer takes, for a notation; None is the one the cell's text was written in.

    Raises UnknownNameError for a notation other than `primes` and `times`.
    """
    notation = cell.notation if notation is None else notation
    if notation not in NOTATIONS:
        raise unknown("notation", notation, NOTATIONS)
    if notation == "primes":
        return {}
    old = {state: _at(state, "t-1") for state in cell.states}
    now = {cell.next_of(state): _at(state, "t") for state in cell.states}
    given = {name: _at(name, "t") for name in (*cell.inputs, *cell.values) if name not in now}
    return {**given, **old, **now}


def _at(name: str, time: str) -> str:
    found = parts(name)
    return str(replace(found, subscript=f"{found.subscript},{time}" if found.subscript else time))
