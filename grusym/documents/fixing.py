"""A corrected copy of a document: the changed characters of wrong formulas and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path

from grusym.documents.checking import Finding
from grusym.documents.report import Checked
from grusym.documents.text import Text
from grusym.files import write_whole

_TOKEN = re.compile(r"\\[A-Za-z]+|\w|\S")
Change = tuple[int, int, str]  # from, to (offsets in the file), and what stands there instead


def corrected(checked: Checked) -> tuple[str, list[Finding]]:
    """The file's text with the corrections that can be put in, and the wrong formulas that stay."""
    changes: list[Change] = []
    left: list[Finding] = []
    for f in checked.findings:
        if f.state != "wrong":
            continue
        found = list(_changes(checked.document.source, f))
        changes += found
        if not found:
            left.append(f)
    source = checked.document.source
    for start, end, new in sorted(changes, reverse=True):
        source = source[:start] + new + source[end:]
    return source, left


def _changes(source: str, f: Finding) -> Iterator[Change]:
    """What a correction changes in the file; nothing where a formula does not stand there as it was read."""
    if f.verdict is None or not f.verdict.mended:
        return
    text, mended = f.formula.text, f.verdict.mended
    old, new = list(_TOKEN.finditer(text.chars)), list(_TOKEN.finditer(mended))
    matcher = SequenceMatcher(None, [m.group() for m in old], [m.group() for m in new], autojunk=False)
    found: list[Change] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            continue
        place = _place(source, text, old, a, b, bare=c == d)
        if place is None:
            return
        put = ""
        if d > c:  # with the blank before what is new
            put = mended[new[c].start() if b > a or not c else new[c - 1].end() : new[d - 1].end()]
        found.append((*place, _apart(source, place, put)))
    yield from found


def _place(
    source: str, text: Text, old: list[re.Match[str]], a: int, b: int, bare: bool
) -> tuple[int, int] | None:
    """Where in the file some tokens stand, if they stand there as they were read.

    Where nothing is put in their place (`bare`), the blanks before them go too.
    """
    if a == b:
        at = text.places[old[a - 1].end() - 1] + 1 if a else text.start
        return at, at
    first, last = old[a - 1].end() if bare and a else old[a].start(), old[b - 1].end()
    start, end = text.places[first], text.places[last - 1] + 1
    return (start, end) if source[start:end] == text.chars[first:last] else None


def _apart(source: str, place: tuple[int, int], put: str) -> str:
    """What is put in, kept apart from letters beside it."""
    before, after = source[place[0] - 1 : place[0]], source[place[1] : place[1] + 1]
    left = " " if put[:1].isalpha() and before.isalpha() else ""
    right = " " if re.search(r"\\[A-Za-z]+\Z", put) and after.isalpha() else ""
    return left + put + right


def write_beside(path: Path, text: str) -> Path:
    """Write a corrected copy as NAME.fixed.SUFFIX, whole or not at all.

    Raises DataError if it cannot be written.
    """
    return write_whole(path.with_name(f"{path.stem}.fixed{path.suffix}"), text, "the corrected copy")
