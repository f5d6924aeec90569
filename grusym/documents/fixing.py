"""A corrected copy of a document: the changed characters of wrong formulas and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from pathlib import Path

from grusym.documents.checking import Finding
from grusym.documents.formulas import formulas
from grusym.documents.passages import Document
from grusym.documents.reader import read_document
from grusym.documents.report import Checked
from grusym.documents.text import Text
from grusym.files import write_whole

_TOKEN = re.compile(r"\\[A-Za-z]+|\w|\S")
Change = tuple[int, int, str]  # from, to (offsets in the file), and what stands there instead


def corrected(checked: Checked) -> tuple[str, list[Finding]]:
    """The file's text with the corrections that can be put in, and the wrong formulas that stay.

    The copy is read again: a correction that does not stand there as it is meant - for macros, entities
    or escapes between the file and the formula - is left out.
    """
    document = checked.document
    wrong = [f for f in checked.findings if f.state == "wrong"]
    changes = {k: found for k, f in enumerate(wrong) if (found := _escaped(document, f))}
    while changes:
        source = _applied(document.source, changes.values())
        there = _formulas_of(document, source)
        lost = [k for k in changes if _bare(wrong[k].verdict.mended) not in there]  # type: ignore[union-attr]
        if not lost:
            return source, [f for k, f in enumerate(wrong) if k not in changes]
        for k in [k for k in lost if not _alone(document, wrong[k], changes[k])] or lost:
            del changes[k]
    return document.source, wrong


def _applied(source: str, changes: Iterable[list[Change]]) -> str:
    for start, end, new in sorted((c for found in changes for c in found), reverse=True):
        source = source[:start] + new + source[end:]
    return source


def _alone(document: Document, f: Finding, changes: list[Change]) -> bool:
    """Whether one correction, put in by itself, is read as it is meant."""
    assert f.verdict is not None
    return _bare(f.verdict.mended) in _formulas_of(document, _applied(document.source, [changes]))


def _formulas_of(document: Document, source: str) -> set[str]:
    """The formulas of a text as read, without blanks."""
    passages = read_document(document.name, source).passages
    return {_bare(f.text.chars) for passage in passages for f in formulas(passage)}


def _bare(chars: str) -> str:
    return re.sub(r"\s", "", chars)


def _escaped(document: Document, f: Finding) -> list[Change]:
    """The changes of a correction, written as the strings of a notebook's JSON where it is one."""
    found = list(_changes(document.source, f))
    if not document.name.lower().endswith(".ipynb"):
        return found
    return [(start, end, json.dumps(new, ensure_ascii=False)[1:-1]) for start, end, new in found]


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
    if a == b and a:  # behind what stands before, if that stands there as it was read
        start, end = text.places[old[a - 1].start()], text.places[old[a - 1].end() - 1] + 1
        return (end, end) if source[start:end] == old[a - 1].group() else None
    if a == b:
        return text.start, text.start
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
