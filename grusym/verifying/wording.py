"""A correction in words: the kind of the error, the edit, and the whole claim in the author's notation."""

from __future__ import annotations

from collections.abc import Sequence

from grusym.language.claim_text import Side
from grusym.language.printers.order import Printer
from grusym.verifying.edits import Edit
from grusym.verifying.mending import Mended
from grusym.verifying.truth import Path


def described(mended: Mended, target: Side, printer: Printer, paths: Sequence[Path]) -> tuple[str, str, str]:
    """The kind of the error, the edit in words, and the claim after it."""
    edit = mended.edit
    return _kind(edit, paths), _words(edit, printer), f"{target.text} = {printer.write(edit.whole)}"


def _kind(edit: Edit, paths: Sequence[Path]) -> str:
    added, dropped = edit.before is None, edit.after is None
    match edit.kind:
        case "term" if added:
            return "dependency path missing" if paths else "term missing"
        case "term" if dropped:
            return "term superfluous"
        case "factor":
            return "factor missing" if added else "factor superfluous"
        case "transposition":
            return "transpose missing or superfluous"
        case "name":
            return "another name's value"
        case "complement":
            return "1 - v for v, or v for 1 - v"
        case "term replaced":
            return "term wrong"
        case "whole":
            return "not one edit from the truth"
    return edit.kind


def _words(edit: Edit, printer: Printer) -> str:
    before = printer.write(edit.before) if edit.before is not None else ""
    after = printer.write(edit.after) if edit.after is not None else ""
    match edit.kind:
        case "sign":
            return f"change the sign: write {after} for {before}"
        case "term" if edit.before is None:
            return f"add the term {after}"
        case "term":
            return f"drop the term {before}"
        case "factor" if edit.before is None:
            return f"multiply by {after}"
        case "factor" if edit.after is None:
            return f"drop the factor {before}"
        case "whole":
            return f"write {after}"
    return f"write {after} for {before}"
