"""The derivation of a gradient: the change of the loss, handed back from the last equation to the first.

It opens with dL = Σ gᵀ dh', one term for each next state. The differential of each value, once inserted, is
transposed, so that dL stays a sum of gradient times change; what stands before d(by) in the end is the
gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from grusym.calculus.adjoint import Reverse
from grusym.calculus.forward import changing, told
from grusym.calculus.jacobian import own_name
from grusym.errors import UnknownNameError
from grusym.language.build import hadamard, negative, product, total
from grusym.language.cell import Cell
from grusym.language.derivation import Derivation, Step
from grusym.language.expression import (
    ZERO,
    Expression,
    Increment,
    Name,
    Negative,
    Product,
    Sum,
    Transpose,
)


def derivation(cell: Cell, by: str) -> Derivation:
    """The steps that lead to the gradient of a loss with respect to any name of the cell.

    Raises UnknownNameError for a name the cell does not have, or has as a constant.
    """
    by = own_name(cell, by)
    if by in cell.constants:
        raise UnknownNameError(
            f"asked for the gradient by {by!r}, a constant of cell {cell.name!r}, which is held fixed; "
            f"choose another of {', '.join(name for name in cell.shapes if name not in cell.constants)}"
        )
    active = changing(cell, by)
    walk = Reverse(cell, active)
    walk.adjoints = {value: g for value, g in walk.adjoints.items() if value in active}
    loss = Increment(Name(walk.fresh("L")))
    steps: list[Step] = []
    if walk.adjoints:
        steps.append(Step("gradient of the loss", loss, _change(walk)))
    for value in reversed(cell.values):
        if value == by or value not in walk.adjoints:
            continue
        before = len(steps)
        told(cell, value, active, steps)
        inserted, defined = len(steps), len(walk.lines)
        walk.value(value)
        for line in walk.lines[defined:]:
            steps.append(Step("abbreviation", Name(line.left), line.right))
        rule = f"chain rule through {value}, transposed"
        steps.append(Step(rule, loss, _change(walk), (before, inserted)))
    result = walk.matrices.get(by, walk.adjoints.get(by, ZERO))
    cotangents = {value: g for value, g in walk.cotangents.items() if value in active}
    return Derivation(None, by, tuple(steps), result, loss.operand.name, cotangents)  # type: ignore[attr-defined]


def _change(walk: Reverse) -> Expression:
    """dL as it stands: every gradient so far, times the change of what it belongs to."""
    terms = [_paired(walk, name, g) for name, g in walk.adjoints.items()]
    terms += [_paired(walk, name, g) for name, g in walk.matrices.items()]
    return total(*terms)


def _paired(walk: Reverse, name: str, gradient: Expression) -> Expression:
    change, rank = Increment(Name(name)), len(walk.cell.shapes[name])
    if rank == 0:
        return hadamard(gradient, change)
    if rank == 1:
        return _signed(gradient, lambda g: Product(Transpose(g), change))
    return total(*(_signed(outer, lambda o: _inner(o, change)) for outer in _terms(gradient)))


def _terms(e: Expression) -> Iterator[Expression]:
    yield from e.terms if isinstance(e, Sum) else (e,)


def _inner(outer: Expression, change: Expression) -> Expression:
    """The sum of the entries of (u vᵀ) ⊙ dA, which is uᵀ dA v."""
    assert isinstance(outer, Product) and isinstance(outer.right, Transpose)
    return Product(Transpose(outer.left), product(change, outer.right.operand))


def _signed(e: Expression, paired: Callable[[Expression], Expression]) -> Expression:
    return negative(paired(e.operand)) if isinstance(e, Negative) else paired(e)
