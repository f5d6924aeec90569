"""Fit the hidden size of cells to a number of parameters, for studies at matched budgets.

grusym fit gru lstm rnn --parameters 169000 --input 20
grusym fit lstm --parameters 269000 --input 1 --output 10      with a read-out of 10 units
grusym fit lstm_projection --parameters 1e6 --input n --size p=n/2
"""

from __future__ import annotations

import argparse

from grusym.terminal import (
    CELL_HELP,
    answer,
    answer_options,
    cell_options,
    check_letters,
    given_cells,
    named_size,
    positive,
    size_option,
)

HEAD = ("cell", "n", "parameters", "error", "n within", "parameters", "exact n")


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("cells", nargs="+", metavar="CELL", help=CELL_HELP)
    parser.add_argument("--parameters", type=positive, metavar="N", required=True, help="the budget")
    parser.add_argument("--input", metavar="M", help="input width m: a number, or tied to n as n, 2n or n/2")
    parser.add_argument(
        "--output", type=positive, metavar="K", help="count a read-out of K units with the cell"
    )
    size_option(parser, tied=True)
    cell_options(parser)
    answer_options(parser)


def run(options: argparse.Namespace) -> int:
    """Print the hidden sizes."""
    from grusym.calculus.budget import fit
    from grusym.terminal import table

    sizes = dict(map(named_size, options.size))
    cells = given_cells(options)
    check_letters(sizes, cells)
    found = [
        fit(
            cell,
            options.parameters,
            input=options.input,
            output=options.output,
            sizes={letter: size for letter, size in sizes.items() if letter in {s.name for s in cell.sizes}},
        )
        for cell in cells
    ]
    rows = [
        (
            one.cell,
            str(one.hidden) + "".join(f", {letter} = {size}" for letter, size in one.sizes.items()),
            f"{one.parameters:,}",
            f"{one.error:+.2%}",
            str(one.within) if one.within else "none",
            f"{one.within_parameters:,}" if one.within else "",
            f"{one.exact:.2f}",
        )
        for one in found
    ]
    answer(options, table(HEAD, rows, right=(2, 3, 4, 5, 6)), [one.to_json() for one in found])
    return 0
