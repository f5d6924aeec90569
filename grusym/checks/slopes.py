"""The slopes of activations, which both oracles and all derivations rest on, against SymPy's derivatives."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from grusym.language.activations import ACTIVATIONS, Elementwise
from grusym.language.claim import Claim, Verdict
from grusym.language.evaluation import Arithmetic, evaluate
from grusym.language.expression import Expression, Name

DIGITS = 40
POINTS = tuple(Fraction(k, 7) for k in range(-15, 16) if k)  # 30 rationals, none at a kink


def judge_slope(name: str, slope: Expression | None = None) -> Verdict:
    """Whether an activation's slope, its own or the one given, is the derivative of its function.

    Method: SymPy differentiates the scalar function; the difference is evaluated to 40 digits at 30
    rational points, then simplified to 0 if SymPy can.
    """
    import sympy

    entry = ACTIVATIONS[name]
    slope = slope_of(name) if slope is None else slope
    u = sympy.Symbol("u", real=True)
    claim = Claim(f"slope of {name}", f"{name}'(u) = {slope}, where y = {name}(u)")
    derivative, found = sympy.diff(entry.sympy(u), u), _scalar(entry, slope, u)
    difference = found - derivative
    for point in _domain(derivative, u):
        gap = sympy.N(difference.subs(u, point), DIGITS)
        if abs(gap) > sympy.Float(10) ** (5 - DIGITS):
            values = {"u": point, "slope": sympy.N(found.subs(u, point), 9)}
            values |= {"derivative": sympy.N(derivative.subs(u, point), 9)}
            shown = {key: str(value) for key, value in values.items()}
            return Verdict(
                claim, "refuted", "SymPy's scalar derivative", where=f"u = {point}", counterexample=shown
            )
    if difference == 0 or sympy.simplify(difference) == 0:
        return Verdict(claim, "proved", "SymPy's scalar derivative, simplified")
    return Verdict(claim, "agrees", f"SymPy's scalar derivative at {len(POINTS)} points to {DIGITS} digits")


def slope_of(name: str) -> Expression:
    """An activation's slope in its argument u and its output y."""
    return ACTIVATIONS[name].slope(Name("u"), Name("y"))


def _scalar(entry: Elementwise, slope: Expression, u: Any) -> Any:
    """The slope as a SymPy expression in u."""
    import sympy

    exact = Arithmetic(
        lambda value: sympy.Rational(value.numerator, value.denominator),
        lambda function, array: ACTIVATIONS[function].sympy(np.asarray(array, dtype=object)[()]),
    )
    arrays = {"u": np.array(u, dtype=object), "y": np.array(entry.sympy(u), dtype=object)}
    return sympy.sympify(evaluate(slope, arrays, arithmetic=exact)[()])


def _domain(derivative: Any, u: Any) -> list[Any]:
    """The points at which the function is real."""
    import sympy

    points = [sympy.Rational(p.numerator, p.denominator) for p in POINTS]
    return [p for p in points if derivative.subs(u, p).is_real and sympy.N(derivative.subs(u, p)).is_finite]
