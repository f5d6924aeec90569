"""The inside of a loop over time as single operations, each of which one NumPy call can do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from grusym.kernels.lowering import Lowering
from grusym.language.expression import (
    Activation,
    Expression,
    Extremum,
    Hadamard,
    Name,
    Negative,
    Power,
    Product,
    Quotient,
    Section,
    Sum,
    Transpose,
    children,
)
from grusym.language.extrema import EXTREMA

LOOP = 2  # the level of what is known only inside a loop over time
TIMES = "matrix times"
OTHER = "other"
UFUNCS = {
    "exp": "np.exp",
    "log": "np.log",
    "sqrt": "np.sqrt",
    "sin": "np.sin",
    "cos": "np.cos",
    "tanh": "np.tanh",
}
INTO = {**UFUNCS, "σ": "sigmoid_into", "relu": "relu_into"}


@dataclass(frozen=True)
class Operation:
    """result = call(operands); `late` are the operands known only inside the loop."""

    result: Expression
    call: str  # a function that takes out=, TIMES, or OTHER: written as an expression
    operands: tuple[
        Expression, ...
    ]  # of TIMES: matrix, vector, matrix, vector, ..., whose products are summed
    late: tuple[Expression, ...]


class Operations:
    """The operations that the goals of one step need, each after what it uses.

    `together` are products whose sum is one operation: [A B] [u; v] = A u + B v.
    """

    def __init__(
        self,
        lowering: Lowering,
        values: Mapping[str, Expression],
        goals: Iterable[Expression],
        together: Iterable[frozenset[Expression]] = (),
    ) -> None:
        self.lowering, self.values, self.together = lowering, values, tuple(together)
        self.found: dict[Expression, Operation] = {}
        self.named: dict[Expression, str] = {}  # what a value's expression is called
        for name, right in values.items():
            if not isinstance(right, Name) and self.is_late(right) and not self._widened(name):
                self.named.setdefault(right, name)
        self.goals = [self.need(goal) for goal in goals]

    def is_late(self, e: Expression) -> bool:
        """Whether an expression is known only inside the loop."""
        return self.lowering.level(e) == LOOP

    def _widened(self, name: str) -> bool:
        """Whether a vector is defined by a scalar."""
        return self.lowering.rank(self.values[name]) < len(self.lowering.shapes[name])

    def need(self, e: Expression) -> Expression:
        """Add what computes an expression; return the expression that stands for it."""
        if not self.is_late(e):
            return e
        if isinstance(e, Name):
            if e.name not in self.values:
                return e  # a state at the beginning of the step
            if not self._widened(e.name):
                return self.need(self.values[e.name])
        if e not in self.found:
            self._add(e)
        return e

    def _add(self, e: Expression) -> None:
        vector = self.lowering.rank(e) == 1
        match e:
            case Sum(terms=terms) if vector:
                self._sum(e, terms)
            case Hadamard(left=u, right=v) if vector:
                self._put(e, "np.multiply", u, v)
            case Quotient(left=u, right=v) if vector:
                self._put(e, "np.divide", u, v)
            case Negative(operand=u) if vector:
                self._put(e, "np.negative", u)
            case Power(base=u, exponent=2) if vector:
                self._put(e, "np.square", u)
            case Activation(function=f, operand=u) if vector and f in INTO:
                self._put(e, INTO[f], u)
            case Extremum(function=f, left=u, right=v) if vector:
                self._put(e, f"{EXTREMA[f].numpy}_into", u, v)
            case Product(left=matrix, right=v) if vector and self.lowering.rank(v) == 1:
                self._put(e, TIMES, matrix, v)
            case _:
                self._other(e)

    def _put(self, result: Expression, call: str, *operands: Expression) -> None:
        done = tuple(self.need(u) for u in operands)
        self.found[result] = Operation(result, call, done, tuple(u for u in done if self.is_late(u)))

    def _sum(self, e: Expression, terms: tuple[Expression, ...]) -> None:
        """Two terms at a time, products with matrices first, so that the rest is added where they stand."""
        ordered = sorted(
            self._collected(terms), key=lambda t: (isinstance(t, Negative), not self.is_product(t))
        )
        partial, *rest = ordered
        if not rest:
            self.found[e] = replace(self.found[self.need(partial)], result=e)
        for i, term in enumerate(rest):
            result = e if i == len(rest) - 1 else Sum((partial, term))
            if self.lowering.rank(result) == 0:
                partial = result
                continue
            bare = term.operand if isinstance(term, Negative) else term
            self._put(result, "np.add" if bare is term else "np.subtract", partial, bare)
            partial = result

    def _collected(self, terms: tuple[Expression, ...]) -> list[Expression]:
        """The terms, products that are summed together as one term of their own."""
        left = list(terms)
        for products in self.together:
            if products <= set(left):
                left = [t for t in left if t not in products]
                joint = Sum(tuple(t for t in terms if t in products))
                self._put(joint, TIMES, *(side for p in joint.terms for side in (p.left, p.right)))  # type: ignore[attr-defined]
                left.append(joint)
        return left

    def is_product(self, e: Expression) -> bool:
        """Whether an expression is a product of a matrix with what is known only inside the loop."""
        if isinstance(e, Product):
            return self.is_late(e)
        return e in self.found and self.found[e].call == TIMES

    def _other(self, e: Expression) -> None:
        """An operation of its own kind, done after those it is made of."""
        late = dict.fromkeys(self.need(u) for u in self._made_of(e) if self.is_late(u))
        self.found[e] = Operation(e, OTHER, (), tuple(late))

    def _made_of(self, e: Expression) -> tuple[Expression, ...]:
        match e:
            case Name(name=name):
                return (self.values[name],)
            case Section(vector=u):
                return (u,)
            case Product(left=Transpose(operand=u), right=v) if self.lowering.rank(u) < 2:
                return u, v
            case Product(right=v):
                return (v,)
        return children(e)
