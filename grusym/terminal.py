"""What the commands share: their common options, a cell from an argument, an answer as text or JSON."""

from __future__ import annotations

import argparse
import os
import sys
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


def given_cell(argument: str) -> Cell:
    """The cell an argument stands for: a known name, a file, or - for standard input."""
    from pathlib import Path

    import grusym

    if argument == "-":
        return grusym.read_cell(sys.stdin.read(), name="cell")
    path = Path(argument)
    if argument in grusym.cell_names():
        return grusym.cell(argument)
    if not path.exists():
        if not path.suffix and os.sep not in argument:
            return grusym.cell(argument)  # which says what names there are
        raise DataError(f"the file {argument} does not exist; name one with the equations of a cell")
    if path.is_dir():
        raise DataError(f"{argument} is a folder; name a file in it, with the equations of a cell")
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DataError(f"the file {argument} cannot be read as text: {error}; save it as UTF-8") from error
    except OSError as error:
        raise DataError(f"the file {argument} cannot be read: {error.strerror}; make it readable") from error
    if not text.strip():
        raise DataError(f"the file {argument} is empty; write equations, such as h' = tanh(W x + U h + b)")
    return grusym.read_cell(text, name=path.stem)


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
