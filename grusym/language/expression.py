"""Expressions: the closed set of nodes in which cells, Jacobians and gradients are written.

Vectors are columns. Elementwise nodes act on scalars and vectors alike; a number stands for the
constant vector where a vector is wanted. Trees are immutable, compare by structure, and keep the
author's order of terms and factors. Where a node stands in the author's text is `span`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from fractions import Fraction
from typing import Any, cast


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a text: line and columns count from 1, `end` is one past the last column."""

    line: int
    column: int
    end: int


@dataclass(frozen=True, slots=True)
class Expression:
    """Base of all nodes."""

    span: Span | None = field(default=None, kw_only=True, compare=False, repr=False)

    def __str__(self) -> str:
        from grusym.language.printers.text import text

        return text(self)

    def _repr_latex_(self) -> str:
        from grusym.language.printers.latex import latex

        return f"${latex(self)}$"


@dataclass(frozen=True, slots=True)
class Number(Expression):
    """An exact rational constant."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Name(Expression):
    """A scalar, vector or matrix by its canonical name (`h'`, `h̃`, `W_r`)."""

    name: str


@dataclass(frozen=True, slots=True)
class Negative(Expression):
    """-operand."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Sum(Expression):
    """Two or more terms; a subtracted term is a `Negative`."""

    terms: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Hadamard(Expression):
    """left ⊙ right: the elementwise product; a scalar on either side scales."""

    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Quotient(Expression):
    """left / right, elementwise."""

    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Power(Expression):
    """base to a whole power, elementwise."""

    base: Expression
    exponent: int


@dataclass(frozen=True, slots=True)
class Activation(Expression):
    """An elementwise function by its name in `grusym.language.activations`."""

    function: str
    operand: Expression


@dataclass(frozen=True, slots=True)
class Extremum(Expression):
    """max(left, right) or min(left, right), elementwise; a scalar meets every entry.

    `function` is its name in `grusym.language.extrema`. max(0, u) is read as relu(u), the field's name
    for it.
    """

    function: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Product(Expression):
    """left right: the matrix product; a vector on the left needs a transposed one on the right."""

    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Transpose(Expression):
    """operandᵀ."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Concatenation(Expression):
    """[part, part, ...]: vectors stacked into one."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Columns(Expression):
    """W[:, part]: the columns of a matrix that meet one part of the concatenation it multiplies."""

    matrix: Expression
    stacked: Concatenation
    index: int


@dataclass(frozen=True, slots=True)
class Section(Expression):
    """v[part]: the entries of a vector that stand where one part of a concatenation stands."""

    vector: Expression
    stacked: Concatenation
    index: int


@dataclass(frozen=True, slots=True)
class Diagonal(Expression):
    """diag(vector)."""

    vector: Expression


@dataclass(frozen=True, slots=True)
class Identity(Expression):
    """The identity matrix, of the size its neighbours need."""


@dataclass(frozen=True, slots=True)
class Increment(Expression):
    """d(operand): a small change of a value, as it stands in a line of a derivation."""

    operand: Expression


ZERO, ONE = Number(Fraction(0)), Number(Fraction(1))


def children(e: Expression) -> tuple[Expression, ...]:
    """The sub-expressions of a node, in the author's order."""
    match e:
        case Sum(terms=parts) | Concatenation(parts=parts):
            return parts
        case Columns(matrix=whole) | Section(vector=whole):
            return (whole, e.stacked)
        case Number() | Name() | Identity():
            return ()
    return tuple(v for f in fields(e) if isinstance(v := getattr(e, f.name), Expression))


def rebuilt(e: Expression, parts: tuple[Expression, ...]) -> Expression:
    """The same node over other sub-expressions, given in the order of `children`."""
    match e:
        case Sum():
            return replace(e, terms=parts)
        case Concatenation():
            return replace(e, parts=parts)
        case Columns():
            return replace(e, matrix=parts[0], stacked=cast(Concatenation, parts[1]))
        case Section():
            return replace(e, vector=parts[0], stacked=cast(Concatenation, parts[1]))
        case Number() | Name() | Identity():
            return e
    slots = [f.name for f in fields(e) if isinstance(getattr(e, f.name), Expression)]
    changed: dict[str, Any] = dict(zip(slots, parts, strict=True))
    return replace(e, **changed)


def walk(e: Expression) -> Iterator[Expression]:
    """Every node of a tree, parents first."""
    yield e
    for child in children(e):
        yield from walk(child)


def names_in(e: Expression) -> tuple[str, ...]:
    """The names a tree mentions, each once, in order of appearance."""
    return tuple(dict.fromkeys(node.name for node in walk(e) if isinstance(node, Name)))


def renamed(e: Expression, new: dict[str, str]) -> Expression:
    """The same tree with names replaced."""
    if isinstance(e, Name):
        return replace(e, name=new.get(e.name, e.name))
    return rebuilt(e, tuple(renamed(child, new) for child in children(e)))


def substituted(e: Expression, values: dict[str, Expression]) -> Expression:
    """The same tree with expressions put in place of names."""
    if isinstance(e, Name):
        return values.get(e.name, e)
    return rebuilt(e, tuple(substituted(child, values) for child in children(e)))


def unplaced(e: Expression) -> Expression:
    """The same tree without its places in a text."""
    return replace(rebuilt(e, tuple(map(unplaced, children(e)))), span=None)
