"""Sizes: letters, unknowns and sums of such, joined by unification."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sympy


@cache
def size_symbol(letter: str) -> sympy.Symbol:
    """The SymPy symbol of a size: n for states, m for inputs."""
    import sympy

    return sympy.Symbol(letter, integer=True, positive=True)


class Size:
    """An unknown size, a known letter, or a sum of sizes; joined with others by unification."""

    __slots__ = ("letter", "parent", "parts", "place")

    def __init__(self, letter: str = "", parts: tuple[Size, ...] = (), place: str = "") -> None:
        self.parent: Size | None = None
        self.letter, self.parts, self.place = letter, parts, place

    def root(self) -> Size:
        """The representative of all sizes known to equal this one."""
        size = self
        while size.parent is not None:
            size = size.parent
        return size

    def leaves(self) -> list[Size]:
        """The sizes this is the sum of, each known by a letter or unknown."""
        root = self.root()
        return [leaf for part in root.parts for leaf in part.leaves()] if root.parts else [root]

    def become(self, leaves: list[Size]) -> None:
        """Be the sum of other sizes from now on."""
        if len(leaves) == 1:
            self.parent = leaves[0]
        else:
            self.parts = tuple(leaves)

    def __str__(self) -> str:
        root = self.root()
        return root.letter or " + ".join(map(str, root.parts)) or "?"


Sizes = tuple[Size, ...] | None  # None: a number, which fits anywhere


class Clash(Exception):
    """Two sizes that cannot be one."""


def unify(a: Size, b: Size) -> None:
    """Make two sizes one, or raise Clash.

    Method: both are sums of leaves; what stands on both sides cancels, since sizes are sums in which
    order does not matter; a single unknown that is left takes what is left on the other side.
    """
    a, b = a.root(), b.root()
    if a is b:
        return
    left, right = _cancelled(a.leaves(), b.leaves())
    if not left and not right:
        return
    for one, other in ((left, right), (right, left)):
        if len(one) == 1 and not one[0].letter and other and one[0] not in other:
            one[0].become(other)
            return
    if len(left) != len(right):
        raise Clash
    for x, y in zip(left, right, strict=True):
        if x.root().letter and y.root().letter:
            raise Clash
        unify(x, y)


def _cancelled(left: list[Size], right: list[Size]) -> tuple[list[Size], list[Size]]:
    """What is left of two sums of leaves when common ones are taken away."""
    rest = list(right)
    kept = []
    for x in left:
        match = next((y for y in rest if y is x or (x.letter and x.letter == y.letter)), None)
        if match is None:
            kept.append(x)
        else:
            rest.remove(match)
    return kept, rest
