"""Products of a derivation closed: where vectors meet matrices, as authors write them, a reading is said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

from grusym.language.build import transpose
from grusym.language.closing import Closing
from grusym.language.expression import (
    ONE,
    ZERO,
    Diagonal,
    Expression,
    Hadamard,
    Identity,
    Name,
    Negative,
    Product,
    Sum,
)
from grusym.language.kinds import MATRIX, SCALAR, VECTOR, Kind
from grusym.language.surface import Chain, Starred

AS_DIAGONAL = "a vector read as its diagonal matrix"
SCALES_ROWS = "the product of a vector and a matrix read as diag(v) M"
AS_ROW = "gradients of the loss read as rows"


class ClaimClosing(Closing):
    """Closing that reads v M as diag(v) M, and as a row times M if v is a gradient of the loss.

    Where a matrix is wanted, v alone is diag(v). `said` lists the readings that were needed.
    """

    def __init__(
        self, bound: Iterable[str], declared: dict[str, str], gradients: Mapping[str, object]
    ) -> None:
        super().__init__(bound, declared, rows=True)
        self.gradients = gradients
        self.said: list[str] = []

    def matrix(self, e: Expression) -> Expression:
        """The expression closed where a matrix is wanted."""
        match e:
            case Sum(terms=terms):
                return Sum(tuple(self.matrix(t) for t in terms), span=e.span)
            case Negative(operand=u):
                return Negative(self.matrix(u), span=e.span)
        kind = self.kind(e)
        if kind == MATRIX or e == ZERO:
            return self.close(e)
        if kind == SCALAR:
            self.said.append("a number read as that multiple of the identity")
            closed = self.close(e)
            whole = Identity(span=e.span)
            return whole if closed == ONE else Hadamard(closed, whole, span=e.span)
        if isinstance(e, Chain | Starred | Hadamard) and any(self.kind(f) == MATRIX for f in _factors(e)):
            return self._spread(e)
        self.said.append(AS_DIAGONAL)
        return Diagonal(self.close(e), span=e.span)

    def close(self, e: Expression) -> Expression:
        """The expression closed; a vector times a matrix scales its rows."""
        match e:
            case Hadamard(left=u, right=v) | Starred(left=u, right=v):
                kinds = (self.kind(u), self.kind(v))
                if kinds == (VECTOR, MATRIX):
                    return self._scaled(u, v, e)
                if kinds == (MATRIX, VECTOR) and (isinstance(e, Hadamard) or _derivative(u)):
                    return self._scaled(v, u, e)
            case Sum(terms=terms) if self.kind(e) == MATRIX and any(self.kind(t) == VECTOR for t in terms):
                return self.matrix(e)
        return super().close(e)

    def _scaled(self, vector: Expression, matrix: Expression, e: Expression) -> Expression:
        self.said.append(SCALES_ROWS)
        return Product(Diagonal(self.close(vector), span=vector.span), self.close(matrix), span=e.span)

    def _chain(self, factors: tuple[Expression, ...], signs: tuple[str, ...], wanted: Kind) -> Kind:
        if self._row(factors):
            return VECTOR
        return super()._chain(factors, signs, wanted)

    def _row(self, factors: tuple[Expression, ...]) -> bool:
        """Whether a gradient of the loss stands before matrices, as a row does."""
        first = factors[0]
        loss = isinstance(first, Name) and (first.name in self.gradients or first.name.startswith("∂L/∂"))
        return loss and self.kind(first) == VECTOR and all(self.kind(f) == MATRIX for f in factors[1:])

    def _joined(self, e: Expression, factors: tuple[Expression, ...], signs: tuple[str, ...]) -> Expression:
        if self._row(factors):
            self.said.append(AS_ROW)
            closed: Expression = self.close(factors[0])
            for f in factors[1:]:
                closed = Product(transpose(self.close(f)), closed, span=factors[0].span)
            return closed
        kinds: list[Kind] = [self.kind(f) for f in factors]
        for i, (k, following) in enumerate(pairwise(kinds)):
            if k == VECTOR and following == MATRIX:
                head = super()._joined(e, factors[: i + 1], signs[:i]) if i else self.close(factors[0])
                self.said.append(SCALES_ROWS)
                rest = (
                    super()._joined(e, factors[i + 1 :], signs[i + 1 :])
                    if i + 2 < len(factors)
                    else (self.close(factors[i + 1]))
                )
                return Product(Diagonal(head, span=factors[0].span), rest, span=e.span)
        return super()._joined(e, factors, signs)

    def _spread(self, e: Expression) -> Expression:
        """A product that ends in vectors where a matrix is wanted: each vector is its diagonal matrix."""
        factors = _factors(e)
        self.said.append(SCALES_ROWS if _derivative(factors[0]) else AS_DIAGONAL)
        closed = []
        for f in factors:
            kind = self.kind(f)
            inner = self.close(f)
            closed.append(inner if kind in (MATRIX, SCALAR) else Diagonal(inner, span=f.span))
        if len(closed) > 1 and isinstance(closed[-1], Diagonal) and _derivative(factors[0]):
            closed = [closed[-1], *closed[:-1]]  # ∂o/∂h ⊙ tanh(c') scales rows
        result = closed[-1]
        for f, kind_of in zip(closed[-2::-1], factors[-2::-1], strict=False):
            scalar = self.kind(kind_of) == SCALAR
            result = Hadamard(f, result, span=e.span) if scalar else Product(f, result, span=e.span)
        return result


def _factors(e: Expression) -> tuple[Expression, ...]:
    match e:
        case Chain(factors=factors):
            return factors
        case Starred(left=u, right=v) | Hadamard(left=u, right=v):
            return (*_factors(u), *_factors(v))
    return (e,)


def _derivative(e: Expression) -> bool:
    return isinstance(e, Name) and e.name.startswith("∂") and "/∂" in e.name
