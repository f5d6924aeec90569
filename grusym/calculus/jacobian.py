"""Jacobians of a cell's values by its states, inputs and gates, for every size at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from grusym.algebra.differential import Differential, identity, substitution
from grusym.calculus.rules import differential
from grusym.errors import DataError, UnknownNameError, unknown
from grusym.language.build import total
from grusym.language.cell import Cell
from grusym.language.derivation import Derivation
from grusym.language.expression import ZERO, Expression, Identity, Name, names_in, unplaced
from grusym.language.lexer import tokens
from grusym.language.reader import meaning_in

if TYPE_CHECKING:
    import numpy as np
    import sympy


@dataclass(frozen=True)
class Term:
    """What one path of the computation graph contributes to a Jacobian."""

    path: tuple[str, ...]
    expression: Expression

    def __str__(self) -> str:
        return f"{' → '.join(self.path)}: {self.expression}"


@dataclass(frozen=True)
class Jacobian:
    """∂of/∂by as a matrix of the cell's own names: rows follow `of`, columns follow `by`."""

    cell: Cell
    of: str
    by: str
    differential: Differential

    @cached_property
    def derivation(self) -> Derivation:
        """The steps that lead to the matrix; none if it is 0."""
        from grusym.calculus.forward import derivation

        return derivation(self.cell, self.of, self.by, self.expression)

    @cached_property
    def expression(self) -> Expression:
        """The matrix; 0 if `of` does not depend on `by`."""
        return self.differential.matrix(scalars(self.cell))

    @property
    def is_zero(self) -> bool:
        """Whether `of` does not depend on `by`."""
        return self.differential.is_zero

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """The paths from `by` to `of` and what each contributes; their sum is the Jacobian."""
        from grusym.calculus.paths import paths

        found = []
        for path in paths(self.cell, self.by, self.of):
            along = identity(Name(self.by))
            for source, target in pairwise(path):
                step = local(self.cell, target).by(source)
                along = step.chained(substitution({Name(source): along}))
            expression = along.matrix(scalars(self.cell)) if len(path) > 1 else Identity()
            if expression != ZERO:
                found.append(Term(path, expression))
        return tuple(found)

    def __str__(self) -> str:
        from grusym.language.printers.text import text

        return text(self.expression, self.cell.written)

    def latex(self) -> str:
        """The matrix in LaTeX."""
        from grusym.language.printers.latex import latex

        return latex(self.expression, self.cell.written)

    def _repr_latex_(self) -> str:
        return f"${self.latex()}$"

    def to_sympy(self) -> sympy.Expr:
        """The matrix as a SymPy MatrixExpr, to go on there."""
        from grusym.algebra.sympy_export import to_sympy

        shape = (*self.cell.shapes[self.of], *self.cell.shapes[self.by])
        return to_sympy(self.expression, self.cell.shapes, shape)

    def evaluate(self, values: Mapping[str, Any]) -> np.ndarray:
        """The matrix as numbers.

        Method: the gates are computed from the cell's equations, then the derived matrix.
        Shapes: `values` maps the cell's inputs, states and weights to arrays of one consistent
        set of sizes; leading batch axes are kept: the result is (..., rows, columns).
        Raises DataError naming an array that is missing or does not fit.
        """
        import numpy as np

        from grusym.language.evaluation import evaluate, evaluate_cell

        given = {own_name(self.cell, name, DataError): np.asarray(v) for name, v in values.items()}
        arrays = {**given, **evaluate_cell(self.cell, given)}
        rows, columns = arrays[self.of], arrays[self.by]
        axes = {name: len(shape) for name, shape in self.cell.shapes.items()}
        batch = np.broadcast_shapes(*(v.shape[: v.ndim - axes[name]] for name, v in given.items()))
        shape = (*batch, np.shape(rows)[-1], np.shape(columns)[-1])
        matrix = evaluate(self.expression, arrays, self.cell.shapes, result=shape[-2:])
        return np.array(np.broadcast_to(matrix, shape))


def scalars(cell: Cell) -> frozenset[str]:
    """The names of a cell's scalars."""
    return frozenset(name for name, shape in cell.shapes.items() if shape == ())


def own_name(cell: Cell, name: str, error: type[Exception] = UnknownNameError) -> str:
    """The cell's own name for a name given in any notation: `h_{t-1}` is `h` of a cell with times."""
    if name in cell.shapes:
        return name
    stream = [t for t in tokens(name) if t.kind not in ("line", "end")]
    found = meaning_in(cell, stream[0].name) if len(stream) == 1 and stream[0].name else None
    if found is None:
        raise error(str(unknown("name", name, cell.shapes, f"cell {cell.name!r}")))
    return found


@lru_cache(maxsize=4096)
def _derived(e: Expression, left: str, active: frozenset[str]) -> Differential:
    return differential(unplaced(e), active, Name(left))  # equal equations share one, wherever they stand


def local(cell: Cell, value: str) -> Differential:
    """The differential of one equation in the names it mentions, matrices held constant."""
    return local_in(cell, value, (n for n, shape in cell.shapes.items() if len(shape) == 1))


def local_in(cell: Cell, value: str, active: Iterable[str]) -> Differential:
    """The differential of one equation in the `active` names, all others held constant."""
    e = cell.equation(value).right
    return _derived(e, value, frozenset(active).intersection(names_in(e)))


def jacobian(cell: Cell, of: str | None = None, by: str | None = None) -> Jacobian:
    """The Jacobian ∂of/∂by, all paths from `by` to `of` included; of the first state, if none is named.

    Method: forward accumulation over the cell's equations; the slope of a gate is written in the
    gate itself. `of` is any value of the cell; `by` any state, input, vector weight or value.
    Shapes: rows follow `of`, columns follow `by`.
    Raises UnknownNameError for names the cell does not have.
    """
    first = cell.states[0]
    of = own_name(cell, cell.next_of(first) if of is None else of)
    by = own_name(cell, first if by is None else by)
    if of not in cell.values:
        raise UnknownNameError(
            f"asked for the Jacobian of {of!r}, which cell {cell.name!r} does not compute; it "
            f"computes {', '.join(cell.values)}"
        )
    if len(cell.shapes[by]) != 1 or len(cell.shapes[of]) != 1:
        bad = by if len(cell.shapes[by]) != 1 else of
        raise UnknownNameError(
            f"asked for a Jacobian with {bad!r}, which is no vector; for parameters that are "
            "matrices see gradients(cell)"
        )
    known: dict[Expression, Differential] = {Name(by): identity(Name(by))}
    needed = values_behind(cell, of, by)
    for value in cell.values:
        if value in needed:
            changing = [str(v) for v, found in known.items() if not found.is_zero]
            known[Name(value)] = local_in(cell, value, changing).chained(lambda v: known[v])
    return Jacobian(cell, of, by, known[Name(of)])


def values_behind(cell: Cell, of: str, by: str) -> set[str]:
    """The values that `of` is computed from, itself included, not looking behind `by`."""
    right = {e.left: names_in(e.right) for e in cell.equations}
    needed, open_ = set(), [of]
    while open_:
        value = open_.pop()
        if value in right and value != by and value not in needed:
            needed.add(value)
            open_.extend(right[value])
    return needed


def blocks(cell: Cell) -> dict[tuple[str, str], Jacobian]:
    """Every Jacobian block of one step: (next state, state) and (next state, input)."""
    return {
        (of, by): jacobian(cell, of, by) for of in cell.next_states for by in (*cell.states, *cell.inputs)
    }


def summed(terms: tuple[Term, ...]) -> Expression:
    """The sum of the terms of a Jacobian."""
    return total(*(t.expression for t in terms))
