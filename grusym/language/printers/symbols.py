"""What the typeset notations share: a name set as letter, accents, scripts and primes."""

# ruff: noqa: D102 - what each method writes is said once, in order.py.

from __future__ import annotations

import re
from abc import abstractmethod
from typing import NamedTuple

from grusym.language.expression import Expression, Number, Quotient
from grusym.language.names import parts
from grusym.language.printers.order import Binding, Printer, decimal

# What separates the names inside a subscript: h,z or t-1 or (z).
_BETWEEN = re.compile(r"([,;:()\[\]+\-\s/|]+)")


class Scripts(NamedTuple):
    """The written scripts of a name; "" where it has none."""

    below: str
    above: str
    primes: int


class SymbolPrinter(Printer):
    """A printer of typeset mathematics: fractions are stacked, names have real scripts."""

    def binding(self, e: Expression) -> Binding:
        match e:
            case Quotient():
                return Binding.POSTFIX
            case Number(value=value) if value >= 0 and decimal(value) is None:
                return Binding.POSTFIX
        return super().binding(e)

    def quotient(self, e: Quotient) -> str:
        return self.fraction(self.write(e.left), self.write(e.right))

    def number(self, e: Number) -> str:
        exact = decimal(abs(e.value))
        if exact is None:
            above, below = (self.digits(str(abs(part))) for part in e.value.as_integer_ratio())
            exact = self.fraction(above, below)
        else:
            exact = self.digits(exact)
        return self.sign + exact if e.value < 0 else exact

    def named(self, name: str) -> str:
        found = parts(name)
        stem = self.stem(found.base)
        for accent in found.accents:
            stem = self.accented(stem, accent)
        scripts = Scripts(self.label(found.subscript), self.label(found.superscript), found.primes)
        return self.scripted(stem, scripts) if any(scripts) else stem

    def stem(self, base: str) -> str:
        """A single letter is a variable, a number is a number, anything longer is a word."""
        if base.isdecimal():
            return self.digits(base)
        return self.letter(base) if len(base) == 1 else self.word(base)

    def label(self, label: str) -> str:
        """A subscript or superscript: names, with the signs between them; two letters are two names."""
        written = []
        for place, piece in enumerate(_BETWEEN.split(label)):
            if place % 2:
                written += [self.mark(sign) for sign in piece if not sign.isspace()]
            elif len(piece) == 2 and piece.isalpha():
                written += [self.letter(letter) for letter in piece]
            elif piece:
                written.append(self.named(piece))
        return self.close(written)

    def has_superscript(self, e: Expression) -> bool:
        """Whether a node's written form already carries something above its right shoulder."""
        name = getattr(e, "name", None)
        found = parts(self.names.get(name, name)) if name else None
        return bool(found and (found.superscript or found.primes))

    def close(self, pieces: list[str]) -> str:
        """Pieces set side by side without space."""
        return "".join(pieces)

    @abstractmethod
    def letter(self, letter: str) -> str:
        """A variable of one letter."""

    @abstractmethod
    def word(self, word: str) -> str:
        """A name of several letters, upright."""

    @abstractmethod
    def digits(self, digits: str) -> str:
        """A number's digits."""

    @abstractmethod
    def mark(self, sign: str) -> str:
        """A sign between the names of a label."""

    @abstractmethod
    def accented(self, stem: str, accent: str) -> str:
        """A stem under an accent, by the accent's word."""

    @abstractmethod
    def scripted(self, stem: str, scripts: Scripts) -> str:
        """A stem with its scripts and primes."""

    @abstractmethod
    def fraction(self, above: str, below: str) -> str:
        """A stacked fraction."""
