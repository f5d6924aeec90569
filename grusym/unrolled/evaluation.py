"""The value of one side of a claim over steps, in one world and under one reading."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from typing import Any

import numpy as np

from grusym.errors import read_error
from grusym.language.expression import (
    Activation,
    Concatenation,
    Diagonal,
    Expression,
    Hadamard,
    Identity,
    Negative,
    Number,
    Power,
    Quotient,
    Sum,
    Transpose,
)
from grusym.language.surface import Call, Chain, Starred, Written
from grusym.unrolled.arrays import Misfit, Thing, scalar
from grusym.unrolled.choices import Option
from grusym.unrolled.gradients import Gradients
from grusym.unrolled.index import Index
from grusym.unrolled.scene import NoEntry, Outside
from grusym.unrolled.tree import (
    Crossed,
    Dots,
    Entry,
    GradientOf,
    Largest,
    Norm,
    Over,
    Partial,
    Raised,
    Repeated,
    Rest,
    Sliced,
    SlopeAt,
    Summed,
    Vectorised,
)
from grusym.unrolled.world import World

ENTRIES = 64  # more than any vector has here
FIRST = Index()  # the limit 0


class Evaluation(Gradients):
    """Walks the tree of a side."""

    def side(self, e: Expression, i: int) -> Thing:
        """The value of one side of a claim."""
        self.right = i > 0
        try:
            return self.of(e)
        except (ValueError, IndexError, np.linalg.LinAlgError):  # sizes that NumPy refuses
            raise Misfit("the sizes do not fit") from None

    def of(self, e: Expression) -> Thing:
        """The value of a node."""
        self.choices.work += 1
        match e:
            case Number(value=x):
                return scalar(float(x))
            case Identity():
                return Thing("eye", np.asarray(1.0))
            case Written():
                return self._named(e)
            case Negative(operand=u):
                inner = self.of(u)
                return replace(inner, array=-inner.array)
            case Sum(terms=terms):
                return reduce(self.algebra.plus, [self.of(t) for t in self._terms(terms)])
            case Hadamard(left=u, right=v):
                return (
                    self._product(e, "⊙") if _dotted(e) else self.algebra.times(self.of(u), self.of(v), "⊙")
                )
            case Starred(left=u, right=v):
                return self.algebra.times(self.of(u), self.of(v), "*")
            case Chain():
                return self._chain(e)
            case Call(function=f, argument=v):
                return self.algebra.times(self.of(f), self.of(v), "")
            case Quotient(left=u, right=v):
                below = self.of(v)
                return self.algebra.times(self.of(u), replace(below, array=1 / below.array), "⊙")
            case Transpose(operand=u):
                return self.algebra.turned(self.of(u))
            case Power(base=u, exponent=k):
                return self._power(u, k)
            case Activation():
                return self._activation(e)
            case Diagonal(vector=u):
                return self._diagonal(self.of(u))
            case Concatenation(parts=pieces):
                return self._stack([self.of(p) for p in pieces])
        return self._over_steps(e)

    def _over_steps(self, e: Expression) -> Thing:
        match e:
            case Entry():
                return self._entry(e)
            case Over():
                return self._over(e)
            case Repeated():
                return self._repeated(e)
            case Crossed(left=u, right=v, kronecker=kronecker):
                sizes = (self.scene.point.n, self.scene.point.m)
                return self.algebra.crossed(self.of(u), self.of(v), sizes, kronecker)
            case Vectorised(operand=u, rows=rows):
                return self._vectorised(self.of(u), rows)
            case Summed(operand=u, axis=axis):
                return self._summed(self.of(u), axis)
            case Partial():
                return self._partial(e)
            case GradientOf(target=target, mark=mark):
                return self._gradient(target, mark)
            case SlopeAt(value=value):
                return self._slope_at(value)
            case Norm(operand=u, which=which):
                return self._norm(u, which)
            case Largest(which=which, operand=u):
                return self._largest(e, which, u)
            case Raised(base=u, exponent=index):
                return self._raised(u, index)
            case Sliced():
                return self._sliced(e)
            case Dots() | Rest():
                raise read_error(e.span, "an ellipsis stands where it does not say what is left out")
        raise read_error(e.span, f"{type(e).__name__} is not read in a claim over steps")

    def _entry(self, e: Entry) -> Thing:
        before, self.entrywise = self.entrywise, True
        array = np.asarray(self.of(e.operand).array)
        self.entrywise = before
        if not set(e.letters) <= set(self.entries):
            raise Misfit("nothing says which entry is meant")
        index = tuple(self.entries[x] for x in e.letters)
        if isinstance(e.operand, Identity):
            return scalar(float(len(set(index)) == 1))
        if array.ndim != len(index):
            raise Misfit(f"{len(index)} numbers of entries at an array of {array.ndim} axes")
        if any(i >= size for i, size in zip(index, array.shape, strict=True)):
            raise NoEntry("an entry that there is not")
        return scalar(array[index])

    def _over(self, e: Over) -> Thing:
        """A sum, product or maximum over all entries."""
        before = self.entries.get(e.letter)
        found: list[Any] = []
        while True:
            self.entries[e.letter] = len(found)
            try:
                found.append(self.of(e.body).array)
            except NoEntry:
                break
            if len(found) > ENTRIES:
                raise read_error(e.span, f"no vector or matrix is numbered by {e.letter}")
        self.entries.pop(e.letter)
        if before is not None:
            self.entries[e.letter] = before
        if not found:
            raise NoEntry("an entry that there is not")
        if e.kind == "max":
            return scalar(np.max(found))
        return scalar(np.sum(found) if e.kind == "sum" else np.prod(found))

    def _diagonal(self, inner: Thing) -> Thing:
        """diag(v); of what is a diagonal matrix already, that."""
        if inner.kind != "matrix":
            return Thing("matrix", np.diag(np.atleast_1d(inner.array)))
        if np.any(inner.array - np.diag(np.diag(inner.array))):
            raise Misfit("diag is taken of a matrix, not of a vector")
        return inner

    def _vectorised(self, inner: Thing, rows: bool) -> Thing:
        """vec(A): its columns one under another; in code its rows."""
        if inner.kind != "matrix":
            return replace(inner, kind="col")
        return Thing("col", inner.array.ravel("C" if self.rows_first(rows) else "F"), loss=inner.loss)

    def _summed(self, inner: Thing, axis: int | None) -> Thing:
        """A sum over the examples of a batch, here of one; over the entries of a vector it is a number."""
        if (inner.kind == "matrix" and axis == 0) or inner.kind == "scalar":
            return inner
        if axis is None:
            return scalar(np.sum(inner.array))
        examples = (0, -2) if self.rows else (1, -1)
        if inner.kind == "matrix" or axis not in examples:
            raise Misfit(f"axis {axis} numbers the entries of a vector here, not the examples of a batch")
        return inner

    def _terms(self, terms: tuple[Expression, ...]) -> tuple[Expression, ...]:
        if any(isinstance(t, Dots) for t in terms):
            raise read_error(terms[-1].span, "the terms that the ellipsis stands for are not known")
        return terms

    # ---- products ------------------------------------------------------------------------------

    def _chain(self, e: Chain) -> Thing:
        if any(isinstance(f, Dots) for f in e.factors):
            return self._filled(list(e.factors), e.signs)
        things = [self.of(f) for f in e.factors]
        return self._multiplied(things, e.signs)

    def _multiplied(self, things: list[Thing], signs: tuple[str, ...]) -> Thing:
        result = things[-1]
        for left, sign in zip(things[-2::-1], signs[::-1], strict=True):
            result = self.algebra.times(left, result, sign)
        return result

    def _product(self, e: Hadamard, sign: str) -> Thing:
        factors = _factors(e)
        return self._filled(factors, (sign,) * (len(factors) - 1))

    def _filled(self, factors: list[Expression], signs: tuple[str, ...]) -> Thing:
        """A B … Z: what is left out is A moved on by a step each time until Z is reached."""
        at = next(i for i, f in enumerate(factors) if isinstance(f, Dots))
        if at == 0 or at == len(factors) - 1:
            raise read_error(factors[at].span, "an ellipsis must stand between factors")
        first, last = factors[0], factors[-1]
        start, goal = self._signature(first), self._signature(last)
        step = -1 if goal < start else 1
        count = abs(goal[0] - start[0]) if start and goal else 0
        if len(start) != len(goal) or any(b - a != step * count for a, b in zip(start, goal, strict=True)):
            raise read_error(
                factors[at].span, "what the ellipsis stands for is not clear from its neighbours"
            )
        for k, given in [*enumerate(factors[:at]), *((count - j, f) for j, f in enumerate(factors[:at:-1]))]:
            if self._signature(given) != tuple(time + step * k for time in start):
                raise Misfit("a factor beside the ellipsis is not the one that belongs there")
        things = []
        for k in range(count + 1):
            self.shift += step * k
            things.append(self.of(first))
            self.shift -= step * k
        sign = signs[0]
        return self._multiplied(things, (sign,) * count)

    def _repeated(self, e: Repeated) -> Thing:
        low = self._limit(e.low, self.scene.head[0] + 1 if e.kind == "prod" else 1, e.letter)
        high = self._limit(
            e.high, self.scene.head[1] if e.kind == "prod" else self.scene.point.steps, e.letter
        )
        falling = high < low - 1 and e.low is not None and e.high is not None and e.kind == "prod"
        steps = list(range(low, high - 1, -1)) if falling else list(range(low, high + 1))
        if not steps:
            if e.kind == "prod":
                return Thing("eye", np.asarray(1.0))
            raise Outside("an empty sum")
        outer, inner = self.times.get(e.letter), self.inner
        things = []
        for step in steps:
            self.times[e.letter], self.inner = step, e.letter
            try:
                things.append(self.of(e.body))
            except Outside:
                if step or e.low != FIRST or len(steps) == 1:
                    raise
                self.choices.pick("from zero", [Option(None, "the first step is counted as 0")])
        self.inner = inner
        if outer is None:
            del self.times[e.letter]
        else:
            self.times[e.letter] = outer
        if e.kind == "sum":
            return reduce(self.algebra.plus, things)
        if e.kind == "max":
            return scalar(np.max([t.array for t in things]))
        if not falling and len(things) > 1 and things[0].kind == "matrix":
            order = self.choices.pick(
                "order",
                [
                    Option(True, "the latest step of a product stands on the left"),
                    Option(False, "the factors of a product stand in the order of its index", 0.2),
                ],
            )
            if order.value:
                things = things[::-1]
        return self._multiplied(things, ("",) * (len(things) - 1))

    def _limit(self, index: Index | None, otherwise: int, letter: str) -> int:
        if index is not None:
            found = self._time(index)
            if abs(found) > 2 * self.scene.point.steps:
                raise Outside("a limit far outside the steps")
            return found
        said = f"{letter} runs from or to {otherwise}, which the text leaves out"
        self.choices.pick(f"limit {letter}", [Option(None, said)])
        return otherwise

    def _power(self, u: Expression, k: int) -> Thing:
        inner = self.of(u)
        if inner.kind == "matrix":
            return replace(inner, array=np.linalg.matrix_power(inner.array, k))
        return replace(inner, array=inner.array**k)

    def _raised(self, u: Expression, index: Index) -> Thing:
        inner, k = self.of(u), self._time(index)
        if k < 0:
            raise Outside("a negative power")
        if inner.kind == "matrix":
            return replace(inner, array=np.linalg.matrix_power(inner.array, k))
        return replace(inner, array=inner.array**k)

    def _stack(self, things: list[Thing]) -> Thing:
        if any(not t.vector for t in things):
            raise Misfit("only vectors are stacked")
        return Thing(things[0].kind, np.concatenate([t.array for t in things]), loss=things[0].loss)

    def _sliced(self, e: Sliced) -> Thing:
        inner = self.of(e.operand)
        array = inner.array
        if ("None", "None") in e.ranges:
            if not inner.vector:
                raise Misfit("only a vector is given an axis of one")
            return replace(inner, kind="row" if e.ranges[0][0] == "None" else "col", axis=True)
        n, m = self.scene.point.n, self.scene.point.m
        for axis, (low, high) in enumerate(e.ranges[: array.ndim] if array.ndim > 1 else e.ranges[-1:]):
            size = array.shape[axis]
            start = 0 if not low else _size(low, n, m)
            stop = size if not high else _size(high, n, m)
            array = array[(slice(None),) * axis + (slice(start, min(stop, size)),)]
        return replace(inner, array=array)

    # ---- norms ---------------------------------------------------------------------------------

    def _norm(self, u: Expression, which: str) -> Thing:
        if isinstance(u, Activation) and isinstance(u.operand, Rest):  # ‖σ'‖: its supremum
            self.choices.pick("sup", [Option(None, "the norm of a slope is its supremum; operator norms")])
            value = self._applying("")
            function = self.names.cell.equation(value).right.function  # type: ignore[attr-defined]
            grid = np.linspace(-6, 6, 2401)
            return scalar(np.max(np.abs(World.slope_of(function, grid))))
        inner = self.of(u)
        if which == "|" and inner.vector:
            return replace(inner, array=np.abs(inner.array), loss=False)
        if inner.kind == "scalar":
            return scalar(abs(inner.array))
        if inner.kind == "eye":
            return scalar(abs(inner.array))
        order: Any = {"F": "fro" if inner.kind == "matrix" else 2, "∞": np.inf, "1": 1}.get(which, 2)
        return scalar(np.linalg.norm(inner.array, order))

    def _largest(self, e: Expression, which: str, u: Expression | None) -> Thing:
        if u is None:
            recurrent = [w for w in self.names.matrices if self.names.hint(w) == "h"]
            if not recurrent:
                raise read_error(e.span, "which matrix's value is meant is not said")
            inner = self._weight(self.plain.weights[recurrent[0]])
        else:
            inner = self.of(u)
        if which == "entry":
            return scalar(np.max(np.abs(inner.array)))
        if which in ("trace", "det"):
            if inner.kind != "matrix" or inner.array.shape[0] != inner.array.shape[1]:
                raise Misfit(f"the {which} is one of a square matrix")
            return scalar(np.trace(inner.array) if which == "trace" else np.linalg.det(inner.array))
        if inner.kind != "matrix":
            return scalar(np.max(np.abs(inner.array)))
        if which == "sigma":
            return scalar(np.linalg.norm(inner.array, 2))
        values = np.linalg.eigvals(inner.array)
        return scalar(np.max(np.abs(values)))


def _size(word: str, n: int, m: int) -> int:
    """A size by its name in code."""
    if word.startswith("-"):
        raise Misfit("slices that count from the end are not read")
    if word.isdigit():
        return int(word)
    inside = any(part in word.lower() for part in ("in", "inp", "x"))
    return m if inside or word in ("I", "m", "D", "d") else n


def _dotted(e: Expression) -> bool:
    return any(isinstance(f, Dots) for f in _factors(e))


def _factors(e: Expression) -> list[Expression]:
    if isinstance(e, Hadamard):
        return [*_factors(e.left), *_factors(e.right)]
    return [e]
