"""Which way to form a matrix: the one with the fewest multiply-adds at each step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from grusym.kernels.lowering import Lowering
from grusym.language.expression import ONE
from grusym.language.shapes import shape_of

if TYPE_CHECKING:
    from grusym.kernels.operators import Term

# Code is written before sizes are known; states and inputs are then taken to be this wide, and what the text
# gives a letter of its own (a bottleneck, a low rank) narrower.
USUAL = {"n": 64, "m": 64}
NARROW = 16


def cheapest(ways: Iterable[tuple[Term, ...]], lowering: Lowering) -> tuple[Term, ...]:
    """The way that takes the fewest multiply-adds at usual sizes; the first of equals."""
    return min(ways, key=lambda found: multiply_adds(found, lowering))


def multiply_adds(found: Iterable[Term], lowering: Lowering, columns: int | None = None) -> int:
    """Multiply-adds of one step: to form a sum of terms, or to apply it to so many columns unformed.

    A GRU with the reset after the product: forming takes 3n², applying 3n² for each column, and a product
    with what was formed n²; so forming pays from two columns on.
    """
    return sum(_count(term, lowering, columns) for term in found)


def _count(term: Term, lowering: Lowering, columns: int | None) -> int:
    from grusym.kernels.operators import Outer, Through

    if isinstance(term, Outer):
        return 2 * USUAL["n"] * columns if columns else USUAL["n"] ** 2
    if term.matrix is None:
        return USUAL["n"] * (columns or 1)
    rows, inner = (_usual(d) for d in shape_of(term.matrix, lowering.shapes))
    if not isinstance(term, Through):
        return rows * inner * (columns or 1)
    scaling = 0 if term.coefficient == ONE or columns else rows * inner
    return scaling + rows * inner * (columns or USUAL["n"]) + multiply_adds(term.inner, lowering, columns)


def _usual(dimension: Any) -> int:
    letters = getattr(dimension, "free_symbols", ())
    return int(dimension.subs({s: USUAL.get(s.name, NARROW) for s in letters}) if letters else dimension)
