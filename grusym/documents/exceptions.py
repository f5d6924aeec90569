"""Formulas that a document's author excepts, with a reason: `<!-- grusym: ignore as in the paper -->`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from grusym.documents.passages import Document, Problem

_EXCEPTED = re.compile(
    r"grusym:\s*ignore\b[ \t]*([^\n]*?)[ \t]*(?:--+>|\*/|\"\"\"|\"?,?[ \t]*$)", re.MULTILINE
)
WITHOUT = "an exception needs a reason, as in 'grusym: ignore printed so in the paper'"


def exceptions(document: Document) -> Mapping[int, str]:
    """The lines whose formulas are excepted, each with the reason: that of the remark and the next."""
    found: dict[int, str] = {}
    for m in _EXCEPTED.finditer(document.source):
        line, _ = document.lines.place(m.start())
        if m[1]:
            found |= {line: m[1], line + 1: m[1]}
    return found


def without_reason(document: Document) -> Iterator[Problem]:
    """The exceptions that give no reason: they except nothing."""
    for m in _EXCEPTED.finditer(document.source):
        if not m[1]:
            yield Problem(m.start(), WITHOUT)
