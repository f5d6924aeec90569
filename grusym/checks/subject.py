"""What is judged: one formula said to be one derivative, whoever derived it.

A Jacobian or a set of gradients is recognised by its fields alone, so that the judges never import the
calculus they judge, and a person's own formula can be judged the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from grusym.errors import GrusymError
from grusym.language.cell import Cell, Equation, Shape
from grusym.language.claim import Claim
from grusym.language.expression import Expression, names_in


@dataclass(frozen=True)
class Subject:
    """`expression` is said to be ∂of/∂by; of a loss L, with `cotangents` for ∂L/∂h', if `of` is None.

    `lines` are computed top to bottom before the expression, which may use their names.
    """

    cell: Cell
    of: str | None
    by: str
    expression: Expression
    cotangents: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[Equation, ...] = ()

    @cached_property
    def claim(self) -> Claim:
        """The statement that is judged."""
        left = f"∂{self.of or 'L'}/∂{self.by}"
        right = str(self.expression)
        return Claim(f"{self.cell.name}: {left}", f"{left} = {right}", right=self.expression)

    @property
    def shape(self) -> Shape:
        """Rows follow `of`, columns `by`; a gradient has the shape of what it belongs to."""
        rows = self.cell.shapes[self.of] if self.of else ()
        return (*rows, *self.cell.shapes[self.by])

    @property
    def shapes(self) -> dict[str, Shape]:
        """The shapes of the cell's names and of the cotangents; lines are vectors."""
        return {**self.cell.shapes, **{g: self.cell.shapes[v] for v, g in self.cotangents.items()}}

    def saying(self, expression: Expression) -> Subject:
        """The same derivative, said to be another expression."""
        return replace(self, expression=expression)


def _behind(e: Expression, lines: tuple[Equation, ...]) -> tuple[Equation, ...]:
    """The lines that an expression needs, directly or through others."""
    wanted, kept = set(names_in(e)), []
    for line in reversed(lines):
        if line.left in wanted:
            wanted.update(names_in(line.right))
            kept.append(line)
    return tuple(reversed(kept))


def subjects(thing: Any) -> tuple[Subject, ...]:
    """The formulas that a Jacobian (.of, .by, .expression) or gradients (.cotangents, .lines, .of) state."""
    if isinstance(thing, Subject):
        return (thing,)
    if hasattr(thing, "cotangents"):
        return tuple(
            Subject(thing.cell, None, name, e, dict(thing.cotangents), _behind(e, tuple(thing.lines)))
            for name, e in thing.of.items()
        )
    if hasattr(thing, "expression") and hasattr(thing, "by"):
        return (Subject(thing.cell, thing.of, thing.by, thing.expression),)
    raise GrusymError(
        f"asked to judge {type(thing).__name__}, which states no derivative; "
        "give a Jacobian or the gradients of a cell"
    )
