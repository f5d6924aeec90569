"""Verify a derivation over a cell: each equality judged for all sizes, under a reading that is said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from grusym.errors import unknown
from grusym.language.cell import Cell
from grusym.language.claim import Claim, Verdict
from grusym.language.claim_text import ChainOfSides, Side, read_claims
from grusym.verifying.step import Context, step


def verify(
    cell: Cell,
    claim: str,
    layout: str = "",
    constant: Iterable[str] = (),
    mend: bool = True,
    components: bool = False,
) -> Verdict:
    """The verdict on a claim, or on a derivation of several lines, over a cell.

    `claim` is text in Unicode, LaTeX or NumPy-like notation: `∂h'/∂h = ...`, `dL/dU_c = δ_c (r ⊙ h)ᵀ`,
    `A = B = C`, one equality or chain a line. `layout` ("numerator" or "denominator") admits one layout
    alone; `constant` names values that are held fixed, so that ∂ is a partial derivative; without `mend` no
    correction is looked for; with `components` SymPy gives its opinion too on derivatives of names by names,
    entry by entry at n = 2, m = 1, which takes up to a second.
    Method: the normal form decides for all sizes; numbers modulo a prime and complex steps must agree.
    Raises: ReadError with line and column at what cannot be read.
    """
    if layout and layout not in ("numerator", "denominator"):
        raise unknown("layout", layout, ("numerator", "denominator"))
    held = frozenset(constant)
    for name in sorted(held):
        if name not in cell.values:
            raise unknown("value to hold constant", name, cell.values, f"cell {cell.name!r}")
    text = read_claims(claim, cell)
    context = Context(text, (layout,) if layout else ("numerator", "denominator"), held, {}, mend, components)
    steps: list[Verdict] = []
    for chain in text.chains:
        steps += _judged(context, chain)
    return _whole(cell, tuple(steps))


def _judged(context: Context, chain: ChainOfSides) -> list[Verdict]:
    """The verdicts on a chain of equalities, each side compared with the one before it.

    As long as all have held, what the chain begins with is what a side is said to be.
    """
    head: Side | None = chain.sides[0]
    steps: list[Verdict] = []
    for left, right in pairwise(chain.sides):
        steps.append(step(context, left, right, head))
        head = head if steps[-1].holds else None
    return steps


def _whole(cell: Cell, steps: tuple[Verdict, ...]) -> Verdict:
    """One verdict on a derivation: that of its first wrong step, or what all of its steps say."""
    if len(steps) == 1:
        return replace(steps[0], steps=steps)
    whole = Claim(f"{cell.name}: derivation", f"{len(steps)} equalities", assumes=())
    for outcome in ("refuted", "undecided"):
        first = next((s for s in steps if s.outcome == outcome), None)
        if first is not None:
            return replace(first, steps=steps)
    agreed = [s for s in steps if s.outcome == "agrees"]
    methods = dict.fromkeys(s.method for s in (agreed or steps))
    said = tuple(dict.fromkeys(a for s in steps for a in s.assumes))
    outcome = "agrees" if agreed else "proved"
    return Verdict(whole, outcome, "; ".join(methods), assumes=said, steps=steps)  # type: ignore[arg-type]
