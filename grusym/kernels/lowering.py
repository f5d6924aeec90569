"""Expressions brought down to what NumPy does: elementwise functions, weight matrices times vectors.

Operators that change with time are never formed on the way: diag(c) scales, sums of matrices apply one by
one, and a product with a concatenation is split into its parts, so that each part can be computed as
early as it is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from grusym.errors import GrusymError
from grusym.language.build import hadamard, negative, product, total
from grusym.language.expression import (
    Activation,
    Columns,
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
    Section,
    Sum,
    Transpose,
    children,
)

FIXED = 0  # the level of what is made of weights only; above it stands what changes with time


class Lowering:
    """Ranks, levels and lowered forms of expressions in names of known shape and level.

    The level of a name says how late it is known: 0 with the weights, 1 with the stored states and inputs
    of all steps, 2 only inside a loop over time.
    """

    def __init__(self, shapes: Mapping[str, tuple[Any, ...]], levels: Mapping[str, int]) -> None:
        self.shapes = shapes
        self.levels = dict(levels)

    def level(self, e: Expression) -> int:
        """How late an expression is known: as late as the latest of its names."""
        return max((self.levels[name] for name in _names(e)), default=FIXED)

    def rank(self, e: Expression) -> int:
        """0 for a scalar, 1 for a vector, 2 for a matrix (a transposed vector included)."""
        match e:
            case Number():
                return 0
            case Name(name=name):
                return len(self.shapes[name])
            case Negative(operand=u) | Activation(operand=u) | Power(base=u):
                return self.rank(u)
            case Sum(terms=parts):
                return max(map(self.rank, parts))
            case Hadamard(left=u, right=v) | Quotient(left=u, right=v) | Extremum(left=u, right=v):
                return max(self.rank(u), self.rank(v))
            case Concatenation() | Section():
                return 1
            case Columns() | Diagonal() | Identity():
                return 2
            case Transpose(operand=u):
                return 2
            case Product(left=u, right=v):
                return self._rank_of_product(u, v)
        raise unknown(e)

    def _rank_of_product(self, u: Expression, v: Expression) -> int:
        if self.rank(v) == 2:
            return 2
        return 0 if self.is_row(u) else 1

    def is_row(self, e: Expression) -> bool:
        """Whether e is a transposed vector (or 1ᵀ, which sums)."""
        return isinstance(e, Transpose) and self.rank(e.operand) < 2

    # ---- vectors --------------------------------------------------------------------------------

    def vector(self, e: Expression) -> Expression:
        """A scalar or vector in which matrices stand only as weights before a vector."""
        match e:
            case Number() | Name():
                return e
            case Negative(operand=u):
                return negative(self.vector(u))
            case Sum(terms=terms):
                return total(*map(self.vector, terms))
            case Hadamard(left=u, right=v):
                return hadamard(self.vector(u), self.vector(v))
            case Quotient(left=u, right=v):
                return Quotient(self.vector(u), self.vector(v))
            case Power(base=u, exponent=k):
                return Power(self.vector(u), k)
            case Activation(function=f, operand=u):
                return Activation(f, self.vector(u))
            case Extremum(function=f, left=u, right=v):
                return Extremum(f, self.vector(u), self.vector(v))
            case Concatenation(parts=parts):
                return Concatenation(tuple(map(self.vector, parts)))
            case Section(vector=u, stacked=stacked, index=i):
                return self._section(self.vector(u), stacked, i)
            case Product(left=u, right=v) if self.rank(v) < 2:
                return self.applied(u, self.vector(v))
        raise unknown(e)

    def _section(self, u: Expression, stacked: Concatenation, i: int) -> Expression:
        whole = self._stacked(stacked)
        if u == whole:
            return whole.parts[i]
        return u if self.rank(u) == 0 else Section(u, whole, i)

    def _stacked(self, stacked: Concatenation) -> Concatenation:
        return Concatenation(tuple(map(self.vector, stacked.parts)))

    def applied(self, matrix: Expression, v: Expression) -> Expression:
        """A matrix times a lowered vector."""
        if isinstance(v, Negative):
            return negative(self.applied(matrix, v.operand))
        match matrix:
            case Transpose(operand=u) if self.rank(u) < 2:
                return Product(Transpose(self.vector(u)), v)
            case Transpose(operand=Columns(matrix=u, stacked=stacked, index=i)) if self.loose(u):
                return self._section(self.applied(self.transposed(u), v), stacked, i)
            case Transpose(operand=u) if self.loose(u):
                return self.applied(self.transposed(u), v)
            case Identity():
                return v
            case Diagonal(vector=u):
                return hadamard(self.vector(u), v)
            case Negative(operand=u):
                return negative(self.applied(u, v))
            case Hadamard(left=u, right=w):
                scalar, rest = (u, w) if self.rank(u) == 0 else (w, u)
                return hadamard(self.vector(scalar), self.applied(rest, v))
            case Quotient(left=u, right=w):
                return Quotient(self.applied(u, v), self.vector(w))
            case Product(left=u, right=w) if self.rank(u) < 2:  # the outer product u wᵀ
                return hadamard(self.vector(u), self.applied(w, v))
            case Product(left=u, right=w):
                return self.applied(u, self.applied(w, v))
            case Sum(terms=terms) if self.loose(matrix):
                return total(*(self.applied(t, v) for t in terms))
            case Columns(matrix=u, stacked=stacked, index=i) if self.loose(u) and not isinstance(u, Identity):
                return self.applied(u, self._atom(Columns(Identity(), stacked, i), v))
        return self._atom(matrix, v)

    def _atom(self, matrix: Expression, v: Expression) -> Expression:
        """A matrix of weights times a vector; a concatenation is split into its parts."""
        if isinstance(v, Concatenation):
            return total(*(product(self.fixed(Columns(matrix, v, i)), p) for i, p in enumerate(v.parts)))
        return product(self.fixed(matrix), v)

    # ---- matrices -------------------------------------------------------------------------------

    def loose(self, matrix: Expression) -> bool:
        """Whether a matrix is applied by its structure: it changes with time, or has no weights."""
        return self.level(matrix) > FIXED or not any(len(self.shapes[n]) == 2 for n in _names(matrix))

    def fixed(self, matrix: Expression) -> Expression:
        """A matrix of weights with the vectors inside it lowered."""
        match matrix:
            case Name() | Identity():
                return matrix
            case Columns(matrix=u, stacked=stacked, index=i):
                return Columns(self.fixed(u), self._stacked(stacked), i)
            case Transpose(operand=Transpose(operand=u)):
                return self.fixed(u)
            case Transpose(operand=u):
                return Transpose(self.fixed(u) if self.rank(u) == 2 else self.vector(u))
            case Negative(operand=u):
                return Negative(self.fixed(u))
            case Sum(terms=terms):
                return Sum(tuple(map(self.fixed, terms)))
            case Diagonal(vector=u):
                return Diagonal(self.vector(u))
            case Product(left=u, right=v) | Hadamard(left=u, right=v) | Quotient(left=u, right=v):
                sides = (self.fixed(s) if self.rank(s) == 2 else self.vector(s) for s in (u, v))
                return type(matrix)(*sides)
        raise unknown(matrix)

    def transposed(self, matrix: Expression) -> Expression:
        """The transpose of a structured matrix, moved inward to its weights."""
        match matrix:
            case Identity() | Diagonal():
                return matrix
            case Transpose(operand=u):
                return u
            case Negative(operand=u):
                return negative(self.transposed(u))
            case Sum(terms=terms):
                return total(*map(self.transposed, terms))
            case Hadamard(left=u, right=v):
                sides = (self.transposed(s) if self.rank(s) == 2 else s for s in (u, v))
                return Hadamard(*sides)
            case Quotient(left=u, right=v):
                return Quotient(self.transposed(u), v)
            case Product(left=u, right=v):
                left = Transpose(u) if self.rank(u) < 2 else self.transposed(u)
                return Product(self.transposed(v), left)
        return Transpose(matrix)


def _names(e: Expression) -> Iterator[str]:
    """The names an expression's value depends on: of the concatenation in W[:, h] only the sizes matter."""
    if isinstance(e, Name):
        yield e.name
    parts = children(e)[:1] if isinstance(e, Columns | Section) else children(e)
    for part in parts:
        yield from _names(part)


def factors(e: Expression) -> list[Expression]:
    """The factors of an elementwise product, left to right."""
    return [*factors(e.left), *factors(e.right)] if isinstance(e, Hadamard) else [e]


def unknown(e: Expression) -> GrusymError:
    """The error for a node that has no NumPy form."""
    return GrusymError(
        f"asked for NumPy code of an expression, found a {type(e).__name__} in it, which has none; add it to "
        "grusym/kernels/lowering.py and writer.py"
    )
