"""List the cells, or print the equations of some.

grusym cells            every cell that grusym knows, with its title
grusym cells gru lstm   their equations and where these come from
"""

from __future__ import annotations

import argparse

from grusym.terminal import CELL_HELP, answer, answer_options, given_cell


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("cells", nargs="*", metavar="CELL", help=CELL_HELP)
    answer_options(parser)


def run(options: argparse.Namespace) -> int:
    """Print the cells."""
    import grusym

    names = options.cells or grusym.cell_names()
    cells = [given_cell(name) for name in names]
    if options.cells:
        text = "\n\n".join(
            "\n".join(filter(None, [f"{c.name}: {c.title}" if c.title else c.name, c.source, str(c)]))
            for c in cells
        )
    else:
        wide = max(len(cell.name) for cell in cells)
        text = "\n".join(f"{cell.name:{wide}}  {cell.title}" for cell in cells)
    data = [
        {
            "name": cell.name,
            "title": cell.title,
            "source": cell.source,
            "states": cell.states,
            "inputs": cell.inputs,
            "parameters": {name: list(map(str, cell.shapes[name])) for name in cell.parameters},
            "constants": {name: list(map(str, cell.shapes[name])) for name in cell.constants},
            "equations": [{"left": e.left, "right": str(e.right), "role": e.role} for e in cell.equations],
        }
        for cell in cells
    ]
    answer(options, text, data)
    return 0
