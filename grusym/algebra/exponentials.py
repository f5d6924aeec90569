"""Equality of vectors with σ, tanh and exp(softplus) written as what they are: quotients of exponentials.

    σ(u) = 1 / (1 + exp(-u))        tanh(u) = (exp(2u) - 1) / (exp(2u) + 1)
    exp(softplus(u)) = 1 + exp(u)

In exponentials both sides are rational functions, which are equal exactly if cross-multiplied they are
one polynomial. So tanh(u) = 2σ(2u) - 1 is decided, which the normal form leaves open.
"""

from __future__ import annotations

from fractions import Fraction

from grusym.algebra import polynomial as poly
from grusym.algebra.atoms import Shapes
from grusym.algebra.elementwise import called
from grusym.algebra.normal_form import vector_form
from grusym.algebra.polynomial import Atom, Polynomial, TooLarge
from grusym.language.expression import Expression

ONE = poly.constant(Fraction(1))
LARGEST = 2_000  # monomials; what needs more is left to other methods


class DividesByZero(Exception):
    """A divisor is the zero polynomial: the expression is defined nowhere, and any equality would hold."""


Rational = tuple[Polynomial, Polynomial]  # over, under


def equal_in_exponentials(a: Expression, b: Expression, shapes: Shapes) -> bool:
    """Whether two vectors or scalars are equal for all sizes, wherever both are defined.

    Method: as above; True is a proof, False means "not shown equal", too large ones included, and those
    that are defined nowhere because a divisor is 0.
    """
    try:
        (over, under), (over_too, under_too) = (_rational(vector_form(e, shapes)) for e in (a, b))
        return _times(over, under_too) == _times(over_too, under)
    except (TooLarge, DividesByZero):
        return False


def _rational(p: Polynomial) -> Rational:
    over: Polynomial = {}
    under = ONE
    for monomial, c in p.items():
        top, bottom = poly.constant(c), ONE
        for atom, k in monomial:
            up, down = _opened(atom) if k > 0 else _opened(atom)[::-1]
            for _ in range(abs(k)):
                top, bottom = _times(top, up), _times(bottom, down)
        if not bottom:
            raise DividesByZero
        if bottom == under:
            over = poly.plus(over, top)
        else:
            over = poly.plus(_times(over, bottom), _times(top, under))
            under = _times(under, bottom)
    return over, under


def _opened(atom: Atom) -> Rational:
    """An atom as a quotient of polynomials."""
    match atom:
        case ("call", "σ", of):
            exp = _exp(dict(of), 1)
            return exp, poly.plus(ONE, exp)
        case ("call", "tanh", of):
            exp = _exp(dict(of), 2)
            return poly.plus(exp, ONE, Fraction(-1)), poly.plus(exp, ONE)
        case ("call", "exp", ((((("call", "softplus", of), 1),), 1),)):
            return poly.plus(ONE, _exp(dict(of), 1)), ONE
        case ("inverse", of):
            over, under = _rational(dict(of))
            return under, over
    return poly.of_atom(atom), ONE


def _exp(of: Polynomial, times: int) -> Polynomial:
    return called("exp", {monomial: times * c for monomial, c in of.items()})


def _times(p: Polynomial, q: Polynomial) -> Polynomial:
    if len(p) * len(q) > LARGEST:
        raise TooLarge
    return poly.times(p, q)
