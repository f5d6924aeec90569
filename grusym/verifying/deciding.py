"""Whether two formulas are equal: by normal form, modulo a prime and by complex steps, which must agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from grusym.algebra.exponentials import equal_in_exponentials
from grusym.algebra.inlining import replaced, values_inlined
from grusym.algebra.polynomial import TooLarge
from grusym.algebra.rank import rank
from grusym.checks.residues import OPAQUE
from grusym.checks.samples import FloatSample, ResidueSample, Sample
from grusym.errors import DataError, GrusymError, ShapeError
from grusym.language.cell import Cell
from grusym.language.claim_text import ClaimText
from grusym.language.derivatives import shapes_of_derivatives
from grusym.language.evaluation import Walk, sized
from grusym.language.expression import Activation, Expression, Extremum, Name, names_in, walk
from grusym.language.extrema import EXTREMA
from grusym.verifying.forms import equal, known_shapes
from grusym.verifying.readings import Reading
from grusym.verifying.truth import holding

SIZES = ((3, 2), (2, 3), (4, 2))  # (n, m); n = 1 sees no transposition
KINKED = frozenset({"relu", "step", *EXTREMA})
NAMED = "normal form, for all sizes"
WRITTEN_OUT = "normal form with the gates written out, for all sizes"
EXPONENTIALS = "σ and tanh written in exponentials, for all sizes"


@dataclass(frozen=True)
class Opinions:
    """What each method says of one equality: True, False, or None where it cannot say."""

    normal_form: bool | None
    proof: str
    residues: bool | None
    floats: bool | None

    @property
    def contradict(self) -> bool:
        """Whether one method has shown what another has shown to be false."""
        exact = self.proof and self.proof != EXPONENTIALS  # residues know σ and tanh by a few laws only
        return bool(self.proof) and (self.floats is False or (bool(exact) and self.residues is False))


def float_sample(cell: Cell, k: int, held: frozenset[str] = frozenset()) -> FloatSample:
    """One of the points at which formulas are tried, made once a cell."""
    return _float_sample(cell, k, held)


@lru_cache(maxsize=4096)
def _float_sample(cell: Cell, k: int, held: frozenset[str]) -> FloatSample:
    return FloatSample(cell, _sizes(cell, k), seed=k, held=held)


@lru_cache(maxsize=256)
def residue_sample(cell: Cell, held: frozenset[str] = frozenset()) -> ResidueSample:
    """The point modulo a prime at which formulas are tried, made once a cell."""
    return ResidueSample(cell, _sizes(cell, 0), seed=20, held=held)


def _sizes(cell: Cell, k: int) -> dict[str, int]:
    n, m = SIZES[k % len(SIZES)]
    return {s.name: {"n": n, "m": m}.get(s.name, n + m + i) for i, s in enumerate(cell.sizes)}


class Pair:
    """Two sides under one reading."""

    def __init__(
        self, claim: ClaimText, left: Expression, right: Expression, reading: Reading, held: frozenset[str]
    ) -> None:
        self.claim, self.reading, self.held = claim, reading, held
        self.left, self.right = reading.plain(left, claim), reading.plain(right, claim)
        self.names = tuple(dict.fromkeys((*names_in(self.left), *names_in(self.right))))
        self.cell = claim.cell
        self.shapes = {**shapes_of_derivatives(claim.cell), **claim.shapes}
        self.apart = 0  # the point at which the sides were seen to differ, or the first one

    # ---- numbers -------------------------------------------------------------------------------

    def walk(self, sample: Sample, extra: tuple[str, ...] = ()) -> Walk:
        """What evaluates the sides at a sample."""
        return sample.walk(self.reading.arrays((*self.names, *extra), sample), self.shapes)

    def at(self, sample: Sample) -> bool | None:
        """Whether the sides agree at a sample; None where one of them has no value or no common shape."""
        walk = self.walk(sample)
        arrays = both(walk, self.left, self.right)
        return None if arrays is None else sample.same(*arrays)

    def floats(self, k: int = 0) -> bool | None:
        """Whether the sides agree at a point, derivatives by complex step."""
        agree = self.at(float_sample(self.cell, k, self.held))
        if agree is False and k:
            self.apart = k
        return agree

    def kinked(self) -> bool:
        """Whether steps take part, of which a few points say little: they are 0 or 1."""
        return bool(KINKED & self._functions())

    def _functions(self) -> set[str]:
        lines = (self.left, self.right, *(e.right for e in self.cell.equations))
        return {n.function for e in lines for n in walk(e) if isinstance(n, Activation | Extremum)}

    def residues(self) -> bool | None:
        """Whether the sides agree modulo a prime; None where a function has laws that residues lack.

        Residues have no sign, so that step(2 u) differs there from step(u): of kinks they can say yes alone.
        """
        if not self._functions() <= OPAQUE | KINKED:
            return None
        try:
            agree = self.at(residue_sample(self.cell, self.held))
        except ValueError:  # a denominator that happens to be 0 has no inverse
            return None
        return None if agree is False and self.kinked() else agree

    # ---- normal form ---------------------------------------------------------------------------

    def proof(self, written_out: bool = True) -> str:
        """The method that shows the sides equal for all sizes, or nothing.

        Without `written_out` the gates are taken as independent, which is quick.
        """
        cell = holding(self.cell, self.held)
        reading = replace(self.reading, cell=cell)
        shapes = known_shapes(self.cell)
        try:
            a, b = reading.exact(self.left), reading.exact(self.right)
            if equal(self.cell, a, b):
                return NAMED
            if not written_out:
                return ""
            known = values_inlined(cell)
            a, b = replaced(a, known), replaced(b, known)
            if equal(self.cell, a, b):
                return WRITTEN_OUT
            if {rank(a, shapes), rank(b, shapes)} <= {0, 1} and equal_in_exponentials(a, b, shapes):
                return EXPONENTIALS
        except (TooLarge, ShapeError):
            return ""
        return ""


def both(walk: Walk, left: Expression, right: Expression) -> tuple[Any, Any] | None:
    """The arrays of two sides of one shape, or None where there are none such."""
    with np.errstate(all="ignore"):
        try:
            values = [walk.of(left), walk.of(right)]
        except (DataError, ValueError, IndexError):
            return None
        arrays: list[Any] = [None, None]
        for i, e in enumerate((left, right)):
            try:
                arrays[i] = sized(e, values[i], None)
            except DataError:
                continue
        for i, e in enumerate((left, right)):
            other = arrays[1 - i]
            if other is None:
                continue
            if arrays[i] is None or np.shape(arrays[i]) != np.shape(other):
                try:
                    arrays[i] = sized(e, values[i], np.shape(other))
                except DataError:
                    return None
                except GrusymError:
                    return None
    if arrays[0] is None or arrays[1] is None:
        return None
    return arrays[0], arrays[1]


def named(e: Expression) -> str | None:
    """The name an expression is, or None."""
    return e.name if isinstance(e, Name) else None


def shown(values: Mapping[str, Any]) -> dict[str, Any]:
    """Arrays as lists, for a file."""
    return {name: np.asarray(a).tolist() for name, a in values.items()}
