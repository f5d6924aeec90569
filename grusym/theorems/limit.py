"""A value that tends to another as a scalar tends to 0 from above or to infinity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from grusym.algebra.normal_form import vector_form
from grusym.algebra.scalars import Entry, NotElementwise
from grusym.checks.expressions import assignments, points, simplified
from grusym.language.claim import Claim, Verdict
from grusym.language.evaluation import evaluate
from grusym.language.expression import Expression, names_in
from grusym.theorems.sides import Context, Side, Value, expression, in_words, shown
from grusym.theorems.statement import Shown

METHOD = "limit of one entry, by SymPy, for all sizes"
NUMBERS = "numbers far along the limit"
FAR = (2.0**-13, 2.0**-14)  # a smooth value is off by about as much
APART = 1e-2


@dataclass(frozen=True)
class Limit:
    """The limit of `value` as the scalar `variable` tends to 0+ or ∞ is `equals`, entry by entry."""

    value: Side
    variable: str
    to: Literal["0+", "∞"]
    equals: Side
    let: Mapping[str, Value] = field(default_factory=dict)

    def sides(self, context: Context) -> tuple[Expression, Expression]:
        """The value, and what it tends to."""
        return expression(self.value, context, self.let), expression(self.equals, context, self.let)

    def judge(self, claim: Claim, context: Context) -> Verdict:
        """Every entry is a function of the variable and of numbers that stay: its limit decides."""
        left, right = self.sides(context)
        claim = replace(claim, left=left, right=right)
        try:
            proved = self._proved(left, right, context)
            detail = "SymPy's limit is not shown to be the one claimed"
        except NotElementwise as error:
            proved, detail = False, str(error)
        if proved:
            return Verdict(claim, "proved", METHOD, assumes=claim.assumes)
        names = {*names_in(left), *names_in(right)} - {self.variable}
        far = _Far(left, right, self, context.shapes)
        for sizes, drawn in points(names, context.shapes, context.within):
            if far.apart(drawn):
                simple = simplified(drawn, far.apart, context.within)
                numbers = {**sizes, **far.said(simple), "at": assignments(simple)}
                return Verdict(claim, "refuted", NUMBERS, counterexample=numbers, assumes=claim.assumes)
        detail += ", and no number shows a difference"
        return Verdict(claim, "undecided", METHOD, assumes=claim.assumes, detail=detail)

    def _proved(self, left: Expression, right: Expression, context: Context) -> bool:
        """Whether the limit of an entry is the entry claimed; both are functions of real numbers."""
        import sympy

        entry = Entry(self.variable)
        one, other = (entry.of(vector_form(e, context.shapes)) for e in (left, right))
        t = entry.symbol(("name", self.variable))
        limit = sympy.limit(one, t, 0, "+") if self.to == "0+" else sympy.limit(one, t, sympy.oo)
        gap = sympy.expand(limit - other)
        while gap != 0 and gap.free_symbols & entry.functions.keys():
            gap = gap.subs(entry.functions)
        return t not in other.free_symbols and (gap == 0 or sympy.cancel(gap.rewrite(sympy.exp)) == 0)

    def lines(self, context: Context) -> tuple[Shown, ...]:
        """The value and what it tends to."""
        left, right = shown(self.value, context, self.let), shown(self.equals, context, self.let)
        towards = f"as {self.variable} → {self.to}"
        right_said = ", ".join(filter(None, (in_words(self.equals), towards)))
        return (Shown(in_words(self.value, self.let), left, right, "→", right_said),)


@dataclass(frozen=True)
class _Far:
    """The two sides far along the limit, in numbers."""

    value: Expression
    equals: Expression
    limit: Limit
    shapes: Mapping[str, Any]

    def at(self, arrays: Mapping[str, Any], far: float) -> tuple[Any, Any]:
        """Both sides with the variable set."""
        t = np.array(far if self.limit.to == "0+" else 1 / far)
        given = {**arrays, self.limit.variable: t}
        with np.errstate(all="ignore"):
            one, other = (np.atleast_1d(evaluate(e, given, self.shapes)) for e in (self.value, self.equals))
        return np.broadcast_arrays(one, other)  # type: ignore[return-value]

    def apart(self, arrays: Mapping[str, Any]) -> bool:
        """Whether the sides differ, and go on to differ, in some entry."""
        gaps = [np.abs(one - other) for one, other in (self.at(arrays, far) for far in FAR)]
        return bool(all(np.all(np.isfinite(gap)) and np.any(gap > APART) for gap in gaps))

    def said(self, arrays: Mapping[str, Any]) -> dict[str, Any]:
        """The entry that differs most, the value there and the limit claimed."""
        one, other = self.at(arrays, FAR[-1])
        entry = int(np.argmax(np.abs(one - other)))
        values = {"value": round(float(one[entry]), 9), "limit claimed": round(float(other[entry]), 9)}
        where = f"{FAR[-1]:.3g}" if self.limit.to == "0+" else f"{1 / FAR[-1]:.0f}"
        return {"entry": [entry], self.limit.variable: where, **values}
