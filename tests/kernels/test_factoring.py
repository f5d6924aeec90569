"""Factors that meet in several products become one, and what is known early stands apart."""

from __future__ import annotations

import pytest

from grusym.algebra.normal_form import equal
from grusym.kernels.factoring import factored
from grusym.language.expression import Hadamard, Name, Sum, names_in, walk
from grusym.language.reader import read_expression
from tests.kernels.samples import sample

LEVELS = {"h": 2, "x": 1, "W_r": 0, "b_r": 0}


def level(e):
    return max((LEVELS.get(name, 1) for name in names_in(e)), default=0)


def read(*texts):
    return [read_expression(t, sample("gru")) for t in texts]


CASES = [
    ("z ⊙ (1 - z) ⊙ r", "c ⊙ z ⊙ (1 - z)", "(1 - z) ⊙ h ⊙ z"),
    ("r ⊙ h", "h ⊙ r ⊙ z", "z ⊙ r"),
    ("r ⊙ r ⊙ z", "r ⊙ z ⊙ r", "z²"),
    ("b_r ⊙ h + c ⊙ r", "h - z ⊙ c ⊙ r", "c ⊙ r / (1 + r ⊙ c)"),
]


@pytest.mark.parametrize("texts", CASES)
def test_only_the_order_of_factors_and_terms_changes(texts):
    before = read(*texts)
    after = factored(before, level)
    for old, new in zip(before, after, strict=True):
        assert equal(old, new, sample("gru").shapes)
        assert not equal(old, Hadamard(new, Name("r")), sample("gru").shapes)


def test_a_pair_that_meets_in_several_products_is_one_factor():
    pairs = [{n for n in walk(e) if isinstance(n, Hadamard)} for e in factored(read(*CASES[0]), level)]
    assert set.intersection(*pairs)
    assert not set.intersection(*({n for n in walk(e) if isinstance(n, Hadamard)} for e in read(*CASES[0])))


def test_what_is_known_before_a_loop_is_one_sum_and_one_product_of_its_own():
    (total,) = factored(read("W_r x + h + b_r + z ⊙ h"), level)
    assert isinstance(total, Sum)
    assert total.terms[0] == Sum(tuple(read("W_r x", "b_r")))
    (product,) = factored(read("h ⊙ z ⊙ c"), level)
    assert product == Hadamard(Hadamard(Name("z"), Name("c")), Name("h"))
