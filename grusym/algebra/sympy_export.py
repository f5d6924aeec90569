"""Export to SymPy's matrix expressions, for those who want to go on there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from grusym.language.activations import ACTIVATIONS
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
)
from grusym.language.extrema import excess
from grusym.language.shapes import shape_of

if TYPE_CHECKING:
    import sympy

Shapes = Mapping[str, tuple[Any, ...]]


def to_sympy(e: Expression, shapes: Shapes, shape: tuple[Any, ...]) -> sympy.Expr:
    """The expression as a SymPy MatrixExpr of the given shape; vectors are columns.

    Elementwise functions become `applyfunc`, products `hadamard_product`, a constant added to a
    vector that multiple of the ones matrix.
    """
    return _Export(shapes).matrix(e, shape)


class _Export:
    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes

    def shape(self, e: Expression) -> tuple[Any, ...]:
        return shape_of(e, self.shapes)

    def matrix(self, e: Expression, shape: tuple[Any, ...]) -> Any:
        """A node of rank 1 or 2, of a known shape."""
        import sympy as sp

        full = shape if len(shape) == 2 else (*shape, 1)
        if not isinstance(e, Identity | Diagonal | Concatenation) and self._is_scalar(e):
            return self.scalar(e) * (sp.Identity(full[0]) if len(shape) == 2 else sp.OneMatrix(*full))
        match e:
            case Name(name=name):
                own = self.shapes[name]
                return sp.MatrixSymbol(name, *(own if len(own) == 2 else (*own, 1)))
            case Negative(operand=u):
                return -self.matrix(u, shape)
            case Sum(terms=terms):
                return sp.MatAdd(*(self.matrix(t, shape) for t in terms))
            case Hadamard(left=u, right=v):
                for scalar, other in ((u, v), (v, u)):
                    if self._is_scalar(scalar):
                        return self.scalar(scalar) * self.matrix(other, shape)
                return sp.hadamard_product(self.matrix(u, shape), self.matrix(v, shape))
            case Power(base=u, exponent=k):
                return sp.HadamardPower(self.matrix(u, shape), k)
            case Quotient(left=u, right=v):
                return sp.hadamard_product(self.matrix(u, shape), sp.HadamardPower(self.matrix(v, shape), -1))
            case Activation(function=f, operand=u):
                t = sp.Dummy("t")
                return self.matrix(u, shape).applyfunc(sp.Lambda(t, ACTIVATIONS[f].sympy(t)))
            case Extremum(right=v):  # v ± max(±(u - v), 0): a matrix has no maximum of two arguments
                t, sign = sp.Dummy("t"), 1 if e.function == "max" else -1
                more = self.matrix(excess(e), shape).applyfunc(sp.Lambda(t, sp.Max(t, 0)))
                return self.matrix(v, shape) + sign * more
            case Diagonal(vector=u):
                return sp.DiagMatrix(self.matrix(u, (shape[0],)))
            case Identity():
                return sp.Identity(shape[0])
            case Transpose(operand=u):
                inner = (shape[1], shape[0]) if len(self.shape(u)) != 1 else (shape[1],)
                return self.matrix(u, inner).T
            case Product(left=u, right=v):
                return self._product(u, v, shape)
            case Concatenation(parts=parts):
                return sp.BlockMatrix([[self.matrix(p, self.shape(p))] for p in parts])
            case Columns(matrix=u, stacked=stacked, index=i):
                whole, start = self._offsets(stacked, i)
                width = self.shape(stacked.parts[i])[0]
                return sp.MatrixSlice(
                    self.matrix(u, (shape[0], whole)), (0, shape[0]), (start, start + width)
                )
            case Section(vector=u, stacked=stacked, index=i):
                whole, start = self._offsets(stacked, i)
                width = self.shape(stacked.parts[i])[0]
                return sp.MatrixSlice(self.matrix(u, (whole,)), (start, start + width), (0, 1))
        raise TypeError(f"no SymPy form for {type(e).__name__}")

    def _product(self, u: Expression, v: Expression, shape: tuple[Any, ...]) -> Any:
        """A product: the inner size comes from whichever side has one of its own."""
        left, right = self._own(u), self._own(v)
        inner = left[1] if left else right[0] if right else shape[0]
        if left is not None and len(left) == 1:  # an outer product
            return self.matrix(u, left) * self.matrix(v, (1, shape[1]))
        return self.matrix(u, (shape[0], inner)) * self.matrix(v, (inner, *shape[1:]))

    def _own(self, e: Expression) -> tuple[Any, ...] | None:
        return None if isinstance(e, Identity) else self.shape(e)

    def _offsets(self, stacked: Concatenation, i: int) -> tuple[Any, Any]:
        sizes = [self.shape(p)[0] for p in stacked.parts]
        return sum(sizes), sum(sizes[:i])

    def _is_scalar(self, e: Expression) -> bool:
        return self.shape(e) == ()

    def scalar(self, e: Expression) -> Any:
        """A node of rank 0."""
        import sympy as sp

        match e:
            case Number(value=value):
                return sp.Rational(value.numerator, value.denominator)
            case Name(name=name):
                return sp.Symbol(name, real=True)
            case Negative(operand=u):
                return -self.scalar(u)
            case Sum(terms=terms):
                return sp.Add(*map(self.scalar, terms))
            case Hadamard(left=u, right=v):
                return self.scalar(u) * self.scalar(v)
            case Quotient(left=u, right=v):
                return self.scalar(u) / self.scalar(v)
            case Power(base=u, exponent=k):
                return self.scalar(u) ** k
            case Activation(function=f, operand=u):
                return ACTIVATIONS[f].sympy(self.scalar(u))
            case Extremum(left=u, right=v):
                return (sp.Max if e.function == "max" else sp.Min)(self.scalar(u), self.scalar(v))
            case Product(left=Transpose(operand=u), right=v):
                length = next(s for s in (self.shape(u), self.shape(v)) if s)
                return sp.Trace(self.matrix(u, length).T * self.matrix(v, length))
        raise TypeError(f"no SymPy form for the scalar {type(e).__name__}")
