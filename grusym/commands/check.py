"""Check every Jacobian and gradient of cells by oracles that do not use the calculus.

  grusym check            every cell that grusym knows
  grusym check gru my_cell.txt

Exits with 1 if any of them is refuted.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from grusym.terminal import CELL_HELP, answer, answer_options, given_cell

if TYPE_CHECKING:
    from grusym.language.claim import Verdict


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("cells", nargs="*", metavar="CELL", help=CELL_HELP)
    answer_options(parser)


def run(options: argparse.Namespace) -> int:
    """Print the verdicts."""
    import grusym
    from grusym.language.claim import OUTCOMES
    from grusym.reports.progress import progress, quiet

    cells = [given_cell(name) for name in options.cells or grusym.cell_names()]
    found: list[tuple[str, Verdict]] = []
    with quiet(options.quiet):
        for cell in progress(cells, "cells"):
            found += [(cell.name, verdict) for verdict in grusym.check(cell)]
    lines = [_line(cell, verdict) for cell, verdict in found if not (options.quiet and verdict.holds)]
    counts = {word: sum(verdict.outcome == word for _, verdict in found) for word in OUTCOMES}
    lines.append(", ".join(f"{count} {word}" for word, count in counts.items() if count or word == "refuted"))
    data = {"counts": counts, "verdicts": [{"cell": cell, **verdict.to_json()} for cell, verdict in found]}
    answer(options, "\n".join(lines), data)
    return int(counts["refuted"] > 0)


def _line(cell: str, verdict: Verdict) -> str:
    if verdict.holds:
        return f"{cell}: {verdict.outcome:9} {verdict.claim}  ({verdict.method})"
    return f"{cell}: {verdict}"
