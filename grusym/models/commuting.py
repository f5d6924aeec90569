"""Matrices that commute with the diagonal of a gate: U (r ⊙ h) = r ⊙ (U h)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from grusym.language.cell import Cell
from grusym.language.expression import Expression, Hadamard, Name, Product, children, names_in, rebuilt


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

    Method: entry (i, j) of U diag(r) - diag(r) U is U_ij (r_j - r_i); the gates of units i and j are equal
    for every input and state if the rows i and j of all the gate's weights are.
    """
    e = cell.equation(gate).right
    rows = [np.reshape(weights[name], (len(weights[matrix]), -1)) for name in names_in(e) if name in weights]
    whole = np.concatenate(rows, axis=1)
    for i, j in np.argwhere(np.asarray(weights[matrix]) != 0):
        if i != j and not np.array_equal(whole[i], whole[j]):
            return int(i), int(j)
    return None
