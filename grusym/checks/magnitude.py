"""How large the terms of an expression are, all taken with one sign: what a rounding error is relative to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from grusym.language.cell import Equation, Shape
from grusym.language.evaluation import evaluate
from grusym.language.expression import (
    ONE,
    Activation,
    Expression,
    Extremum,
    Hadamard,
    Name,
    Negative,
    Number,
    Power,
    Quotient,
    children,
    rebuilt,
)

Array = Any


def magnitude(
    e: Expression,
    known: Mapping[str, Array],
    sized: Mapping[str, Array],
    shapes: Mapping[str, Shape],
    result: tuple[int, ...] | None = None,
) -> Array:
    """The expression with every term made positive: |1| + |c|² for 1 - c².

    `known` holds the true values of all names, `sized` the magnitudes of those that are not their own.
    """
    opened: dict[str, Array] = {name: np.abs(a) for name, a in known.items()} | dict(sized)

    def atom(value: Array) -> Name:
        name = f"size {len(opened)}"
        opened[name] = np.abs(value)
        return Name(name)

    def positive(e: Expression) -> Expression:
        match e:
            case Number(value=value):
                return Number(Fraction(abs(value)))
            case Negative(operand=u):
                return positive(u)
            case Activation() | Extremum():
                return atom(evaluate(e, known, shapes))
            case Quotient(left=u, right=v):
                return Hadamard(positive(u), atom(evaluate(Quotient(ONE, v), known, shapes)))
            case Power(exponent=k) if k < 0:
                return atom(evaluate(e, known, shapes))
        return rebuilt(e, tuple(positive(child) for child in children(e)))

    return evaluate(positive(e), opened, shapes, result)


def magnitudes(
    lines: Iterable[Equation], known: Mapping[str, Array], shapes: Mapping[str, Shape]
) -> dict[str, Array]:
    """The magnitudes of lines computed top to bottom, each from those above it."""
    true: dict[str, Array] = dict(known)
    sized: dict[str, Array] = {}
    for line in lines:
        sized[line.left] = magnitude(line.right, true, sized, shapes)
        true[line.left] = evaluate(line.right, true, shapes)
    return sized
