"""Polynomials in opaque atoms: the elementwise layer, where ⊙ commutes and the ones vector is 1.

A polynomial maps monomials to rationals; a monomial is a sorted tuple of (atom, exponent). Atoms are
texts: names, `A·(monomial)` for a matrix applied to a monomial, `f(polynomial)` for an activation.
SymPy's own rings need their generators beforehand, and here they appear while computing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction

Monomial = tuple[tuple[str, int], ...]
Polynomial = dict[Monomial, Fraction]

LARGEST = 100_000  # monomials; beyond this an expression is too large to multiply out


class TooLarge(Exception):
    """Multiplying out would need more than LARGEST monomials."""


def constant(value: Fraction) -> Polynomial:
    """The polynomial that is one number."""
    return {(): value} if value else {}


def atom(name: str) -> Polynomial:
    """The polynomial that is one atom."""
    return {((name, 1),): Fraction(1)}


def plus(p: Polynomial, q: Polynomial, factor: Fraction = Fraction(1)) -> Polynomial:
    """p + factor q."""
    result = dict(p)
    for monomial, c in q.items():
        value = result.get(monomial, Fraction(0)) + factor * c
        if value:
            result[monomial] = value
        else:
            result.pop(monomial, None)
    return result


def times(p: Polynomial, q: Polynomial) -> Polynomial:
    """The product of two polynomials, multiplied out."""
    if len(p) * len(q) > LARGEST:
        raise TooLarge
    result: Polynomial = {}
    for a, x in p.items():
        for b, y in q.items():
            key = monomial_product(a, b)
            value = result.get(key, Fraction(0)) + x * y
            if value:
                result[key] = value
            else:
                result.pop(key, None)
    return result


def monomial_product(a: Monomial, b: Monomial) -> Monomial:
    """The product of two monomials; a step function is its own square."""
    if not a or not b:
        return a or b
    exponents = dict(a)
    for name, k in b:
        exponents[name] = 1 if name.startswith("step(") else exponents.get(name, 0) + k
    return tuple(sorted(item for item in exponents.items() if item[1]))


def to_power(p: Polynomial, exponent: int) -> Polynomial:
    """p to a whole power."""
    if p and math.comb(len(p) + exponent - 1, exponent) > LARGEST // 10:
        raise TooLarge
    result = constant(Fraction(1))
    for _ in range(exponent):
        result = times(result, p)
    return result


def shown(p: Polynomial) -> str:
    """A canonical text: equal polynomials, equal texts."""
    return " + ".join(f"{c}*{monomial_text(m)}" for m, c in sorted(p.items())) or "0"


def monomial_text(m: Monomial) -> str:
    """A canonical text of one monomial."""
    return "*".join(f"{name}^{k}" for name, k in m) or "1"


def total(parts: Iterable[Polynomial]) -> Polynomial:
    """The sum of polynomials."""
    result: Polynomial = {}
    for part in parts:
        result = plus(result, part)
    return result
