"""The longest chain of operations from an old state to a new one: what cannot be done side by side.

However many processors there are, a step takes as long as its longest chain, and a sequence of T steps T
times that, unless the cell can be scanned in parallel.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from grusym.language.cell import Cell
from grusym.language.expression import (
    Activation,
    Expression,
    Extremum,
    Hadamard,
    Name,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    children,
    names_in,
)
from grusym.language.standing import reached_by

Depth = int | None  # None: not computed from a state


@dataclass(frozen=True)
class Chain:
    """The longest chains of one step, over all paths from an old state to a next state.

    `products` is the largest number of matrix products in sequence; `operations` the largest number of
    operations: a matrix product, a sum of any number of terms, an elementwise product, quotient or power, an
    elementwise function. What does not wait for a state (W x, 1/γ) is on no chain; nor are signs,
    transposes and concatenations. The two may lie on different paths: `through` names the values on the
    second. `scannable` says that the next states are sums of old states times what inputs alone decide,
    entry by entry: then T steps are one parallel scan of depth log T (Blelloch 1990).
    """

    products: int
    operations: int
    through: tuple[str, ...]
    scannable: bool


def chain(cell: Cell) -> Chain:
    """The longest dependency chain of one step.

    GRU with the reset before the product: 2 products (U_r h, then U_c (r ⊙ h)); with the reset after, and
    LSTM: 1; minGRU: 0.
    """
    products = _depths(cell, lambda e: isinstance(e, Product))
    operations = _depths(cell, _is_operation)
    return Chain(
        max((products[s] or 0 for s in cell.next_states), default=0),
        max((operations[s] or 0 for s in cell.next_states), default=0),
        _through(cell, operations),
        scannable(cell),
    )


def scannable(cell: Cell) -> bool:
    """Whether each next state is old states times what inputs decide, entry by entry, plus such a term."""
    from grusym.calculus.jacobian import blocks, scalars

    reached = reached_by(cell)
    for block in blocks(cell).values():
        if block.by not in cell.states:
            continue
        if any(reached.get(name, frozenset()) & set(cell.states) for name in names_in(block.expression)):
            return False
        if block.differential.passages or scalars(cell) & set(cell.states):
            return False
    return True


def _is_operation(e: Expression) -> bool:
    if isinstance(e, Hadamard) and isinstance(e.left, Number) and e.left.value == 1:
        return False
    return isinstance(e, Product | Sum | Hadamard | Quotient | Activation | Extremum) or (
        isinstance(e, Power) and e.exponent != 1
    )


def _depths(cell: Cell, counts: Callable[[Expression], bool]) -> dict[str, Depth]:
    """The length of the longest chain up to each value, in operations that are counted."""
    known: dict[str, Depth] = dict.fromkeys(cell.states, 0)
    for equation in cell.equations:
        known[equation.left] = _depth(equation.right, known, counts)
    return known


def _depth(e: Expression, known: dict[str, Depth], counts: Callable[[Expression], bool]) -> Depth:
    if isinstance(e, Name):
        return known.get(e.name)
    below = [d for d in (_depth(child, known, counts) for child in children(e)) if d is not None]
    return max(below) + counts(e) if below else None


def _through(cell: Cell, depths: dict[str, Depth]) -> tuple[str, ...]:
    """The names along the longest chain, from a state to a next state."""
    if not cell.states:
        return ()
    name = max(cell.next_states, key=lambda s: depths[s] or 0)
    path = [name]
    while name not in cell.states:
        right = cell.equation(name).right
        waits = [n for n in names_in(right) if depths.get(n) is not None]
        if not waits:
            break
        name = max(waits, key=lambda n: _depth(right, {n: depths[n]}, _is_operation) or 0)
        path.append(name)
    return tuple(reversed(path))
