"""The normal form says equal exactly where it is: rewrites are accepted, edits are refused."""

from __future__ import annotations

import pytest

from grusym.algebra.normal_form import equal, operator_form
from grusym.algebra.polynomial import TooLarge
from grusym.cells.library import cell
from grusym.errors import GrusymError
from grusym.language.expression import Columns, Name, Product, Sum
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
    ("diag(α) U", "U diag(α)"),
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


def test_a_number_is_no_matrix():
    with pytest.raises(GrusymError, match="matrix"):
        equal(read_expression("U", CELL), read_expression("1", CELL), CELL.shapes)


def test_what_is_too_large_to_multiply_out_says_so():
    with pytest.raises(TooLarge):
        operator_form(read_expression("diag((z + r + h + b + x')^60)".replace("x'", "α"), CELL), CELL.shapes)


def test_the_gru_word_table():
    from grusym.calculus.jacobian import jacobian

    J = jacobian(cell("gru"))
    form = operator_form(J.expression, J.cell.shapes)
    assert form[((("z", 1),),)] == 1
    assert len(form) == 17
