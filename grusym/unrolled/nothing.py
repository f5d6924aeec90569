"""Derivatives that are nothing within a step: no path of the graph leads from one value to the other.

A claim with such a derivative among others holds with any sign before it, so it is judged over several steps,
where the derivative may be one along all paths.
"""

from __future__ import annotations

from grusym.errors import GrusymError
from grusym.language.cell import Cell
from grusym.language.drawn_paths import edges_of, path_between
from grusym.language.surface import Written
from grusym.language.times import surface
from grusym.unrolled.grammar import relations
from grusym.unrolled.lexer import wide_tokens
from grusym.unrolled.meanings import Names
from grusym.unrolled.tree import Partial


def has_nothing(cell: Cell, claim: str) -> bool:
    """Whether a claim has, inside a side, a derivative that is 0 for want of a path; False if unreadable."""
    try:
        read = relations(wide_tokens(claim), claim)
    except GrusymError:
        return False
    names = Names(cell, frozenset(cell.shapes))
    inside = [n for r in read for side in r.sides for n in surface(side) if n is not side]
    return any(isinstance(n, Partial) and _nothing(names, n) for n in inside)


def _nothing(names: Names, e: Partial) -> bool:
    if not (isinstance(e.of, Written) and isinstance(e.by, Written)):
        return False
    of, by = ([m for m in names.meanings_of(w) if m.kind == "value"] for w in (e.of, e.by))
    if not of or not by or by[0].name in names.cell.inputs:
        return False
    cell = names.cell
    end = cell.next_of(of[0].name) if of[0].name in cell.states else of[0].name
    return not path_between(edges_of(cell), by[0].name, end)
