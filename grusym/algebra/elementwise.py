"""Elementwise functions of polynomials, with the laws that make equal ones look equal.

A function with a law for -u, such as σ(-u) = 1 - σ(u), is only ever applied to polynomials whose first
coefficient is positive; values at constants are worked out; exp of a sum is a product.
"""

from __future__ import annotations

from fractions import Fraction

from grusym.algebra import atoms, polynomial as poly
from grusym.algebra.polynomial import Monomial, Polynomial
from grusym.language.activations import ACTIVATIONS


def called(function: str, of: Polynomial) -> Polynomial:
    """An elementwise function of a polynomial, in normal form."""
    entry = ACTIVATIONS[function]
    if not of.keys() - {()}:
        value = entry.at_constant(of.get((), Fraction(0)))
        if value is not None:
            return poly.constant(value)
    if function == "exp":
        return {_exponential(of): Fraction(1)}
    if entry.mirror is None or not of or of[min(of)] > 0:
        return poly.of_atom(atoms.call(function, of))
    a, b, c = map(Fraction, entry.mirror)
    turned = {monomial: -coefficient for monomial, coefficient in of.items()}
    result = poly.plus(poly.constant(a), poly.of_atom(atoms.call(function, turned)), b)
    return poly.plus(result, turned, c) if c else result


def _exponential(of: Polynomial) -> Monomial:
    """exp(Σ p/q u) = Π exp(u/q)ᵖ: one factor for each term."""
    factors: Monomial = ()
    for monomial, c in of.items():
        part = {monomial: Fraction(1, c.denominator)}
        factors = poly.monomial_product(factors, ((atoms.call("exp", part), c.numerator),))
    return factors
