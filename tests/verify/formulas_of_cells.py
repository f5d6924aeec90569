"""Every derivative of every library cell as a claim, in four notations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import grusym
from grusym.checks.subject import Subject
from grusym.language.cell import Cell, Equation
from grusym.language.expression import ZERO, Expression, Identity, Name, Power, substituted
from grusym.language.printers.latex import LatexPrinter, latex
from grusym.language.printers.text import TextPrinter, text

NOTATIONS = ("primes", "times", "latex", "numpy")


@dataclass(frozen=True)
class Formula:
    """`expression` is ∂of/∂by, or ∂L/∂by where `of` is None; `lines` define the names it uses."""

    cell: Cell
    of: str | None
    by: str
    expression: Expression
    lines: tuple[Equation, ...] = ()

    def saying(self, expression: Expression) -> Formula:
        return replace(self, expression=expression)

    @property
    def subject(self) -> Subject:
        """The same for the judges that knew derivatives before."""
        cotangents = dict(grusym.gradients(self.cell).cotangents) if self.of is None else {}
        return Subject(self.cell, self.of, self.by, self.expression, cotangents, self.lines)

    def claim(self, notation: str = "primes") -> str:
        cell, of = self.cell, self.of or "L"
        names = replace(cell, notation="times").written if notation in ("times", "latex") else {}
        left = f"∂{names.get(of, of)}/∂{names.get(self.by, self.by)}"
        if notation == "latex":
            printer = LatexPrinter(names)
            parts = ("L" if self.of is None else printer.write(Name(of)), printer.write(Name(self.by)))
            left = rf"\frac{{\partial {parts[0]}}}{{\partial {parts[1]}}}"
            return f"{left} = {latex(self.expression, names)}"
        if notation == "numpy":
            return f"{left} = {NumpyLike().write(self.expression)}"
        return f"{left} = {text(self.expression, names)}"


class NumpyLike(TextPrinter):
    """The text of a formula as code writes it."""

    times, beside = " * ", " @ "

    def transposed(self, base: str, of: Expression) -> str:
        return f"{base}.T"

    def raised(self, base: str, of: Expression, exponent: int) -> str:
        return f"{base}**{exponent}"

    def power(self, e: Power) -> str:
        return super().power(e)


def formulas(cell: Cell) -> Iterator[Formula]:
    """All Jacobians, gate derivatives, gradients and recursions of a cell that are not 0 or the identity."""
    vectors = [v for v in (*cell.states, *cell.inputs, *cell.values) if len(cell.shapes[v]) == 1]
    for of in cell.values:
        for by in vectors:
            if of in vectors and of != by and (of in cell.next_states or by in (*cell.states, *cell.inputs)):
                e = grusym.jacobian(cell, of, by).expression
                if e != ZERO and not isinstance(e, Identity | Name):
                    yield Formula(cell, of, by, e)
    found = grusym.gradients(cell)
    known: dict[str, Expression] = {}
    for line in found.lines:
        known[line.left] = substituted(line.right, known)
    for by, e in found.of.items():
        whole = substituted(e, known)
        if whole != ZERO and not isinstance(whole, Name) and cell.shapes[by] != ():
            yield Formula(cell, None, by, whole)


def library() -> list[Cell]:
    return [grusym.cell(name) for name in grusym.cell_names()]
