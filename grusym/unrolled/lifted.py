"""Activations inside a formula as values of their own: h' = (1 - α) h + α tanh(W h) has a candidate."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from grusym.language.cell import Cell, Equation
from grusym.language.expression import Activation, Expression, Name, children, names_in, rebuilt

NAMES = ("h̃", "h̃_1", "h̃_2", "h̃_3", "h̃_4", "h̃_5")


@lru_cache(maxsize=256)
def lifted(cell: Cell) -> Cell:
    """The cell with an equation for every function of a matrix product that stands inside a formula.

    The same cell: claims may then speak of the slopes and pre-activations of what has no name in its text.
    """
    equations: list[Equation] = []
    shapes = dict(cell.shapes)
    matrices = {w for w in cell.weights if len(cell.shapes[w]) == 2}
    free = [name for name in NAMES if name not in shapes]

    def new(e: Expression, left: str) -> Expression:
        if isinstance(e, Activation) and matrices & set(names_in(e)) and free:
            name = free.pop(0)
            equations.append(Equation(name, e))
            shapes[name] = shapes[left]
            return Name(name)
        return rebuilt(e, tuple(new(child, left) for child in children(e)))

    for equation in cell.equations:
        whole = isinstance(equation.right, Activation)
        right = equation.right if whole else new(equation.right, equation.left)
        equations.append(replace(equation, right=right))
    return (
        cell
        if len(equations) == len(cell.equations)
        else replace(cell, equations=tuple(equations), shapes=shapes)
    )
