"""Matrices that commute with the diagonal of a gate: U (r ⊙ h) = r ⊙ (U h)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from grusym.language.cell import Cell
from grusym.language.expression import (
    Activation,
    Expression,
    Hadamard,
    Name,
    Product,
    Sum,
    children,
    rebuilt,
)


@dataclass(frozen=True)
class Pair:
    """A matrix and a gate by their names in the cell that has the weights, and in the one that takes them."""

    own: tuple[str, str]
    theirs: tuple[str, str]

    @property
    def both(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """The names in both cells."""
        return self.own, self.theirs

    def __str__(self) -> str:
        matrix, gate = self.own
        return f"{matrix} diag({gate}) = diag({gate}) {matrix}"


def drawn_out(cell: Cell, pairs: Iterable[tuple[str, str]]) -> Cell:
    """The cell with U (r ⊙ h) written as r ⊙ (U h) for each pair of a matrix U and a gate r.

    It computes the same where U diag(r) = diag(r) U.
    """
    known = frozenset(pairs)
    if not known:
        return cell
    lines = tuple(replace(e, right=_drawn_out(e.right, known)) for e in cell.equations)
    return replace(cell, equations=lines)


def _drawn_out(e: Expression, pairs: frozenset[tuple[str, str]]) -> Expression:
    if isinstance(e, Product) and isinstance(e.left, Name) and isinstance(e.right, Hadamard):
        for gate, other in ((e.right.left, e.right.right), (e.right.right, e.right.left)):
            if isinstance(gate, Name) and (e.left.name, gate.name) in pairs:
                return Hadamard(gate, _drawn_out(Product(e.left, other), pairs))
    return rebuilt(e, tuple(_drawn_out(child, pairs) for child in children(e)))


def coupled(cell: Cell, weights: Mapping[str, Any], matrix: str, gate: str) -> tuple[int, int] | None:
    """Two units that the matrix couples although their gates differ, or None: then the two commute.

    Method: entry (i, j) of U diag(r) - diag(r) U is U_ij (r_j - r_i).
    """
    alike = _alike(cell, weights, gate, len(weights[matrix]))
    for i, j in np.argwhere(np.asarray(weights[matrix]) != 0):
        if alike[i] != alike[j]:
            return int(i), int(j)
    return None


def mixes(cell: Cell, weights: Mapping[str, Any], matrix: str, gate: str, before: bool) -> bool:
    """Whether no other gate could take the place of this one behind, or before, the matrix.

    Method: Σ_j U_ij r_j h_j is a multiple of Σ_j U_ij h_j only if all r_j in it are alike, and so with the
    columns where the gate stands behind the product.
    """
    units = len(weights[matrix])
    alike, moving = _alike(cell, weights, gate, units), _moving(cell, weights, gate, units)
    support = np.asarray(weights[matrix]) != 0
    lines = support if before else support.T
    # Gates that are constants may be drawn into the matrix, so one of those that differ has to move.
    return any(len(set(alike[line])) > 1 and bool(moving[line].any()) for line in lines)


def _alike(cell: Cell, weights: Mapping[str, Any], gate: str, units: int) -> Any:
    """A number for each unit, the same for two whose gates are equal for every input and state.

    They are where the rows of all weights in the gate are, in a function of W x + U h + b; of any other
    gate no two units are taken to be alike.
    """
    rows = _rows(cell, weights, gate)
    if not rows:
        return np.arange(units)
    whole = np.concatenate([np.reshape(array, (units, -1)) for array in rows.values()], axis=1)
    return np.unique(whole, axis=0, return_inverse=True)[1].ravel()


def _moving(cell: Cell, weights: Mapping[str, Any], gate: str, units: int) -> Any:
    """Whether the gate of each unit depends on any state or input; it may where that cannot be told."""
    rows = _rows(cell, weights, gate)
    if not rows:
        return np.ones(units, dtype=bool)
    moved = [np.any(array != 0, axis=1) for array in rows.values() if array.ndim == 2]
    return np.any(moved or [[False] * units], axis=0)


def _rows(cell: Cell, weights: Mapping[str, Any], gate: str) -> dict[str, Any]:
    """The matrices on each state and input in a function of W x + U h + b, and its bias; or nothing."""
    e = cell.equation(gate).right
    if not isinstance(e, Activation):
        return {}
    found: dict[str, Any] = {}
    for term in e.operand.terms if isinstance(e.operand, Sum) else (e.operand,):
        match term:
            case Product(left=Name(name=name), right=Name(name=of)) if of in (*cell.states, *cell.inputs):
                pass
            case Name(name=name) if len(cell.shapes[name]) == 1:
                of = ""
            case _:
                return {}
        if name not in cell.parameters:
            return {}
        found[of] = found[of] + np.asarray(weights[name]) if of in found else np.asarray(weights[name])
    return found
