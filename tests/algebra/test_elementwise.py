"""The laws of elementwise functions hold for the functions that they are said of."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy as sp

from grusym.algebra.elementwise import called
from grusym.algebra.normal_form import equal
from grusym.language.activations import ACTIVATIONS
from grusym.language.reader import read_cell, read_expression

CELL = read_cell("v : n\nh' = tanh(U h + v)")
mirrored = pytest.mark.parametrize("name", [n for n, e in ACTIVATIONS.items() if e.mirror])


@mirrored
def test_the_law_of_the_negative_argument_is_that_of_the_function(name):
    entry, u = ACTIVATIONS[name], np.linspace(-4, 4, 33)
    a, b, c = entry.mirror
    np.testing.assert_allclose(entry.value(-u), a + b * entry.value(u) + c * u, rtol=1e-12, atol=1e-14)
    assert not np.allclose(entry.value(-u), a + b * entry.value(u) + (c + 1) * u)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("at", [Fraction(0), Fraction(3, 2), Fraction(-2)])
def test_a_value_at_a_constant_is_the_function_s(name, at):
    value = ACTIVATIONS[name].at_constant(at)
    exact = ACTIVATIONS[name].sympy(sp.Rational(at.numerator, at.denominator))
    assert value is None or sp.simplify(exact - sp.Rational(value.numerator, value.denominator)) == 0


@mirrored
def test_a_function_without_its_law_would_not_be_decided(name):
    one, other = (called(name, {((("name", "u"), 1),): Fraction(sign)}) for sign in (1, -1))
    assert (one == other) == (ACTIVATIONS[name].mirror == (0, 1, 0))
    atoms = {atom for form in (one, other) for monomial in form for atom, _ in monomial if atom[0] == "call"}
    assert len(atoms) == 1


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("σ(-U h - v)", "1 - σ(U h + v)", True),
        ("tanh(v - U h)", "-tanh(U h - v)", True),
        ("relu(-v)", "relu(v) - v", True),
        ("softplus(-v)", "softplus(v) - v", True),
        ("exp(h + 2 v)", "exp(h) ⊙ exp(v)²", True),
        ("exp(h - v) ⊙ exp(v)", "exp(h)", True),
        ("exp(1 + h)", "exp(1) exp(h)", True),
        ("σ(0 h)", "1/2", True),
        ("relu(2 - 5)", "0", True),
        ("tanh(-h)", "tanh(h)", False),
        ("σ(-h)", "-σ(h)", False),
        ("exp(2 h)", "2 exp(h)", False),
        ("exp(h ⊙ v)", "exp(h) ⊙ exp(v)", False),
        ("log(-h)", "-log(h)", False),
    ],
)
def test_the_normal_form_knows_the_laws_and_no_others(a, b, same):
    left, right = read_expression(a, CELL), read_expression(b, CELL)
    assert equal(left, right, CELL.shapes) is same
