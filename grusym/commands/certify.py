"""Write every derivation of a cell to a file that others can judge.

grusym certify gru -o gru.json
grusym replay gru.json              judges every step of it
"""

from __future__ import annotations

import argparse

from grusym.terminal import CELL_HELP, answer, answer_options, cell_options, given_cell


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("cell", metavar="CELL", help=CELL_HELP)
    parser.add_argument("-o", "--out", metavar="FILE", required=True, help="the file to write")
    cell_options(parser)
    answer_options(parser)


def run(options: argparse.Namespace) -> int:
    """Derive, and write the certificate."""
    import grusym

    found = grusym.certify(given_cell(options.cell, options.cells_from))
    target = found.write(options.out)
    steps = sum(len(d.steps) for d in found.derivations)
    said = f"written: {target} ({len(found.derivations)} derivations, {steps} steps)"
    data = {
        "cell": found.cell.name,
        "file": str(target),
        "derivations": len(found.derivations),
        "steps": steps,
    }
    answer(options, said, data)
    return 0
