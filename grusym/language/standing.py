"""Where a parameter stands in the equations of a cell. Nothing is taken from its name."""

from __future__ import annotations

from grusym.language.cell import Cell
from grusym.language.expression import (
    Activation,
    Expression,
    Extremum,
    Name,
    Negative,
    Sum,
    children,
    names_in,
)


def only_added(cell: Cell, name: str) -> bool:
    """Whether a parameter occurs as a term of sums and nowhere else.

    b of σ(b) or max(b, u) is a sum of one term.
    """

    def within(e: Expression, added: bool) -> bool:
        if e == Name(name):
            return added
        inside = isinstance(e, Sum | Activation | Extremum) or (isinstance(e, Negative) and added)
        return all(within(child, inside) for child in children(e))

    return all(within(e.right, False) for e in cell.equations)


def reached_by(cell: Cell) -> dict[str, frozenset[str]]:
    """For every input, state and value: the inputs and states that it is computed from, itself included."""
    found = {name: frozenset([name]) for name in (*cell.inputs, *cell.states)}
    for e in cell.equations:
        found[e.left] = sources(e.right, found)
    return found


def sources(e: Expression, reached: dict[str, frozenset[str]]) -> frozenset[str]:
    """The inputs and states that an expression is computed from."""
    return frozenset().union(*(reached.get(name, frozenset()) for name in names_in(e)))
