"""Derivatives that stand in formulas as names: `∂c/∂h` is a matrix, `∂L/∂U_c` has the shape of U_c."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from grusym.language.cell import Cell, Shape

LOSS = "L"


@dataclass(frozen=True)
class Derivative:
    """∂of/∂by; `of` is L for a loss."""

    of: str
    by: str

    @property
    def name(self) -> str:
        """The name it has in a formula."""
        return f"∂{self.of}/∂{self.by}"


@lru_cache(maxsize=4096)
def derivative(name: str) -> Derivative | None:
    """The derivative that a name stands for, or None."""
    of, mark, by = name[1:].partition("/∂")
    return Derivative(of, by) if mark and name.startswith("∂") else None


def shape_of_derivative(d: Derivative, shapes: Mapping[str, Shape]) -> Shape:
    """Rows follow `of`, columns `by`; a gradient has the shape of what it belongs to."""
    return (() if d.of == LOSS else shapes[d.of]) + tuple(shapes[d.by])


@lru_cache(maxsize=256)
def cotangents(cell: Cell) -> dict[str, str]:
    """A name for the loss's gradient at each next state that the cell does not use: g_h for h'."""
    return {cell.next_of(s): _fresh(f"g_{s}", cell) for s in cell.states}


def _fresh(name: str, cell: Cell) -> str:
    stem, _, script = name.partition("_")
    candidates = [name, *(f"{stem}_{{{script.strip('{}')},{i}}}" for i in range(2, 1000))]
    return next(c for c in candidates if c not in cell.shapes)


@lru_cache(maxsize=256)
def shapes_of_derivatives(cell: Cell) -> dict[str, Shape]:
    """The shapes of all derivatives of vectors by vectors, and of the loss by anything."""
    vectors = [n for n, s in cell.shapes.items() if len(s) == 1]
    found = [Derivative(of, by) for of in cell.values if of in vectors for by in vectors]
    found += [Derivative(LOSS, by) for by in cell.shapes]
    return {d.name: shape_of_derivative(d, cell.shapes) for d in found}
