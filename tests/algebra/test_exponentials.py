"""What σ and tanh have in common shows when both are written in exponentials."""

from __future__ import annotations

import pytest

from grusym.algebra.exponentials import equal_in_exponentials
from grusym.algebra.normal_form import equal
from grusym.language.reader import read_cell, read_expression

CELL = read_cell("v : n\nγ : scalar\nh' = tanh(U h + v) + γ h")


@pytest.mark.parametrize(
    ("a", "b", "wrong"),
    [
        ("tanh(h)", "2 σ(2 h) - 1", "2 σ(2 h)"),
        ("tanh(U h + v)", "(exp(U h + v) - exp(-U h - v)) / (exp(U h + v) + exp(-U h - v))", "tanh(U h - v)"),
        ("σ(h) / (σ(h) + σ(v)) + σ(v) / (σ(h) + σ(v))", "1", "2"),
        ("1 - tanh(h)²", "4 σ(2 h) ⊙ (1 - σ(2 h))", "2 σ(2 h) ⊙ (1 - σ(2 h))"),
        ("σ(h) / σ(-h)", "exp(h)", "exp(-h)"),
        ("γ U tanh(h)", "U (γ tanh(h))", "U tanh(γ h)"),
    ],
)
def test_equal_ones_are_shown_equal_and_others_are_not(a, b, wrong):
    left, right, other = (read_expression(text, CELL) for text in (a, b, wrong))
    assert equal_in_exponentials(left, right, CELL.shapes)
    assert not equal_in_exponentials(left, other, CELL.shapes)


def test_it_shows_more_than_the_normal_form_but_looks_into_no_product():
    left, right = (read_expression(text, CELL) for text in ("tanh(h)", "2 σ(2 h) - 1"))
    assert not equal(left, right, CELL.shapes)
    left, right = (read_expression(text, CELL) for text in ("U tanh(h)", "2 U σ(2 h) - U (h / h)"))
    assert not equal_in_exponentials(left, right, CELL.shapes)


def test_what_is_too_large_is_not_shown_equal():
    large = " + ".join(f"σ({k} h + v) / (σ({k} v) + {k} + σ(h))" for k in range(1, 9))
    e = read_expression(large, CELL)
    turned = read_expression(large.replace("σ(h)", "1 - σ(-h)"), CELL)
    assert equal(e, turned, CELL.shapes)
    assert not equal_in_exponentials(
        e, read_expression(f"{large} + tanh(h) - 2 σ(2 h) + 1", CELL), CELL.shapes
    )


@pytest.mark.parametrize("zero", ["tanh(h) - 2 σ(2 h) + 1", "σ(h) / σ(-h) - exp(h)"])
def test_where_a_divisor_is_0_in_exponentials_nothing_is_shown(zero):
    read = {
        text: read_expression(text, CELL) for text in (f"1 / ({zero})", f"2 / ({zero})", f"1 / ({zero} + 1)")
    }
    one, two, fine = read.values()
    assert not equal_in_exponentials(one, two, CELL.shapes)
    assert not equal_in_exponentials(two, two, CELL.shapes)
    assert equal_in_exponentials(fine, read_expression("1", CELL), CELL.shapes)
