"""From a cell and what was derived from it to the source of its kernel: one function a job.

The text is made from expression trees and from identifiers of our own making only; nothing a user wrote
is copied into it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Protocol

from grusym.kernels.functions import Functions
from grusym.kernels.kernel import Kernel
from grusym.language.cell import Cell, Equation, Shape
from grusym.language.expression import ZERO, Expression


class DerivedMatrix(Protocol):
    """A derived Jacobian: its matrix as an expression."""

    @property
    def expression(self) -> Expression:
        """The matrix; 0 where nothing depends on anything."""
        ...


class DerivedGradients(Protocol):
    """Derived gradients of a loss: what they are computed from, and the gradient of each name."""

    @property
    def cotangents(self) -> Mapping[str, str]:
        """The name of the gradient at each next state."""
        ...

    @property
    def lines(self) -> tuple[Equation, ...]:
        """Values computed top to bottom before the gradients."""
        ...

    @property
    def of(self) -> Mapping[str, Expression]:
        """The gradient with respect to every parameter, state and input."""
        ...

    @property
    def shapes(self) -> Mapping[str, Shape]:
        """The shapes of all names that occur."""
        ...


def emit(cell: Cell, blocks: Mapping[tuple[str, str], DerivedMatrix], gradients: DerivedGradients) -> Kernel:
    """The kernel of a cell, from its derived Jacobian blocks and gradients.

    Method: the equations, the blocks {(next state, state or input): matrix} and the gradients are written
    as NumPy functions over all steps at once, and as loops over time where a state depends on the one
    before. The same derivation gives the same kernel without being written again.
    """
    found = {key: block.expression for key, block in blocks.items()}
    return _emitted(
        _Sealed(cell),
        tuple(found.items()),
        tuple(gradients.cotangents[value] for value in cell.next_states),
        gradients.lines,
        tuple(gradients.of.items()),
        tuple(gradients.shapes.items()),
    )


class _Sealed:
    """A cell as a key of a cache: equal if its text and sizes are."""

    def __init__(self, cell: Cell) -> None:
        self.cell = cell
        self.key = (
            cell.name,
            cell.equations,
            cell.states,
            cell.inputs,
            cell.parameters,
            cell.constants,
            tuple(cell.shapes.items()),
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Sealed) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


@lru_cache(maxsize=256)
def _emitted(
    sealed: _Sealed,
    blocks: tuple[tuple[tuple[str, str], Expression], ...],
    cotangents: tuple[str, ...],
    lines: tuple[Equation, ...],
    of: tuple[tuple[str, Expression], ...],
    shapes: tuple[tuple[str, Any], ...],
) -> Kernel:
    cell = sealed.cell
    source = Functions(cell, dict(shapes), lines, cotangents)
    alive = {key: e for key, e in blocks if e != ZERO}
    by_state = {key: e for key, e in alive.items() if key[1] in cell.states}
    by_input = {key: e for key, e in alive.items() if key[1] in cell.inputs}
    text = "\n\n\n".join(
        (
            source.forward(),
            source.values(),
            source.jacobians("jacobians", by_state),
            source.jacobians("input_jacobians", by_input),
            source.adjoint("adjoint", dict(of), (*cell.states, *cell.inputs)),
            source.adjoint("gradients", dict(of), (*cell.states, *cell.inputs, *cell.parameters)),
            source.pullback(dict(of)),
        )
    )
    codes = tuple(source.names[p] for p in cell.weights)
    return Kernel(cell, HEADER + text + "\n", tuple(by_state), tuple(by_input), codes, source.names.sizes)


HEADER = '''"""NumPy code written from derived expressions.

`w` holds the weights and `size` the sizes by letter. Vectors are rows of arrays: time is the first axis,
batch axes follow, the vector's own entries come last; a matrix U is applied as v @ U.T.
"""

'''
