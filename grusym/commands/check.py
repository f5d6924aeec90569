"""Check every Jacobian and gradient of cells by oracles that do not use the calculus.

  grusym check            every cell that grusym knows
  grusym check gru my_cell.txt

Exits with 1 if any of them is refuted.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

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
    from grusym.reports.progress import progress, quiet

    cells = [given_cell(name) for name in options.cells or grusym.cell_names()]
    verdicts: dict[str, tuple[Verdict, ...]] = {}
    with quiet(options.quiet):
        for cell in progress(cells, "cells"):
            verdicts[cell.name] = tuple(grusym.check(cell))
    everything = [verdict for found in verdicts.values() for verdict in found]
    lines = (
        [] if options.quiet else [f"{cell}: {_line(v)}" for cell, found in verdicts.items() for v in found]
    )
    counts = {
        word: sum(v.outcome == word for v in everything)
        for word in ("proved", "agrees", "refuted", "undecided")
    }
    lines.append(", ".join(f"{count} {word}" for word, count in counts.items() if count or word == "refuted"))
    answer(
        options,
        "\n".join(lines),
        {"counts": counts, "cells": {cell: [_data(v) for v in found] for cell, found in verdicts.items()}},
    )
    return int(counts["refuted"] > 0)


def _line(verdict: Verdict) -> str:
    return f"{verdict.outcome:9} {verdict.claim}  ({verdict.method})"


def _data(verdict: Verdict) -> dict[str, Any]:
    from dataclasses import fields

    found = {field.name: getattr(verdict, field.name) for field in fields(verdict)}
    return {
        name: value if isinstance(value, int | float) else str(value)
        for name, value in found.items()
        if value
    }
