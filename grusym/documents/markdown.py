"""Markdown: mathematics between dollars, in fences and code spans; titles and words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from grusym.documents.html import html_lines
from grusym.documents.mathematics import mathematics
from grusym.documents.passages import Passage, Problem
from grusym.documents.text import Text, joined

_FENCE = re.compile(r"(?P<indent>[ \t>]*)(?P<sign>`{3,}|~{3,})[ \t]*(?P<info>[^`\n]*)")
_HEADING = re.compile(r"[ ]{0,3}#{1,6}[ \t]+(.+?)[ \t#]*")
_UNDERLINE = re.compile(r"[ ]{0,3}(?:=+|-{2,})[ \t]*")
_PREFIX = re.compile(r"[ \t]*(?:>[ \t]?)+")
_SPAN = re.compile(r"(?<!`)(`{1,6})(?!`)(.{1,600}?)(?<!`)\1(?!`)", re.DOTALL)
_COMMENT = re.compile(r"<!--(?:(?!<!--).){0,4000}?-->", re.DOTALL)
_ROW = re.compile(r"(?<!\\)\|")
MATHEMATICAL = ("math", "latex", "tex", "katex", "asciimath")


def markdown(text: Text, unit: str = "") -> Iterator[Passage | Problem]:
    """The passages of Markdown in order."""
    waiting: list[Text] = []
    lines = list(text.split(re.compile("(?<=\n)")))
    i = 0
    while i < len(lines):
        line = lines[i]
        fence = _FENCE.match(line.chars)
        if fence is not None:
            yield from _words(waiting, unit)
            waiting = []
            i, passage = _fenced(lines, i, fence, unit)
            if passage is not None:
                yield passage
            continue
        bare = line.chars.rstrip("\n")
        under = i + 1 < len(lines) and _UNDERLINE.fullmatch(lines[i + 1].chars.rstrip("\n")) and bare.strip()
        heading = _HEADING.fullmatch(bare)
        if heading is not None or (under and not waiting):
            yield from _words(waiting, unit)
            waiting = []
            yield Passage("heading", line.stripped(), unit)
            i += 1 if heading is not None else 2
            continue
        quoted = _PREFIX.match(line.chars)
        waiting.append(line.cut(quoted.end()) if quoted is not None else line)
        i += 1
    yield from _words(waiting, unit)


def _fenced(lines: list[Text], start: int, fence: re.Match[str], unit: str) -> tuple[int, Passage | None]:
    """The number of the line behind a fence, and what it holds."""
    closing = re.compile(rf"[ \t>]*{re.escape(fence['sign'][0])}{{{len(fence['sign'])},}}[ \t]*")
    end = start + 1
    while end < len(lines) and not closing.fullmatch(lines[end].chars.rstrip("\n")):
        end += 1
    indent = len(fence["indent"])
    inside = joined(
        line.cut(min(indent, len(line) - len(line.chars.lstrip(" \t>")))) for line in lines[start + 1 : end]
    )
    info = fence["info"].strip().strip("{}.").split()[:1]
    kind = "display" if info and info[0].lower() in MATHEMATICAL else "code"
    return end + 1, Passage(kind, inside, unit) if inside.chars.strip() else None  # type: ignore[arg-type]


def _words(lines: list[Text], unit: str) -> Iterator[Passage | Problem]:
    """Mathematics and words of a stretch without fences; comments are nothing, code spans are code."""
    whole = joined(lines).replaced(_COMMENT, "")
    at = 0
    protected = [
        (m.start(), m.end())
        for m in re.finditer(r"\$\$.{0,4000}?\$\$|(?<![\\$])\$[^\s$][^$\n]*\$", whole.chars, re.DOTALL)
    ]
    for m in _SPAN.finditer(whole.chars):
        if any(a <= m.start() < b for a, b in protected):
            continue  # a backtick in mathematics
        yield from _plain(whole.cut(at, m.start()), unit)
        inner = whole.cut(m.start(2), m.end(2)).stripped()
        dollars = re.fullmatch(r"\$(.+)\$", inner.chars, re.DOTALL)
        if dollars is not None:  # `$...$`
            yield Passage("inline", inner.cut(1, len(inner) - 1), unit)
        else:
            yield Passage("code", inner, unit)
        at = m.end()
    yield from _plain(whole.cut(at), unit)


def _plain(text: Text, unit: str) -> Iterator[Passage | Problem]:
    """Words with mathematics; the cells of tables and lines of <sub> apart."""
    for found in mathematics(text, unit):
        if isinstance(found, Passage) and re.fullmatch(r"`.*`", found.text.chars):  # GitLab's $`...`$
            found = replace(found, text=found.text.cut(1, len(found.text) - 1))
        if (
            isinstance(found, Passage)
            and found.kind == "prose"
            and ("<" in found.text.chars or "|" in found.text.chars)
        ):
            for part in html_lines(found.text):
                for cell in part.split(_ROW):
                    if cell.chars.strip():
                        yield Passage("prose", cell, unit)
        else:
            yield found
