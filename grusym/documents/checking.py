"""A document's claims judged over the cell that it speaks of where they stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from grusym.documents.exceptions import exceptions
from grusym.documents.formulas import Formula, formulas
from grusym.documents.passages import Document, Passage
from grusym.documents.text import Text, joined
from grusym.errors import GrusymError, ReadError
from grusym.language.claim import Verdict
from grusym.unrolled.document import verify_in

State = Literal["holds", "wrong", "undecided", "unread", "excepted"]
_WORDS = re.compile(
    r"\b(?:peephole |bidirectional |vanilla |simple |gated |minimal |leaky )?(?:LSTM|GRU|RNN)s?\b"
    r"|long short-term memory|gated recurrent unit|echo[- ]state|Elman|leaky integrator",
    re.IGNORECASE,
)
_BREAK = Text("\n", (0,))
_PLACE = re.compile(r"line (\d+), column (\d+)")
NOTHING = "no cell is spoken of before this formula; state its equations, or name it in words"
_LEFT = re.compile(r"\s*([^=≤≥]*?)\s*(?:\+?=)")


Job = tuple[tuple[Formula, ...], tuple[str, ...]]  # formulas that belong together; what is said of the cell


@dataclass(frozen=True)
class Finding:
    """What was found of one formula.

    `offset` and `end` are the formula's place in the file, `at` where in it something is wrong; `cell` is
    what the document said of its cell, as it was given to the judge.
    """

    state: State
    formula: Formula
    offset: int
    end: int
    at: int
    verdict: Verdict | None = None
    reason: str = ""
    cell: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The formula as it stands."""
        return self.formula.text.chars


@dataclass
class Spoken:
    """What a document has said of its cell up to somewhere: equations, else words."""

    lines: list[str] = field(default_factory=list)
    lefts: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    unit: str = ""
    open: bool = True  # whether a further equation belongs to the same cell

    def add(self, formula: Formula) -> None:
        """A further equation; one for a value that has its equation begins another cell."""
        left = _left(formula.text.chars)
        if formula.unit != self.unit or (left in self.lefts and not self.open) or self.lefts.count(left) > 1:
            self.lines, self.lefts = [], []
        self.unit, self.open = formula.unit, True
        self.lines.append(" ".join(formula.text.chars.split()))
        self.lefts.append(left)

    def named(self, words: Iterable[str]) -> None:
        """Names of cells in words; in a title they begin another section."""
        self.words = [*self.words, *words][-3:]

    def cell(self) -> tuple[str, ...]:
        """What to judge a claim over."""
        return tuple(self.lines) or tuple(self.words[-1:])


def check_document(document: Document, shown: Callable[[list[Job]], Iterable[Job]] = iter) -> list[Finding]:
    """The findings on every formula about derivatives in a document, in order.

    `shown` goes through the formulas to be judged, and may show how far it is. A formula that cannot be
    read is a finding of its own, with its place and the reason.
    """
    excepted = exceptions(document)
    found = [f for together, cell in shown(claims(document)) for f in judged(together, cell)]
    return [_excepted(f, document, excepted) for f in found]


def _excepted(f: Finding, document: Document, excepted: Mapping[int, str]) -> Finding:
    """A finding, or the author's exception where the document has one for its lines."""
    first, last = (document.lines.place(at)[0] for at in (f.offset, max(f.end - 1, f.offset)))
    reason = next((excepted[line] for line in range(first, last + 1) if line in excepted), "")
    return replace(f, state="excepted", reason=reason) if reason and f.state != "holds" else f


def claims(document: Document) -> list[Job]:
    """The formulas about derivatives, each with what the document has said of its cell before.

    Lines of one piece of code belong together: they share their names.
    """
    spoken, found = Spoken(), list[Job]()
    for item in _formulas(document):
        if isinstance(item, Passage):
            names = [m.group() for m in _WORDS.finditer(item.text.chars)]
            if item.kind == "heading" and names:
                spoken = Spoken(words=names)
            elif names:
                spoken.named(names)
        elif item.what == "cell":
            spoken.add(item)
        elif item.what == "claim":
            before = found[-1] if found and not spoken.open else None
            spoken.open = False
            if before is not None and item.code and before[0][-1].passage is item.passage:
                found[-1] = ((*before[0], item), before[1])
            else:
                found.append(((item,), spoken.cell()))
    return found


def _formulas(document: Document) -> Iterator[Formula | Passage]:
    """Formulas in order, with the words and titles between them."""
    for passage in document.passages:
        if passage.kind in ("heading", "prose"):
            yield passage
        yield from formulas(passage)


def judged(together: tuple[Formula, ...], cell: tuple[str, ...]) -> list[Finding]:
    """The findings on formulas that belong together over what was said of their cell."""
    if not cell:
        return [_unread(f, f.text.start, NOTHING, cell) for f in together]
    if len(together) == 1:
        return [_alone(together[0], cell)]
    try:
        whole = verify_in(list(cell), "\n".join(f.text.chars for f in together))
    except GrusymError:  # one of them cannot be read
        return [_alone(f, cell) for f in together]
    context = joined([piece for f in together for piece in (f.text, _BREAK)])
    verdicts = {_bare(step.claim.statement): step for step in whole.steps or (whole,)}
    found = []
    for f in together:
        verdict = verdicts.get(_bare(f.text.chars))
        if verdict is not None:
            found.append(_found(f, verdict, cell, context))
        elif not _names_something(f, together):
            found.append(_alone(f, cell))
    return found


def _names_something(formula: Formula, together: Iterable[Formula]) -> bool:
    """Whether a line only gives a name that other lines use: it was put in where they do."""
    name = re.escape(_left(formula.text.chars).removeprefix("self."))
    others = (other.text.chars for other in together if other is not formula)
    return any(re.search(rf"(?<![\w.]){name}(?!\w)", other.partition("=")[2]) for other in others)


def _alone(formula: Formula, cell: tuple[str, ...]) -> Finding:
    try:
        verdict = verify_in(list(cell), formula.text.chars)
    except ReadError as error:
        return _unread(formula, _offset(formula.text, error.line, error.column), error.message, cell)
    except GrusymError as error:
        return _unread(formula, formula.text.start, str(error), cell)
    return _found(formula, verdict, cell, formula.text)


def _unread(formula: Formula, at: int, reason: str, cell: tuple[str, ...]) -> Finding:
    return Finding("unread", formula, formula.text.start, formula.text.end, at, reason=reason, cell=cell)


def _found(formula: Formula, verdict: Verdict, cell: tuple[str, ...], context: Text) -> Finding:
    """The finding that a verdict is; `context` is the whole text that the verdict's places count in.

    A place in another line, whose name was put in here, is no place of this formula: its start is shown.
    """
    m = _PLACE.search(verdict.where)
    at = _offset(context, int(m[1]), int(m[2])) if m is not None else formula.text.start
    if not formula.text.start <= at < formula.text.end:
        at = formula.text.start
    state: State = "holds" if verdict.holds else "wrong" if verdict.outcome == "refuted" else "undecided"
    return Finding(state, formula, formula.text.start, formula.text.end, at, verdict, verdict.detail, cell)


def _bare(chars: str) -> str:
    """A formula without blanks and names of modules, to know it by."""
    return re.sub(r"\b(?:np|numpy|torch|tf|jnp|self|math|F)\.|\s", "", chars)


def _offset(text: Text, line: int | None, column: int | None) -> int:
    """The place in the file of a line and a column of a text."""
    chars, places = text.chars, text.places
    starts = [0, *(m.end() for m in re.finditer("\n", chars))]
    at = starts[min(line or 1, len(starts)) - 1] + (column or 1) - 1
    return places[min(at, len(places) - 1)]


def _left(chars: str) -> str:
    m = _LEFT.match(chars)
    return re.sub(r"\s", "", m[1]) if m is not None else ""
