"""What is wrong with a refuted formula, and the smallest edit that mends it, where one edit does."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, Protocol

import numpy as np

from grusym.checks.subject import Subject
from grusym.checks.twins import edits
from grusym.language.expression import ZERO, Expression

MENDED = {
    "sign": "change the sign of {}",
    "term": "delete the term {}",
    "swapped": "swap {}",
    "transposed": "transpose {}",
}


class Compared(Protocol):
    """A formula beside the derivative at one point."""

    @property
    def found(self) -> Any:
        """What the formula says, entry by entry."""

    @property
    def expected(self) -> Any:
        """The derivative, entry by entry."""

    @property
    def agrees(self) -> bool:
        """Whether they differ by rounding only."""


def explained(subject: Subject, trial: Callable[[Expression], Compared], at: Compared) -> tuple[str, str]:
    """The kind of error and its fix, both empty where no single edit of the catalogue mends the formula.

    Method: each candidate is compared with the derivative at a generic point.
    """
    if subject.expression == ZERO:
        return "term", "the formula is 0, but the derivative is not: a path was missed"
    factor = _factor(at)
    if factor == -1:
        return "sign", "change the sign of the whole"
    if factor is not None:
        return "factor", f"multiply by {factor}"
    if subject.of is not None and _is_transposed(at):
        return "layout", f"transpose the whole: rows follow {subject.of}, columns {subject.by}"
    for edit in edits(subject.expression, subject.shapes):
        if trial(edit.expression).agrees:
            return edit.kind, MENDED[edit.kind].format(edit.about)
    return "", ""


def _factor(at: Compared) -> Fraction | None:
    """The simple number by which the formula must be multiplied, if that is all."""
    size = np.vdot(at.found, at.found)
    if not size > 0:
        return None
    ratio = np.vdot(at.found, at.expected) / size
    simple = Fraction(float(ratio)).limit_denominator(12)
    close = np.allclose(float(simple) * at.found, at.expected, rtol=1e-9, atol=1e-12 * np.sqrt(size))
    return simple if close and simple else None


def _is_transposed(at: Compared) -> bool:
    found, expected = at.found, at.expected
    if found.ndim != 2 or found.shape[0] != found.shape[1]:
        return False
    return bool(np.allclose(found.T, expected, rtol=1e-9, atol=1e-12 * np.max(np.abs(expected))))
