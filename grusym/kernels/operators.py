"""Jacobians as sums of terms: scaled rows of a matrix, products with a matrix, outer products."""

from __future__ import annotations

from dataclasses import dataclass, replace

from grusym.kernels.lowering import FIXED, Lowering, unknown
from grusym.kernels.plan import cheapest
from grusym.language.build import hadamard, negative
from grusym.language.expression import (
    ONE,
    ZERO,
    Columns,
    Diagonal,
    Expression,
    Hadamard,
    Identity,
    Negative,
    Product,
    Quotient,
    Sum,
    Transpose,
)


@dataclass(frozen=True)
class Scaled:
    """diag(coefficient) matrix, of weights only; without a matrix: the identity."""

    coefficient: Expression
    matrix: Expression | None


@dataclass(frozen=True)
class Through:
    """diag(coefficient) matrix (Σ inner), where what is inside changes with time."""

    coefficient: Expression
    matrix: Expression
    inner: tuple[Term, ...]


@dataclass(frozen=True)
class Outer:
    """left rightᵀ."""

    coefficient: Expression
    right: Expression


Term = Scaled | Through | Outer


def terms(e: Expression, lowering: Lowering) -> tuple[Term, ...]:
    """The terms of a matrix expression, vectors and weights in it lowered."""
    match e:
        case Negative(operand=u):
            return _scaled(negative(ONE), terms(u, lowering))
        case Sum(terms=parts) if lowering.loose(e):
            return tuple(t for part in parts for t in terms(part, lowering))
        case Identity():
            return (Scaled(ONE, None),)
        case Diagonal(vector=u):
            return (Scaled(lowering.vector(u), None),)
        case Hadamard(left=u, right=v):
            scalar, matrix = (u, v) if lowering.rank(u) == 0 else (v, u)
            return _scaled(lowering.vector(scalar), terms(matrix, lowering))
        case Quotient(left=u, right=v):
            return _scaled(Quotient(ONE, lowering.vector(v)), terms(u, lowering))
        case _ if e == ZERO:
            return ()
        case Transpose(operand=u) if lowering.rank(u) < 2:
            return (Outer(ONE, lowering.vector(u)),)
        case Transpose(operand=u) if lowering.loose(u) and not isinstance(u, Columns):
            return terms(lowering.transposed(u), lowering)
        case Product(left=u, right=v) if lowering.rank(u) < 2:
            return (Outer(lowering.vector(u), _column(v, lowering)),)
        case Product(left=u, right=v):
            return tuple(t for left in terms(u, lowering) for t in _times(left, v, lowering))
    if lowering.rank(e) == 2 and lowering.level(e) == FIXED:
        return (Scaled(ONE, lowering.fixed(e)),)
    raise unknown(e)


def _scaled(c: Expression, found: tuple[Term, ...]) -> tuple[Term, ...]:
    return tuple(replace(t, coefficient=hadamard(c, t.coefficient)) for t in found)


def _times(left: Term, right: Expression, lowering: Lowering) -> tuple[Term, ...]:
    """The terms of a term times a matrix."""
    match left:
        case Outer(right=v):
            return (replace(left, right=lowering.applied(lowering.transposed(right), v)),)
        case Through(inner=inner):
            return (replace(left, inner=tuple(t for i in inner for t in _times(i, right, lowering))),)
        case Scaled(coefficient=c, matrix=None):
            return _scaled(c, terms(right, lowering))
        case Scaled(coefficient=c, matrix=matrix):
            assert matrix is not None
            if not lowering.loose(right):
                return (Scaled(c, lowering.fixed(Product(matrix, right))),)
            one_by_one = (Through(c, matrix, terms(right, lowering)),)
            if (
                isinstance(right, Product)
                and lowering.rank(right.left) == 2
                and not lowering.loose(right.left)
            ):
                # A (B J) or (A B) J: the first where A B is of low rank.
                together = Product(matrix, right.left)
                return cheapest(
                    (_times(Scaled(c, lowering.fixed(together)), right.right, lowering), one_by_one), lowering
                )
            return one_by_one


def _column(row: Expression, lowering: Lowering) -> Expression:
    """The vector v of a row vᵀ, or Aᵀ v of a row vᵀ A."""
    match row:
        case Transpose(operand=u) if lowering.rank(u) < 2:
            return lowering.vector(u)
        case Product(left=u, right=matrix):
            return lowering.applied(lowering.transposed(matrix), _column(u, lowering))
    raise unknown(row)


def coefficients(found: tuple[Term, ...]) -> list[Expression]:
    """Every scalar and vector that the terms need."""
    needed: list[Expression] = []
    for term in found:
        needed.append(term.coefficient)
        if isinstance(term, Through):
            needed += coefficients(term.inner)
        elif isinstance(term, Outer):
            needed.append(term.right)
    return needed


def mapped(found: tuple[Term, ...], new: dict[Expression, Expression]) -> tuple[Term, ...]:
    """The terms with their scalars and vectors replaced."""
    result: list[Term] = []
    for term in found:
        c = new[term.coefficient]
        if isinstance(term, Through):
            result.append(Through(c, term.matrix, mapped(term.inner, new)))
        elif isinstance(term, Outer):
            result.append(Outer(c, new[term.right]))
        else:
            result.append(Scaled(c, term.matrix))
    return tuple(result)
