"""What the commands share: their common options, a cell from an argument, an answer as text or JSON."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from grusym.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from grusym.language.cell import Cell
    from grusym.reports.runner import Outcome

CELL_HELP = "a cell's name, a text file with its equations, or - for standard input"


def answer_options(parser: argparse.ArgumentParser) -> None:
    """--json and --quiet."""
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")
    parser.add_argument(
        "--quiet", "-q", action="store_true", help="print the answer only: no progress, no remarks"
    )


def project_options(parser: argparse.ArgumentParser) -> None:
    """--project and --results."""
    parser.add_argument(
        "--project", metavar="DIR", help="folder with analyses/ and figures/ (default: grusym's own)"
    )
    parser.add_argument(
        "--results", metavar="DIR", default="results", help="folder for results (default: %(default)s)"
    )
    parser.add_argument("--force", action="store_true", help="run again what is not stale too")


def cell_options(parser: argparse.ArgumentParser) -> None:
    """--cells-from."""
    parser.add_argument(
        "--cells-from",
        metavar="DIR",
        default=os.environ.get("GRUSYM_CELLS") or None,
        help="a folder with files of your own cells, known by their names too (default: $GRUSYM_CELLS)",
    )


def given_cell(argument: str, folder: str | None = None) -> Cell:
    """The cell an argument stands for: a known name, a name in a folder, a file, or - for standard input."""
    from pathlib import Path

    import grusym
    from grusym.cells.library import cell_files, user_cell
    from grusym.errors import unknown
    from grusym.language.cell_file import read_cell_file

    if argument == "-":
        return grusym.read_cell(sys.stdin.read(), name="cell")
    own = cell_files(folder) if folder else {}
    if argument in grusym.cell_names():
        return grusym.cell(argument)
    if argument in own:
        return user_cell(own[argument])
    path = Path(argument)
    if path.exists():
        return read_cell_file(path)
    if not path.suffix and os.sep not in argument:
        raise unknown("cell", argument, (*grusym.cell_names(), *own))
    raise DataError(f"the file {argument} does not exist; name one with the equations of a cell")


def given_cells(options: argparse.Namespace) -> list[Cell]:
    """The cells that a command is given; where none is, every known one and those of --cells-from."""
    import grusym
    from grusym.cells.library import cell_files

    own = cell_files(options.cells_from) if options.cells_from else {}
    names = options.cells or sorted((*grusym.cell_names(), *own))
    return [given_cell(name, options.cells_from) for name in names]


def size_option(parser: argparse.ArgumentParser, tied: bool = False) -> None:
    """--size, for sizes beside n and m."""
    also = ", or tied to n as p=n/2" if tied else ""
    parser.add_argument(
        "--size", action="append", default=[], metavar="LETTER=SIZE", help=f"a further size, as in p=64{also}"
    )


def named_size(text: str) -> tuple[str, str]:
    """LETTER=SIZE in two.

    Raises: DataError where there is no = or nothing on one side of it.
    """
    letter, _, size = (part.strip() for part in text.partition("="))
    if not letter or not size:
        raise DataError(f"--size {text} names no size; write --size LETTER=SIZE, as in p=64")
    return letter, size


def check_letters(letters: Iterable[str], cells: Iterable[Cell]) -> None:
    """Raise DataError for the letter of a size, n and m apart, that none of the cells has."""
    known = {s.name for cell in cells for s in cell.sizes} | {"n", "m"}
    for letter in letters:
        if letter not in known:
            raise DataError(
                f"size {letter} was given, but the cells have {', '.join(sorted(known))}; leave it out"
            )


def positive(text: str) -> int:
    """A whole number from 1 on, for argparse; 1e6 and 1_000_000 are such."""
    from fractions import Fraction

    try:
        number = Fraction(text) if len(text) < 40 else Fraction(0)
    except (ValueError, ZeroDivisionError):
        number = Fraction(0)
    if number.denominator != 1 or not 1 <= number < 10**30:
        raise argparse.ArgumentTypeError(f"a whole number from 1 on is wanted, not {text!r}")
    return int(number)


def answer(options: argparse.Namespace, text: str, data: Any) -> None:
    """Print an answer: the text, or with --json the data."""
    if options.json:
        import json

        text = json.dumps(data, ensure_ascii=False, indent=1, default=str)
    print(text)


def outcome_table(outcomes: tuple[Outcome, ...]) -> str:
    """What became of each analysis or figure, one a line."""
    wide = max((len(outcome.name) for outcome in outcomes), default=0)
    lines = []
    for outcome in outcomes:
        remark = {"ran": f"{outcome.seconds:.1f} s", "fresh": "nothing has changed"}.get(
            outcome.status, outcome.error
        )
        lines.append(f"{outcome.name:{wide}}  {outcome.status:6}  {remark}")
    return "\n".join(lines)


def outcome_data(outcomes: tuple[Outcome, ...]) -> list[dict[str, Any]]:
    """The same as plain data."""
    return [
        {
            "name": o.name,
            "status": o.status,
            "seconds": round(o.seconds, 3),
            "path": str(o.path),
            "error": o.error,
        }
        for o in outcomes
    ]


def exit_code(outcomes: tuple[Outcome, ...]) -> int:
    """1 if any of them failed."""
    return int(any(outcome.status == "failed" for outcome in outcomes))


def folder(path: str) -> Path:
    """A folder that can be written to, made if it is not there.

    Raises: DataError saying why it cannot, before any work is done.
    """
    from pathlib import Path
    from tempfile import TemporaryFile

    try:
        Path(path).mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise DataError(f"cannot write to the folder {path}: {error.strerror}; name another one") from error
    return Path(path)


def target_file(path: str) -> Path:
    """A file that can be written to, in a folder made if it is not there.

    Raises: DataError saying why it cannot, before any work is done.
    """
    from pathlib import Path

    target = Path(path)
    if target.is_dir():
        raise DataError(f"cannot write to {path}: it is a folder; name a file in it")
    folder(str(target.parent))
    return target


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]], right: tuple[int, ...] = ()) -> str:
    """A table in columns, those numbered in `right` set flush right; the last is as long as it likes."""
    lines = [head, *rows]
    wide = [max(len(line[i]) for line in lines) for i in range(len(head))]
    shown = []
    for line in lines:
        cells = [
            cell.rjust(w) if i in right else cell.ljust(w)
            for i, (cell, w) in enumerate(zip(line, wide, strict=True))
        ]
        shown.append("  ".join(cells).rstrip())
    return "\n".join(shown)
