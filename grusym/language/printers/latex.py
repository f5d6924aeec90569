r"""Expressions in LaTeX, ready for `$...$` or an `align`: `h' = z \odot h + (1 - z) \odot c`."""

# ruff: noqa: D102 - what each method writes is said once, in order.py and symbols.py.

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from grusym.language.activations import ACTIVATIONS
from grusym.language.expression import Expression, Identity, Name
from grusym.language.extrema import EXTREMA
from grusym.language.printers.greek import LETTERS
from grusym.language.printers.order import LeftSide
from grusym.language.printers.symbols import Scripts, SymbolPrinter

_SPECIAL = {
    "\\": r"\backslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\sim{}",
    "^": r"\hat{}",
    "<": "<",
    ">": ">",
    **{sign: f"\\{sign}" for sign in "#$%&_"},
}
_GREEK = {letter: f"\\{name}" for letter, name in LETTERS.items()} | {"ε": r"\varepsilon", "ο": "o"}
_ACCENTS = {"overline": "overline", "ring": "mathring"}


def latex(e: Expression, names: Mapping[str, str] | None = None, bold: Collection[str] = ()) -> str:
    """The expression in LaTeX; the names in `bold` are set in bold type."""
    return LatexPrinter(names, bold).write(e)


def latex_equations(
    lines: Iterable[tuple[LeftSide, Expression]],
    names: Mapping[str, str] | None = None,
    bold: Collection[str] = (),
) -> str:
    r"""Equations for one `aligned`, `align` or `split`: `left &= right`, one a line."""
    printer = LatexPrinter(names, bold)
    return " \\\\\n".join(printer.equation(left, right, "&") for left, right in lines)


class LatexPrinter(SymbolPrinter):
    """LaTeX with amsmath."""

    equals, plus, minus, sign, times, beside = " = ", " + ", " - ", "-", r" \odot ", " "

    def __init__(self, names: Mapping[str, str] | None = None, bold: Collection[str] = ()) -> None:
        super().__init__(names)
        self.bold = frozenset(bold)

    def name(self, e: Name) -> str:
        written = super().name(e)
        return rf"\boldsymbol{{{written}}}" if e.name in self.bold else written

    def identity(self, e: Identity) -> str:
        return "I"

    def function(self, name: str) -> str:
        if name in EXTREMA:
            return f"\\{name}"
        known = ACTIVATIONS.get(name)
        return known.latex if known else rf"\operatorname{{{name}}}"

    def letter(self, letter: str) -> str:
        return _GREEK.get(letter) or _SPECIAL.get(letter, letter)

    def word(self, word: str) -> str:
        return rf"\mathrm{{{self.close([self.letter(letter) for letter in word])}}}"

    def digits(self, digits: str) -> str:
        return digits

    def mark(self, sign: str) -> str:
        return sign

    def close(self, pieces: list[str]) -> str:
        written = ""
        for piece in pieces:
            # A command runs on into a letter that follows it.
            command = written.rpartition("\\")[2].isalpha() and "\\" in written
            written += (" " if command and piece[:1].isalpha() else "") + piece
        return written

    def accented(self, stem: str, accent: str) -> str:
        return rf"\{_ACCENTS.get(accent, accent)}{{{stem}}}"

    def scripted(self, stem: str, scripts: Scripts) -> str:
        below = f"_{{{scripts.below}}}" if scripts.below else ""
        primes = r"\prime" * scripts.primes
        above = f"^{{{scripts.above}{primes}}}" if scripts.above else "'" * scripts.primes
        return stem + below + above

    def fraction(self, above: str, below: str) -> str:
        return rf"\frac{{{above}}}{{{below}}}"

    def partial(self, of: str, by: str) -> str:
        return self.fraction(rf"\partial {of}", rf"\partial {by}")

    def bracketed(self, inner: str) -> str:
        return rf"\left({inner}\right)" if r"\frac" in inner else f"({inner})"

    def applied(self, function: str, inner: str) -> str:
        return function + self.bracketed(inner)

    def listed(self, items: Sequence[str]) -> str:
        return f"[{', '.join(items)}]"

    def raised(self, base: str, of: Expression, exponent: int) -> str:
        return f"{self.shouldered(base, of)}^{{{exponent}}}"

    def transposed(self, base: str, of: Expression) -> str:
        return rf"{self.shouldered(base, of)}^{{\top}}"

    def shouldered(self, base: str, of: Expression) -> str:
        """The base of a superscript, held together where it has one of its own."""
        return f"{{{base}}}" if self.has_superscript(of) else base

    def indexed(self, whole: str, place: str, whole_rows: bool) -> str:
        return f"{whole}[{{:}}, {place}]" if whole_rows else f"{whole}[{place}]"

    def small_change(self, of: str) -> str:
        return rf"\mathrm{{d}}{of}"
