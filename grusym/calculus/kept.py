"""What training keeps of every step until the gradients come back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grusym.calculus.adjoint import gradients
from grusym.language.cell import Cell
from grusym.language.expression import names_in

if TYPE_CHECKING:
    import sympy


@dataclass(frozen=True)
class Kept:
    """The inputs, states and values that the gradients of one step mention, and how many numbers they are."""

    names: tuple[str, ...]
    count: sympy.Expr


def kept_for_training(cell: Cell) -> Kept:
    """The numbers of one step that backpropagation through time has to keep.

    Method: read off the derived gradients (`grusym.calculus.adjoint.gradients`): every input, state and value
    that their formulas mention. Parameters are not counted, for they are the same at every step; a next
    state is the state of the step after and is counted there; an elementwise function of what is kept, such
    as tanh(c'), is computed again. An implementation may keep more, or other values, and a rewriting of
    the gradients may need fewer: σ' is written with the gate itself, which is kept, not its argument.
    """
    import sympy

    found = gradients(cell)
    mentioned = {
        name for e in (*(line.right for line in found.lines), *found.of.values()) for name in names_in(e)
    }
    next_of = dict(zip(cell.next_states, cell.states, strict=True))
    mentioned = {next_of.get(name, name) for name in mentioned}
    names = [name for name in (*cell.inputs, *cell.states, *cell.values) if name in mentioned]
    size: Any = sum((sympy.prod(cell.shapes[name]) for name in names), start=sympy.Integer(0))
    return Kept(tuple(names), sympy.factor(size))
