"""A value that tends to another as a scalar tends to 0 from above or to infinity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from grusym.algebra.normal_form import vector_form
from grusym.algebra.scalars import Entry, NotElementwise
from grusym.checks.expressions import assignments, assumed, points, simplified
from grusym.language.claim import Claim, Verdict
from grusym.language.evaluation import evaluate
from grusym.language.expression import Expression, names_in
from grusym.theorems.sides import Context, Side, Value, expression, in_words, shown
from grusym.theorems.statement import Shown

METHOD = "limit of one entry, by SymPy, for all sizes"
NUMBERS = "numbers far along the limit"
FAR = (2.0**-13, 2.0**-14)  # a smooth value is off by about as much
APART = 1e-2
STAYS = 0.98  # a gap that closes, if slowly, is smaller by more at half the distance


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
            detail = self._gap_in_proof(left, right, context)
        except NotElementwise as error:
            detail = str(error)
        except (NotImplementedError, ValueError) as error:  # SymPy's, where it knows no limit
            detail = f"SymPy finds no limit: {error}" if str(error) else "SymPy finds no limit"
        if not detail:
            assumes = assumed(claim, left, right, positive=frozenset({self.variable}))
            return Verdict(claim, "proved", METHOD, assumes=assumes)
        names = {*names_in(left), *names_in(right)} - {self.variable}
        far = _Far(left, right, self, context.shapes)
        for sizes, drawn in points(names, context.shapes, context.within):
            refuting = next(filter(far.apart, _with_zeros(drawn, context.within)), None)
            if refuting:
                simple = simplified(refuting, far.apart, context.within)
                numbers = {**sizes, **far.said(simple), "at": assignments(simple)}
                return Verdict(claim, "refuted", NUMBERS, counterexample=numbers, assumes=claim.assumes)
        detail += ", and no number shows a difference"
        return Verdict(claim, "undecided", METHOD, assumes=claim.assumes, detail=detail)

    def _gap_in_proof(self, left: Expression, right: Expression, context: Context) -> str:
        """What keeps the limit of an entry from being shown to be the one claimed; nothing if it is.

        SymPy's limit holds for symbols in general, not for each of their values: h / (h + s) tends to 1,
        but at h = 0 to 0. Where the value is a power of the variable times what is analytic at the limit
        for all values of the others, it holds for each: the coefficients of the powers that have to vanish
        are analytic, so they vanish everywhere if they do in general.
        """
        import sympy

        entry = Entry(self.variable)
        one, other = (entry.of(vector_form(e, context.shapes)) for e in (left, right))
        t = entry.symbol(("name", self.variable))
        if not analytic_at_limit(_opened(one, entry), t, self.to):
            return "not for all values of the other names is it seen that the value is analytic at the limit"
        limit = sympy.limit(one, t, 0, "+") if self.to == "0+" else sympy.limit(one, t, sympy.oo)
        gap = _opened(sympy.expand(limit - other), entry)
        if t not in other.free_symbols and (gap == 0 or sympy.cancel(gap.rewrite(sympy.exp)) == 0):
            return ""
        return "SymPy's limit is not shown to be the one claimed"

    def lines(self, context: Context) -> tuple[Shown, ...]:
        """The value and what it tends to."""
        left, right = shown(self.value, context, self.let), shown(self.equals, context, self.let)
        towards = f"as {self.variable} → {self.to}"
        right_said = ", ".join(filter(None, (in_words(self.equals), towards)))
        return (Shown(in_words(self.value, self.let), left, right, "→", right_said),)


def _opened(e: Any, entry: Entry) -> Any:
    """An entry with the functions written out that symbols stand for."""
    while e.free_symbols & entry.functions.keys():
        e = e.subs(entry.functions)
    return e


def analytic_at_limit(e: Any, t: Any, to: str) -> bool:
    """Whether a value is a power of t (or 1/t, or exp(-t) at ∞) times what is analytic where that is 0.

    For all real values of its other symbols; False means "not seen to be".
    """
    import sympy

    small = sympy.Symbol("small", nonnegative=True)
    if to == "0+":
        return _laurent(e.xreplace({t: small}), small)
    inverse = e.xreplace({t: 1 / small})
    if _laurent(inverse, small):
        return True
    decaying = _in_decaying(e.rewrite(sympy.exp), t, small)
    return t not in decaying.free_symbols and _laurent(decaying, small)


def _in_decaying(e: Any, t: Any, small: Any) -> Any:
    """exp(a - k t) written as exp(a) smallᵏ, for whole numbers k; anything else with t stays."""
    import sympy

    if e.func == sympy.exp and t in e.free_symbols:
        argument = sympy.expand(e.args[0])
        k = -argument.coeff(t, 1)
        rest = sympy.expand(argument + k * t)
        return sympy.exp(rest) * small**k if k.is_Integer and t not in rest.free_symbols else e
    if not e.args or t not in e.free_symbols:
        return e
    return e.func(*(_in_decaying(part, t, small) for part in e.args))


def _laurent(e: Any, small: Any, pole: bool = True) -> bool:
    """Whether an expression is analytic at small = 0 but for a power of it, if `pole`."""
    import sympy

    if e.is_Rational or e.is_Symbol:
        return True
    if e.is_Add or e.is_Mul:
        return all(_laurent(part, small, pole) for part in e.args)
    if e.is_Pow and e.exp.is_Integer:
        if not _laurent(e.base, small, pole):
            return False
        return e.exp > 0 or _never_zero(e.base, small, pole)
    if e.func in (sympy.exp, sympy.tanh, sympy.sin, sympy.cos):
        return _laurent(e.args[0], small, pole=False)
    if e.func == sympy.log or (e.is_Pow and e.exp.is_Rational):
        return bool(e.args[0].is_positive) and _laurent(e.args[0], small, pole=False)
    return False


def _never_zero(e: Any, small: Any, pole: bool) -> bool:
    """Whether every factor of a divisor is plainly positive or negative, or `small` itself."""
    import sympy

    for factor in (
        f for part in sympy.fraction(sympy.factor(sympy.together(e))) for f in sympy.Mul.make_args(part)
    ):
        base = factor.base if factor.is_Pow and factor.exp.is_Integer else factor
        if not (base.is_positive or base.is_negative or (pole and base == small)):
            return False
    return True


def _with_zeros(drawn: Mapping[str, Any], within: Mapping[str, tuple[int, int]]) -> Iterator[dict[str, Any]]:
    """A point, and those with 0 in place of one array, where a limit may be another."""
    yield dict(drawn)
    for name, array in drawn.items():
        low, high = within.get(name, (-1, 1))
        if low < 0 < high:
            yield {**drawn, name: np.zeros_like(array)}


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
        if not all(np.all(np.isfinite(gap)) for gap in gaps):
            return False
        return bool(np.any((gaps[0] > APART) & (gaps[1] > APART) & (gaps[1] > STAYS * gaps[0])))

    def said(self, arrays: Mapping[str, Any]) -> dict[str, Any]:
        """The entry that differs most, the value there and the limit claimed."""
        one, other = self.at(arrays, FAR[-1])
        entry = int(np.argmax(np.abs(one - other)))
        values = {"value": round(float(one[entry]), 9), "limit claimed": round(float(other[entry]), 9)}
        where = f"{FAR[-1]:.3g}" if self.limit.to == "0+" else f"{1 / FAR[-1]:.0f}"
        return {"entry": [entry], self.limit.variable: where, **values}
