"""Where each part of a claim stands in the author's text, with and without the brackets around it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from grusym.errors import GrusymError
from grusym.language.expression import Expression, Hadamard, Negative, Quotient, Span
from grusym.language.lexer import Token
from grusym.language.surface import Chain, Starred, Written
from grusym.language.times import surface
from grusym.unrolled.grammar import WideGrammar, relations
from grusym.unrolled.lexer import wide_tokens
from grusym.unrolled.tree import GradientOf, Partial

Stretch = tuple[int, int]
_BEFORE = re.compile(r"\\(?:left|[bB]igg?[lr]?)\s*\Z|(?:[A-Za-z_]\w*\.)+\Z")


@dataclass
class Places:
    """`inside` and `around`: from and to where a node stands, without and with its brackets."""

    source: str
    inside: dict[tuple[Span | None, Expression], Stretch] = field(default_factory=dict)
    around: dict[tuple[Span | None, Expression], Stretch] = field(default_factory=dict)
    kinds: dict[tuple[Span | None, type], list[Expression]] = field(default_factory=dict)

    @classmethod
    def of(cls, source: str) -> Places:
        """The places of all nodes of a text; none where it cannot be read."""
        found = cls(source)
        try:
            read = relations(wide_tokens(source), source, lambda side: _Noting(side, found))
        except GrusymError:
            return cls(source)
        for relation in read:
            for side in relation.sides:
                found._complete(side)
        return found

    def note(self, e: Expression, stretch: Stretch) -> None:
        """Remember that a node was read from a stretch of the text; the widest has its brackets."""
        key = (e.span, e)
        text = self.source[stretch[0] : stretch[1]]
        if text.count("}") > text.count("{"):  # {tanh}^2, whose first brace the lexer leaves out
            start = self.source.rfind("{", 0, stretch[0])
            stretch = (start if start >= 0 else stretch[0], stretch[1])
        if key not in self.inside:
            self.inside[key] = self.around[key] = stretch
            self.kinds.setdefault((e.span, type(e)), []).append(e)
        old = self.around[key]
        self.around[key] = (min(old[0], stretch[0]), max(old[1], stretch[1]))

    def offset(self, line: int, column: int) -> int:
        """A place in the text counted in characters."""
        return sum(len(x) + 1 for x in self.source.split("\n")[: line - 1]) + column - 1

    def begun(self, at: int) -> int:
        r"""A place moved before what the lexer leaves out: \left, \big, self."""
        while (m := _BEFORE.search(self.source, 0, at)) is not None and m.end() == at:
            at = m.start()
        return at

    def _complete(self, side: Expression) -> None:
        """Places of what is not read by itself: a name, the product of the first two of three factors."""
        for e in reversed(list(surface(side))):
            key = (e.span, e)
            if isinstance(e, Written) and e.span is not None and key not in self.inside:
                self.note(e, (self._start(e.span), self.offset(e.span.line, e.span.end)))
            elif isinstance(e, Starred | Hadamard | Quotient | Chain) and key not in self.inside:
                parts = e.factors if isinstance(e, Chain) else (e.left, e.right)
                first, last = (self.around.get((p.span, p)) for p in (parts[0], parts[-1]))
                if first is not None and last is not None:
                    self.note(e, (first[0], last[1]))
            elif isinstance(e, Partial | GradientOf):
                for inner in (e.of, e.by) if isinstance(e, Partial) else (e.target,):
                    self._complete(inner)

    def _start(self, span: Span) -> int:
        return self.begun(self.offset(span.line, span.column))


class _Noting(WideGrammar):
    """A grammar that notes what it reads from where."""

    def __init__(self, tokens: Sequence[Token], places: Places) -> None:
        super().__init__(tokens)
        self.places = places

    def _noted(self, e: Expression, start: int | None) -> Expression:
        last = self.tokens[max(self.i - 1, 0)].span
        if start is not None and not isinstance(e, Negative):
            self.places.note(e, (start, self.places.offset(last.line, last.end)))
        return e

    def _here(self) -> int:
        return self.places._start(self.next.span)

    def sum(self) -> Expression:
        """Terms, noted."""
        start = self._here()
        return self._noted(super().sum(), start)

    def term(self) -> Expression:
        """Factors, noted."""
        start = self._here()
        return self._noted(super().term(), start)

    def chain(self, first: Expression | None = None) -> Expression:
        """Factors side by side, noted."""
        start: int | None = self._here()
        if first is not None:
            start = self.places.around.get((first.span, first), (None, None))[0]
        return self._noted(super().chain(first), start)

    def postfix(self) -> Expression:
        """A factor, noted."""
        start = self._here()
        return self._noted(super().postfix(), start)

    def atom(self) -> Expression:
        """An atom, noted."""
        start = self._here()
        return self._noted(super().atom(), start)
