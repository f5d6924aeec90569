"""How much a cell holds and costs, as polynomials in its sizes, from its text alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grusym.language.cell import Cell
from grusym.language.expression import (
    Activation,
    Diagonal,
    Expression,
    Extremum,
    Hadamard,
    Identity,
    Number,
    Power,
    Product,
    Quotient,
    walk,
)
from grusym.language.shapes import shape_of

if TYPE_CHECKING:
    import sympy


def parameter_count(cell: Cell) -> sympy.Expr:
    """The number of trained parameters, factored: 3*n*(m + n + 1) for the GRU."""
    return _factored(sum((_entries(cell.shapes[p]) for p in cell.parameters), start=_zero()))


def weight_counts(cell: Cell) -> dict[str, sympy.Expr]:
    """The entries of each parameter."""
    return {p: _entries(cell.shapes[p]) for p in cell.parameters}


def operation_count(cell: Cell) -> sympy.Expr:
    """Multiply-adds of one step.

    Method: a matrix of a rows and b columns times a vector counts a b, every elementwise product or
    quotient one for each entry, a k-th power k - 1; an addition goes with the multiplication before
    it, and the elementwise functions are counted apart by `activation_count`. What stands in several
    places, such as W x + U h in both lines of a FastGRNN, is computed once.
    """
    return _factored(sum((_cost(node, cell) for node in _computed(cell)), start=_zero()))


def product_count(cell: Cell) -> sympy.Expr:
    """The multiply-adds of one step that products with whole matrices cost: a b for a rows and b columns."""
    products = [n for n in _computed(cell) if isinstance(n, Product)]
    whole = [n for n in products if not isinstance(n.left, Diagonal)]
    return _factored(sum((_product_cost(node, cell) for node in whole), start=_zero()))


def activation_count(cell: Cell) -> sympy.Expr:
    """Evaluations of elementwise functions (σ, tanh, max, ...) in one step, entry by entry."""
    found = [n for n in _computed(cell) if isinstance(n, Activation | Extremum)]
    return _factored(sum((_entries(shape_of(n, cell.shapes)) for n in found), start=_zero()))


def state_size(cell: Cell) -> sympy.Expr:
    """Numbers carried from one step to the next."""
    return _factored(sum((_entries(cell.shapes[s]) for s in cell.states), start=_zero()))


def _computed(cell: Cell) -> tuple[Expression, ...]:
    """Every part of the equations, each once however often it is written."""
    return tuple(dict.fromkeys(node for e in cell.equations for node in walk(e.right)))


def _cost(node: Expression, cell: Cell) -> Any:
    if isinstance(node, Product):
        return _product_cost(node, cell)
    if isinstance(node, Hadamard | Quotient):
        if isinstance(node.left, Number) and node.left.value == 1:
            return 0
        if isinstance(node.right, Identity):
            return 0  # γ I is γ, written along a diagonal
        shape = shape_of(node, cell.shapes)
        return _entries(shape[:1])  # a scalar before a matrix scales the product's entries
    if isinstance(node, Power):
        return (node.exponent - 1) * _entries(shape_of(node, cell.shapes)) if node.exponent > 1 else 0
    return 0


def _product_cost(node: Product, cell: Cell) -> Any:
    if isinstance(node.left, Identity):
        return 0
    left, right = shape_of(node.left, cell.shapes), shape_of(node.right, cell.shapes)
    return _entries((left[0] if isinstance(node.left, Diagonal) else _entries(left), *right[1:]))


def _entries(shape: tuple[Any, ...]) -> Any:
    import sympy

    return sympy.prod(shape)


def _zero() -> Any:
    import sympy

    return sympy.Integer(0)


def _factored(e: Any) -> sympy.Expr:
    import sympy

    return sympy.factor(e)
