"""What a document is made of, as far as formulas are concerned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from grusym.documents.text import Lines, Text

Kind = Literal["display", "inline", "code", "prose", "heading"]


@dataclass(frozen=True)
class Passage:
    """A stretch of one kind: mathematics set apart or in a line, code or text in a fence, words, a title.

    `unit` is where it belongs: the number of a notebook's cell, the name of a function; "" elsewhere.
    """

    kind: Kind
    text: Text
    unit: str = ""


@dataclass(frozen=True)
class Problem:
    """What could not be read, and where: an offset into the file."""

    offset: int
    message: str


@dataclass(frozen=True)
class Document:
    """A file taken apart; `lines` turns offsets into lines and columns."""

    name: str
    source: str
    passages: Sequence[Passage]
    problems: Sequence[Problem] = field(default_factory=tuple)

    @property
    def lines(self) -> Lines:
        """Offsets as lines and columns."""
        return Lines(self.source)
