"""What a report page is made of: plain data, drawn by `grusym.reports.page.render`.

Text is escaped wherever it is shown. Where text is asked for, mathematics may stand too: an expression,
`Tex` (text with LaTeX between dollar signs), or a tuple of such pieces.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

from grusym.language.derivation import Step
from grusym.language.expression import Expression
from grusym.language.printers.order import Partial


@dataclass(frozen=True)
class Tex:
    """Text with LaTeX between dollar signs, as figure captions have it."""

    source: str


@dataclass(frozen=True)
class Strong:
    """Words that carry the weight of a sentence."""

    text: str


Inline: TypeAlias = "str | Expression | Partial | Tex | Strong | tuple[Inline, ...]"
Value: TypeAlias = "Inline | int | float | None"


class Judged(Protocol):
    """What a verdict offers; `grusym.checks` makes them, a page only shows them."""

    @property
    def claim(self) -> object:
        """What was judged: a text, or something with `id` and `statement`."""

    @property
    def outcome(self) -> str:
        """One of proved, agrees, refuted, undecided."""

    @property
    def method(self) -> str:
        """How it was decided."""


@dataclass(frozen=True)
class Text:
    """One paragraph; a `note` is set smaller, as an aside."""

    body: Inline
    kind: Literal["plain", "lead", "note"] = "plain"


@dataclass(frozen=True)
class Line:
    """left = right, with a word or two beside it; without a left side, an expression alone."""

    left: str | Partial | None
    right: Expression
    note: Inline = ""


@dataclass(frozen=True)
class Equations:
    """Equations aligned at their equals signs, to copy as LaTeX, Typst, text and (if given) NumPy."""

    lines: tuple[Line, ...]
    title: Inline = ""
    note: Inline = ""
    numpy: str = ""
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Steps:
    """A derivation, each step by a named rule; closed until asked for."""

    steps: Sequence[Step]
    title: Inline = "Derivation"
    names: Mapping[str, str] = field(default_factory=dict)
    open: bool = False


@dataclass(frozen=True)
class Column:
    """A column of a table; `format` is a Python format for its numbers, such as `.3g`."""

    title: Inline
    unit: str = ""
    format: str = ""


@dataclass(frozen=True)
class Table:
    """A table, to download as NAME.csv with its numbers unrounded."""

    columns: tuple[Column | str, ...]
    rows: Sequence[Sequence[Value]]
    title: Inline = ""
    note: Inline = ""
    name: str = "table"


@dataclass(frozen=True)
class FigureBlock:
    """A picture as SVG text or PNG bytes, to enlarge and to download as NAME.svg or NAME.png."""

    title: Inline
    svg: str = ""
    png: bytes = b""
    caption: Inline = ""
    alt: str = ""
    name: str = "figure"


@dataclass(frozen=True)
class VerdictTable:
    """Verdicts, those that ask for attention first; their counts stand at the top of the page."""

    verdicts: Sequence[Judged]
    title: Inline = ""
    note: Inline = ""
    name: str = "verdicts"


@dataclass(frozen=True)
class Code:
    """Source text, to copy; closed until asked for."""

    source: str
    title: Inline = "Source"
    language: str = "python"
    open: bool = False


Block: TypeAlias = Text | Equations | Steps | Table | FigureBlock | VerdictTable | Code


@dataclass(frozen=True)
class Section:
    """Blocks under a title, in the contents at the side; `sections` stand below it."""

    title: str
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()
    open: bool = True


@dataclass(frozen=True)
class Highlight:
    """One result a reader should take home: a large value and what it is."""

    value: Value
    label: Inline


@dataclass(frozen=True)
class Summary:
    """The first screen: a paragraph and highlights; the verdicts' counts are found in the page."""

    text: Inline = ""
    highlights: tuple[Highlight, ...] = ()


@dataclass(frozen=True)
class Page:
    """A whole report; `provenance` maps a label to a text or to several."""

    title: str
    summary: Summary = field(default_factory=Summary)
    sections: tuple[Section, ...] = ()
    provenance: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    subtitle: Inline = ""
