"""Numbers, columns, rows and matrices as documents multiply them; what is not defined is read, and said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from grusym.unrolled.choices import Choices, Option
from grusym.unrolled.tree import OUTER

Array = Any
OF_ONE_AXIS = "vectors have one axis, so that v * M scales the columns of M"
OF_TWO_AXES = "vectors are of shape (n, 1), so that v * M scales the rows of M"
SCALED = "the product of a vector and a Jacobian read as diag(v) M"
AS_DIAGONAL = "a vector read as its diagonal matrix"
MIXED = "a row and a column added entry by entry"
KRONECKER = "⊗ read as the Kronecker product"
AS_ROW = "a vector before a matrix read as a row"


class Misfit(Exception):
    """Two things that cannot meet as written."""


@dataclass(frozen=True)
class Thing:
    """A value: kind is scalar, col, row, matrix or eye (a multiple of the identity of any size).

    `loss`: a gradient of the loss; `derivative`: a Jacobian; `weight`: the shape of the weight that the
    columns of a derivative by a weight run over; `axis`: a vector with an axis of one, v[:, None] of code.
    """

    kind: str
    array: Array
    loss: bool = False
    derivative: bool = False
    weight: tuple[int, ...] = ()
    axis: bool = False

    @property
    def size(self) -> int:
        """The length of a vector."""
        return int(self.array.shape[0])

    @property
    def vector(self) -> bool:
        """Whether it is a column or a row."""
        return self.kind in ("col", "row")


def scalar(x: Any) -> Thing:
    """A number."""
    return Thing("scalar", np.asarray(x, dtype=float))


def _flat(a: Thing, size: int) -> Array:
    """A thing as an array of two axes."""
    if a.kind == "eye":
        return a.array * np.eye(size)
    return a.array[:, None] if a.kind == "col" else a.array[None, :] if a.kind == "row" else a.array


def _unflat(array: Array, loss: bool) -> Thing:
    if array.shape[1] == 1:
        return Thing("col", array[:, 0], loss=loss)
    return Thing("row", array[0], loss=loss) if array.shape[0] == 1 else Thing("matrix", array)


class Algebra:
    """Products, sums and transposes under a reading."""

    def __init__(self, choices: Choices, rows: bool, code: bool, batch: bool = False) -> None:
        self.choices, self.rows, self.code, self.batch = choices, rows, code, batch

    # ---- products ------------------------------------------------------------------------------

    def times(self, a: Thing, b: Thing, sign: str) -> Thing:
        """a b with the sign that the author wrote between them."""
        if sign == OUTER:
            if not (a.vector and b.vector):
                raise Misfit("an outer product is one of two vectors")
            return Thing("matrix", np.outer(a.array, b.array))
        if a.kind == "scalar" or b.kind == "scalar":
            other = b if a.kind == "scalar" else a
            return replace(other, array=a.array * b.array)
        if a.kind == "eye" or b.kind == "eye":
            other, eye = (b, a) if a.kind == "eye" else (a, b)
            return replace(other, array=eye.array * other.array)
        elementwise = sign == "⊙" or (sign == "*" and self.code)
        if elementwise and (a.axis or b.axis) and "matrix" in (a.kind, b.kind):
            return self._broadcast(a, b)
        if sign == "*" and self.code and (a.kind == "matrix") != (b.kind == "matrix"):
            return self._in_code(a, b)
        if a.kind == "matrix" and b.kind == "matrix":
            return self._matrices(a, b, elementwise)
        if a.kind == "matrix":
            return self._matrix_vector(a, b, sign, elementwise)
        if b.kind == "matrix":
            return self._vector_matrix(a, b, sign, elementwise)
        return self._vectors(a, b, sign, elementwise)

    def crossed(self, a: Thing, b: Thing, sizes: tuple[int, ...], kronecker: bool = False) -> Thing:
        """a ⊗ b: entry by entry, the outer or the Kronecker product; an identity has one of the sizes."""
        if a.kind == "scalar" or b.kind == "scalar":
            return self.times(a, b, "⊙")
        options: list[Option] = []
        if a.vector and b.vector and not kronecker:
            if a.size == b.size:
                options.append(Option(Thing(a.kind, a.array * b.array, loss=a.loss or b.loss)))
            outer = Thing("matrix", np.outer(a.array, b.array), loss=a.loss or b.loss)
            options.append(Option(outer, "⊗ read as the outer product" if options else "", 0.2))
        said = KRONECKER if options else ""
        for k, size in enumerate(dict.fromkeys(sizes if "eye" in (a.kind, b.kind) else (0,))):
            product = np.kron(_flat(a, size), _flat(b, size))
            options.append(Option(_unflat(product, a.loss or b.loss), said, 0.4 + 0.1 * k))
        if a.kind == b.kind == "matrix" and a.array.shape == b.array.shape and not kronecker:
            options.append(Option(self.times(a, b, "⊙"), "⊗ read as a product entry by entry", 0.6))
        return self._picked("crossed", options, "⊗ between two things that have no such product")

    def _broadcast(self, a: Thing, b: Thing) -> Thing:
        """v[:, None] * M and v[None, :] * M as NumPy has them."""
        v, m = (a, b) if b.kind == "matrix" else (b, a)
        if not self._fits(m, v, 0 if v.kind == "col" else 1):
            raise Misfit("a vector and a matrix of other sizes are multiplied entry by entry")
        return replace(m, array=_flat(v, 0) * m.array)

    def _in_code(self, a: Thing, b: Thing) -> Thing:
        """v * M as NumPy has it: along the last axis, unless v is a column of shape (n, 1)."""
        v, m = (a, b) if b.kind == "matrix" else (b, a)
        down, across = self._fits(m, v, 0) and not self.rows, self._fits(m, v, 1)
        options = []
        if down:
            options.append(Option(replace(m, array=v.array[:, None] * m.array, weight=()), OF_TWO_AXES))
        if across:
            said = "" if self.rows else OF_ONE_AXIS
            options.append(Option(replace(m, array=m.array * v.array, weight=()), said, 0.1))
        return self._picked("scaling", options, "a matrix and a vector of other sizes are multiplied")

    def _matrices(self, a: Thing, b: Thing, elementwise: bool) -> Thing:
        if elementwise:
            if a.array.shape != b.array.shape:
                raise Misfit("matrices of different shapes are multiplied entry by entry")
            return Thing("matrix", a.array * b.array)
        if a.array.shape[1] != b.array.shape[0]:
            raise Misfit(f"a matrix of shape {a.array.shape} stands before one of shape {b.array.shape}")
        return Thing("matrix", a.array @ b.array, derivative=a.derivative or b.derivative, weight=b.weight)

    def _matrix_vector(self, a: Thing, v: Thing, sign: str, elementwise: bool) -> Thing:
        rows = Thing("matrix", v.array[:, None] * a.array, derivative=True) if self._fits(a, v, 0) else None
        columns = Thing("matrix", a.array * v.array, derivative=True) if self._fits(a, v, 1) else None
        scaled = [
            Option(t, said, cost)
            for t, said, cost in (
                (rows, SCALED, 0.0),
                (columns, "the product of a matrix and a vector read as M diag(v)", 1.0),
            )
            if t is not None
        ]
        applied = None
        if self._fits(a, v, 1) and (v.kind == "col" or (self.rows and self.code and not self.batch)):
            applied = Thing(v.kind, a.array @ v.array, loss=v.loss)
        options = [Option(applied)] if applied is not None and not elementwise else []
        own = v.kind == ("row" if self.rows else "col")  # vᵀ after a matrix means no scaling
        if elementwise or (own and a.derivative and not v.loss and sign != "@"):
            options += [replace(o, cost=o.cost + len(options)) for o in scaled]
        return self._picked("scaling", options, "a matrix and a vector of other sizes are multiplied")

    def _vector_matrix(self, v: Thing, a: Thing, sign: str, elementwise: bool) -> Thing:
        if not elementwise and v.kind == "row":
            if v.size != a.array.shape[0]:
                raise Misfit("a row and a matrix of other sizes are multiplied")
            return Thing("row", v.array @ a.array, loss=v.loss)
        options = []
        diagonal = sign != "@" and v.size == a.array.shape[0]
        if diagonal and (elementwise or sign == "*" or not v.loss):
            options.append(
                Option(Thing("matrix", v.array[:, None] * a.array, derivative=a.derivative), SCALED)
            )
        if not elementwise and v.size == a.array.shape[0]:
            row = Thing("col" if self.code else "row", v.array @ a.array, loss=v.loss)
            options.append(Option(row, "" if v.loss else AS_ROW, 1.0 if options else 0.0))
        if elementwise and v.kind == "row" and v.size == a.array.shape[1]:
            options.append(Option(Thing("matrix", a.array * v.array)))
        return self._picked("before a matrix", options, "a vector and a matrix of other sizes are multiplied")

    def _vectors(self, a: Thing, b: Thing, sign: str, elementwise: bool) -> Thing:
        if a.kind == b.kind:
            if a.size != b.size:
                raise Misfit("vectors of different sizes are multiplied entry by entry")
            if sign == "@":
                return scalar(a.array @ b.array)
            return Thing(a.kind, a.array * b.array, loss=a.loss or b.loss)
        if a.kind == "col":  # u vᵀ
            if elementwise and a.size == b.size and sign == "⊙":
                return Thing("col", a.array * b.array, loss=a.loss or b.loss)
            return Thing("matrix", np.outer(a.array, b.array))
        if a.size != b.size:
            raise Misfit("a row and a column of different sizes are multiplied")
        if elementwise:
            return Thing("col", a.array * b.array, loss=a.loss or b.loss)
        return scalar(a.array @ b.array)

    def _fits(self, a: Thing, v: Thing, axis: int) -> bool:
        return bool(a.array.shape[axis] == v.size)

    def _picked(self, key: str, options: list[Option], otherwise: str) -> Thing:
        if not options:
            raise Misfit(otherwise)
        found = self.choices.pick(f"{key} {len(options)}", options, sized=True).value
        assert isinstance(found, Thing)
        return found

    # ---- sums ----------------------------------------------------------------------------------

    def plus(self, a: Thing, b: Thing) -> Thing:
        """a + b; a vector or a number added to a matrix is a diagonal one."""
        order = ("scalar", "eye", "row", "col", "matrix")
        if order.index(a.kind) > order.index(b.kind):
            a, b = b, a
        if b.kind == "matrix" and a.kind != "matrix":
            diagonal = self.diagonal(a, b.array.shape[0])
            if diagonal.array.shape != b.array.shape:
                raise Misfit("a vector is added to a matrix of another size")
            return replace(b, array=diagonal.array + b.array)
        if a.kind == "eye" and b.kind != "eye":
            raise Misfit("an identity matrix is added to a vector")
        if a.kind == "scalar":
            return replace(b, array=a.array + b.array)
        if a.array.shape != b.array.shape:
            raise Misfit(f"arrays of shapes {a.array.shape} and {b.array.shape} are added")
        if {a.kind, b.kind} == {"row", "col"}:
            self.choices.pick("orientation", [Option(None, MIXED)])
        return replace(b, array=a.array + b.array, loss=a.loss or b.loss)

    def diagonal(self, v: Thing, size: int) -> Thing:
        """A vector or a number as a diagonal matrix."""
        if v.kind == "matrix":
            return v
        if v.kind in ("scalar", "eye"):
            return Thing("matrix", v.array * np.eye(size))
        self.choices.pick("diagonal", [Option(None, AS_DIAGONAL)])
        return Thing("matrix", np.diag(v.array))

    def turned(self, a: Thing) -> Thing:
        """aᵀ."""
        kind = {"col": "row", "row": "col"}.get(a.kind, a.kind)
        return replace(a, kind=kind, array=a.array.T, weight=())
