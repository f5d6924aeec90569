"""Expressions in Typst mathematics, to stand between dollar signs: `h' = z dot.o h + (1 - z) dot.o c`."""

# ruff: noqa: D102 - what each method writes is said once, in order.py and symbols.py.

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from grusym.language.expression import Expression, Identity
from grusym.language.printers.greek import LETTERS
from grusym.language.printers.order import LeftSide
from grusym.language.printers.symbols import Scripts, SymbolPrinter

_ACCENTS = {
    "bar": "macron",
    "overline": "overline",
    "ddot": "dot.double",
    "check": "caron",
    "ring": "circle",
    "vec": "arrow",
}
# What Typst's mathematics defines itself; any other function is set upright by `op`.
_FUNCTIONS = {"tanh", "exp", "log", "sin", "cos", "max", "min"}


def typst(e: Expression, names: Mapping[str, str] | None = None) -> str:
    """The expression in Typst."""
    return TypstPrinter(names).write(e)


def typst_equations(
    lines: Iterable[tuple[LeftSide, Expression]], names: Mapping[str, str] | None = None
) -> str:
    """Equations for one display, aligned at their equals signs, one a line."""
    printer = TypstPrinter(names)
    return " \\\n".join(printer.equation(left, right, "&") for left, right in lines)


class TypstPrinter(SymbolPrinter):
    """Typst 0.13 and later."""

    equals, plus, minus, sign, times, beside = " = ", " + ", " - ", "-", " dot.o ", " "

    def identity(self, e: Identity) -> str:
        return "I"

    def function(self, name: str) -> str:
        if name in _FUNCTIONS:
            return name
        return self.letter(name) if len(name) == 1 else f"op({json.dumps(name)})"

    def letter(self, letter: str) -> str:
        if letter in LETTERS:
            return LETTERS[letter]
        return letter if letter.isalpha() else self.word(letter)

    def word(self, word: str) -> str:
        return f"upright({json.dumps(word, ensure_ascii=False)})"

    def digits(self, digits: str) -> str:
        return digits

    def mark(self, sign: str) -> str:
        return "\\" + sign if sign in ",;/[]()" else sign

    def close(self, pieces: list[str]) -> str:
        return " ".join(pieces)

    def accented(self, stem: str, accent: str) -> str:
        return f"{_ACCENTS.get(accent, accent)}({stem})"

    def scripted(self, stem: str, scripts: Scripts) -> str:
        below = f"_{_group(scripts.below)}" if scripts.below else ""
        above = f"^{_group(scripts.above)}" if scripts.above else ""
        return stem + "'" * scripts.primes + below + above

    def fraction(self, above: str, below: str) -> str:
        return f"frac({above}, {below})"

    def partial(self, of: str, by: str) -> str:
        return self.fraction(f"partial {of}", f"partial {by}")

    def bracketed(self, inner: str) -> str:
        return f"({inner})"

    def applied(self, function: str, inner: str) -> str:
        return f"{function}({inner})"

    def listed(self, items: Sequence[str]) -> str:
        return f"[{', '.join(items)}]"

    def raised(self, base: str, of: Expression, exponent: int) -> str:
        return f"{self.shouldered(base, of)}^{_group(str(exponent))}"

    def transposed(self, base: str, of: Expression) -> str:
        return f"{self.shouldered(base, of)}^top"

    def shouldered(self, base: str, of: Expression) -> str:
        """The base of a superscript, held together where it has one of its own."""
        return f"scripts({base})" if self.has_superscript(of) else base

    def indexed(self, whole: str, place: str, whole_rows: bool) -> str:
        return f"{whole} [:, {place}]" if whole_rows else f"{whole} [{place}]"

    def small_change(self, of: str) -> str:
        return f"upright(d) {of}"


def _group(script: str) -> str:
    return script if len(script) == 1 else f"({script})"
