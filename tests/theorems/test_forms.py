"""Forms say what they cannot decide, and sides what does not fit."""

from __future__ import annotations

import pytest

from grusym.errors import GrusymError, UnknownNameError
from grusym.language.claim import Claim
from grusym.language.reader import read_cell
from grusym.theorems.bound import Bounded
from grusym.theorems.determinant import Determinant
from grusym.theorems.equality import Equality
from grusym.theorems.fixed_point import FixedPoints
from grusym.theorems.limit import Limit
from grusym.theorems.sides import Block, Context, Value, expression

CLAIM = Claim("own-01", "what is said")
GRU = Context("gru")


def judge(form, context=GRU):
    return form.judge(CLAIM, context)


def test_a_value_is_read_in_the_names_of_the_context():
    assert str(expression(Value("rnn", "h'", {"W": "W_c", "U": "U_c", "b": "b_c"}), GRU)) == (
        "tanh(W_c x + U_c h + b_c)"
    )
    with pytest.raises(GrusymError, match="uses W, which is no such name of 'gru'"):
        expression(Value("rnn", "h'"), GRU)
    with pytest.raises(UnknownNameError, match="did you mean 'W_f'"):
        expression(Value("mgu", "f", {"W_ff": "0"}), Context("mgu"))
    with pytest.raises(GrusymError, match="applies no relu"):
        expression(Value("gru", "c", instead={"c": ("relu", "")}), GRU)
    with pytest.raises(GrusymError, match="take another letter"):
        Context("gru", {"z": "n"}).read("z")


def test_names_that_replace_are_those_of_the_context_even_where_the_cell_has_them_too():
    turned = Value("gru", "z", {"W_z": "U_z W_z", "U_z": "-U_z"})
    assert str(expression(turned, GRU)) == "σ((U_z W_z) x - U_z h + b_z)"
    assert str(expression("1 - z", GRU)) == "1 - σ(W_z x + U_z h + b_z)"


def test_a_block_is_derived_first_and_then_replaced():
    assert str(expression(Block("gru", "h'", "h", {"z": "1"}), GRU)) == "I"


def test_a_cell_may_be_one_s_own():
    own = read_cell("z = σ(W_z x + b_z)\nh' = z ⊙ h + (1 - z) ⊙ tanh(W x)", name="own")
    said = Equality(Value(own, "h'"), Value("gru", "h'", {"U_z": "0", "U_c": "0", "W_c": "W", "b_c": "0"}))
    assert judge(said, Context(own)).outcome == "proved"
    assert judge(Bounded(Value(own, "h'")), Context(own)).outcome == "proved"


def test_a_limit_inside_a_product_is_undecided_unless_numbers_refute_it():
    inside = Limit(Value("gru", "c", {"b_r": "b_r + t"}), "t", "∞", "tanh(W_c x + U_c h + b_c)")
    context = Context("gru", {"t": ""})
    found = judge(inside, context)
    assert found.outcome == "undecided" and "inside a matrix product" in found.detail
    wrong = Limit(Value("gru", "c", {"b_r": "b_r + t"}), "t", "∞", "tanh(W_c x + b_c)")
    assert judge(wrong, context).outcome == "refuted"


def test_a_bound_that_vertices_do_not_reach_is_undecided():
    half = read_cell("a = σ(W x)\nh' = a ⊙ h + a ⊙ (1 - a) ⊙ h", name="own")  # a (2 - a) <= 1
    assert judge(Bounded(Value(half, "h'")), Context(half)).outcome == "undecided"


def test_a_determinant_with_a_wrong_step_but_the_right_value_is_not_proved():
    context = Context("lstm")
    D = "diag(o ⊙ (1 - tanh(c')²))"
    rest = "diag(tanh(c') ⊙ o ⊙ (1 - o))"
    right = Determinant(("c", "h"), ("diag(f)",), D, (rest, "U_o"))
    assert judge(right, context).outcome == "proved"
    wrong_way = Determinant(("c", "h"), ("diag(f)",), "diag(o)", (rest, "U_o"))
    found = judge(wrong_way, context)
    assert found.outcome == "undecided" and "elimination fails" in found.detail


def test_fixed_points_need_a_factor_of_one_sign():
    assert judge(FixedPoints("z", "1 - z", "c - h")).outcome == "proved"
    own = read_cell("z = σ(W x)\nh' = h + (2 z - 1) ⊙ (tanh(W_c x) - h)", name="own")
    assert judge(FixedPoints("z", "2 z - 1", "tanh(W_c x) - h"), Context(own)).outcome != "proved"
