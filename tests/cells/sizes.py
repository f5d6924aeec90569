"""Numbers for the sizes of a cell, all different, so that no two letters are mixed up unseen."""

from __future__ import annotations

from grusym.language.cell import Cell

SIZES = {"n": 4, "m": 3, "p": 2}


def sizes_of(cell: Cell) -> dict[str, int]:
    """Numbers for the letters that the cell's shapes have."""
    return {s.name: SIZES[s.name] for s in cell.sizes}


def widths(cell: Cell, names: tuple[str, ...]) -> list[int]:
    """The numbers of entries of vectors of the cell."""
    return [SIZES[str(cell.shapes[name][0])] for name in names]
