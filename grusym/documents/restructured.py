"""reStructuredText: the math role and directive, literal blocks and code blocks, titles and words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grusym.documents.mathematics import mathematics
from grusym.documents.passages import Passage, Problem
from grusym.documents.text import Text, joined

_ROLE = re.compile(r":(?:math|eq):`([^`]+)`|`([^`]+)`:math:")
_LITERAL = re.compile(r"``(.+?)``", re.DOTALL)
_DIRECTIVE = re.compile(r"([ \t]*)\.\.[ \t]+([\w-]+)::[ \t]*(.*)")
_RULE = re.compile(r"[=\-~^\"'#*+.:`_]{3,}[ \t]*")
CODES = ("code", "code-block", "sourcecode", "parsed-literal", "prompt", "ipython")


def restructured(text: Text, unit: str = "") -> Iterator[Passage | Problem]:
    """The passages of reStructuredText in order."""
    lines = list(text.split(re.compile("(?<=\n)")))
    words: list[Text] = []
    i = 0
    while i < len(lines):
        bare = lines[i].chars.rstrip()
        directive = _DIRECTIVE.fullmatch(bare)
        if directive is not None:
            yield from _words(words, unit)
            words = []
            end, block = _block(lines, i + 1, len(directive[1].expandtabs()))
            name = directive[2].lower()
            head = lines[i].cut(directive.start(3), directive.end(3))
            if name == "math":
                for part in _paragraphs([head, *block]):
                    yield Passage("display", part, unit)
            elif name in CODES:
                yield Passage("code", joined(block), unit)
            else:
                words += [head, Text("\n", (max(head.end - 1, lines[i].start),)), *block]
            i = end
            continue
        if i + 1 < len(lines) and bare.strip() and _RULE.fullmatch(lines[i + 1].chars.rstrip()) and not words:
            yield Passage("heading", lines[i].stripped(), unit)
            i += 2
            continue
        words.append(lines[i])
        if bare.endswith("::"):
            indent = len(bare.expandtabs()) - len(bare.expandtabs().lstrip())
            end, block = _block(lines, i + 1, indent)
            yield from _words(words, unit)
            words = []
            if block:
                yield Passage("code", joined(block), unit)
            i = end
            continue
        if not bare:
            yield from _words(words, unit)
            words = []
        i += 1
    yield from _words(words, unit)


def _block(lines: list[Text], start: int, indent: int) -> tuple[int, list[Text]]:
    """The lines indented deeper than what they belong to, options apart, and the number of the next line."""
    i = start
    found: list[Text] = []
    while i < len(lines):
        chars = lines[i].chars.expandtabs()
        if chars.strip() and len(chars) - len(chars.lstrip()) <= indent:
            break
        if not re.match(r"\s*:[\w-]+:", chars):
            found.append(lines[i])
        i += 1
    return i, found if any(p.chars.strip() for p in found) else []


def _paragraphs(lines: list[Text]) -> Iterator[Text]:
    """Formulas with a blank line between them."""
    part: list[Text] = []
    for line in [*lines, Text("", ())]:
        if line.chars.strip():
            part += [line] if line.chars.endswith("\n") else [line, Text("\n", (max(line.end - 1, 0),))]
        elif part:
            yield joined(part)
            part = []


def _words(lines: list[Text], unit: str) -> Iterator[Passage | Problem]:
    whole = joined(lines)
    at = 0
    spots = [*_ROLE.finditer(whole.chars), *_LITERAL.finditer(whole.chars)]
    for m in sorted(spots, key=lambda m: m.start()):
        if m.start() < at:
            continue
        yield from mathematics(whole.cut(at, m.start()), unit)
        k = m.lastindex or 1
        kind = "inline" if m.re is _ROLE else "code"
        yield Passage(kind, whole.cut(m.start(k), m.end(k)), unit)  # type: ignore[arg-type]
        at = m.end()
    yield from mathematics(whole.cut(at), unit)
