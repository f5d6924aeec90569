"""Verify a derivation over a cell: proved, or where it is wrong and how to mend it.

grusym verify --cell gru "∂h'/∂h = diag(z) + diag(1 - z) ∂c/∂h + diag(h - c) ∂z/∂h"
grusym verify --cell-file my_cell.txt - < derivation.txt
grusym verify --cell lstm "∂c'/∂c = f" "∂h'/∂c = o ⊙ (1 - tanh(c')²) ⊙ f" --json
grusym verify --cell gru "∂h_t/∂h_k = ∏_{i=k+1}^{t} ∂h_i/∂h_{i-1}"
grusym verify --says "LSTM, row vectors" "dc = dc_next + dh_next * o * (1 - np.tanh(c_next)**2)"

A claim is an equality or a chain A = B = C; one text may hold several lines. Exits with 0 if all claims
hold, 1 if one is refuted or left undecided, 2 if one cannot be read (the others are judged all the same).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from grusym.errors import DataError, ReadError
from grusym.language.claim import Verdict
from grusym.terminal import CELL_HELP, answer, answer_options, cell_options, given_cell

WRONG_USAGE = 2  # the exit code of what cannot be read


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("claims", nargs="+", metavar="CLAIM", help="a claim, or - for standard input")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--cell", metavar="CELL", help=CELL_HELP)
    which.add_argument("--cell-file", metavar="FILE", help="a text file with the equations of the cell")
    which.add_argument(
        "--says",
        action="append",
        metavar="LINE",
        help="what a document says of its cell: an equation, a fragment, shapes or a name; may be repeated",
    )
    parser.add_argument(
        "--layout",
        choices=("numerator", "denominator"),
        default="",
        help="admit this layout of derivatives alone (default: numerator, else denominator, and say so)",
    )
    parser.add_argument(
        "--constant",
        action="append",
        default=[],
        metavar="VALUE",
        help="hold a value constant: ∂ is then a partial derivative",
    )
    parser.add_argument(
        "--components", action="store_true", help="ask component-wise SymPy too (up to a second a claim)"
    )
    cell_options(parser)
    answer_options(parser)


def run(options: argparse.Namespace) -> int:
    """Print the verdicts."""
    if options.cell == "-" and "-" in options.claims:
        raise DataError(
            "standard input was asked for the cell and for the claims; give one of them otherwise"
        )
    texts = [sys.stdin.read() if claim == "-" else claim for claim in options.claims]
    name, judge = _judge(options)
    found = [_judged(judge, text) for text in texts]
    shown = [_shown(text, v, options.quiet) for text, v in zip(texts, found, strict=True)]
    records = [_record(text, v) for text, v in zip(texts, found, strict=True)]
    answer(options, "\n\n".join(shown), {"cell": name, "verdicts": records})
    unread = [v for v in found if isinstance(v, ReadError)]
    for error in unread:
        print(f"grusym verify: {error}", file=sys.stderr)
    if unread:
        return WRONG_USAGE
    return int(not all(v.holds for v in found if isinstance(v, Verdict)))


def _judged(judge: Callable[[str], Verdict], text: str) -> Verdict | ReadError:
    try:
        return judge(text)
    except ReadError as error:
        return error


def _shown(text: str, found: Verdict | ReadError, quiet: bool) -> str:
    if isinstance(found, Verdict):
        return found.outcome if quiet else str(found)
    return "unread" if quiet else f"unread: {text.strip()}"


def _record(text: str, found: Verdict | ReadError) -> dict[str, Any]:
    """A verdict as JSON, or what could not be read and where."""
    if isinstance(found, Verdict):
        return found.to_json()
    where = {"line": found.line, "column": found.column}
    return {"statement": text, "outcome": "unread", "error": found.message, **where}


def _judge(options: argparse.Namespace) -> tuple[str, Callable[[str], Verdict]]:
    """The cell's name and what judges a text over it."""
    import grusym

    asked = {name: getattr(options, name) for name in ("layout", "constant", "components")}
    if options.says:
        given = [f"--{name}" for name, value in asked.items() if value]
        if given:
            raise DataError(
                f"{given[0]} was asked for with --says, where readings are found; give --cell instead"
            )
        return " ".join(options.says), partial(grusym.verify_in, options.says)
    cell = given_cell(options.cell_file or options.cell, options.cells_from)
    return cell.name, partial(grusym.verify, cell, **asked)
