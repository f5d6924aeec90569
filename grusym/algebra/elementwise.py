"""Elementwise functions of polynomials, with the laws that make equal ones look equal.

A function with a law for -u, such as σ(-u) = 1 - σ(u), is only ever applied to polynomials whose first
coefficient is positive; values at constants are worked out; exp of a sum is a product; max and min are
written with relu.
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
    if function in ("relu", "step"):
        return _kinked(function, of)
    return _turned(function, of)


def _kinked(function: str, of: Polynomial) -> Polynomial:
    """relu(c u) = c relu(u) and step(c u) = step(u) for c > 0; relu(u) is never negative.

    step(-u) = 1 - step(u) is no law: at u = 0 it fails.
    """
    if len(of) == 1:
        ((monomial, c),) = of.items()
        match monomial:
            case ((("call", "relu", inner), 1),):
                if c < 0:
                    return {}
                return _scaled(called(function, dict(inner)), c if function == "relu" else Fraction(1))
    size = abs(of[min(of)])
    found = _turned(function, _scaled(of, 1 / size))
    return _scaled(found, size) if function == "relu" else found


def _scaled(p: Polynomial, c: Fraction) -> Polynomial:
    return {monomial: c * coefficient for monomial, coefficient in p.items()}


def _turned(function: str, of: Polynomial) -> Polynomial:
    """The function of whichever of u and -u begins with a positive coefficient, where there is a law."""
    entry = ACTIVATIONS[function]
    if entry.mirror is None or not of or of[min(of)] > 0:
        return poly.of_atom(atoms.call(function, of))
    a, b, c = map(Fraction, entry.mirror)
    turned = {monomial: -coefficient for monomial, coefficient in of.items()}
    result = poly.plus(poly.constant(a), poly.of_atom(atoms.call(function, turned)), b)
    return poly.plus(result, turned, c) if c else result


def extremum(function: str, u: Polynomial, v: Polynomial) -> Polynomial:
    """max(u, v) = v + relu(u - v), min(u, v) = v - relu(v - u); the law of relu(-u) makes both symmetric."""
    difference = poly.plus(u, v, Fraction(-1))
    if function == "max":
        return poly.plus(v, called("relu", difference))
    turned = {monomial: -coefficient for monomial, coefficient in difference.items()}
    return poly.plus(v, called("relu", turned), Fraction(-1))


def _exponential(of: Polynomial) -> Monomial:
    """exp(Σ p/q u) = Π exp(u/q)ᵖ: one factor for each term."""
    factors: Monomial = ()
    for monomial, c in of.items():
        part = {monomial: Fraction(1, c.denominator)}
        factors = poly.monomial_product(factors, ((atoms.call("exp", part), c.numerator),))
    return factors
