"""Normal forms that are asked for again and again: one derivative is what many claims are compared with."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from grusym.algebra.normal_form import operator_form, vector_form
from grusym.algebra.rank import ROW, column, rank
from grusym.errors import ShapeError
from grusym.language.cell import Cell, Shape
from grusym.language.expression import Expression
from grusym.language.shapes import fit
from grusym.verifying.readings import shapes_of


@lru_cache(maxsize=64)
def known_shapes(cell: Cell) -> dict[str, Shape]:
    """The shapes of a cell's names and of its cotangents, made once."""
    return shapes_of(cell)


@lru_cache(maxsize=2048)
def form(cell: Cell, e: Expression, matrix: bool) -> dict[Any, Any]:
    """The normal form of a matrix, or of a vector or scalar; not to be changed.

    Raises TooLarge where it has too many terms, GrusymError where it has none.
    """
    return dict((operator_form if matrix else vector_form)(e, known_shapes(cell)))


def equal(cell: Cell, a: Expression, b: Expression) -> bool:
    """Whether two formulas over a cell are equal for all sizes, as far as the normal form can tell.

    Raises ShapeError where the two cannot have one shape, TooLarge where they are too large.
    """
    shapes = known_shapes(cell)
    if not fit(a, b, shapes):
        raise ShapeError(f"{a} and {b} are compared, but they have different shapes")
    ranks = (rank(a, shapes), rank(b, shapes))
    if 2 not in ranks and ROW in ranks:
        a, b = column(a), column(b)
    return form(cell, a, 2 in ranks) == form(cell, b, 2 in ranks)
