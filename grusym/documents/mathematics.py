r"""Mathematics between signs, in words: $...$, $$...$$, \(...\), \[...\], \begin{align}...\end{align}."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grusym.documents.passages import Passage, Problem
from grusym.documents.text import Text

ENVIRONMENTS = (
    "equation|align|alignat|flalign|gather|multline|eqnarray|displaymath|math|split|aligned|gathered|dmath"
    "|IEEEeqnarray"
)
_OPEN = re.compile(
    r"(?<!\\)(?:(?P<double>\$\$)|(?P<single>\$))"
    r"|(?P<display>\\\[)|(?P<inline>\\\()"
    rf"|\\begin\{{(?P<env>(?:{ENVIRONMENTS})\*?)\}}"
)
LONGEST = 20_000  # characters of one formula: what is longer has lost its end


def mathematics(text: Text, unit: str = "", prose: bool = True) -> Iterator[Passage | Problem]:
    """The mathematics in a text, and the words between it; what is opened and never closed is a problem."""
    at = start = 0
    chars = text.chars
    while (m := _OPEN.search(chars, at)) is not None:
        found = _closing(chars, m)
        if found is None:
            if m.lastgroup != "single":  # a lone $ is money
                yield Problem(
                    text.places[m.start()], f"the mathematics that {m.group()} begins is never closed"
                )
            at = m.end()
            continue
        inner, end = found
        if prose and chars[start : m.start()].strip():
            yield Passage("prose", text.cut(start, m.start()), unit)
        kind = "inline" if m.lastgroup in ("single", "inline") else "display"
        yield Passage(kind, text.cut(m.end(), inner), unit)  # type: ignore[arg-type]
        at = start = end
    if prose and chars[start:].strip():
        yield Passage("prose", text.cut(start), unit)


def _closing(chars: str, m: re.Match[str]) -> tuple[int, int] | None:
    """Where a formula ends, and where the text goes on behind its closing sign."""
    limit = m.end() + LONGEST
    if m["single"]:
        return _dollar(chars, m.end())
    sign = {"double": "$$", "display": r"\]", "inline": r"\)"}.get(m.lastgroup or "", "")
    if m["env"]:
        sign = rf"\end{{{m['env']}}}"
    end = chars.find(sign, m.end(), limit)
    return None if end < 0 else (end, end + len(sign))


def _dollar(chars: str, start: int) -> tuple[int, int] | None:
    """$...$ within a paragraph, with no blank inside its signs, as Markdown has it."""
    if chars[start : start + 1] in ("", " ", "\n", "\t"):
        return None
    paragraph = chars.find("\n\n", start)
    limit = min(len(chars) if paragraph < 0 else paragraph, start + LONGEST)
    m = re.compile(r"(?<![\\\s])\$(?!\d)").search(chars, start, limit)
    return None if m is None else (m.start(), m.end())
