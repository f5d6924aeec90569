"""Times as documents write them: `t`, `t-1`, `k+1`, `t+k`, `T`, `0`, and the words prev, next, curr."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

WORDS = {"prev": "prev", "previous": "prev", "old": "prev", "next": "next", "new": "new", "curr": "curr"}
WORDS |= {"current": "curr", "p": "prev", "cur": "curr", "now": "curr", "last": "prev"}
_PART = re.compile(r"\s*([+-]?)\s*(?:(\d{1,3})|([A-Za-zτ]))")


@dataclass(frozen=True)
class Index:
    """A sum of letters and a whole number; or a word, whose time the context decides."""

    letters: tuple[tuple[str, int], ...] = ()
    constant: int = 0
    word: str = ""

    def at(self, times: Mapping[str, int]) -> int | None:
        """Its value, or None where a letter has none."""
        if self.word or any(letter not in times for letter, _ in self.letters):
            return None
        return self.constant + sum(sign * times[letter] for letter, sign in self.letters)

    def shifted(self, by: int) -> Index:
        """So many steps later."""
        return replace(self, constant=self.constant + by)

    def __str__(self) -> str:
        if self.word:
            return self.word
        parts = [("+" if s > 0 else "-") + x for x, s in self.letters]
        if self.constant or not parts:
            parts.append(f"{self.constant:+d}" if parts else str(self.constant))
        return "".join(parts).removeprefix("+")


NOW = Index((("t", 1),))


def read_index(text: str) -> Index | None:
    """The index that a script is, or None: `(t-1)`, `<t>`, `k+1`, `T`, `0`."""
    text = text.strip()
    while len(text) > 2 and (text[0], text[-1]) in (("(", ")"), ("<", ">"), ("⟨", "⟩"), ("{", "}")):
        text = text[1:-1].strip()
    if text in WORDS:
        return Index(word=WORDS[text])
    letters: dict[str, int] = {}
    constant, at = 0, 0
    while at < len(text):
        m = _PART.match(text, at)
        if m is None or (at and not m[1]):
            return None
        sign = -1 if m[1] == "-" else 1
        if m[2]:
            constant += sign * int(m[2])
        else:
            letters[m[3]] = letters.get(m[3], 0) + sign
        at = m.end()
    if not at or text[at:].strip():
        return None
    return Index(tuple((x, s) for x, s in letters.items() if s), constant)
