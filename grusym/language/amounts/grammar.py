"""Tokens of one formula to its tree: a Pratt grammar in which side by side means times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from grusym.errors import ReadError
from grusym.language.amounts.tokens import OPEN, Token
from grusym.language.amounts.tree import (
    LARGEST_DEGREE,
    Amount,
    Letter,
    Negative,
    Number,
    Operation,
    Place,
    degree,
    failure,
)

STRENGTH = {"+": 10, "-": 10, "*": 20, "/": 20, "^": 40}
SIDE_BY_SIDE = 20
SIGN_BEFORE = 15
DEEPEST = 60  # brackets inside brackets


def amount(run: Sequence[Token], text: str) -> Amount:
    """The tree of one formula.

    Raises ReadError, with line and column in `text`, where the tokens make none.
    """
    parser = _Parser(run, text)
    found = parser.sum(0)
    if parser.i < len(parser.run):
        token = parser.run[parser.i]
        raise parser.fail(
            token, f"{token.text!r} continues no formula; leave it out or write a sign before it"
        )
    if degree(found) > LARGEST_DEGREE:
        raise failure(
            text,
            run[0].place.start,
            f"a formula of degree {degree(found)}; counts have at most {LARGEST_DEGREE}",
        )
    return found


class _Parser:
    def __init__(self, run: Sequence[Token], text: str) -> None:
        self.run, self.text = run, text
        self.i = self.depth = 0

    def fail(self, token: Token | None, message: str) -> ReadError:
        at = token.place.start if token else self.run[-1].place.end if self.run else 0
        return failure(self.text, at, message)

    def peek(self) -> Token | None:
        return self.run[self.i] if self.i < len(self.run) else None

    def sum(self, floor: int) -> Amount:
        left = self.operand()
        while (token := self.peek()) is not None:
            if token.kind == "power":
                self.i += 1
                exponent = Number(Fraction(token.text), token.place)
                left = self.power(left, exponent, Place(token.place.start, token.place.start))
            elif token.kind == "sign":
                strength = STRENGTH[token.text]
                if strength <= floor:
                    break
                self.i += 1
                if token.text == "^":
                    left = self.power(left, self.exponent(token), token.place)
                else:
                    right = self.sum(strength)
                    left = self.joined(token.text, left, right, token.place)
            elif token.kind in ("number", "name", "open", "fraction"):
                if floor >= SIDE_BY_SIDE:
                    break
                if token.kind == "number" and not isinstance(left, Operation):
                    raise self.fail(token, f"no sign stands before {token.text!r}; write one")
                right = self.sum(SIDE_BY_SIDE)
                gap = Place(left.place.end, left.place.end)
                left = self.joined("*", left, right, gap)
            else:
                break
        return left

    def joined(self, sign: str, left: Amount, right: Amount, at: Place) -> Amount:
        if sign == "/" and isinstance(right, Number) and right.value == 0:
            raise failure(self.text, right.place.start, "a division by 0; leave it out")
        return Operation(sign, left, right, left.place.joined(right.place), at)

    def power(self, base: Amount, exponent: Number, at: Place) -> Amount:
        if exponent.value.denominator != 1 or not 0 <= exponent.value <= LARGEST_DEGREE:
            raise failure(
                self.text,
                exponent.place.start,
                f"the power {exponent.value}; write a whole number from 0 to {LARGEST_DEGREE}",
            )
        return Operation("^", base, exponent, base.place.joined(exponent.place), at)

    def exponent(self, sign: Token) -> Number:
        token = self.peek()
        closing = None
        place = token.place if token is not None else sign.place
        if token is not None and token.kind == "open":
            closing = OPEN[token.text]
            self.i += 1
            token = self.peek()
        if token is None or token.kind != "number" or token.value is None:
            raise self.fail(token or sign, "a power needs a whole number, as in n^2")
        self.i += 1
        if closing is not None:
            after = self.peek()
            if after is None or after.kind != "close":
                raise self.fail(after or sign, f"the power needs {closing!r} after it")
            self.i += 1
            place = place.joined(after.place)
        return Number(token.value, place)

    def operand(self) -> Amount:
        token = self.peek()
        if token is None:
            raise self.fail(None, "the formula stops where a number, a letter or a bracket is wanted; go on")
        self.i += 1
        if token.kind == "number" and token.value is not None:
            return Number(token.value, token.place)
        if token.kind == "name":
            return Letter(token.text, token.place)
        if token.kind == "sign" and token.text in "+-":
            inner = self.sum(SIGN_BEFORE)
            return inner if token.text == "+" else Negative(inner, token.place.joined(inner.place))
        if token.kind == "fraction":
            above, below = self.group(None), self.group(None)
            return self.joined("/", above, below, token.place)
        if token.kind == "open":
            self.i -= 1
            return self.group(token)
        raise self.fail(
            token, f"found {token.text!r} where a number, a letter or a bracket is wanted; put one there"
        )

    def group(self, opened: Token | None) -> Amount:
        token = self.peek()
        if token is None or token.kind != "open":
            raise self.fail(token, "a fraction needs two groups in braces, as in \\frac{3}{4}")
        self.i += 1
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.fail(token, f"more than {DEEPEST} brackets inside each other; write fewer")
        inner = self.sum(0)
        closing = self.peek()
        if closing is None or closing.kind != "close" or closing.text != OPEN[token.text]:
            found = repr(closing.text) if closing else "the end of the formula"
            column = token.place.start - self.text.rfind("\n", 0, token.place.start)
            raise self.fail(
                closing, f"{token.text!r} of column {column} needs {OPEN[token.text]!r}; found {found}"
            )
        self.i += 1
        self.depth -= 1
        return replace(inner, place=token.place.joined(closing.place))
