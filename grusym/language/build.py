"""Constructors that keep trees tidy without re-ordering them: 0 and 1 vanish, signs move outward."""

from __future__ import annotations

from fractions import Fraction

from grusym.language.expression import (
    ONE,
    ZERO,
    Expression,
    Hadamard,
    Identity,
    Negative,
    Number,
    Power,
    Product,
    Sum,
    Transpose,
)


def number(value: int | Fraction) -> Expression:
    """An exact constant; a negative one is written as the negative of a positive one."""
    return Number(Fraction(value)) if value >= 0 else Negative(Number(-Fraction(value)))


def negative(e: Expression) -> Expression:
    """-e."""
    if e == ZERO:
        return ZERO
    return e.operand if isinstance(e, Negative) else Negative(e)


def total(*terms: Expression) -> Expression:
    """The sum of the terms, flat, without zeros."""
    flat: list[Expression] = []
    for term in terms:
        flat.extend(term.terms if isinstance(term, Sum) else (term,))
    kept = tuple(term for term in flat if term != ZERO)
    if not kept:
        return ZERO
    return kept[0] if len(kept) == 1 else Sum(kept)


def collected(*terms: Expression) -> Expression:
    """The sum of derived terms: a sum that begins with a minus is written with a positive term first."""
    result = total(*terms)
    if not isinstance(result, Sum) or not isinstance(result.terms[0], Negative):
        return result
    positive = [t for t in result.terms if not isinstance(t, Negative)]
    rest = [t for t in result.terms if isinstance(t, Negative)]
    return Sum((*positive, *rest))


def hadamard(*factors: Expression) -> Expression:
    """The elementwise product of the factors, left to right."""
    sign, kept = 1, []
    for factor in factors:
        while isinstance(factor, Negative):
            sign, factor = -sign, factor.operand
        if factor == ZERO:
            return ZERO
        if factor != ONE:
            kept.extend(_factors(factor))
    result: Expression = ONE
    for factor in kept:
        result = factor if result == ONE else Hadamard(result, factor)
    return negative(result) if sign < 0 else result


def _factors(e: Expression) -> list[Expression]:
    return [*_factors(e.left), *_factors(e.right)] if isinstance(e, Hadamard) else [e]


def product(*factors: Expression) -> Expression:
    """The matrix product of the factors; identities vanish, signs move outward."""
    sign, kept = 1, []
    for factor in factors:
        while isinstance(factor, Negative):
            sign, factor = -sign, factor.operand
        if factor == ZERO:
            return ZERO
        if not isinstance(factor, Identity):
            kept.append(factor)
    if not kept:
        return negative(Identity()) if sign < 0 else Identity()
    result = kept[-1]
    for factor in reversed(kept[:-1]):
        result = Product(factor, result)
    return negative(result) if sign < 0 else result


def power(base: Expression, exponent: int) -> Expression:
    """base to a whole power, elementwise."""
    if exponent == 0:
        return ONE
    return base if exponent == 1 else Power(base, exponent)


def transpose(e: Expression) -> Expression:
    """eᵀ."""
    return e.operand if isinstance(e, Transpose) else Transpose(e)
