"""The rank of an expression, and the vector whose transpose a row is."""

from __future__ import annotations

from grusym.algebra.atoms import Shapes
from grusym.errors import GrusymError
from grusym.language.build import transpose
from grusym.language.expression import (
    Activation,
    Columns,
    Diagonal,
    Expression,
    Extremum,
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
)

ROW = -1  # the rank of a transposed vector


def rank(e: Expression, shapes: Shapes) -> int:
    """0 for a scalar, 1 for a vector, 2 for a matrix, ROW for a transposed vector."""
    match e:
        case Number():
            return 0
        case Name(name=name):
            return len(shapes.get(name, (None,)))
        case Diagonal() | Identity() | Columns():
            return 2
        case Transpose(operand=u):
            return {2: 2, ROW: 1}.get(rank(u, shapes), ROW)
        case Product(left=u, right=v):
            left, right = rank(u, shapes), rank(v, shapes)
            if left == ROW:
                return ROW if right == 2 else 0
            return 2 if right in (2, ROW) else right
        case Sum(terms=parts):
            return max((rank(p, shapes) for p in parts), key=abs)
        case Hadamard(left=u, right=v) | Quotient(left=u, right=v) | Extremum(left=u, right=v):
            return max(rank(u, shapes), rank(v, shapes), key=abs)
        case Negative(operand=u) | Power(base=u) | Activation(operand=u):
            return rank(u, shapes)
    return 1


def column(e: Expression) -> Expression:
    """The vector whose transpose a row is."""
    match e:
        case Transpose(operand=u):
            return u
        case Product(left=u, right=a):
            return Product(transpose(a), column(u))
        case Negative(operand=u):
            return Negative(column(u))
        case Sum(terms=terms):
            return Sum(tuple(map(column, terms)))
        case Hadamard(left=u, right=v):
            return Hadamard(column(u), v) if isinstance(u, Transpose | Product) else Hadamard(u, column(v))
    raise GrusymError(f"{e} is a {type(e).__name__}, which is no row that can be compared")
