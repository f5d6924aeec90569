r"""LaTeX: its mathematics with \newcommand and \def written out, titles and words; comments apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from grusym.documents.mathematics import mathematics
from grusym.documents.passages import Passage, Problem
from grusym.documents.text import Text, joined

_COMMENT = re.compile(r"(?<!\\)%[^\n]*")
_VERBATIM = re.compile(r"\\begin\{(verbatim\*?|lstlisting|minted|Verbatim)\}(.*?)\\end\{\1\}", re.DOTALL)
_TITLE = re.compile(
    r"\\(?:chapter|(?:sub){0,2}section|paragraph|title|caption)\*?\s*(?:\[[^\]]*\])?\{([^{}]*)\}"
)
_DEFINED = re.compile(
    r"\\(?:(?:re)?newcommand|providecommand|DeclareMathOperator)\*?\s*\{?\s*\\([A-Za-z]+)\s*\}?\s*(?:\[(\d)\])?\s*(?=\{)"
    r"|\\def\s*\\([A-Za-z]+)\s*((?:#\d)*)\s*(?=\{)"
)
DEEPEST, LONGEST = 8, 50_000  # how often macros may stand in macros, and what one formula may grow to


def latex(text: Text) -> Iterator[Passage | Problem]:
    """The passages of LaTeX in order."""
    clean = text.replaced(_COMMENT, "")
    macros = dict(_macros(clean.chars))
    at = 0
    for m in _VERBATIM.finditer(clean.chars):
        yield from _words(clean.cut(at, m.start()), macros)
        yield Passage("code", clean.cut(m.start(2), m.end(2)))
        at = m.end()
    yield from _words(clean.cut(at), macros)


def _words(text: Text, macros: dict[str, tuple[int, str]]) -> Iterator[Passage | Problem]:
    at = 0
    for m in _TITLE.finditer(text.chars):
        yield from _expanded(text.cut(at, m.start()), macros)
        yield Passage("heading", text.cut(m.start(1), m.end(1)))
        at = m.end()
    yield from _expanded(text.cut(at), macros)


def _expanded(text: Text, macros: dict[str, tuple[int, str]]) -> Iterator[Passage | Problem]:
    without = text.replaced(re.compile(r"\\(?:re)?newcommand.*|\\def\\.*|\\DeclareMathOperator.*"), "")
    for found in mathematics(without):
        if isinstance(found, Passage) and found.kind in ("display", "inline"):
            found = replace(found, text=written_out(found.text, macros))
        yield found


def _macros(chars: str) -> Iterator[tuple[str, tuple[int, str]]]:
    """The author's macros: name, number of arguments, body."""
    for m in _DEFINED.finditer(chars):
        body = _group(chars, m.end())
        if body is not None:
            name, count = m[1] or m[3], int(m[2] or 0) or (m[4] or "").count("#")
            inner = chars[m.end() + 1 : body - 1]
            if "DeclareMathOperator" in m.group():
                inner = rf"\operatorname{{{inner}}}"
            yield name, (count, inner)


def _group(chars: str, start: int) -> int | None:
    """The place behind the group in braces that begins somewhere."""
    depth = 0
    for i in range(start, min(len(chars), start + LONGEST)):
        if chars[i] == "\\":
            continue
        escaped = i and chars[i - 1] == "\\"
        depth += (chars[i] == "{" and not escaped) - (chars[i] == "}" and not escaped)
        if depth == 0:
            return i + 1
    return None


def written_out(text: Text, macros: dict[str, tuple[int, str]]) -> Text:
    """A formula with macros written out; what they stand for is at the place of the macro."""
    if not macros:
        return text
    pattern = re.compile(
        r"\\(" + "|".join(sorted(map(re.escape, macros), key=len, reverse=True)) + r")(?![A-Za-z])"
    )
    for _ in range(DEEPEST):
        m = pattern.search(text.chars)
        if m is None or len(text) > LONGEST:
            return text
        pieces: list[Text] = []
        at = 0
        while m is not None:
            pieces.append(text.cut(at, m.start()))
            count, body = macros[m[1]]
            here = text.places[m.start()]
            arguments, at = _arguments(text, m.end(), count)
            pieces += [
                arguments[int(part[1]) - 1]
                if re.fullmatch(r"#[1-9]", part) and int(part[1]) <= len(arguments)
                else Text(part, (here,) * len(part))
                for part in re.split(r"(#[1-9])", _spaced(body, text.chars[at : at + 1]))
            ]
            m = pattern.search(text.chars, at)
        text = joined([*pieces, text.cut(at)])
    return text


def _spaced(body: str, following: str) -> str:
    """A body that ends with a command, kept apart from the letter behind the macro."""
    return body + " " if following.isalpha() and re.search(r"\\[A-Za-z]+\Z", body) else body


def _arguments(text: Text, at: int, count: int) -> tuple[list[Text], int]:
    found: list[Text] = []
    chars = text.chars
    for _ in range(count):
        while at < len(chars) and chars[at].isspace():
            at += 1
        end = _group(chars, at) if chars[at : at + 1] == "{" else at + 1
        if end is None or at >= len(chars):
            break
        found.append(text.cut(at + 1, end - 1) if chars[at] == "{" else text.cut(at, end))
        at = end
    return found, at
