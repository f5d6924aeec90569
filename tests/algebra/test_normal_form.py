"""The normal form says equal exactly where it is: rewrites are accepted, edits are refused."""

from __future__ import annotations

from fractions import Fraction

import pytest

from grusym.algebra.normal_form import equal, operator_form
from grusym.algebra.polynomial import TooLarge
from grusym.cells.library import cell
from grusym.errors import GrusymError
from grusym.language.expression import Columns, Concatenation, Name, Number, Product, Section, Sum
from grusym.language.reader import read_cell, read_expression

CELL = read_cell(
    "α : scalar\nz = σ(W_z x + U_z h)\nr = σ(U_r h)\nh' = α (z ⊙ h) + (1 - z) ⊙ tanh(W x + U (r ⊙ h) + b)",
    name="test",
)
EQUAL = [
    ("z ⊙ h + (1 - z) ⊙ b", "h ⊙ z + b - z ⊙ b"),
    ("U (r ⊙ h + b)", "U b + U (h ⊙ r)"),
    ("U (2 h)", "2 U h"),
    ("α U h", "U (α h)"),
    ("(U + U_z) h", "U_z h + U h"),
    ("Uᵀᵀ h", "U h"),
    ("(U U_z)ᵀ h", "U_zᵀ Uᵀ h"),
    ("diag(z) U", "diag(1 - (1 - z)) U"),
    ("diag(z ⊙ r)", "diag(r) diag(z)"),
    ("α U", "U (α I)"),
    ("(α U)ᵀ", "α Uᵀ"),
    ("U (σ(α) h)", "σ(α) U h"),
    ("U ((hᵀ b) h)", "(hᵀ b) U h"),
    ("(h bᵀ) r", "(bᵀ r) h"),
    ("hᵀ U b", "bᵀ Uᵀ h"),
    ("(hᵀ U) b", "hᵀ (U b)"),
    ("b (U h)ᵀ", "b hᵀ Uᵀ"),
    ("h / (2 z)", "0.5 h / z"),
    ("h / z²", "h / z / z"),
    ("b / (1 - z)", "-b / (z - 1)"),
    ("h bᵀ - b hᵀ", "-(b hᵀ - h bᵀ)"),
    ("(diag(z) U)ᵀ", "Uᵀ diag(z)"),
    ("diag(h) (U + I)", "diag(h) U + diag(h)"),
    ("diag(z) U h", "z ⊙ (U h)"),
    ("h bᵀ", "(b hᵀ)ᵀ"),
    ("(U h) bᵀ - h bᵀ", "(U h - h) bᵀ"),
    ("tanh(z ⊙ h)", "tanh(h ⊙ z)"),
    ("h / 2", "0.5 h"),
    ("(1 - z)²", "1 - 2 z + z²"),
    ("hᵀ b", "bᵀ h"),
    ("step(h)²", "step(h)"),
]
DIFFERENT = [
    ("z ⊙ h", "z ⊙ b"),
    ("U (r ⊙ h)", "r ⊙ (U h)"),
    ("U h", "Uᵀ h"),
    ("U U_z h", "U_z U h"),
    ("diag(z) U", "U diag(z)"),
    ("diag(z) U", "diag(z²) U"),
    ("(1 - z)²", "1 - z²"),
    ("h bᵀ", "b hᵀ"),
    ("tanh(z)", "σ(z)"),
    ("h / r", "h r"),
    ("hᵀ b", "hᵀ r"),
    ("diag(z)", "diag(z) U"),
    ("I", "U"),
    ("h / (1 - z)", "h / (1 + z)"),
    ("(h bᵀ) r", "(bᵀ h) r"),
    ("hᵀ U b", "hᵀ Uᵀ b"),
    ("(h^0)ᵀ h^0", "(x^0)ᵀ x^0"),
    ("(h^0)ᵀ h", "(h^0)ᵀ b"),
]


@pytest.mark.parametrize(("a", "b"), EQUAL)
def test_equal_expressions_are_found_equal(a, b):
    assert equal(read_expression(a, CELL), read_expression(b, CELL), CELL.shapes)


@pytest.mark.parametrize(("a", "b"), DIFFERENT)
def test_different_expressions_are_not(a, b):
    assert not equal(read_expression(a, CELL), read_expression(b, CELL), CELL.shapes)


def test_a_concatenation_falls_into_its_columns():
    c = read_cell("h' = tanh(W [h, x])")
    whole = c.equations[0].right.operand
    h, x = (Product(Columns(Name("W"), whole.right, i), part) for i, part in enumerate(whole.right.parts))
    assert equal(whole, Sum((h, x)), c.shapes)
    assert not equal(whole, h, c.shapes)


@pytest.mark.parametrize(("a", "b"), [("U", "1"), ("W", "U"), ("h", "x"), ("U", "h"), ("U x", "h")])
def test_what_cannot_have_one_shape_is_not_compared(a, b):
    with pytest.raises(GrusymError, match=r"shape|size"):
        equal(read_expression(a, CELL), read_expression(b, CELL), CELL.shapes)


NESTED = read_cell("z = σ(W [h, x] + b)\nh' = tanh(V [h, x, h ⊙ z]) ⊙ z")


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("[h, x] ⊙ [b, x]", "[h ⊙ b, x²]", True),
        ("[h, x] + [b, x]", "[h + b, 2 x]", True),
        ("V [h, x, z]", "V [h, x, b] + V [0 h, 0 x, z - b]", True),
        ("[h, x] ⊙ [b, x]", "[h ⊙ b, x]", False),
        ("[h, x]", "[x, h]", False),
    ],
)
def test_concatenations_are_compared_part_by_part(a, b, same):
    assert equal(read_expression(a, NESTED), read_expression(b, NESTED), NESTED.shapes) is same


def test_a_section_of_a_section_is_not_taken_for_a_placed_vector():
    h, x, b = Name("h"), Name("x"), Name("b")
    inner, outer = Concatenation((b, Concatenation((h, x)))), Concatenation((h, x))
    shapes = {**NESTED.shapes, "v": (*NESTED.shapes["z"],)}
    shapes["v"] = (2 * shapes["h"][0] + shapes["x"][0],)
    twice = Section(Section(Name("v"), inner, 1), outer, 0)
    assert not equal(twice, Number(Fraction(0)), shapes)
    assert equal(Section(inner, inner, 0), b, shapes)


def test_what_is_too_large_to_multiply_out_says_so():
    with pytest.raises(TooLarge):
        operator_form(read_expression("diag((z + r + h + b + x')^60)".replace("x'", "α"), CELL), CELL.shapes)


def test_the_gru_word_table():
    from grusym.calculus.jacobian import jacobian

    J = jacobian(cell("gru"))
    form = operator_form(J.expression, J.cell.shapes)
    assert form[(((("name", "z"), 1),),)] == 1
    assert len(form) == 17
