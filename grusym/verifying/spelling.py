"""Formulas in the notation of the text they answer: its signs, its letters, its times."""

# ruff: noqa: D102 - what each method writes is said once, in order.py.

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from grusym.language.cell import Cell
from grusym.language.claim_text import ClaimText
from grusym.language.derivatives import LOSS, derivative
from grusym.language.expression import Expression, Name
from grusym.language.printers.latex import LatexPrinter
from grusym.language.printers.text import TextPrinter


class Letters:
    """How an author writes a cell's names; those the text does not mention follow its habits."""

    def __init__(self, claim: ClaimText, latex: bool) -> None:
        self.spelled, self.latex = dict(claim.spellings), latex
        cell: Cell = claim.cell
        timed = claim.timed and not any(w.endswith(("_prev", "_new", "_next")) for w in self.spelled.values())
        self.habits: Mapping[str, str] = replace(cell, notation="times").written if timed else cell.written
        if claim.timed and not timed:
            old = {s: f"{s}_prev" for s in cell.states}
            self.habits = {**old, **{cell.next_of(s): f"{s}_new" for s in cell.states}}

    def of(self, name: str, otherwise: LatexPrinter | None = None) -> str:
        """A name as the author writes it."""
        if name in self.spelled:
            return self.spelled[name]
        canonical = self.habits.get(name, name)
        return LatexPrinter.name(otherwise, Name(canonical)) if otherwise is not None else canonical

    def derivative(self, name: str, otherwise: LatexPrinter | None = None) -> tuple[str, str] | None:
        """The two names of a derivative, or None for other names."""
        d = derivative(name)
        if d is None:
            return None
        of = self.spelled.get(LOSS, "L") if d.of == LOSS else self.of(d.of, otherwise)
        return of, self.of(d.by, otherwise)


class AuthorText(TextPrinter):
    """Unicode or NumPy-like text with an author's signs."""

    def __init__(self, letters: Letters, source: str) -> None:
        super().__init__()
        self.letters = letters
        signs = [s for s in ("⊙", "∘", "◦", "*", "⨀", "·") if s in source]
        self.times = f" {signs[0] if signs else '⊙'} "
        self.code = bool(re.search(r"@|\*\*|\.T\b|np\.", source))
        if self.code:
            self.times, self.beside = " * ", " @ "
        self.small = "d" if re.search(r"\bd\w+\s*/\s*d\w", source) and "∂" not in source else "∂"
        found = re.search(r"\.T\b|\^\{?\\?(?:T|top)\}?|ᵀ|⊤", source)
        self.turn = found[0] if found else (".T" if self.code else "ᵀ")

    def name(self, e: Name) -> str:
        parts = self.letters.derivative(e.name)
        return f"{self.small}{parts[0]}/{self.small}{parts[1]}" if parts else self.letters.of(e.name)

    def transposed(self, base: str, of: Expression) -> str:
        held = f"({base})" if isinstance(of, Name) and derivative(of.name) else base
        return f"{held}{self.turn}"

    def raised(self, base: str, of: Expression, exponent: int) -> str:
        return f"{base}**{exponent}" if self.code else super().raised(base, of, exponent)


class AuthorLatex(LatexPrinter):
    """LaTeX with an author's signs."""

    def __init__(self, letters: Letters, source: str) -> None:
        super().__init__()
        self.letters = letters
        signs = [s for s in (r"\odot", r"\circ", r"\otimes", "*") if s in source]
        self.times = f" {signs[0] if signs else chr(92) + 'odot'} "
        found = re.search(r"\^\{?(\\top|\\intercal|T|\\mathsf\{T\})\}?", source)
        self.turn = found[1] if found else r"\top"
        diag = re.search(r"\\(?:operatorname|mathrm|text)\{diag\}", source)
        self.diag = diag[0] if diag else r"\operatorname{diag}"

    def name(self, e: Name) -> str:
        parts = self.letters.derivative(e.name, self)
        if parts:
            return rf"\frac{{\partial {parts[0]}}}{{\partial {parts[1]}}}"
        return self.letters.of(e.name, self)

    def function(self, name: str) -> str:
        if name == "diag":
            return self.diag
        if name.endswith("'"):
            return super().function(name[:-1]) + "'"
        return super().function(name)

    def transposed(self, base: str, of: Expression) -> str:
        held = f"\\left({base}\\right)" if isinstance(of, Name) and derivative(of.name) else base
        return rf"{held}^{{{self.turn}}}" if len(self.turn) > 1 else f"{held}^{self.turn}"


def author(claim: ClaimText, source: str) -> AuthorText | AuthorLatex:
    """A printer of the notation of a text."""
    latex = "\\" in source
    letters = Letters(claim, latex)
    return AuthorLatex(letters, source) if latex else AuthorText(letters, source)
