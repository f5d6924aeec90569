"""Two expressions are proved equal, or refuted by numbers that a reader can check by hand."""

from __future__ import annotations

import re
from fractions import Fraction

import numpy as np
import pytest

from grusym.checks.expressions import compare
from grusym.errors import ShapeError
from grusym.language.claim import Claim
from grusym.language.evaluation import evaluate
from grusym.language.reader import read_cell, read_expression

CELL = read_cell("z = σ(W_z x + U_z h)\nr = σ(U_r h)\nh' = z ⊙ h + (1 - z) ⊙ tanh(W x + U (r ⊙ h) + b)")


def verdict(a: str, b: str, **options):
    left, right = read_expression(a, CELL), read_expression(b, CELL)
    return compare(Claim("test", f"{a} = {b}"), left, right, CELL.shapes, **options)


def test_equal_for_all_sizes_is_proved():
    found = verdict("(1 - z) ⊙ σ(U h)", "σ(U h) - z + z ⊙ σ(-U h)")
    assert (found.outcome, found.method) == ("proved", "normal form, for all sizes")


def test_what_needs_exponentials_is_proved_by_them():
    found = verdict("tanh(h)", "2 σ(2 h) - 1")
    assert found.outcome == "proved" and "exponentials" in found.method
    assert verdict("tanh(h)", "2 σ(h) - 1").outcome == "refuted"


def test_a_counterexample_is_as_simple_as_can_be():
    found = verdict("z ⊙ h + r", "z ⊙ h + 2 r").counterexample
    assert found["at"] == "h = [0], r = [1], z = [0]"


def test_a_transposition_is_refuted_at_the_smallest_size_that_shows_it():
    found = verdict("U h", "Uᵀ h")
    assert found.outcome == "refuted"
    assert found.counterexample["n"] == 2


def test_a_sign_is_refuted_at_size_one():
    assert verdict("z ⊙ h", "-z ⊙ h").counterexample["n"] == 1


def test_the_counterexample_s_numbers_are_those_of_the_two_sides():
    found = verdict("U (r ⊙ h)", "r ⊙ (U h)").counterexample
    read = dict(re.findall(r"(\w+) = (\[.*?\](?=, \w+ =|$))", found["at"]))
    arrays = {name: np.array(_numbers(text)) for name, text in read.items()}
    for side, text in (("left", "U (r ⊙ h)"), ("right", "r ⊙ (U h)")):
        value = evaluate(read_expression(text, CELL), arrays, CELL.shapes)[found["entry"][0]]
        assert value == pytest.approx(found[side])
    assert found["left"] != found["right"]


def _numbers(text: str):
    if text.startswith("[["):
        return [_numbers(f"[{row}]") for row in re.findall(r"\[([^\[\]]+)\]", text)]
    return [float(Fraction(part)) for part in text.strip("[]").split(", ")]


def test_what_only_numbers_see_agrees_and_is_not_called_proved():
    found = verdict("sin(2 h)", "2 sin(h) ⊙ cos(h)")
    assert found.outcome == "agrees"
    assert "no proof" in found.detail


def test_a_bound_keeps_counterexamples_away_from_what_cannot_be():
    assert verdict("relu(z)", "z").outcome == "refuted"
    assert verdict("relu(z)", "z", within={"z": (0, 1)}).outcome == "agrees"


def test_what_has_no_common_shape_is_no_claim():
    with pytest.raises(ShapeError):
        verdict("U", "W")


@pytest.mark.parametrize(
    ("a", "b", "defined"),
    [
        ("h / h", "1", False),
        ("relu(h) / relu(h) ⊙ b", "b", False),
        ("sqrt(h) / sqrt(h)", "1", False),
        ("log(h) - log(h)", "0", False),
        ("h / (σ(h) - σ(b)) ⊙ (σ(h) - σ(b))", "h", False),
        ("σ(h) / σ(h)", "1", True),
        ("tanh(h) / (1 + exp(b)) ⊙ (1 + exp(b))", "tanh(h)", True),
        ("h / (2 σ(h) + relu(b)) ⊙ (2 σ(h) + relu(b))", "h", True),
        ("h / (-(1 + b²)) ⊙ (1 + b²)", "-h", True),
        ("log(σ(h)) - log(σ(h))", "0", True),
        ("h / 2 + h / 2", "h", True),
    ],
)
def test_what_may_divide_by_0_is_proved_only_wherever_both_sides_are_defined(a, b, defined):
    found = verdict(a, b)
    assert found.outcome == "proved"
    assert found.assumes == (() if defined else ("wherever both sides are defined",))
    assert verdict(a, f"{b} + r").outcome == "refuted"


ZERO = "(tanh(h) - 2 σ(2 h) + 1)"  # 0 for every h, and 1e-16 in numbers


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (f"step{ZERO}", "0"),
        (f"relu{ZERO}", "0"),
        (f"r ⊙ sin{ZERO}", "0"),
        ("max(tanh(h), 2 σ(2 h) - 1) - min(tanh(h), 2 σ(2 h) - 1)", "0"),
        (f"step(max{ZERO[:-1]}, -r²))", "0"),
        (f"r / {ZERO}", f"2 r / {ZERO}"),
    ],
)
def test_rounding_at_a_kink_refutes_nothing_and_0_as_a_divisor_proves_nothing(a, b):
    assert verdict(a, b).outcome in ("proved", "agrees", "undecided")
    assert verdict(a, b).outcome != "proved" or "/" not in a + b


def test_a_kink_still_refutes_where_it_is_told_from_0():
    assert verdict("step(h)", "step(2 h + 3)").outcome == "refuted"
    assert verdict("max(h, r)", "h").outcome == "refuted"
    assert verdict("relu(h - r)", "h - r").outcome == "refuted"
