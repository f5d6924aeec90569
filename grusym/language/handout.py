"""A derivation as a lecturer hands it out: under each equation its lines, and beside each line why it holds.

Where a line goes on from the one above, its left side is left out; the other lines it rests on are named by
their numbers, the values they are about by their roles.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from grusym.language.activations import ACTIVATIONS
from grusym.language.cell import Cell
from grusym.language.derivation import Derivation, Step, about, own_line
from grusym.language.expression import (
    Activation,
    Expression,
    Hadamard,
    Increment,
    Name,
    Negative,
    Quotient,
    Sum,
    children,
    walk,
)
from grusym.language.printers.latex import LatexPrinter
from grusym.language.printers.order import Printer
from grusym.language.printers.text import TextPrinter

WIDE = 100  # columns: a reason that does not fit beside its line stands below it


@dataclass(frozen=True)
class Handout:
    """A derivation and the cell it is about."""

    cell: Cell
    derivation: Derivation

    def text(self) -> str:
        """The derivation in Unicode text."""
        write = TextPrinter(self.cell.written, self._scalars)
        steps, wide = self.derivation.steps, len(str(len(self.derivation.steps)))
        lines = [f"{self._goal(write)} of {self.cell.title or self.cell.name}; {self._held(write)}"]
        for k, step in enumerate(steps, 1):
            for heading in self._heading(k, write):
                lines += ["", heading]
            left = write.write(step.before)
            left = " " * len(left) if self._goes_on(k) else left
            line = f"  {k:>{wide}}. {left} = {write.write(step.after)}"
            lines += _beside(line, f"[{self.reason(k, write)}]", wide + 6)
        result = f"{self._goal(write)} = {write.write(self.derivation.result)}"
        return "\n".join([*lines, "", f"Result: {self._read_off(write)}", result])

    def latex(self) -> str:
        r"""The derivation in LaTeX, an align* environment of amsmath."""
        write, math = LatexPrinter(self.cell.written, self._scalars), _InLatex(self.cell.written)
        lines: list[str] = []
        opening = "".join(f"{words}\n" for words in self._heading(1, write, "$")) if self._steps else ""
        for k, step in enumerate(self.derivation.steps, 1):
            words = self._heading(k, write, "$") if lines else ()
            heading = "".join(f"\\intertext{{{said}}}\n" for said in words)
            left = "" if self._goes_on(k) else write.write(step.before)
            reason = f"&& \\text{{{self.reason(k, math)}}}"
            lines.append(f"{heading}{left} &= {write.write(step.after)} {reason} \\tag{{{k}}}")
        result = f"{self._goal(write)} &= {write.write(self.derivation.result)}"
        read_off = f"\\intertext{{Result: {self._read_off(math)}}}\n" if lines else ""
        whole = " \\\\\n".join([*lines, f"{read_off}{result}"])
        return f"{opening}\\begin{{align*}}\n{whole}\n\\end{{align*}}"

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps, each with the reason for a reader in place of its rule."""
        return tuple(replace(s, rule=self.reason(k)) for k, s in enumerate(self._steps, 1))

    def reason(self, number: int, write: Printer | None = None) -> str:
        """Why a line holds: its rules, the slopes in it, the values and lines that are inserted."""
        write = write or TextPrinter(self.cell.written)
        step = self.derivation.steps[number - 1]
        if step.rule == "abbreviation":
            return "an abbreviation"
        if about(step) == self.derivation.loss and len(step.uses) == 0:
            given = (f"{write.write(Name(g))} is {self._partial(v, write)}" for v, g in self._given())
            return "; ".join(given)
        own = own_line(step, self.derivation.steps)
        inserted = [k for k in step.uses if k != own]
        if inserted:
            found = _listed([self._called(k, write) for k in inserted])
            back = "" if self._goes_on(number) or own is None else f" in line {own}"
            turned = ", transposed" if step.rule.endswith(", transposed") else ""
            return f"chain rule through {found}{back}{turned}"
        slopes = list(dict.fromkeys(self._slopes(step, own, write))) if "chain rule" in step.rule else []
        if step.rule == "equation":
            return "by the equation"
        return _listed(step.rule.split(", ")) + (f": {', '.join(slopes)}" if slopes else "")

    def _called(self, number: int, write: Printer) -> str:
        name = about(self.derivation.steps[number - 1]) or ""
        role = self.cell.equation(name).role if name in self.cell.values else ""
        return f"{f'the {role} ' if role else ''}{write.write(Name(name))} (line {number})"

    def _heading(self, number: int, write: Printer, mark: str = "") -> Iterator[str]:
        """The equation a line is the first of, with its role."""
        name = about(self.derivation.steps[number - 1])
        if name in self.cell.values and own_line(self.derivation.steps[number - 1], self._steps) is None:
            e = self.cell.equation(str(name))
            role = f"{e.role[0].upper()}{e.role[1:]}: " if e.role else ""
            yield f"{role}{mark}{write.equation(e.left, e.right)}{mark}"

    def _goes_on(self, number: int) -> bool:
        """Whether a line goes on from the one right above it."""
        return number > 1 and own_line(self._steps[number - 1], self._steps) == number - 1

    def _slopes(self, step: Step, own: int | None, write: Printer) -> Iterator[str]:
        """σ' = r ⊙ (1 - r) for each function whose slope this line brings in."""
        left = {e.operand for e in walk(step.after) if isinstance(e, Increment)}
        value = about(step) or ""
        whole = self.cell.equation(value).right
        opened = (
            [whole]
            if own is None
            else [e.operand for e in walk(self._steps[own - 1].after) if isinstance(e, Increment)]
        )
        for e in opened:
            for f in _outermost(e) if e not in left else ():
                if f not in left and any(isinstance(n, Name) and n.name in self._moving for n in walk(f)):
                    y = Name(value) if f == whole else Name(f.function)
                    slope = ACTIVATIONS[f.function].slope(Name("u"), y)
                    joined = f"{write.function(f.function)}' = {write.write(slope)}"
                    yield joined.replace("$' = $", "' = ")  # one formula within words

    def _read_off(self, write: Printer) -> str:
        if not self._steps:
            return f"{write.write(Name(self.derivation.of or self.derivation.loss))} does not depend on it"
        by = self.derivation.by
        matrix = self.derivation.of is None and len(self.cell.shapes[by]) == 2
        small = write.write(Increment(Name(by)))
        how = f"; uᵀ {small} v gives u vᵀ" if matrix and isinstance(write, TextPrinter) else ""
        return f"what stands before {small} in line {len(self._steps)}{how}"

    def _goal(self, write: Printer) -> str:
        return self._partial(self.derivation.of, write)

    def _partial(self, of: str | None, write: Printer) -> str:
        """∂of/∂by; of a next state that the loss is differentiated by, ∂L/∂h'."""
        if self.derivation.of is None and of is not None:
            return write.partial(self.derivation.loss, write.write(Name(of)))
        return write.partial(
            write.write(Name(of or self.derivation.loss)), write.write(Name(self.derivation.by))
        )

    def _held(self, write: Printer) -> str:
        by = self.derivation.by
        return f"only {write.write(Name(by))} changes, and what is computed from it"

    def _given(self) -> list[tuple[str, str]]:
        return list(self.derivation.cotangents.items())

    @property
    def _steps(self) -> tuple[Step, ...]:
        return self.derivation.steps

    @cached_property
    def _moving(self) -> frozenset[str]:
        """The names whose change stands in some line."""
        found = (e for s in self._steps for side in (s.before, s.after) for e in walk(side))
        return frozenset(str(e.operand.name) for e in found if _is_change(e))  # type: ignore[attr-defined]

    @cached_property
    def _scalars(self) -> list[str]:
        return [name for name, shape in self.cell.shapes.items() if shape == ()]


class _InLatex(LatexPrinter):
    """LaTeX within words: every formula between dollars."""

    def write(self, e: Expression) -> str:
        return f"${LatexPrinter(self.names).write(e)}$"

    def partial(self, of: str, by: str) -> str:
        return f"${super().partial(of.strip('$'), by.strip('$'))}$"

    def function(self, name: str) -> str:
        return f"${super().function(name)}$"


def _is_change(e: Expression) -> bool:
    return isinstance(e, Increment) and isinstance(e.operand, Name)


def _outermost(e: Expression) -> Iterator[Activation]:
    if isinstance(e, Activation):
        yield e
    elif isinstance(e, Sum | Negative | Hadamard | Quotient):
        for child in children(e):
            yield from _outermost(child)


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _beside(line: str, reason: str, indent: int) -> list[str]:
    if len(line) + len(reason) + 4 <= WIDE:
        return [f"{line}    {reason}"]
    return [line, f"{'':{indent}}{reason}"]
