"""A value whose entries stay between two numbers, whatever the weights and the input are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from grusym.algebra.normal_form import vector_form
from grusym.algebra.ranges import vertex_values
from grusym.checks.expressions import assignments, simplified
from grusym.language.arrays import concrete
from grusym.language.claim import Claim, Verdict
from grusym.language.evaluation import evaluate
from grusym.language.expression import Expression, names_in
from grusym.theorems.sides import Context, Value, found
from grusym.theorems.statement import Shown

METHOD = "of degree one in each bounded atom: extreme at the vertices, for all sizes"
SEARCH = "weights drawn at sizes 1 and 2"
WEIGHTS = (-8.0, -4.0, -2.0, -1.0, 0.0, 0.5, 1.0, 2.0, 4.0, 8.0)
STEPS = (0.0, 0.5, 1.0)  # of the way between the bounds of a name
DRAWS = 20_000
BEYOND = 1e-6  # past the bound; rounding gives 1e-15


@dataclass(frozen=True)
class Bounded:
    """|value| <= 1 in every entry, if that holds for every state of its cell, or `within` for a name."""

    value: Value
    within: Mapping[str, tuple[int, int]] | None = None

    def ranges(self) -> dict[str, tuple[int, int]]:
        """Between which numbers the names lie that are bounded by assumption."""
        states = dict.fromkeys(found(self.value.cell).states, (-1, 1))
        return {**states, **(self.within or {})}

    def judge(self, claim: Claim, context: Context) -> Verdict:
        """Vertices of the box prove; weights, an input and states within the bounds refute."""
        e = self.value.expression(context)
        claim = replace(claim, left=e)
        within = {**context.within, **self.ranges()}
        values = vertex_values(vector_form(e, context.shapes), within)
        if values is not None and max(map(abs, values), default=0) <= 1:
            detail = f"{len(values)} vertices" if len(values) > 1 else ""
            return Verdict(claim, "proved", METHOD, assumes=claim.assumes, detail=detail)
        for size in (1, 2):
            shown = _beyond(e, context, within, size)
            if shown:
                return Verdict(claim, "refuted", SEARCH, counterexample=shown, assumes=claim.assumes)
        why = "a factor has no range" if values is None else "a vertex lies outside, but may not be reached"
        detail = f"{why}, and no weights were found that lead outside"
        return Verdict(claim, "undecided", METHOD, assumes=claim.assumes, detail=detail)

    def lines(self, context: Context) -> tuple[Shown, ...]:
        """The value, between its bounds."""
        return (Shown(f"{self.value}, in [-1, 1]", self.value.expression(context)),)


def _beyond(
    e: Expression, context: Context, within: Mapping[str, tuple[int, int]], size: int
) -> dict[str, Any]:
    """A point at which an entry lies beyond 1; of those drawn, the one with the smallest numbers."""
    rng = np.random.default_rng(size)
    letters = {
        str(s) for name in names_in(e) for d in context.shapes[name] for s in getattr(d, "free_symbols", ())
    }
    sizes = dict.fromkeys(sorted(letters, key=lambda letter: (letter != "n", letter)), size)
    drawn = {}
    for name in sorted(names_in(e)):
        low, high = within.get(name, (0, 0))
        choices = [low + step * (high - low) for step in STEPS] if name in within else WEIGHTS
        shape = (DRAWS, *(concrete(d, sizes) or 1 for d in context.shapes[name]))
        drawn[name] = rng.choice(np.array(choices, dtype=float), shape)

    def largest(arrays: Mapping[str, Any]) -> Any:
        with np.errstate(all="ignore"):
            value = np.abs(evaluate(e, arrays, context.shapes))
        return np.where(np.isfinite(value), value, 0).max(axis=-1)

    outside = np.flatnonzero(largest(drawn) > 1 + BEYOND)
    if not outside.size:
        return {}
    sizes_of = sum(np.abs(a).reshape(DRAWS, -1).sum(axis=1) for a in drawn.values())
    best = outside[np.argmin(np.asarray(sizes_of)[outside])]
    at = {name: a[best] for name, a in drawn.items()}
    simple = simplified(at, lambda a: bool(largest(a) > 1 + BEYOND), within, closed=True)
    value = np.atleast_1d(evaluate(e, simple, context.shapes))
    entry = int(np.argmax(np.abs(value)))
    return {**sizes, "value": round(float(value[entry]), 9), "bound": 1, "at": assignments(simple)}
