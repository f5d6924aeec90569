"""The differential of every node, one named theorem each, and the dispatcher that applies them.

A rule states its theorem in terms of the changes d(child) of the node's children; the dispatcher
goes on into the children. What a reader is shown of it is told by `grusym.calculus.lines`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from grusym.algebra.differential import Change, Differential, Passage, identity, slot, substitution, summed
from grusym.errors import GrusymError
from grusym.language.activations import ACTIVATIONS
from grusym.language.build import hadamard, negative, number, power, product, total
from grusym.language.expression import (
    ONE,
    Activation,
    Concatenation,
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
from grusym.language.extrema import excess

N = TypeVar("N", bound=Expression)
RULES: dict[type[Expression], tuple[str, Callable[..., Differential]]] = {}


def rule(node: type[N], name: str) -> Callable[[Callable[..., Differential]], Callable[..., Differential]]:
    """Enter a theorem under its node type and the name a reader knows it by."""

    def enter(theorem: Callable[..., Differential]) -> Callable[..., Differential]:
        RULES[node] = (name, theorem)
        return theorem

    return enter


d = identity  # the change of a child, yet to be worked out


@rule(Number, "a constant does not change")
def constant(e: Number, y: Expression) -> Differential:
    """d(k) = 0."""
    return Differential()


@rule(Negative, "sign rule")
def sign(e: Negative, y: Expression) -> Differential:
    """d(-u) = -du."""
    return d(e.operand).scaled(negative(ONE))


@rule(Sum, "sum rule")
def addition(e: Sum, y: Expression) -> Differential:
    """d(u + v + ...) = du + dv + ..."""
    return summed(d(term) for term in e.terms)


@rule(Hadamard, "product rule")
def elementwise_product(e: Hadamard, y: Expression) -> Differential:
    """d(u ⊙ v) = diag(v) du + diag(u) dv."""
    return d(e.left).scaled(e.right) + d(e.right).scaled(e.left)


@rule(Quotient, "quotient rule")
def quotient(e: Quotient, y: Expression) -> Differential:
    """d(u / v) = diag(1 / v) du - diag(u / v²) dv."""
    of_left = d(e.left).scaled(Quotient(ONE, e.right))
    return of_left + d(e.right).scaled(negative(Quotient(e.left, power(e.right, 2))))


@rule(Power, "power rule")
def whole_power(e: Power, y: Expression) -> Differential:
    """d(uᵏ) = diag(k uᵏ⁻¹) du."""
    if e.exponent == 0:
        return Differential()
    return d(e.base).scaled(hadamard(number(e.exponent), power(e.base, e.exponent - 1)))


@rule(Activation, "chain rule")
def activation(e: Activation, y: Expression) -> Differential:
    """d f(u) = diag(f'(u)) du, the slope written in the output y = f(u) where it can be."""
    return d(e.operand).scaled(ACTIVATIONS[e.function].slope(e.operand, y))


@rule(Extremum, "the larger of two")
def extremum(e: Extremum, y: Expression) -> Differential:
    """d max(u, v) = diag(s) du + diag(1 - s) dv with s = step(u - v); of min(u, v), s = step(v - u).

    At a tie s is 0, and v has it all. The output y stays out of it: y - v is 0 where v is chosen, but
    only if no rounding differs between the two.
    """
    left = Activation("step", excess(e))
    return d(e.left).scaled(left) + d(e.right).scaled(total(ONE, negative(left)))


@rule(Concatenation, "blocks")
def concatenation(e: Concatenation, y: Expression) -> Differential:
    """d[u, v] = I[:, u] du + I[:, v] dv."""
    return summed(d(part).through(slot(i, e)) for i, part in enumerate(e.parts))


@rule(Product, "matrix product")
def matrix_product(e: Product, y: Expression) -> Differential:
    """d(A u) = A du + (dA) u."""
    return d(e.right).through(e.left) + _matrix_change(e.left, e.right)


def _matrix_change(matrix: Expression, operand: Expression) -> Differential:
    """(dM) u for a matrix expression M: linear in each matrix it is made of."""
    match matrix:
        case Name(name=name):
            return Differential(changes=(Change(ONE, name, operand),))
        case Transpose(operand=Name(name=name)):
            return Differential(changes=(Change(ONE, name, operand, transposed=True),))
        case Transpose(operand=Product(left=a, right=b)):
            return _matrix_change(Product(Transpose(b), Transpose(a)), operand)
        case Transpose(operand=Sum(terms=terms)):
            return _matrix_change(Sum(tuple(Transpose(t) for t in terms)), operand)
        case Transpose(operand=Negative(operand=a)):
            return _matrix_change(Negative(Transpose(a)), operand)
        case Transpose(operand=Transpose(operand=a)):
            return _matrix_change(a, operand)
        case Transpose(operand=Hadamard(left=a, right=b)):
            return _matrix_change(Hadamard(a, Transpose(b)), operand)
        case Identity() | Transpose(operand=Identity()):
            return Differential()
        case Diagonal(vector=v) | Transpose(operand=Diagonal(vector=v)):  # diag(v) u = v ⊙ u
            return d(v).scaled(operand)
        case Quotient(left=a, right=b):  # a matrix over a scalar
            over = Quotient(ONE, b)
            return _matrix_change(a, operand).scaled(over) + _over_scalar(b, product(a, operand))
        case Transpose(operand=Quotient(left=a, right=b)):
            return _matrix_change(Quotient(Transpose(a), b), operand)
        case Negative(operand=a):
            return _matrix_change(a, operand).scaled(negative(ONE))
        case Sum(terms=terms):
            result = Differential()
            for term in terms:
                result = result + _matrix_change(term, operand)
            return result
        case Product(left=a, right=b):
            inner = _matrix_change(b, operand)
            through = Differential() if inner.is_zero else Differential(passages=(Passage(ONE, a, inner),))
            return _matrix_change(a, product(b, operand)) + through
        case Hadamard(left=a, right=b):  # a scalar times a matrix
            return _matrix_change(b, operand).scaled(a) + d(a).scaled(product(b, operand))
    raise GrusymError(
        f"asked for the change of the matrix {matrix}, a {type(matrix).__name__}; matrices may be "
        "names, transposes, sums, "
        "products and scalar multiples of such"
    )


def _over_scalar(b: Expression, numerator: Expression) -> Differential:
    return d(b).scaled(negative(Quotient(numerator, power(b, 2))))


def differential(e: Expression, active: frozenset[str], y: Expression) -> Differential:
    """The differential of e in the `active` names.

    `y` is the value e is equal to: the slope of an outermost activation is written in it.
    """
    if isinstance(e, Name):
        return d(e) if e.name in active else Differential()
    local = one_step(e, active, y)
    parts = {v: differential(v, active, v) for v in local.variables()}
    return local.chained(substitution(parts))


def one_step(e: Expression, active: frozenset[str], y: Expression) -> Differential:
    """The theorem of a node: its differential in the changes of its children, constants held."""
    if type(e) not in RULES:
        raise GrusymError(
            f"there is no rule for the differential of a {type(e).__name__}: {e}; add one to "
            "calculus/rules.py"
        )
    return _without(RULES[type(e)][1](e, y), active)


def _without(local: Differential, active: frozenset[str]) -> Differential:
    """The differential without the changes of matrices that are held constant."""
    passages = tuple(
        Passage(p.coefficient, p.matrix, inner)
        for p in local.passages
        if not (inner := _without(p.inner, active)).is_zero
    )
    return Differential(local.diagonals, passages, tuple(c for c in local.changes if c.matrix in active))
