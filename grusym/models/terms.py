"""Where the parameters of a cell stand: the terms of every argument, each with what a parameter multiplies.

In c = tanh(W_c x + r ⊙ (U_c h + d_c)) the parameter W_c multiplies x, U_c multiplies h behind the factor r,
and d_c stands alone behind r. Two parameters of one place are only ever added, whatever they are called.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from grusym.algebra.normal_form import vector_form
from grusym.algebra.polynomial import Monomial, monomial_product
from grusym.language.cell import Cell
from grusym.language.expression import Activation, Expression, walk

BIAS: tuple[Any, ...] = ((), None)  # the place of a bias: no factor, nothing multiplied


@dataclass(frozen=True)
class Term:
    """coefficient · factor ⊙ (parameter operand): one summand of an argument.

    `operand` is None for a vector, which multiplies nothing, and for a term without a parameter.
    """

    parameter: str | None
    coefficient: Fraction
    factor: Monomial
    operand: Monomial | None

    @property
    def place(self) -> tuple[Any, ...]:
        """What the parameter multiplies: equal places, equal sums."""
        return (self.factor, self.operand)

    def commuted(self) -> Term:
        """The same with a factor in front drawn through the matrix, as where the two commute."""
        if self.operand is None or not self.factor:
            return self
        return replace(self, factor=(), operand=monomial_product(self.factor, self.operand))


@dataclass(frozen=True)
class Argument:
    """One sum of a cell: the right side of an equation (index 0), or what a function in it is applied to."""

    value: str
    index: int
    terms: tuple[Term, ...]


def arguments(cell: Cell, called: Mapping[str, str] | None = None) -> Iterator[Argument]:
    """Every argument of every equation; values are renamed by `called` inside factors and operands."""
    for equation in cell.equations:
        inner = [node.operand for node in walk(equation.right) if isinstance(node, Activation)]
        for index, e in enumerate([equation.right, *inner]):
            yield Argument(equation.left, index, tuple(_terms(cell, e, called or {})))


def _terms(cell: Cell, e: Expression, called: Mapping[str, str]) -> Iterator[Term]:
    for monomial, coefficient in vector_form(e, cell.shapes).items():
        own = [(atom, k) for atom, k in monomial if _parameter(atom, cell) is not None]
        if not own:
            yield Term(None, coefficient, _renamed(monomial, called), None)
        elif len(own) == 1 and own[0][1] == 1 and not _hides(monomial, own[0], cell):
            ((atom, _),) = own
            factor = _renamed(tuple(item for item in monomial if item != own[0]), called)
            operand = _renamed(atom[2], called) if atom[0] == "image" else None
            yield Term(_parameter(atom, cell), coefficient, factor, operand)


def _parameter(atom: Any, cell: Cell) -> str | None:
    """The parameter that an atom is, or applies."""
    match atom:
        case ("name", name) if name in cell.parameters:
            return str(name)
        case ("image", ("matrix", name, False), _) if name in cell.parameters:
            return str(name)
    return None


def _hides(monomial: Monomial, own: Any, cell: Cell) -> bool:
    """Whether a parameter stands deeper inside a term as well, so that no single one is its coefficient."""
    atom, _ = own
    rest = [item for item in monomial if item != own]
    return _mentions((rest, atom[2:] if atom[0] == "image" else ()), cell)


def _mentions(tree: Any, cell: Cell) -> bool:
    if isinstance(tree, tuple | list):
        return any(_mentions(part, cell) for part in tree)
    return isinstance(tree, str) and tree in cell.parameters


def _renamed(tree: Any, called: Mapping[str, str]) -> Any:
    """A monomial with values renamed, sorted again."""
    if not called:
        return tree
    new = _walk(tree, called)
    return tuple(sorted(new)) if isinstance(new, tuple) else new


def _walk(tree: Any, called: Mapping[str, str]) -> Any:
    if isinstance(tree, tuple):
        if len(tree) == 2 and tree[0] == "name":
            return ("name", called.get(tree[1], tree[1]))
        return tuple(_walk(part, called) for part in tree)
    return tree
