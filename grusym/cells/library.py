"""Cells by name: every file of this folder that holds a CELL."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from grusym.errors import GrusymError, unknown
from grusym.language.cell import Cell


@cache
def cell_names() -> tuple[str, ...]:
    """The names of all cells, in alphabetical order."""
    import grusym.cells as folder

    return tuple(
        sorted(
            m.name for m in iter_modules(folder.__path__) if m.name not in ("library",) and m.name[0] != "_"
        )
    )


def cell(name: str) -> Cell:
    """The cell of that name.

    Raises UnknownNameError with the nearest known name.
    """
    if not isinstance(name, str):
        raise GrusymError(
            f"a cell is asked for by its name, not by {type(name).__name__}; give one of "
            f"{', '.join(cell_names())}, or read a text: read_cell(text)"
        )
    return _loaded(name)


@cache
def _loaded(name: str) -> Cell:
    if name not in cell_names():
        raise unknown("cell", name, cell_names())
    found = getattr(import_module(f"grusym.cells.{name}"), "CELL", None)
    if not isinstance(found, Cell):
        raise GrusymError(
            f"grusym/cells/{name}.py was asked for a cell but holds no CELL; define CELL = "
            "Cell.read(...) in it"
        )
    return found
