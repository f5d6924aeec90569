"""Check every Jacobian and gradient of cells by oracles that do not use the calculus.

  grusym check            every cell that grusym knows
  grusym check gru my_cell.txt

Each oracle must also refuse a broken twin of every formula. Exits with 1 if a claim is not found true
or a twin is accepted.
"""

from __future__ import annotations

import argparse

from grusym.terminal import CELL_HELP, answer, answer_options, cell_options, given_cells


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("cells", nargs="*", metavar="CELL", help=CELL_HELP)
    cell_options(parser)
    answer_options(parser)


def run(options: argparse.Namespace) -> int:
    """Print the verdicts."""
    import grusym
    from grusym.reports.progress import progress, quiet

    cells = given_cells(options)
    with quiet(options.quiet):
        reports = [(cell.name, grusym.check(cell)) for cell in progress(cells, "cells")]
    whole = sum((report for _, report in reports[1:]), reports[0][1])
    text = whole.summary() if options.quiet else "\n\n".join(f"{name}\n{report}" for name, report in reports)
    if not options.quiet and len(reports) > 1:
        text += f"\n\nall cells: {whole.summary()}"
    data = {
        "passed": whole.passed,
        "failed": whole.failed,
        "cells": [{"cell": name, **report.to_json()} for name, report in reports],
    }
    answer(options, text, data)
    return int(not whole.ok)
