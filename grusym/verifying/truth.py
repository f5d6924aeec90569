"""What is true of a cell: every derivative a claim may name, as the calculus derives it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from grusym.calculus.adjoint import gradients
from grusym.calculus.jacobian import jacobian
from grusym.errors import GrusymError
from grusym.language.build import hadamard, total, transpose
from grusym.language.cell import Cell
from grusym.language.derivatives import LOSS, Derivative, cotangents
from grusym.language.expression import (
    ONE,
    ZERO,
    Activation,
    Diagonal,
    Expression,
    Hadamard,
    Identity,
    Name,
    Negative,
    Product,
    Sum,
    Transpose,
    substituted,
)

Path = tuple[str, ...]


@dataclass(frozen=True)
class Meaning:
    """Which gradient of the loss a name stands for.

    `total`: ∂L/∂value. `incoming`: what comes to a next state from the loss and later steps alone.
    `argument`: the gradient at the argument of the value's activation.
    """

    kind: str
    value: str


@lru_cache(maxsize=256)
def holding(cell: Cell, held: frozenset[str]) -> Cell:
    """The cell in which some values are given instead of computed."""
    if not held:
        return cell
    kept = tuple(e for e in cell.equations if e.left not in held)
    return replace(cell, equations=kept, inputs=(*cell.inputs, *sorted(held)))


@lru_cache(maxsize=8192)
def derived(cell: Cell, d: Derivative) -> Expression:
    """∂of/∂by in the cell's names and cotangents."""
    if d.of != LOSS:
        if d.of == d.by:
            return Identity()
        if d.of not in cell.values:  # it is held constant
            return ZERO
        return jacobian(cell, d.of, d.by).expression
    return gradient(cell, Meaning("total", d.by))


@lru_cache(maxsize=256)
def _by_weights(cell: Cell) -> dict[str, Expression]:
    """The gradients by all that the cell is given, in the cell's names and cotangents alone."""
    found = gradients(cell)
    known: dict[str, Expression] = {}
    for line in found.lines:
        known[line.left] = substituted(line.right, known)
    return {name: substituted(e, known) for name, e in found.of.items()}


@lru_cache(maxsize=8192)
def gradient(cell: Cell, meaning: Meaning) -> Expression:
    """A gradient of the loss in the cell's names and cotangents."""
    value, given = meaning.value, cotangents(cell)
    if meaning.kind == "incoming":
        return Name(given[value])
    if value in cell.values:
        parts: list[Expression] = []
        for end, g in given.items():
            if end == value:
                parts.append(Name(g))
            elif len(cell.shapes[value]) == 1:
                parts.append(pulled(derived(cell, Derivative(end, value)), Name(g)))
        whole = total(*parts)
    else:
        known = _by_weights(cell)
        if value not in known:
            raise GrusymError(
                f"∂L/∂{value} is spoken of, but {value} is a constant of {cell.name}, by which no gradient "
                f"of a loss is derived; take one by {', '.join(known)}"
            )
        whole = known[value]
    if meaning.kind == "argument":
        e = cell.equation(value).right
        assert isinstance(e, Activation)
        return hadamard(whole, slope_of(e, Name(value)))
    return whole


def slope_of(e: Activation, output: Expression) -> Expression:
    """The slope of an activation, written in its output where it can be."""
    from grusym.language.activations import ACTIVATIONS

    return ACTIVATIONS[e.function].slope(e.operand, output)


def pulled(matrix: Expression, g: Expression) -> Expression:
    """matrixᵀ g, written as products and elementwise factors."""
    match matrix:
        case Identity():
            return g
        case Diagonal(vector=v):
            return hadamard(g, v)
        case Sum(terms=terms):
            return total(*(pulled(t, g) for t in terms))
        case Negative(operand=u):
            inner = pulled(u, g)
            return inner.operand if isinstance(inner, Negative) else Negative(inner)
        case Hadamard(left=scalar, right=a):
            return Hadamard(scalar, pulled(a, g))
        case Product(left=a, right=b):
            return pulled(b, pulled(a, g))
    if matrix == ZERO:
        return ZERO
    return Product(transpose(matrix), g) if g != ONE else Product(Transpose(matrix), g)


@lru_cache(maxsize=8192)
def by_path(cell: Cell, meaning: Derivative | Meaning) -> tuple[tuple[Path, Expression], ...]:
    """The terms of a derivative, one for each path of the graph; none where paths do not part it."""
    if isinstance(meaning, Derivative) and meaning.of != LOSS:
        if meaning.of == meaning.by:
            return ()
        return tuple((t.path, t.expression) for t in jacobian(cell, meaning.of, meaning.by).terms)
    value = meaning.by if isinstance(meaning, Derivative) else meaning.value
    kind = "total" if isinstance(meaning, Derivative) else meaning.kind
    if kind == "incoming" or value not in cell.shapes or len(cell.shapes[value]) != 1:
        return ()
    found: list[tuple[Path, Expression]] = []
    for end, g in cotangents(cell).items():
        if end == value:
            found.append(((end,), Name(g)))
            continue
        for path, e in by_path(cell, Derivative(end, value)):
            term = pulled(e, Name(g))
            if kind == "argument":
                activation = cell.equation(value).right
                assert isinstance(activation, Activation)
                term = hadamard(term, slope_of(activation, Name(value)))
            found.append((path, term))
    return tuple(found)
