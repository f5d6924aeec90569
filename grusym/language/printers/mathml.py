"""Expressions in presentation MathML, which browsers typeset without a script.

Browsers do not break a formula over lines. So a writer marks where a line may end, with the depth of
the brackets around; `broken` cuts a formula there into inline pieces that flow like words.
"""

# ruff: noqa: D102 - what each method writes is said once, in order.py and symbols.py.

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape

from grusym.language.expression import Expression, Identity, Name
from grusym.language.printers.order import LeftSide
from grusym.language.printers.symbols import Scripts, SymbolPrinter
from grusym.language.printers.text import TextPrinter

_ACCENTS = {
    "tilde": "~",
    "hat": "^",
    "bar": "¯",
    "overline": "‾",
    "dot": "˙",
    "ddot": "¨",
    "check": "ˇ",
    "breve": "˘",
    "acute": "´",
    "grave": "`",
    "ring": "˚",
    "vec": "→",
}
_PRIMES = {2: "″", 3: "‴"}
# Marks of possible line ends: private characters, so that no name can hold one after escaping.
_SOFT = re.compile("\ue000(\\d+);")
_PRIVATE = re.compile("[\ue000-\uf8ff\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_TAG = re.compile("<[^>]*>")

SHORTEST_CUT = 24  # characters; what is shorter stays whole


def mathml(e: Expression, names: Mapping[str, str] | None = None) -> str:
    """The expression as one inline `<math>` element, with its text for those who do not see it."""
    return _math(MathMLPrinter(names).write(e), TextPrinter(names).write(e))


def mathml_equation(left: LeftSide, right: Expression, names: Mapping[str, str] | None = None) -> str:
    """left = right as one inline `<math>` element."""
    return _math(MathMLPrinter(names).equation(left, right), TextPrinter(names).equation(left, right))


def broken(e: Expression, names: Mapping[str, str] | None = None, before: str = "") -> str:
    """The expression as inline pieces between which a line may end, outer places first.

    `before` is MathML that leads the first piece, such as an equals sign. The spans are of class
    `m`; a style sheet lays them out as inline blocks.
    """
    return _pieces(before + MathMLPrinter(names).write(e))


class MathMLPrinter(SymbolPrinter):
    """Presentation MathML Core: sibling elements as one string, to stand in a `<math>` or `<mrow>`."""

    sign = '<mo form="prefix">−</mo>'
    beside = '\ue0001;<mspace width="0.2em"/>'
    plus, minus, times, equals = (
        f'\ue000{level};<mo form="infix">{sign}</mo>'
        for sign, level in (("+", 0), ("−", 0), ("⊙", 1), ("=", 0))
    )

    def identity(self, e: Identity) -> str:
        return "<mi>I</mi>"

    def function(self, name: str) -> str:
        return self.word(name) if len(name) > 1 else self.letter(name)

    def letter(self, letter: str) -> str:
        return f"<mi>{_escaped(letter)}</mi>"

    def word(self, word: str) -> str:
        return f"<mi>{_escaped(word)}</mi>"

    def digits(self, digits: str) -> str:
        return f"<mn>{_escaped(digits)}</mn>"

    def mark(self, sign: str) -> str:
        return f'<mo lspace="0" rspace="0" stretchy="false">{_escaped("−" if sign == "-" else sign)}</mo>'

    def accented(self, stem: str, accent: str) -> str:
        sign = f'<mo stretchy="false">{_ACCENTS[accent]}</mo>'
        return f'<mover accent="true">{_row(stem)}{sign}</mover>'

    def scripted(self, stem: str, scripts: Scripts) -> str:
        above, below = _row(scripts.above), _row(scripts.below)
        if scripts.below and scripts.above:
            written = f"<msubsup>{_row(stem)}{below}{above}</msubsup>"
        elif scripts.below:
            written = f"<msub>{_row(stem)}{below}</msub>"
        else:
            written = f"<msup>{_row(stem)}{above}</msup>" if scripts.above else stem
        if not scripts.primes:
            return written
        # A prime is a raised sign of the font; as a superscript it would be raised and shrunk twice.
        sign = _PRIMES.get(scripts.primes, "′" * scripts.primes)
        return f'<mrow>{written}<mo lspace="0" rspace="0">{sign}</mo></mrow>'

    def fraction(self, above: str, below: str) -> str:
        return f"<mfrac>{_row(above)}{_row(below)}</mfrac>"

    def partial(self, of: str, by: str) -> str:
        sign = '<mi mathvariant="normal">∂</mi>'
        return self.fraction(sign + of, sign + by)

    def bracketed(self, inner: str) -> str:
        if "<mfrac" in inner:
            return f"<mrow><mo>(</mo>{_row(inner)}<mo>)</mo></mrow>"
        return _bracket("(") + _deeper(inner) + _bracket(")")

    def applied(self, function: str, inner: str) -> str:
        return f"{function}<mo>&#x2061;</mo>{self.bracketed(inner)}"

    def separated(self, items: Sequence[str]) -> str:
        return '<mo separator="true">,</mo>'.join(items)

    def listed(self, items: Sequence[str]) -> str:
        return _bracket("[") + self.separated([_hard(item) for item in items]) + _bracket("]")

    def raised(self, base: str, of: Expression, exponent: int) -> str:
        shown = f"<mn>{exponent}</mn>" if exponent >= 0 else f"<mrow><mo>−</mo><mn>{-exponent}</mn></mrow>"
        return self.shouldered(base, of, shown)

    def transposed(self, base: str, of: Expression) -> str:
        return self.shouldered(base, of, '<mi mathvariant="normal">⊤</mi>')

    def shouldered(self, base: str, of: Expression, above: str) -> str:
        """A base with something above its right shoulder, right over the subscript if it has one."""
        if isinstance(of, Name) and base.startswith("<msub>") and not self.has_superscript(of):
            return f"<msubsup>{base.removeprefix('<msub>').removesuffix('</msub>')}{above}</msubsup>"
        return f"<msup>{_row(base)}{above}</msup>"

    def indexed(self, whole: str, place: str, whole_rows: bool) -> str:
        rows = f'{self.mark(":")}<mo separator="true">,</mo>' if whole_rows else ""
        return whole + _bracket("[") + rows + _hard(place) + _bracket("]")

    def small_change(self, of: str) -> str:
        return f'<mi mathvariant="normal">d</mi>{_hard(of)}'


def _escaped(text: str) -> str:
    return escape(_PRIVATE.sub("\ufffd", text))


def _bracket(sign: str) -> str:
    form = "prefix" if sign in "([" else "postfix"
    return f'<mo form="{form}" stretchy="false">{sign}</mo>'


def _hard(inner: str) -> str:
    """The same without places where a line may end."""
    return _SOFT.sub("", inner)


def _row(inner: str) -> str:
    """One element, as scripts and fractions need for each of their parts."""
    inner = _hard(inner)
    single = re.fullmatch(r"<(m[ino])\b[^<>]*>[^<>]*</\1>|<mrow>(?:(?!</?mrow>).)*</mrow>", inner)
    return inner if single else f"<mrow>{inner}</mrow>"


def _deeper(inner: str) -> str:
    """The same inside one more pair of brackets."""
    return _SOFT.sub(lambda found: f"\ue000{int(found[1]) + 2};", inner)


def _math(inner: str, said: str) -> str:
    return f'<math alttext="{_escaped(said)}">{_hard(inner)}</math>'


def _pieces(inner: str) -> str:
    """Cut at the outermost marks; a piece that could itself be cut becomes a span of pieces."""
    levels = [int(level) for level in _SOFT.findall(inner)]
    if not levels or len(_TAG.sub("", _hard(inner))) < SHORTEST_CUT:
        return f"<math>{_hard(inner)}</math>"
    outermost = min(levels)
    cut = [_pieces(piece) for piece in inner.split(f"\ue000{outermost};") if piece]
    return "".join(f'<span class="m">{piece}</span>' if "</math><" in piece else piece for piece in cut)
