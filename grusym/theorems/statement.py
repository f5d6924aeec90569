"""Identity: something true of cells for all sizes, how it is shown, and a false neighbour of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from grusym.language.cell import Cell
from grusym.language.claim import Claim, Verdict
from grusym.language.expression import Expression
from grusym.theorems.sides import Context

OWN = "follows from the equations of the cells"


@dataclass(frozen=True)
class Shown:
    """One line of what a form says: left relation right, as formulas.

    What a side is that is no formula of the author's stands in `said` and `right_said`.
    """

    said: str
    left: Expression
    right: Expression | None = None
    relation: str = "="
    right_said: str = ""


class Form(Protocol):
    """A way to say and to decide something: an equality, a limit, a determinant, a bound."""

    def judge(self, claim: Claim, context: Context) -> Verdict:
        """Proved or refuted, with the method."""

    def lines(self, context: Context) -> tuple[Shown, ...]:
        """What is said, in formulas."""


@dataclass(frozen=True)
class Neighbour:
    """What looks like the identity and is false; said and judged in the same forms."""

    statement: str
    shows: tuple[Form, ...]
    about: str | Cell = ""  # another context, where the identity's own does not fit


@dataclass(frozen=True)
class Identity:
    """A true statement about cells, for all sizes.

    `id` is permanent. `about` is the cell in whose names the texts of `shows` are written; all of
    `shows` together are the statement. `names` and `within`: see Context. `false` are its neighbours.
    """

    id: str
    statement: str
    about: str | Cell
    shows: tuple[Form, ...]
    false: tuple[Neighbour, ...]
    assumes: tuple[str, ...] = ()
    source: str = OWN
    names: Mapping[str, str] = field(default_factory=dict)
    within: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def context(self) -> Context:
        """The cell the texts are written about, with the further names."""
        return Context(self.about, self.names, self.within)

    @property
    def claim(self) -> Claim:
        """The identity as a claim."""
        return Claim(self.id, self.statement, assumes=self.assumes, source=self.source)

    def context_of(self, neighbour: Neighbour) -> Context:
        """The context of a neighbour: the identity's own unless it says otherwise."""
        return Context(neighbour.about or self.about, self.names, self.within)

    def claim_of(self, neighbour: Neighbour) -> Claim:
        """A neighbour as a claim; its id is the identity's with a letter."""
        letter = "abcdefghij"[self.false.index(neighbour)]
        return Claim(f"{self.id}{letter}", neighbour.statement, assumes=self.assumes)

    def __str__(self) -> str:
        return f"{self.id}: {self.statement}"
