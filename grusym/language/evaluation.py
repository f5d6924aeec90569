"""The value of an expression on arrays, and of a cell on its inputs, states and weights.

Batch axes come first: a vector has shape (..., n), a matrix (rows, columns) or (..., rows, columns).
The arithmetic is a parameter, so that one walk gives floats, complex steps and exact values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from grusym.errors import DataError
from grusym.language.activations import ACTIVATIONS
from grusym.language.arrays import RANKS, check_arrays, concrete, found_sizes
from grusym.language.cell import Cell, Equation, Shape
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
from grusym.language.extrema import EXTREMA
from grusym.language.values import Misfit, Value, added, dense, elementwise, multiplied, powered, transposed

Array = Any


@dataclass(frozen=True)
class Arithmetic:
    """What an exact constant becomes, and what an activation does to an array of such numbers.

    `choose` is max or min of two arrays; of numbers that cannot be compared, u + relu(v - u) or so.
    """

    number: Callable[[Fraction], Any]
    apply: Callable[[str, Array], Array]
    choose: Callable[[str, Array, Array], Array] | None = None

    def extremum(self, function: str, u: Array, v: Array) -> Array:
        """The larger or smaller of two arrays, entry by entry."""
        if self.choose is not None:
            return self.choose(function, u, v)
        if function == "max":
            return np.add(v, self.apply("relu", np.add(u, np.negative(v))))
        return np.add(v, np.negative(self.apply("relu", np.add(v, np.negative(u)))))


FLOATS = Arithmetic(
    float,
    lambda function, u: ACTIVATIONS[function].value(u),
    lambda function, u, v: EXTREMA[function].value(u, v),
)


def evaluate(
    e: Expression,
    arrays: Mapping[str, Array],
    shapes: Mapping[str, Shape] | None = None,
    result: tuple[int, ...] | None = None,
    arithmetic: Arithmetic = FLOATS,
) -> Array:
    """The value of an expression on arrays, real or complex.

    `shapes` says which names are scalars, vectors and matrices, as `Cell.shapes` does; axes before
    those are batch. A name it lacks is a vector, or a scalar if it has no axes. Without `shapes` no
    array has batch axes. `result` is the shape wanted, without batch axes: it sizes a lone constant
    or identity.

    Raises DataError where names are missing, sizes do not fit, or an identity has no size.
    """
    return sized(e, Walk(arrays, shapes, arithmetic).of(e), result)


def evaluate_equations(
    equations: Iterable[Equation],
    arrays: Mapping[str, Array],
    shapes: Mapping[str, Shape] | None = None,
    arithmetic: Arithmetic = FLOATS,
) -> dict[str, Array]:
    """The values of equations taken top to bottom, each of which may use those above it."""
    walk, values = Walk(arrays, shapes, arithmetic), {}
    for equation in equations:
        walk.known[equation.left] = walk.of(equation.right)
        values[equation.left] = sized(equation.right, walk.known[equation.left], None)
    return values


def evaluate_cell(
    cell: Cell,
    arrays: Mapping[str, Array],
    fixed: Mapping[str, Array] | None = None,
    arithmetic: Arithmetic = FLOATS,
    sizes: Mapping[str, int] | None = None,
) -> dict[str, Array]:
    """All values of a cell by name, from arrays for its states, inputs, parameters, constants.

    `fixed` gives values that are taken as they are, in place of their equations; `sizes` are those of
    arrays that are known to be right.
    Raises DataError as `check_arrays` does, and where an array is given for what an equation computes.
    """
    computed = [name for name in cell.values if name in arrays]
    if computed:
        raise DataError(
            f"an array was given for {computed[0]}, which cell {cell.name!r} computes itself; leave it out"
        )
    if sizes is None:
        sizes = check_arrays(cell, arrays) if arithmetic is FLOATS else found_sizes(cell, arrays)
    walk, fixed, values = Walk(arrays, cell.shapes, arithmetic), fixed or {}, {}
    for equation in cell.equations:
        shape = cell.shapes[equation.left]
        size = tuple(d for d in (concrete(d, sizes) for d in shape) if d is not None)
        if equation.left in fixed:
            array = fixed[equation.left]
        else:
            array = sized(equation.right, walk.of(equation.right), size if len(size) == len(shape) else None)
        walk.known[equation.left] = Value(array, len(shape))
        values[equation.left] = array
    return values


class Walk:
    """One walk over expressions, with the names it knows."""

    def __init__(
        self,
        arrays: Mapping[str, Array],
        shapes: Mapping[str, Shape] | None,
        arithmetic: Arithmetic = FLOATS,
    ) -> None:
        self.arrays, self.shapes, self.arithmetic = arrays, shapes, arithmetic
        self.known: dict[str, Value] = {}

    def of(self, e: Expression) -> Value:
        """The value of a node."""
        match e:
            case Number(value=constant):
                return Value(self.arithmetic.number(constant), 0)
            case Name(name=name):
                return self._named(name)
            case Negative(operand=u):
                value = self.of(u)
                return replace(value, array=np.negative(value.array))
            case Sum(terms=terms):
                return self._joined(e, terms, added)
            case Hadamard(left=u, right=v):
                return self._joined(e, (u, v), lambda a, b: elementwise(np.multiply, a, b))
            case Quotient(left=u, right=v):
                return self._joined(e, (u, v), lambda a, b: elementwise(np.true_divide, a, b))
            case Product(left=u, right=v):
                return self._joined(e, (u, v), multiplied)
            case Power(base=u, exponent=k):
                value = self._entries(u)
                return replace(value, array=powered(value.array, k))
            case Activation(function=f, operand=u):
                value = self._entries(u)
                return replace(value, array=self.arithmetic.apply(f, value.array))
            case Extremum(left=u, right=v):
                return self._joined(e, (u, v), self._chosen(e.function), self._entries)
            case Transpose(operand=u):
                return transposed(self.of(u))
        return self._structured(e)

    def _structured(self, e: Expression) -> Value:
        match e:
            case Identity():
                return Value(self.arithmetic.number(Fraction(1)), 0, diagonal=True)
            case Diagonal(vector=u):
                return replace(self._entries(u), diagonal=True)
            case Concatenation(parts=parts):
                return self._stacked(e, parts)
            case Columns(matrix=u, stacked=stacked, index=i):
                whole = self._place(stacked, len(stacked.parts)).start  # sizes an identity: I[:, h]
                return Value(dense(self.of(u), whole)[..., self._place(stacked, i)], 2)
            case Section(vector=u, stacked=stacked, index=i):
                value = self.of(u)
                return value if value.rank == 0 else Value(value.array[..., self._place(stacked, i)], 1)
        kind = type(e).__name__
        raise DataError(f"{e} was asked for its value, but {kind} has none; evaluate what it stands for")

    def _named(self, name: str) -> Value:
        if name in self.known:
            return self.known[name]
        if name not in self.arrays:
            known = ", ".join((*self.arrays, *self.known)) or "none"
            raise DataError(f"an array for {name} is needed, but the names given are {known}; add {name}")
        array = np.asarray(self.arrays[name])
        if array.dtype.kind in "biu":
            array = array.astype(np.float64)
        rank = min(array.ndim, 2 if self.shapes is None else 1)
        if self.shapes is not None and name in self.shapes:
            rank = len(self.shapes[name])
        if array.ndim < rank:
            raise DataError(
                f"{name} is {RANKS[rank]}, but the array given has shape {array.shape}; give it {rank} axes"
            )
        return Value(array, rank)

    def _entries(self, e: Expression) -> Value:
        value = self.of(e)
        if value.diagonal or value.row or value.rank == 2:
            raise DataError(
                f"{e} is {value} where a vector was expected; elementwise functions act on vectors"
            )
        return value

    def _joined(
        self,
        e: Expression,
        parts: tuple[Expression, ...],
        combine: Callable[[Value, Value], Value],
        of: Callable[[Expression], Value] | None = None,
    ) -> Value:
        """Combine the parts' values left to right; where two do not fit, say which and their shapes."""
        of = of or self.of
        result = of(parts[0])
        for part in parts[1:]:
            value = of(part)
            try:
                result = combine(result, value)
            except (ValueError, Misfit):
                raise DataError(
                    f"{e} cannot be evaluated: {part} is {value} and meets {result}; check the arrays' sizes"
                ) from None
        return result

    def _chosen(self, function: str) -> Callable[[Value, Value], Value]:
        return lambda a, b: elementwise(partial(self.arithmetic.extremum, function), a, b)

    def _stacked(self, e: Expression, parts: tuple[Expression, ...]) -> Value:
        values = [self.of(p) for p in parts]
        for part, value in zip(parts, values, strict=True):
            if value.rank != 1 or value.diagonal or value.row:
                raise DataError(f"{e} stacks vectors, but {part} is {value}; give it a size")
        batch = np.broadcast_shapes(*(np.shape(v.array)[:-1] for v in values))
        arrays = [np.broadcast_to(v.array, (*batch, np.shape(v.array)[-1])) for v in values]
        return Value(np.concatenate(arrays, axis=-1), 1)

    def _place(self, stacked: Concatenation, index: int) -> slice:
        sizes = [np.shape(self.of(p).array)[-1] for p in stacked.parts]
        return slice(sum(sizes[:index]), sum(sizes[: index + 1]))


def sized(e: Expression, value: Value, result: tuple[int, ...] | None) -> Array:
    """The array of the value of an expression, made as large as the result wanted."""
    matrix_wanted = result is not None and len(result) == 2
    if matrix_wanted and value.rank == 0 and not value.diagonal and np.any(np.not_equal(value.array, 0)):
        raise DataError(f"{e} is a number where a matrix of shape {result} was wanted; write diag(...) or I")
    try:
        array = dense(value, result[0] if matrix_wanted and result else None)
    except Misfit:
        raise DataError(
            f"{e} is the identity or a constant row of no known size; say the result's shape"
        ) from None
    rank = 2 if value.diagonal or value.row else value.rank
    own = array.shape[array.ndim - rank :]
    if result is None or own == tuple(result):
        return array
    if rank:
        raise DataError(f"{e} has shape {own} where {tuple(result)} was wanted; check the arrays' sizes")
    return np.broadcast_to(array[(..., *[None] * len(result))], (*array.shape, *result)).copy()
