"""What a text states: records of amounts, chains and ratios, with the words beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from grusym.language.amounts.tree import Amount, Place


@dataclass(frozen=True)
class Said:
    """One amount of a chain: its tree, its words in the text, and whether it is equal or about equal."""

    tree: Amount
    text: str
    relation: str = ""  # to the one before it: =, ≈ or nothing

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.tree.place


@dataclass(frozen=True)
class Statement:
    """A chain of amounts, or a ratio: then `ratio` is its value.

    `words` are those beside it, `label` those before it;

    `name` is what the first equality defines: params in params = 4 (...).
    """

    chain: tuple[Said, ...] = ()
    name: str = ""
    label: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    ratio: Fraction | None = None
    slack: Fraction = Fraction(0)  # how far a ratio may be off, as it is rounded
    about: bool = False
    order: bool = False  # an order of growth: O(n² + nm)
    place: Place = field(default_factory=lambda: Place(0, 0))

    @property
    def all_words(self) -> str:
        """Label and words in one."""
        return " ".join((*self.label, self.name, *self.words))
