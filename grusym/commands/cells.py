"""List the cells, or print the equations of some.

grusym cells                      every cell that grusym knows: title, states, parameters, source
grusym cells gru lstm             their equations and where these come from
grusym cells --cells-from DIR     with the cells of a folder of your own
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from grusym.terminal import CELL_HELP, answer, answer_options, cell_options, given_cells

if TYPE_CHECKING:
    from grusym.language.cell import Cell


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("cells", nargs="*", metavar="CELL", help=CELL_HELP)
    cell_options(parser)
    answer_options(parser)


def run(options: argparse.Namespace) -> int:
    """Print the cells."""
    cells = given_cells(options)
    text = "\n\n".join(map(_whole, cells)) if options.cells else _table(cells)
    answer(options, text, [_data(cell) for cell in cells])
    return 0


def _whole(cell: Cell) -> str:
    head = f"{cell.name}: {cell.title}" if cell.title else cell.name
    return "\n".join(filter(None, [head, cell.source, str(cell)]))


def _table(cells: list[Cell]) -> str:
    from grusym.calculus.counting import parameter_count
    from grusym.terminal import table

    rows = [(c.name, c.title, ", ".join(c.states), str(parameter_count(c)), c.source) for c in cells]
    return table(("cell", "title", "states", "parameters", "source"), rows)


def _data(cell: Cell) -> dict[str, Any]:
    from grusym.calculus.counting import parameter_count

    return {
        "name": cell.name,
        "title": cell.title,
        "source": cell.source,
        "states": cell.states,
        "inputs": cell.inputs,
        "parameters": {name: list(map(str, cell.shapes[name])) for name in cell.parameters},
        "constants": {name: list(map(str, cell.shapes[name])) for name in cell.constants},
        "parameter_count": str(parameter_count(cell)),
        "equations": [{"left": e.left, "right": str(e.right), "role": e.role} for e in cell.equations],
    }
