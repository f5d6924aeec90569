"""A text cut into equations and declarations, each with the role its comment gives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from grusym.errors import read_error
from grusym.language.activations import SPELLINGS
from grusym.language.expression import Expression, Span
from grusym.language.extrema import EXTREMA_SPELLINGS
from grusym.language.grammar import Grammar
from grusym.language.lexer import Token, tokens
from grusym.language.scanner import EXAMPLE
from grusym.language.surface import Written

ROLES = ("input", "parameter", "constant", "state")
SIZE = re.compile(r"[^\W\d_]|[1-9]\d{0,8}")  # a letter or a number
CONTINUING = ("+", "-", "⊙", "*", "·", "×", "/", "@", "=")


@dataclass(frozen=True)
class Statement:
    """left = right as written, with the role its comment gives."""

    left: Written
    right: Expression
    role: str


@dataclass
class Declarations:
    """What a text or a caller says outright: `x : n`, `γ : scalar`, `u : input`, `a : n constant`."""

    roles: dict[str, str]
    shapes: dict[str, tuple[str, ...]]
    places: dict[str, Span | None] = field(default_factory=dict)

    def add(self, token: Token, name: str, words: list[str]) -> None:
        """Note what the words say of a name: a role, a shape or both.

        Raises ReadError where they contradict an earlier line.
        """
        role = next((word for word in words if word in ROLES), None)
        sizes = tuple(word for word in words if word not in ROLES)
        shape = () if sizes == ("scalar",) else sizes or None
        known = (self.roles.get(name), self.shapes.get(name))
        for new, old in ((role, known[0]), (shape, known[1])):
            if new is not None and old is not None and new != old:
                said = old if isinstance(old, str) else " × ".join(old) or "scalar"
                raise read_error(
                    token.span,
                    f"{name} is declared to be {' '.join(words)}, but {said} before; keep one line",
                )
        if role is not None:
            self.roles[name] = role
        if shape is not None:
            self.shapes[name] = shape
        self.places[name] = token.span


def statements(text: str, declarations: Declarations) -> list[Statement]:
    """The equations of a text; its declarations are added to `declarations`."""
    found: list[Statement] = []
    for line, role in equation_lines(tokens(text)):
        signs = [t.text for t in line if t.kind == "operator"]
        if ":" in signs and "=" not in signs:
            _declare(line, declarations)
        else:
            found.append(_statement(line, role))
    return found


def equation_lines(stream: Sequence[Token]) -> Iterable[tuple[list[Token], str]]:
    """The tokens of each line with its comment; one that ends or begins with an operator goes on."""
    line: list[Token] = []
    role = ""
    ahead = _ahead(stream)
    for i, token in enumerate(stream):
        if token.kind == "comment":
            role = token.text if line else role
        elif token.kind in ("line", "end"):
            if line and ahead[i].kind != "end" and (_goes_on(ahead[i]) or _goes_on(line[-1])):
                continue
            if line:
                yield line, role
            line, role = [], ""
        elif token.text not in (",", ".") or token.kind != "operator" or not _ends_line(stream, i):
            line.append(token)


def _ahead(stream: Sequence[Token]) -> list[Token]:
    """For each token, the next one (itself included) that is no line break and no comment."""
    result, following = [], stream[-1]
    for token in reversed(stream):
        following = token if token.kind not in ("line", "comment") else following
        result.append(following)
    return result[::-1]


def _goes_on(token: Token) -> bool:
    return token.kind == "operator" and token.text in CONTINUING


def _ends_line(stream: Sequence[Token], i: int) -> bool:
    return stream[i + 1].kind in ("line", "end", "comment")


def _statement(line: list[Token], role: str) -> Statement:
    equals = [i for i in _outside_brackets(line) if line[i].kind == "operator" and line[i].text == "="]
    if not equals:
        raise read_error(line[0].span, f"no '=' in this line; an equation was expected, as in {EXAMPLE}")
    if len(equals) > 1:
        raise read_error(line[equals[1]].span, "a second '=' in one line; give each value its own equation")
    left, right = line[: equals[0]], line[equals[0] + 1 :]
    colon = next((t for t in left[1:] if t.text == ":" and left[0].name is not None), None)
    if colon is not None:
        raise read_error(
            colon.span,
            f"a declaration says what {left[0].text} is, not its value; end the line before '=' and give the "
            "value with the weights",
        )
    if len(left) != 1 or left[0].name is None:
        raise read_error(line[0].span, f"one name must stand before '=', as in {EXAMPLE}")
    if replace(left[0].name, primes=0).canonical in {**SPELLINGS, **EXTREMA_SPELLINGS}:
        raise read_error(
            left[0].span, f"{left[0].text} is a function and cannot be defined; choose another name"
        )
    if not right:
        raise read_error(line[equals[0]].span, "nothing stands after '='; write the value's formula there")
    return Statement(Written(left[0].name, span=left[0].span), Grammar(right).whole(), role)


def _outside_brackets(line: list[Token]) -> Iterable[int]:
    depth = 0
    for i, token in enumerate(line):
        depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
        if depth == 0:
            yield i


def _declare(line: list[Token], declarations: Declarations) -> None:
    """Read `x : n`, `W : n × m`, `γ : scalar`, `u, v : input`, `Δt : constant`, `a : n constant`."""
    colon = next(i for i, t in enumerate(line) if t.text == ":")
    subjects = [t for t in line[:colon] if t.name is not None]
    words = [t.text for t in line[colon + 1 :] if t.text not in (",", "×", "·", "(", ")")]
    if not subjects or not words:
        raise read_error(
            line[0].span, "a declaration needs a name and what it is, as in 'x : n' or 'γ : scalar'"
        )
    for token in subjects:
        assert token.name is not None
        subject = replace(token.name, time=None).canonical
        if _is_declaration(words):
            declarations.add(token, subject, words)
        else:
            raise read_error(
                line[colon].span,
                f"cannot read {' '.join(words)!r}; write {', '.join(ROLES)}, scalar, n or n × m",
            )


def _is_declaration(words: list[str]) -> bool:
    """Whether words say at most one role and at most one shape."""
    sizes = [word for word in words if word not in ROLES]
    shape = sizes == ["scalar"] or (len(sizes) <= 2 and all(map(SIZE.fullmatch, sizes)))
    return shape and len(words) - len(sizes) <= 1
