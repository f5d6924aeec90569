"""Polynomials in opaque atoms: the elementwise layer, where ⊙ commutes and the ones vector is 1.

A polynomial maps monomials to rationals; a monomial is a sorted tuple of (atom, exponent), where an
exponent may be negative. Atoms are tagged tuples (see `grusym.algebra.atoms`); any tuples that can be
ordered would do. SymPy's own rings need their generators beforehand; here they appear on the way.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from grusym.errors import GrusymError

Atom = tuple[Any, ...]
Monomial = tuple[tuple[Atom, int], ...]
Polynomial = dict[Monomial, Fraction]

LARGEST = 100_000  # monomials; beyond this an expression is too large to multiply out


class TooLarge(GrusymError):
    """Multiplying out would need more than LARGEST monomials."""

    def __init__(self) -> None:
        super().__init__(
            f"the expression has more than {LARGEST:,} terms when multiplied out; compare it in parts"
        )


def constant(value: Fraction) -> Polynomial:
    """The polynomial that is one number."""
    return {(): value} if value else {}


def of_atom(atom: Atom) -> Polynomial:
    """The polynomial that is one atom."""
    return {((atom, 1),): Fraction(1)}


def plus(p: Polynomial, q: Polynomial, factor: Fraction = Fraction(1)) -> Polynomial:
    """p + factor q."""
    result = dict(p)
    for monomial, c in q.items():
        add(result, monomial, factor * c)
    return result


def add(p: Polynomial, monomial: Any, c: Fraction) -> None:
    """Add one term to a polynomial, in place; a term that cancels is removed."""
    value = p.get(monomial, Fraction(0)) + c
    if value:
        p[monomial] = value
    else:
        p.pop(monomial, None)


def times(p: Polynomial, q: Polynomial) -> Polynomial:
    """The product of two polynomials, multiplied out."""
    if len(p) * len(q) > LARGEST:
        raise TooLarge
    result: Polynomial = {}
    for a, x in p.items():
        for b, y in q.items():
            add(result, monomial_product(a, b), x * y)
    return result


def monomial_product(a: Monomial, b: Monomial) -> Monomial:
    """The product of two monomials."""
    if not a or not b:
        return a or b
    exponents = dict(a)
    for atom, k in b:
        exponents[atom] = exponents.get(atom, 0) + k
    return tuple(sorted(item for item in exponents.items() if item[1]))


def to_power(p: Polynomial, exponent: int) -> Polynomial:
    """p to a whole power."""
    if p and math.comb(len(p) + exponent - 1, exponent) > LARGEST // 10:
        raise TooLarge
    result = constant(Fraction(1))
    for _ in range(exponent):
        result = times(result, p)
    return result


def inverted(monomial: Monomial) -> Monomial:
    """1 over a monomial."""
    return tuple((atom, -k) for atom, k in monomial)


def key(p: Polynomial) -> tuple[tuple[Monomial, Fraction], ...]:
    """A polynomial as part of an atom: equal polynomials, equal keys."""
    return tuple(sorted(p.items()))


def total(parts: Iterable[Polynomial]) -> Polynomial:
    """The sum of polynomials."""
    result: Polynomial = {}
    for part in parts:
        for monomial, c in part.items():
            add(result, monomial, c)
    return result
