"""Text that knows where in its file each of its characters stands, whatever was cut, joined or decoded."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from grusym.errors import DataError


@dataclass(frozen=True)
class Text:
    """`places[i]` is the offset in the file of `chars[i]`."""

    chars: str
    places: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.chars) != len(self.places):
            raise DataError(
                f"{len(self.chars)} characters were given {len(self.places)} places; give one each"
            )

    @classmethod
    def of(cls, chars: str, start: int = 0) -> Text:
        """A stretch of a file as it stands."""
        return cls(chars, tuple(range(start, start + len(chars))))

    def __len__(self) -> int:
        return len(self.chars)

    def cut(self, start: int, end: int | None = None) -> Text:
        """A part of it."""
        end = len(self.chars) if end is None else end
        return Text(self.chars[start:end], self.places[start:end])

    def stripped(self) -> Text:
        """It without blanks at both ends."""
        start = len(self.chars) - len(self.chars.lstrip())
        return self.cut(start, max(start, len(self.chars.rstrip())))

    def replaced(self, pattern: re.Pattern[str], by: str) -> Text:
        """It with what a pattern finds replaced; what is put in stands where the found part began."""
        pieces: list[Text] = []
        at = 0
        for m in pattern.finditer(self.chars):
            new = m.expand(by)
            here = self.places[m.start()] if m.start() < len(self.places) else 0
            pieces += [self.cut(at, m.start()), Text(new, (here,) * len(new))]
            at = m.end()
        return joined([*pieces, self.cut(at)]) if pieces else self

    def split(self, pattern: re.Pattern[str]) -> Iterator[Text]:
        """The parts between what a pattern finds."""
        at = 0
        for m in pattern.finditer(self.chars):
            yield self.cut(at, m.start())
            at = m.end()
        yield self.cut(at)

    @property
    def start(self) -> int:
        """Where it begins in the file."""
        return self.places[0] if self.places else 0

    @property
    def end(self) -> int:
        """The place behind its last character."""
        return self.places[-1] + 1 if self.places else 0


def joined(pieces: Iterable[Text]) -> Text:
    """Texts one after another."""
    found = list(pieces)
    return Text("".join(p.chars for p in found), tuple(place for p in found for place in p.places))


@dataclass(frozen=True)
class Lines:
    """The lines of a file: offsets to lines and columns, from 1."""

    source: str

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(m.end() for m in re.finditer("\n", self.source))]

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def line(self, number: int) -> str:
        """A line without its end."""
        start = self._starts[number - 1]
        end = self.source.find("\n", start)
        return self.source[start : end if end >= 0 else None].rstrip("\r")
