"""Verify a derivation over a cell: proved, or where it is wrong and how to mend it.

grusym verify --cell gru "∂h'/∂h = diag(z) + diag(1 - z) ∂c/∂h + diag(h - c) ∂z/∂h"
grusym verify --cell-file my_cell.txt - < derivation.txt
grusym verify --cell lstm "∂c'/∂c = f" "∂h'/∂c = o ⊙ (1 - tanh(c')²) ⊙ f" --json
grusym verify --cell gru "∂h_t/∂h_k = ∏_{i=k+1}^{t} ∂h_i/∂h_{i-1}"
grusym verify --says "LSTM, row vectors" "dc = dc_next + dh_next * o * (1 - np.tanh(c_next)**2)"
grusym verify paper.tex notes.md lecture.ipynb
grusym verify --sarif findings.sarif --fix docs/gru.rst

With --cell, --cell-file or --says the arguments are claims, else they are files: Markdown, LaTeX, Jupyter
notebooks, reStructuredText, HTML and Python (read, never run). Of a file every formula about derivatives is
judged over the cell that the document speaks of where the formula stands.

A claim is an equality or a chain A = B = C; one text may hold several lines. Exits with 0 if all claims
hold, 1 if one is refuted or left undecided, 2 if one cannot be read (the others are judged all the same).
"""

from __future__ import annotations

import argparse
import json
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
    parser.add_argument(
        "claims", nargs="+", metavar="CLAIM|FILE", help="a claim, - for standard input, or a document"
    )
    which = parser.add_mutually_exclusive_group()
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
    parser.add_argument("--sarif", metavar="FILE", help="of documents: write the findings as SARIF 2.1.0")
    parser.add_argument(
        "--fix",
        action="store_true",
        help="of documents: write NAME.fixed.SUFFIX beside each, with nothing but corrections",
    )
    cell_options(parser)
    answer_options(parser)


def run(options: argparse.Namespace) -> int:
    """Print the verdicts."""
    if not (options.cell or options.cell_file or options.says):
        return _documents(options)
    if options.sarif or options.fix:
        raise DataError("--sarif and --fix are for documents; leave out --cell, --cell-file and --says")
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


def _documents(options: argparse.Namespace) -> int:
    """Check files; 1 if a formula is wrong, 2 if a file holds what cannot be read as its kind."""
    from pathlib import Path

    from grusym import __version__
    from grusym.documents.checking import check_document
    from grusym.documents.fixing import corrected, write_beside
    from grusym.documents.reader import read_document
    from grusym.documents.report import Checked, sarif, told
    from grusym.files import write_whole
    from grusym.reports.progress import progress, quiet

    given = [f"--{name}" for name in ("layout", "constant", "components") if getattr(options, name)]
    if given:
        raise DataError(f"{given[0]} was given without a cell; name one with --cell, or give documents alone")
    missing = [claim for claim in options.claims if not Path(claim).is_file()]
    if missing:
        raise DataError(
            f"{missing[0]!r} is no file, and no cell was given to judge it over as a claim; "
            "name one with --cell, --cell-file or --says"
        )
    documents = [read_document(path) for path in options.claims]
    with quiet(options.quiet or options.json):
        found = [Checked(d, check_document(d, lambda jobs: progress(jobs, "formulas"))) for d in documents]
    if options.sarif:
        text = json.dumps(sarif(found, str(__version__)), ensure_ascii=False, indent=1)
        write_whole(options.sarif, text + "\n", "the findings")
    for checked in found if options.fix else ():
        text, left = corrected(checked)
        target = write_beside(Path(checked.document.name), text)
        print(
            f"{target}: {checked.wrong - len(left)} corrected, {len(left)} left as they are", file=sys.stderr
        )
    answer(options, told(found, options.quiet), {"documents": [c.to_json() for c in found]})
    return int(any(c.wrong for c in found))


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
