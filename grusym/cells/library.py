"""Cells by name: every file of this folder that holds a CELL, and those of a folder of the user's own."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from grusym.errors import DataError, GrusymError, unknown
from grusym.language.cell import Cell
from grusym.language.cell_file import SUFFIXES, read_cell_file


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


def cell_files(folder: str | Path) -> dict[str, Path]:
    """The files of a folder that hold a cell each, by the cell's name, which is the file's.

    Looked at are .txt, .cell and .py files whose name does not begin with _ or a dot.
    Raises DataError for no folder, an empty one, or a name that two files or a cell of grusym have.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise DataError(
            f"cells were asked for from {folder}, which is no folder; name one with files of cells"
        )
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix not in SUFFIXES or path.name[0] in "_." or not path.is_file():
            continue
        if path.stem in found:
            raise DataError(f"{found[path.stem]} and {path} both hold the cell {path.stem!r}; rename one")
        if path.stem in cell_names():
            raise DataError(
                f"{path} holds the cell {path.stem!r}, a name that grusym's own has; rename the file"
            )
        found[path.stem] = path
    if not found:
        raise DataError(
            f"the folder {folder} holds no cell; write one to a file NAME.txt in it, or name another folder"
        )
    return found


def cells_from(folder: str | Path) -> dict[str, Cell]:
    """The cells of a folder of the user's own, by name; see `grusym.language.cell_file`.

    Nothing in the files is run. Raises DataError as `cell_files` does, ReadError naming a file whose text is
    no cell.
    """
    return {name: user_cell(path) for name, path in cell_files(folder).items()}


def user_cell(path: Path) -> Cell:
    """The cell of one file of a folder, which must be called as the file is."""
    found = read_cell_file(path)
    if found.name != path.stem:
        raise DataError(f"{path} holds a cell called {found.name!r}; call it {path.stem!r}, as the file")
    return found
