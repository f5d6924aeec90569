"""Differentials: a small change of a vector as a linear map of small changes of other vectors.

    dy = Σ diag(a_v) dv  +  Σ diag(c) A (inner differential)  +  Σ diag(c) (dA) u

The first sum is elementwise, the second passes through a matrix, the third changes a matrix itself.
Forward, differentials compose to Jacobians; transposed, the same records give gradients of a loss.
Coefficients keep the author's order of factors and nothing is multiplied out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from grusym.language.build import collected, hadamard, negative, product, total
from grusym.language.expression import (
    ONE,
    ZERO,
    Columns,
    Diagonal,
    Expression,
    Hadamard,
    Identity,
    Increment,
    Name,
    Negative,
    Number,
    Transpose,
    names_in,
)


@dataclass(frozen=True)
class Passage:
    """diag(coefficient) matrix (inner): a change that passes through a matrix."""

    coefficient: Expression
    matrix: Expression
    inner: Differential


@dataclass(frozen=True)
class Change:
    """diag(coefficient) d(matrix) operand, or d(matrix)ᵀ where `transposed`."""

    coefficient: Expression
    matrix: str
    operand: Expression
    transposed: bool = False


@dataclass(frozen=True)
class Differential:
    """A linear map of small changes; zero if empty. Variables are names or whole expressions."""

    diagonals: tuple[tuple[Expression, Expression], ...] = ()  # (variable, coefficient)
    passages: tuple[Passage, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def is_zero(self) -> bool:
        """Whether nothing contributes."""
        return not (self.diagonals or self.passages or self.changes)

    def __add__(self, other: Differential) -> Differential:
        """The sum, like terms collected in order of first appearance."""
        return summed((self, other))

    def scaled(self, c: Expression) -> Differential:
        """diag(c) times this."""
        if c == ZERO:
            return Differential()
        return Differential(
            tuple((v, hadamard(c, a)) for v, a in self.diagonals),
            tuple(Passage(hadamard(c, p.coefficient), p.matrix, p.inner) for p in self.passages),
            tuple(
                Change(hadamard(c, ch.coefficient), ch.matrix, ch.operand, ch.transposed)
                for ch in self.changes
            ),
        )

    def through(self, matrix: Expression) -> Differential:
        """matrix times this."""
        if self.is_zero:
            return self
        stacked: list[Passage] = []
        rest: list[Passage] = []
        for p in self.passages:
            (stacked if p.coefficient == ONE and _is_slot(p.matrix) else rest).append(p)
        columns = tuple(
            Passage(ONE, Columns(matrix, p.matrix.stacked, p.matrix.index), p.inner)  # type: ignore[attr-defined]
            for p in stacked
        )
        others = Differential(self.diagonals, tuple(rest), self.changes)
        whole = () if others.is_zero else (Passage(ONE, matrix, others),)
        return Differential((), columns + whole)

    def chained(self, of: Callable[[Expression], Differential]) -> Differential:
        """The chain rule: every change d(variable) replaced by its own differential."""
        parts = [Differential((), (), self.changes)]
        parts += [of(variable).scaled(c) for variable, c in self.diagonals]
        parts += [p.inner.chained(of).through(p.matrix).scaled(p.coefficient) for p in self.passages]
        return summed(parts)

    def states_only(self) -> Differential:
        """The same without the changes of matrices."""
        passages = tuple(
            Passage(p.coefficient, p.matrix, inner)
            for p in self.passages
            if not (inner := p.inner.states_only()).is_zero
        )
        return Differential(self.diagonals, passages)

    def variables(self) -> tuple[Expression, ...]:
        """The variables that contribute, in order of first appearance."""
        found = [v for v, _ in self.diagonals]
        for p in self.passages:
            found.extend(p.inner.variables())
        return tuple(dict.fromkeys(found))

    def by(self, name: str) -> Differential:
        """Only what depends on one name."""
        return self.states_only().chained(lambda v: identity(v) if v == Name(name) else Differential())

    def line(self, scalars: frozenset[str] = frozenset()) -> Expression:
        """The same as a line of a derivation: diag(h) dz + diag(z) dh."""
        terms = [
            hadamard(c, Increment(v)) if is_scalar(v, scalars) else _applied(c, Increment(v), scalars)
            for v, c in self.diagonals
        ]
        terms += [
            _applied(p.coefficient, product(p.matrix, p.inner.line(scalars)), scalars) for p in self.passages
        ]
        for ch in self.changes:
            change: Expression = Increment(Name(ch.matrix))
            change = Transpose(change) if ch.transposed else change
            terms.append(_applied(ch.coefficient, product(change, ch.operand), scalars))
        return total(*terms)

    def matrix(self, scalars: frozenset[str] = frozenset()) -> Expression:
        """The matrix of a differential in a single variable: diag(z) + diag(h - c) U_z + ..."""
        terms = [_matrix(c, Identity(), scalars) for _, c in self.diagonals]
        terms += [
            _matrix(p.coefficient, product(p.matrix, p.inner.matrix(scalars)), scalars) for p in self.passages
        ]
        return total(*terms)


def summed(parts: Iterable[Differential]) -> Differential:
    """The sum of differentials, like terms collected in order of first appearance."""
    diagonals: dict[Expression, list[Expression]] = {}
    passages: dict[tuple[Expression, Differential], list[Expression]] = {}
    changes: dict[tuple[str, Expression, bool], list[Expression]] = {}
    for part in parts:
        for variable, c in part.diagonals:
            diagonals.setdefault(variable, []).append(c)
        for p in part.passages:
            passages.setdefault((p.matrix, p.inner), []).append(p.coefficient)
        for ch in part.changes:
            changes.setdefault((ch.matrix, ch.operand, ch.transposed), []).append(ch.coefficient)
    return Differential(
        tuple((v, c) for v, cs in diagonals.items() if (c := collected(*cs)) != ZERO),
        tuple(Passage(c, *key) for key, cs in passages.items() if (c := collected(*cs)) != ZERO),
        tuple(Change(c, m, u, t) for (m, u, t), cs in changes.items() if (c := collected(*cs)) != ZERO),
    )


def identity(variable: Expression) -> Differential:
    """d(variable) itself."""
    return Differential(((variable, ONE),))


def slot(index: int, stacked: Expression) -> Expression:
    """The matrix that puts a vector in its place of a concatenation: [u, v] = I[:, u] u + I[:, v] v."""
    return Columns(Identity(), stacked, index)  # type: ignore[arg-type]


def substitution(found: Mapping[Expression, Differential]) -> Callable[[Expression], Differential]:
    """A function for `chained` that keeps the variables not in `found`."""
    return lambda v: found[v] if v in found else identity(v)


def _is_slot(matrix: Expression) -> bool:
    return isinstance(matrix, Columns) and isinstance(matrix.matrix, Identity)


def is_scalar(e: Expression, scalars: frozenset[str]) -> bool:
    """Whether an elementwise expression is a scalar: numbers and scalar names only."""
    return all(name in scalars for name in names_in(e))


def _applied(c: Expression, to: Expression, scalars: frozenset[str]) -> Expression:
    if isinstance(c, Negative):
        return negative(_applied(c.operand, to, scalars))
    if c != ONE and is_scalar(c, scalars):
        return hadamard(c, to)
    return product(Identity() if c == ONE else Diagonal(c), to)


def _matrix(c: Expression, to: Expression, scalars: frozenset[str]) -> Expression:
    if isinstance(c, Negative):
        return negative(_matrix(c.operand, to, scalars))
    if isinstance(to, Negative):
        return negative(_matrix(c, to.operand, scalars))
    if c == ONE:
        return to
    if isinstance(c, Number) or is_scalar(c, scalars):
        return Hadamard(c, to)
    return product(Diagonal(c), to)
