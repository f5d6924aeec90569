"""Counts: a SymPy polynomial such as 3*n*(m + n + 1) as an expression, so that every printer writes it."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from grusym.errors import GrusymError
from grusym.language.build import negative, number, power, product, total
from grusym.language.expression import Expression, Name, Quotient

if TYPE_CHECKING:
    import sympy


def counted(formula: sympy.Expr | int) -> Expression:
    """A polynomial or rational function of sizes, with its factors and terms in SymPy's reading order.

    Raises GrusymError for a formula with functions or broken powers in it.
    """
    import sympy

    formula = sympy.sympify(formula, strict=True)
    above, below = sympy.fraction(formula)
    if below != 1 and not formula.is_Rational:
        return Quotient(counted(above), counted(below))
    if formula.is_Rational:
        return number(Fraction(int(formula.p), int(formula.q)))
    if formula.is_Symbol:
        return Name(str(formula))
    if formula.is_Add:
        return total(*map(counted, formula.as_ordered_terms()))
    if formula.is_Mul:
        coefficient, rest = formula.as_coeff_Mul()
        if coefficient < 0:
            return negative(counted(-formula))
        scale = [] if coefficient == 1 else [counted(coefficient)]
        factors = rest.as_ordered_factors() if rest.is_Mul else [rest]
        return product(*scale, *map(counted, factors))
    if formula.is_Pow and formula.exp.is_Integer:
        return power(counted(formula.base), int(formula.exp))
    raise GrusymError(
        f"showing {formula} as a count: {type(formula).__name__} was found in it; give a polynomial in sizes"
    )
