"""The width of a cell for a number of parameters: for studies that compare cells at matched budgets."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from grusym.calculus.counting import parameter_count
from grusym.errors import DataError, whole
from grusym.language.cell import Cell
from grusym.language.sizes import size_symbol

if TYPE_CHECKING:
    import sympy

Size = int | str  # a number, or a multiple of n: "n", "2n", "n/2"
MULTIPLE = re.compile(r"\s*(\d{1,6}\s*/\s*\d{1,6}|\d{0,6})\s*\*?\s*n\s*(?:/\s*(\d{1,6}))?\s*")
LARGEST = 10**9  # a hidden size beyond this is a slip


@dataclass(frozen=True)
class Fit:
    """The hidden size that comes nearest to a budget.

    `hidden` is nearest, `parameters` its count and `error` (parameters - budget) / budget. `within` is the
    largest hidden size whose count does not exceed the budget, 0 if there is none. `exact` is the real n
    at which the count is the budget, 0 where not even n = 0 stays within it. `formula` is what was
    counted, in n alone; `sizes` are the other sizes at `hidden`.
    """

    cell: str
    budget: int
    hidden: int
    parameters: int
    within: int
    within_parameters: int
    exact: float
    sizes: Mapping[str, int]
    output: int | None
    formula: sympy.Expr

    @property
    def error(self) -> float:
        """How far the count is above the budget, relative to it."""
        return (self.parameters - self.budget) / self.budget

    def __str__(self) -> str:
        others = "".join(f", {letter} = {size}" for letter, size in self.sizes.items())
        layer = "" if self.output is None else f", with a read-out of {self.output}"
        return (
            f"{self.cell}: n = {self.hidden}{others}: {self.parameters:,} parameters{layer}, "
            f"{self.error:+.2%} of {self.budget:,}; largest within it n = {self.within} "
            f"({self.within_parameters:,}); exact at n = {self.exact:.2f}"
        )

    def to_json(self) -> dict[str, Any]:
        """The record as plain data."""
        return {
            "cell": self.cell,
            "budget": self.budget,
            "hidden": self.hidden,
            "parameters": self.parameters,
            "error": self.error,
            "within": self.within,
            "within_parameters": self.within_parameters,
            "exact": self.exact,
            "sizes": dict(self.sizes),
            "output": self.output,
            "formula": str(self.formula),
        }


def fit(
    cell: Cell,
    parameters: int,
    input: Size | None = None,
    output: int | None = None,
    sizes: Mapping[str, Size] | None = None,
) -> Fit:
    """The hidden size n of a cell for a number of parameters.

    `input` is the size m: a number, or tied to n as "n", "2n" or "n/2"; so are further sizes in `sizes`, such
    as {"p": "n/2"} of a projection. With `output`, a dense read-out of that many units from the state
    that the cell hands on (its last) is counted too, weights and one bias each, as many published budgets do.
    Where sizes are fractions of n, only those n are looked at where all of them are whole.

    Raises DataError for a budget that no width of at least 1 comes near, or sizes that are missing.
    """
    budget = whole("parameters", parameters, 1)
    given: dict[str, Size | None] = {"m": input, **(sizes or {})}
    tied = _tied(cell, given)
    formula = parameter_count(cell)
    if output is not None:
        formula += whole("output", output, 1) * (cell.shapes[cell.states[-1]][0] + 1)
    n = size_symbol("n")
    here = {size_symbol(letter): size if size else share * n for letter, (share, size) in tied.items()}
    formula = formula.subs(here)
    if n not in formula.free_symbols:
        raise DataError(
            f"the count {formula} of cell {cell.name!r} does not depend on n; there is no hidden size to fit"
        )
    step = _step(tied)
    count = _counter(formula, n)
    low = _last(lambda k: count(k * step) <= budget)
    nearest = min((low, low + 1) if low else (1,), key=lambda k: abs(count(k * step) - budget))
    hidden = nearest * step
    return Fit(
        cell.name,
        budget,
        hidden,
        count(hidden),
        low * step,
        count(low * step) if low else 0,
        _exact(formula - budget, n),
        {letter: size or int(share * hidden) for letter, (share, size) in tied.items()},
        output,
        formula,
    )


def _tied(cell: Cell, given: Mapping[str, Size | None]) -> dict[str, tuple[Fraction, int]]:
    """For each size but n: its share of n, or 0 and the number it is."""
    letters = [s.name for s in cell.sizes if s.name != "n"]
    for letter, size in given.items():
        if letter not in letters and letter != "m" and size is not None:
            has = ", ".join(s.name for s in cell.sizes)
            raise DataError(f"size {letter} was given, but cell {cell.name!r} has {has}; leave it out")
    missing = [letter for letter in letters if given.get(letter) is None]
    if missing:
        asked = ", ".join("input=" if letter == "m" else f"sizes={{{letter!r}: ...}}" for letter in missing)
        raise DataError(
            f"cell {cell.name!r} has sizes {', '.join(s.name for s in cell.sizes)}, but "
            f"{', '.join(missing)} was not given; give {asked}: a number, or a multiple of n such as 'n/2'"
        )
    return {letter: _size(letter, given[letter]) for letter in letters}


def _size(letter: str, size: Any) -> tuple[Fraction, int]:
    if not isinstance(size, str) or size.strip().isdecimal():
        return Fraction(0), whole(f"size {letter}", int(size) if isinstance(size, str) else size, 1)
    found = MULTIPLE.fullmatch(size)
    below = Fraction(found[2] or 1) if found else Fraction(0)
    times = Fraction(found[1].replace(" ", "") or 1) if found and "/0" not in found[1] else Fraction(0)
    if not below or not times:
        raise DataError(
            f"size {letter} was given as {size!r}, which is no multiple of n; give a number, 'n', '2n' "
            "or 'n/2'"
        )
    return times / below, 0


def _step(tied: Mapping[str, tuple[Fraction, int]]) -> int:
    """The smallest n at which every tied size is whole; all others are its multiples."""
    from math import lcm

    return lcm(*(share.denominator for share, _ in tied.values()))


def _counter(formula: sympy.Expr, n: sympy.Symbol) -> Callable[[int], int]:
    return lambda k: int(formula.subs(n, k))


def _last(holds: Callable[[int], bool]) -> int:
    """The largest whole number for which it holds, where it holds up to there; 0 if not even for 1."""
    if not holds(1):
        return 0
    below, above = 1, 2
    while holds(above):
        below, above = above, 2 * above
        if above > LARGEST:
            raise DataError(f"the budget asks for a hidden size beyond {LARGEST:,}; give a smaller one")
    while above - below > 1:
        middle = (below + above) // 2
        below, above = (middle, above) if holds(middle) else (below, middle)
    return below


def _exact(difference: sympy.Expr, n: sympy.Symbol) -> float:
    """The one positive root: the count grows with n, and is less than the budget at 0."""
    import sympy

    roots = sympy.Poly(difference, n).nroots(n=20)
    return max([0.0, *(float(sympy.re(r)) for r in roots if abs(sympy.im(r)) < 1e-12)])
