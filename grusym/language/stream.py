"""A line of tokens, read one by one, with errors at their places."""

from __future__ import annotations

from collections.abc import Sequence

from grusym.errors import ReadError
from grusym.language.expression import Span
from grusym.language.lexer import Token


class TokenStream:
    """A line of tokens and the place in it that is read next."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = [*tokens, Token("end", "", tokens[-1].span if tokens else Span(1, 1, 2))]
        self.i = 0
        self.depth = 0

    @property
    def next(self) -> Token:
        """The token that is to be read next."""
        return self.tokens[self.i]

    def take(self) -> Token:
        """Read one token."""
        token = self.next
        self.i += 1
        return token

    def is_sign(self, *signs: str) -> bool:
        """Whether an operator among `signs` is to be read next."""
        return self.next.kind == "operator" and self.next.text in signs

    def fail(self, message: str, token: Token | None = None) -> ReadError:
        """A ReadError at a token."""
        span = (token or self.next).span
        return ReadError(message, span.line, span.column)

    def expect(self, sign: str, opened: Token) -> None:
        """Read a closing sign, or say what was opened and never closed."""
        if not self.is_sign(sign):
            found = repr(self.next.text) if self.next.kind != "end" else "the end of the line"
            raise self.fail(
                f"{opened.text!r} of column {opened.span.column} needs {sign!r} here; found {found}"
            )
        self.take()
