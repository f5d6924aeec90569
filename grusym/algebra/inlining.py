"""A cell's values as single expressions in what the cell is given, some names replaced on the way."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from grusym.language.build import hadamard, negative, number, power, product, total, transpose
from grusym.language.cell import Cell
from grusym.language.expression import (
    ONE,
    ZERO,
    Activation,
    Diagonal,
    Expression,
    Hadamard,
    Identity,
    Name,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Transpose,
    children,
    rebuilt,
)


def inlined(cell: Cell, value: str, where: Mapping[str, Expression] | None = None) -> Expression:
    """A value of a cell written in its inputs, states and parameters alone.

    `where` puts expressions in place of names, all at once: of a parameter (`U_z` by 0), of an input, of
    a state, or of a value, whose own equation then does not count.
    """
    return replaced(Name(value), values_inlined(cell, where))


def values_inlined(cell: Cell, where: Mapping[str, Expression] | None = None) -> dict[str, Expression]:
    """What every value of a cell, and every name of `where`, is to be replaced by."""
    known = dict(where or {})
    for equation in cell.equations:
        if equation.left not in known:
            known[equation.left] = replaced(equation.right, known)
    return known


def replaced(e: Expression, by: Mapping[str, Expression]) -> Expression:
    """The same tree with expressions in place of names; zeros and ones vanish on the way."""
    match e:
        case Name(name=name):
            return by.get(name, e)
        case Sum(terms=terms):
            return _sum([replaced(t, by) for t in terms])
        case Negative(operand=u):
            return negative(replaced(u, by))
        case Hadamard(left=u, right=v):
            return hadamard(replaced(u, by), replaced(v, by))
        case Product(left=u, right=v):
            return _product(replaced(u, by), replaced(v, by))
        case Power(base=u, exponent=k):
            base = replaced(u, by)
            return base if base in (ZERO, ONE) and k > 0 else power(base, k)
        case Quotient(left=u, right=v):
            over, under = replaced(u, by), replaced(v, by)
            return over if under == ONE or over == ZERO else Quotient(over, under)
        case Transpose(operand=u):
            inner = replaced(u, by)
            return ZERO if inner == ZERO else transpose(inner)
        case Diagonal(vector=u):
            return _diagonal(replaced(u, by))
        case Activation(function=f, operand=u):
            return Activation(f, replaced(u, by))
    return rebuilt(e, tuple(replaced(child, by) for child in children(e)))


def _product(left: Expression, right: Expression) -> Expression:
    """left right; a multiple of the identity scales."""
    match left:
        case Negative(operand=u):
            return negative(_product(u, right))
        case Hadamard(left=factor, right=Identity()):
            return hadamard(factor, right)
    return product(left, right)


def _sum(terms: list[Expression]) -> Expression:
    """The terms added; two or more constants become one, where the first of them stood."""
    constants = [t for t in terms if _constant(t) is not None]
    if len(constants) < 2:
        return total(*terms)
    value = sum((_constant(t) or Fraction(0) for t in constants), Fraction(0))
    first = terms.index(constants[0])
    kept = [
        number(value) if i == first else t for i, t in enumerate(terms) if i == first or t not in constants
    ]
    return total(*kept)


def _constant(e: Expression) -> Fraction | None:
    match e:
        case Number(value=value):
            return value
        case Negative(operand=Number(value=value)):
            return -value
    return None


def _diagonal(vector: Expression) -> Expression:
    """diag(vector); of a constant, that multiple of the identity."""
    if _constant(vector) is None:
        return Diagonal(vector)
    return hadamard(vector, Identity())
