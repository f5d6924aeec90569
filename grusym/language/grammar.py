"""Tokens to a surface tree: a Pratt grammar in which juxtaposition binds tighter than ⊙.

Products whose meaning depends on what they multiply stay open here (`Chain`, `Starred`, `Call`);
`grusym.language.kinds` closes them when it knows which names are matrices, vectors and scalars.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import ClassVar

from grusym.errors import ReadError, read_error
from grusym.language.activations import SPELLINGS, unknown_function
from grusym.language.expression import (
    ZERO,
    Activation,
    Concatenation,
    Diagonal,
    Expression,
    Extremum,
    Hadamard,
    Identity,
    Negative,
    Number,
    Power,
    Quotient,
    Sum,
    Transpose,
)
from grusym.language.extrema import EXTREMA_SPELLINGS
from grusym.language.height import TALLEST, tall
from grusym.language.lexer import SUMS, Token
from grusym.language.scanner import NameToken
from grusym.language.spelling import CASTS
from grusym.language.stream import TokenStream
from grusym.language.surface import Call, Chain, Starred, Written

DEEPEST = 60  # a bracket costs seven Python frames, and Python allows a thousand
LONGEST_TERM = 64  # factors of one term; each nests the tree by one

STACKS = {"concat", "concatenate", "cat", "hstack", "vstack", "stack"}
PRODUCTS = {"dot", "matmul", "mm", "mv"}


class Grammar(TokenStream):
    """Reads one statement (a line of tokens) as an expression."""

    joints: ClassVar[Mapping[str, Callable[..., Expression]]] = {
        "⊙": Hadamard,
        "*": Starred,
        "/": Quotient,
    }

    def whole(self) -> Expression:
        """The one expression the tokens hold."""
        result = self.sum()
        if self.next.kind != "end":
            raise self.fail(
                f"{self.next.text!r} was not expected here; an operator or the end of the line was"
            )
        if (deep := tall(result)) is not None:
            raise read_error(
                deep.span or self.tokens[0].span,
                f"a formula nested deeper than {TALLEST}; give its parts equations of their own",
            )
        return result

    def sum(self) -> Expression:
        """Terms joined by + and -."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.fail(f"brackets nested deeper than {DEEPEST}")
        first = self.signed()
        terms = [first]
        while self.is_sign("+", "-"):
            sign = self.take()
            term = self.signed()
            terms.append(Negative(term, span=term.span) if sign.text == "-" else term)
        self.depth -= 1
        return first if len(terms) == 1 else Sum(tuple(terms), span=first.span)

    def signed(self) -> Expression:
        """A term with an optional sign before it."""
        if self.is_sign("-", "+"):
            sign = self.take()
            self.depth += 1
            if self.depth > DEEPEST:
                raise self.fail(f"signs and brackets nested deeper than {DEEPEST}")
            term = self.signed()
            self.depth -= 1
            return Negative(term, span=sign.span) if sign.text == "-" else term
        return self.term()

    def term(self) -> Expression:
        """Factors joined by ⊙, * and /."""
        self.fraction()
        left, length = self.chain(self.ratio(self.postfix())), 1
        while self.is_sign(*self.joints):
            sign, length = self.take(), length + 1
            if length > LONGEST_TERM:
                raise self.fail(
                    f"a term of more than {LONGEST_TERM} factors; split it into several equations"
                )
            if sign.text == "/":
                right = self.divisor(sign)
            else:
                right = self.signed() if self.is_sign("-", "+") else self.chain()
            node = self.joints[sign.text]
            left = node(left, right, span=left.span)
        return left

    def divisor(self, sign: Token) -> Expression:
        """The one factor that stands after '/'."""
        if not self.is_sign("-", "+"):
            e = self.postfix()
            if not (self.begins_factor() or self.is_sign("@", "·", "×") or isinstance(e, Call)):
                return e
        raise self.fail(
            "'/' before several factors or a sign can be read in two ways, as (a / b) c and as a / (b c); "
            "write the brackets that are meant",
            sign,
        )

    def ratio(self, above: Expression) -> Expression:
        """A factor, or the 1/τ it begins: '/' without blanks binds tighter than factors side by side."""
        sign, below, after = [*self.tokens[self.i : self.i + 3], self.tokens[-1], self.tokens[-1]][:3]
        tight = self.is_sign("/") and not sign.spaced and not below.spaced
        plain = isinstance(above, Written | Number) and below.kind in ("name", "number")
        if not (tight and plain and (_begins_factor(after) or after.text in ("@", "·", "×"))):
            return above
        if below.name is not None and below.name.canonical in {**SPELLINGS, **EXTREMA_SPELLINGS}:
            return above
        self.i += 2
        under = Number(_exact(below)) if below.name is None else Written(below.name, span=below.span)
        return Quotient(above, under, span=above.span)

    def fraction(self) -> None:
        """Make one token of the 1/2 that a term begins with, as in 1/2 U h."""
        while self.next.kind == "number":
            sign, below, after = [*self.tokens[self.i + 1 : self.i + 4], self.tokens[-1], self.tokens[-1]][:3]
            if sign.text != "/" or below.kind != "number" or after.kind == "power" or after.text == "^":
                return
            self.tokens[self.i : self.i + 3] = [self.divided(self.next, below)]

    def divided(self, above: Token, below: Token) -> Token:
        """One number divided by another, as a token."""
        if _exact(below) == 0:
            raise self.fail("a number is divided by 0; write another", below)
        return replace(above, value=_exact(above) / _exact(below))

    def chain(self, first: Expression | None = None) -> Expression:
        """Factors side by side, or joined by @, · and ×; `first` has been read."""
        first = first or self.postfix()
        factors, signs = [first], []
        while True:
            if self.is_sign("@", "·", "×"):
                signs.append(self.take().text)
            elif self.begins_factor():
                signs.append("")
            else:
                break
            if len(factors) == LONGEST_TERM:
                raise self.fail(
                    f"a term of more than {LONGEST_TERM} factors; split it into several equations"
                )
            factors.append(self.postfix())
            if not signs[-1] and isinstance(factors[-1], Number) and not self.begins_factor():
                raise self.fail(
                    "a number stands last in a product; write it first, as in 3 h, and the number of an "
                    "equation after a wide gap",
                    self.tokens[self.i - 1],
                )
        return first if len(factors) == 1 else Chain(tuple(factors), tuple(signs), span=first.span)

    def begins_factor(self) -> bool:
        """Whether a further factor of a juxtaposition follows."""
        return _begins_factor(self.next)

    def postfix(self) -> Expression:
        """An atom with powers and transposes."""
        e, first = self.atom(), self.i
        while True:
            if self.i - first > DEEPEST:
                raise self.fail(f"more than {DEEPEST} powers and transposes on one factor")
            if self.next.kind == "power":
                e = Power(e, int(self.take().text), span=e.span)
            elif self.is_sign("ᵀ"):
                self.take()
                e = Transpose(e, span=e.span)
            elif self.is_sign(".") and self.tokens[self.i + 1].text == "T":
                self.i += 2
                e = Transpose(e, span=e.span)
            elif self.is_sign("^"):
                e = self.raised(e)
            elif self.is_sign("'", "′", "’"):
                raise self.fail(
                    "a prime marks the next value of a state and stands after a name, as in h'; "
                    "write ᵀ for a transpose"
                )
            else:
                return e

    def raised(self, e: Expression) -> Expression:
        r"""e^2, e^{2}, e^T, e^{\top}, e^{⊙2}."""
        sign = self.take()
        braced = self.is_sign("{")
        if braced:
            self.take()
        if self.is_sign("⊙"):
            self.take()
        token = self.next
        if token.kind != "end":
            self.take()
        if braced:
            self.expect("}", sign)
        if token.text in ("T", "ᵀ"):
            return Transpose(e, span=e.span)
        if token.kind == "number" and token.text.isdigit() and int(token.text) <= 64:
            return Power(e, int(token.text), span=e.span)
        raise self.fail("only whole powers from 0 to 64 and the transpose ᵀ can be read after '^'", token)

    def atom(self) -> Expression:
        """A number, a name, a function of something, or anything in brackets."""
        token = self.take()
        if token.kind == "number":
            return Number(_exact(token), span=token.span)
        if token.kind == "name" and token.name is not None:
            return self.named(token, token.name)
        if token.kind == "operator" and token.text in ("(", "{", "["):
            return self.bracketed(token)
        if token.kind == "operator" and token.text == "frac":
            above, below = self.group(), self.group()
            if isinstance(above, Number) and isinstance(below, Number) and below.value:
                return Number(above.value / below.value, span=token.span)
            return Quotient(above, below, span=token.span)
        if token.kind == "end":
            raise self.fail("the line ends where a name, a number or a bracket was expected", token)
        raise self.fail(f"{token.text!r} was found where a name, a number or a bracket was expected", token)

    def group(self) -> Expression:
        r"""The {argument} of \frac, or the one digit or letter that stands for it."""
        if self.is_sign("{"):
            return self.bracketed(self.take())
        token = self.next
        if token.kind == "number" and token.text.isdigit():
            first, rest = replace(token, text=token.text[0]), replace(token, text=token.text[1:])
            self.tokens[self.i : self.i + 1] = [first, rest] if rest.text else [first]
            return self.atom()
        if token.name is None or len(token.name.base) > 1:
            raise self.fail(r"\frac needs two arguments in braces, as in \frac{1}{2}")
        return Written(token.name, span=self.take().span)

    def bracketed(self, opened: Token) -> Expression:
        """( expression ), { expression }, or the concatenation [u, v]."""
        parts = self.listed(opened)
        if len(parts) == 1:
            if opened.text == "[":
                self.not_a_list(parts[0])
            return replace(parts[0], span=opened.span) if parts[0].span is None else parts[0]
        if opened.text == "(":
            raise self.fail("(u, v) is not a vector here; write [u, v] for a concatenation", opened)
        return Concatenation(tuple(parts), span=opened.span)

    def listed(self, opened: Token) -> list[Expression]:
        """The expressions between brackets, and the closing one."""
        closing = {"(": ")", "{": "}", "[": "]"}[opened.text]
        parts = [self.sum()]
        while self.is_sign(",", ";") or (opened.text == "[" and self.is_sign("|")):
            if opened.text == "{":
                raise self.fail("a comma cannot stand between braces")
            self.take()
            if self.is_sign(closing):
                break
            parts.append(self.sum())
        self.expect(closing, opened)
        return parts

    def not_a_list(self, e: Expression) -> None:
        """Refuse [x h], which is neither a product of a matrix nor a concatenation."""
        if isinstance(e, Chain) and isinstance(e.factors[0], Written) and e.signs[0] == "":
            base = e.factors[0].name.base
            if base.isascii() and base.islower():
                raise read_error(
                    e.span, f"{base} and what follows stand in [ ] without a comma; write [{base}, ...]"
                )

    def named(self, token: Token, name: NameToken) -> Expression:
        """A name, or a function applied to what follows it."""
        bare = not (name.accents or name.subscript or name.label or name.primes) and name.time is None
        if bare and name.base in SPELLINGS:
            if not (self.begins_factor() or self.is_sign("-")):
                raise self.fail(f"{token.text} needs an argument, as in {token.text}(W x + b)", token)
            self.depth += 1
            if self.depth > DEEPEST:
                raise self.fail(f"functions and brackets nested deeper than {DEEPEST}", token)
            argument = self.atom() if self.is_sign("(", "[", "{") else self.chain()
            self.depth -= 1
            return Activation(SPELLINGS[name.base], argument, span=token.span)
        if bare and name.base in EXTREMA_SPELLINGS:
            return self.extremum(token, EXTREMA_SPELLINGS[name.base])
        if bare and self.is_sign("(") and name.base in STACKS | PRODUCTS | {"diag"}:
            return self.special(token, name.base)
        written = Written(name, span=token.span)
        if name.base in ("Σ", "Π") and re.match("[ijkl](?:=|$)", name.subscript):
            raise self.fail(SUMS, token)
        if name.canonical == "I" and name.time is None:  # I_t is an input gate
            return Identity(span=token.span)
        if self.next.spaced:
            return written
        if self.is_sign("["):
            self.not_indexed(token)
        if self.is_sign("("):
            return self.called(written)
        return written

    def extremum(self, token: Token, function: str) -> Expression:
        r"""max(u, v), \max\{u, v\}; max(0, u) is relu(u)."""
        example = f"{token.text} takes two arguments, as in {token.text}(u, v)"
        if not self.is_sign("(", "{"):
            raise self.fail(example, token)
        opened = self.take()
        arguments = [self.sum()]
        while self.is_sign(","):
            self.take()
            arguments.append(self.sum())
        self.expect({"(": ")", "{": "}"}[opened.text], opened)
        if len(arguments) == 1:
            raise self.fail(f"{example}; that over the entries of one vector is not read", token)
        if len(arguments) > 2:
            raise self.fail(f"{example}; of three, write {token.text}(u, {token.text}(v, w))", token)
        left, right = arguments
        if function == "max" and ZERO in (left, right):
            return Activation("relu", right if left == ZERO else left, span=token.span)
        return Extremum(function, left, right, span=token.span)

    def called(self, f: Written) -> Expression:
        """name(argument): what it means is decided when it is known what the name is."""
        arguments = self.listed(self.take())
        if f.name.canonical in CASTS and isinstance(arguments[0], Number):
            return replace(arguments[0], span=f.span)
        if len(arguments) > 1:
            raise read_error(f.span, unknown_function(f.name.canonical))
        return Call(f, arguments[0], span=f.span)

    def not_indexed(self, token: Token) -> None:
        """Refuse h[0]."""
        inside = self.tokens[self.i + 1]
        if inside.kind == "number" or inside.text in (":", "-"):
            raise self.fail(
                f"{token.text}[...] picks entries by number, which cannot be read; write the whole "
                "vector, or [u, v] for a concatenation"
            )

    def special(self, token: Token, function: str) -> Expression:
        """diag(v), concatenate([u, v]), dot(A, v)."""
        opened = self.take()
        tuples = function in STACKS and self.is_sign("(")  # concatenate((u, v))
        arguments = self.listed(self.take()) if tuples else [self.sum()]
        while self.is_sign(","):
            self.take()
            if self.next.kind == "name" and self.tokens[self.i + 1].text == "=":  # axis=-1, dim=1
                self.i += 2
                self.signed()
            else:
                arguments.append(self.sum())
        self.expect(")", opened)
        if function == "diag" and len(arguments) == 1:
            return Diagonal(arguments[0], span=token.span)
        if function in STACKS:
            parts = arguments
            if len(arguments) == 1 and isinstance(arguments[0], Concatenation):
                parts = list(arguments[0].parts)
            if len(parts) > 1:
                return Concatenation(tuple(parts), span=token.span)
        if function in PRODUCTS and len(arguments) == 2:
            return Chain(tuple(arguments), ("@",), span=token.span)
        raise self.fail(f"{function} was given {len(arguments)} argument(s), which it cannot take", token)


def _begins_factor(token: Token) -> bool:
    sign = token.kind == "operator" and token.text in ("(", "[", "{", "frac")
    return sign or token.kind in ("name", "number")


def _exact(token: Token) -> Fraction:
    if token.value is not None:
        return token.value
    mantissa, _, exponent = token.text.lower().partition("e")
    if len(mantissa) > 60 or len(exponent) > 4 or abs(int(exponent or 0)) > 300:
        span = token.span
        raise ReadError(
            f"the number {token.text[:20]}... is outside what float64 can hold", span.line, span.column
        )
    return Fraction(mantissa) * Fraction(10) ** int(exponent or 0)
