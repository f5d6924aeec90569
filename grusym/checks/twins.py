"""Formulas broken on purpose: a judge that accepts one of them is no judge.

`broken` is wrong wherever the formula is not 0. `edits` are the slips people make, one at a time; now
and then such an edit changes nothing (swapping u and v in u ⊙ v), so they are for tests to weigh.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations

from grusym.language.build import negative
from grusym.language.cell import Shape
from grusym.language.expression import (
    Columns,
    Expression,
    Name,
    Section,
    Sum,
    Transpose,
    children,
    names_in,
    rebuilt,
    renamed,
)


@dataclass(frozen=True)
class Edit:
    """A formula with one slip: its kind (sign, term, swapped, transposed) and what it is about."""

    kind: str
    about: str
    expression: Expression


def broken(e: Expression) -> Expression:
    """Twice the formula: wrong wherever the formula is not 0."""
    return Sum((e, e))


def edits(e: Expression, shapes: Mapping[str, Shape]) -> Iterator[Edit]:
    """The formula with one term's sign changed, one term missing, two names swapped or one matrix turned."""
    for i, sum_ in enumerate(_sums(e)):
        for k, term in enumerate(sum_.terms):
            flipped = (*sum_.terms[:k], negative(term), *sum_.terms[k + 1 :])
            yield Edit("sign", str(term), _with_sum(e, i, replace(sum_, terms=flipped)))
            rest = (*sum_.terms[:k], *sum_.terms[k + 1 :])
            yield Edit("term", str(term), _with_sum(e, i, rest[0] if len(rest) == 1 else Sum(rest)))
    yield from _swaps(e, shapes)
    for name in names_in(e):
        shape = shapes.get(name, ())
        if len(shape) == 2 and shape[0] == shape[1]:
            yield Edit("transposed", name, _turned(e, name))


def _swaps(e: Expression, shapes: Mapping[str, Shape]) -> Iterator[Edit]:
    for a, b in combinations(names_in(e), 2):
        if a in shapes and shapes.get(b) == shapes[a]:
            yield Edit("swapped", f"{a} and {b}", renamed(e, {a: b, b: a}))


def _sums(e: Expression) -> list[Sum]:
    """The sums of a formula, parents first; the parts of a concatenation only say where columns are."""
    own = [e] if isinstance(e, Sum) else []
    return own + [s for child in _editable(e) for s in _sums(child)]


def _editable(e: Expression) -> tuple[Expression, ...]:
    return children(e)[:1] if isinstance(e, Columns | Section) else children(e)


def _with_sum(e: Expression, index: int, new: Expression) -> Expression:
    """The formula with its sum of that number, in the order of `_sums`, replaced."""
    count = -1

    def visit(e: Expression) -> Expression:
        nonlocal count
        if isinstance(e, Sum):
            count += 1
            if count == index:
                _skip(e)
                return new
        parts = tuple(visit(child) for child in _editable(e))
        return rebuilt(e, (*parts, *children(e)[len(parts) :]))

    def _skip(e: Expression) -> None:
        nonlocal count
        count += len(_sums(e))

    return visit(e)


def _turned(e: Expression, name: str) -> Expression:
    """The formula with one matrix transposed wherever it stands."""
    if isinstance(e, Transpose) and e.operand == Name(name):
        return e.operand
    if isinstance(e, Name):
        return Transpose(e) if e.name == name else e
    return rebuilt(e, tuple(_turned(child, name) for child in children(e)))
