"""Verify a derivation over a cell: proved, or where it is wrong and how to mend it.

grusym verify --cell gru "∂h'/∂h = diag(z) + diag(1 - z) ∂c/∂h + diag(h - c) ∂z/∂h"
grusym verify --cell-file my_cell.txt - < derivation.txt
grusym verify --cell lstm "∂c'/∂c = f" "∂h'/∂c = o ⊙ (1 - tanh(c')²) ⊙ f" --json
grusym verify --cell gru "∂h_t/∂h_k = ∏_{i=k+1}^{t} ∂h_i/∂h_{i-1}"
grusym verify --says "LSTM, row vectors" "dc = dc_next + dh_next * o * (1 - np.tanh(c_next)**2)"

A claim is an equality or a chain A = B = C; one text may hold several lines. Exits with 1 if a claim is
refuted or left undecided.
"""

from __future__ import annotations

import argparse
import sys

from grusym.errors import DataError
from grusym.language.claim import Verdict
from grusym.terminal import CELL_HELP, answer, answer_options, cell_options, given_cell


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
    name, verdicts = _judged(options, texts)
    text = "\n\n".join(v.outcome if options.quiet else str(v) for v in verdicts)
    answer(options, text, {"cell": name, "verdicts": [v.to_json() for v in verdicts]})
    return int(not all(v.holds for v in verdicts))


def _judged(options: argparse.Namespace, texts: list[str]) -> tuple[str, list[Verdict]]:
    """The cell's name and the verdicts on the texts."""
    import grusym

    asked = {name: getattr(options, name) for name in ("layout", "constant", "components")}
    if options.says:
        given = [f"--{name}" for name, value in asked.items() if value]
        if given:
            raise DataError(
                f"{given[0]} was asked for with --says, where readings are found; give --cell instead"
            )
        return " ".join(options.says), [grusym.verify_in(options.says, text) for text in texts]
    cell = given_cell(options.cell_file or options.cell, options.cells_from)
    return cell.name, [grusym.verify(cell, text, **asked) for text in texts]
