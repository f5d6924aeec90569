"""The parameters of a cell by what they do: weights on the input, weights on the state, biases, others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grusym.language.cell import Cell
from grusym.language.expression import (
    Concatenation,
    Expression,
    Hadamard,
    Name,
    Product,
    Quotient,
    Transpose,
    children,
    names_in,
    walk,
)
from grusym.language.shapes import shape_of
from grusym.language.standing import only_added, reached_by, sources

if TYPE_CHECKING:
    import sympy

INPUT, RECURRENT, BIAS, OTHER = "input_weights", "recurrent_weights", "biases", "others"
KINDS = (INPUT, RECURRENT, BIAS, OTHER)


@dataclass(frozen=True)
class Use:
    """A parameter, or some columns of it, multiplying what is computed from given inputs and states."""

    name: str
    columns: tuple[Any, Any] | None  # first and end; None for the whole
    of: frozenset[str]


def parameter_kinds(cell: Cell) -> dict[str, sympy.Expr]:
    """The number of parameters of each of KINDS; they add up to `parameter_count`.

    Method: read off where a parameter stands. A matrix or vector that multiplies what depends on a state,
    directly or through a value, is a recurrent weight (so is a peephole); one that multiplies what depends
    on inputs alone is an input weight; a vector that is only ever added is a bias; everything else, scalars
    among it, is another. The columns of a matrix on a concatenation are told apart. What serves in two ways
    is counted once, as a recurrent weight before an input weight before any other.
    """
    import sympy

    found: dict[str, Any] = dict.fromkeys(KINDS, sympy.Integer(0))
    uses = list(_uses(cell))
    for name in cell.parameters:
        for kind, size in _parts(cell, name, [use for use in uses if use.name == name]):
            found[kind] += size
    return {kind: sympy.factor(size) for kind, size in found.items()}


def kind_of(cell: Cell, name: str) -> str:
    """What one parameter is: one of KINDS, joined by " and " where its columns differ."""
    own = [use for use in _uses(cell) if use.name == name]
    kinds = {kind for kind, size in _parts(cell, name, own) if size != 0}
    return " and ".join(kind for kind in KINDS if kind in kinds)


def _parts(cell: Cell, name: str, uses: list[Use]) -> list[tuple[str, Any]]:
    import sympy

    shape = cell.shapes[name]
    whole = sympy.prod(shape)
    if not shape:
        return [(OTHER, whole)]
    if len(shape) == 1 and only_added(cell, name):
        return [(BIAS, whole)]
    cuts = {use.columns for use in uses if use.columns is not None}
    if any(use.columns is None for use in uses) or not _tile(cuts, shape):
        return [(_kind(cell, [use.of for use in uses]), whole)]
    return [
        (_kind(cell, [use.of for use in uses if use.columns == cut]), shape[0] * (cut[1] - cut[0]))
        for cut in cuts
    ]


def _tile(cuts: set[tuple[Any, Any]], shape: tuple[Any, ...]) -> bool:
    """Whether the parts lie side by side and make up the whole."""
    ends = dict(cuts)
    at: Any = 0
    while at in ends:
        at = ends.pop(at)
    return bool(cuts) and not ends and at == shape[-1]


def _kind(cell: Cell, operands: list[frozenset[str]]) -> str:
    met = frozenset().union(*operands)
    if met & set(cell.states):
        return RECURRENT
    return INPUT if met & set(cell.inputs) else OTHER


def _uses(cell: Cell) -> Iterator[Use]:
    reached = reached_by(cell)
    for equation in cell.equations:
        yield from _within(equation.right, frozenset(), cell, reached)


def _within(
    e: Expression, of: frozenset[str], cell: Cell, reached: dict[str, frozenset[str]]
) -> Iterator[Use]:
    """The uses in an expression that multiplies what depends on `of`."""
    match e:
        case Name(name=name):
            if name in cell.parameters and of:
                yield Use(name, None, of)
        case Product(left=a, right=Concatenation() as stacked):
            yield from _stacked(a, stacked, cell, reached)
            yield from _within(stacked, frozenset(), cell, reached)
        case Product(left=a, right=v):  # it acts on v, whatever multiplies the result
            yield from _within(a, sources(v, reached), cell, reached)
            yield from _within(v, frozenset(), cell, reached)
        case Hadamard(left=u, right=v) | Quotient(left=u, right=v):
            yield from _within(u, of | sources(v, reached), cell, reached)
            yield from _within(v, of | sources(u, reached), cell, reached)
        case _:
            for child in children(e):
                yield from _within(child, of, cell, reached)


def _stacked(
    a: Expression, stacked: Concatenation, cell: Cell, reached: dict[str, frozenset[str]]
) -> Iterator[Use]:
    """The columns of a matrix that meet each part of a concatenation."""
    start: Any = 0
    turned = any(isinstance(node, Product | Transpose) for node in walk(a))  # its columns are mixed
    for part in stacked.parts:
        end = start + shape_of(part, cell.shapes)[0]
        for name in names_in(a):
            if name in cell.parameters:
                cut = None if turned else (start, end)
                yield Use(name, cut, sources(part, reached))
        start = end
