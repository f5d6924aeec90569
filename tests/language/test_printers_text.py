"""Expressions print as the papers write them, and with the brackets that reading back needs."""

from fractions import Fraction

import pytest

from grusym.errors import GrusymError
from grusym.language import expression as expression_module
from grusym.language.expression import Expression, Negative, Number, Power, Product, Quotient, Sum, Transpose
from grusym.language.printers.order import decimal
from grusym.language.printers.text import text
from tests.language.samples import (
    EVERY_NODE,
    c,
    gru_jacobian,
    h,
    had,
    half,
    keep,
    mat,
    n,
    plus,
    r,
    third,
    x,
    z,
)

U, V = n("U"), n("V")


@pytest.mark.parametrize("node", EVERY_NODE, ids=lambda node: node.__name__)
def test_every_node_prints_as_a_paper_writes_it(node):
    expression, printed = EVERY_NODE[node]
    assert text(expression) == printed


def test_the_sample_holds_every_node_type():
    nodes = {node for node in vars(expression_module).values() if isinstance(node, type)}
    assert set(EVERY_NODE) == {e for e in nodes if issubclass(e, Expression)} - {Expression}


def test_the_gru_jacobian_prints_as_promised():
    assert text(gru_jacobian) == (
        "diag(z) + diag((h - c) ⊙ z ⊙ (1 - z)) U_z"
        " + diag((1 - z) ⊙ (1 - c²)) U_c (diag(r) + diag(h ⊙ r ⊙ (1 - r)) U_r)"
    )


BRACKETS = {
    "U h ⊙ z": had(mat(U, h), z),
    "z ⊙ U h": had(z, mat(U, h)),
    "U (h ⊙ z)": mat(U, had(h, z)),
    "z ⊙ (h ⊙ c)": had(z, had(h, c)),
    "z ⊙ h ⊙ c": had(z, h, c),
    "U V h": mat(U, V, h),
    "(U V) h": Product(Product(U, V), h),
    "(U V)ᵀ h": mat(Transpose(mat(U, V)), h),
    "(Uᵀ)ᵀ": Transpose(Transpose(U)),
    "(U h)²": Power(mat(U, h), 2),
    "(c²)ᵀ": Transpose(Power(c, 2)),
    "(c²)³": Power(Power(c, 2), 3),
    "h'²": Power(n("h'"), 2),
    "c^10": Power(c, 10),
    "c^(-1)": Power(c, -1),
    "-(h + x)": Negative(plus(h, x)),
    "-(-h)": Negative(Negative(h)),
    "(-c) ⊙ z": had(Negative(c), z),
    "z ⊙ (-c)": had(z, Negative(c)),
    "U (-h)": mat(U, Negative(h)),
    "-U h": Negative(mat(U, h)),
    "h - (x + z)": plus(h, Negative(plus(x, z))),
    "h + (x + z)": plus(h, plus(x, z)),
    "(h + x) + z": plus(plus(h, x), z),
    "-h - x": plus(Negative(h), Negative(x)),
    "h - (-x)": plus(h, Negative(Negative(x))),
    "h / x / z": Quotient(Quotient(h, x), z),
    "h / (x / z)": Quotient(h, Quotient(x, z)),
    "h ⊙ (x / z)": had(h, Quotient(x, z)),
    "h ⊙ x / z": Quotient(had(h, x), z),
    "1 / (1 - z)": Quotient(Number(Fraction(1)), keep),
    "0.5 h + (1/3) x": plus(had(half, h), had(third, x)),
    "0.5 h ⊙ x": had(half, h, x),
    "0.5 (h ⊙ x)": had(half, had(h, x)),
    "0.5 ⊙ (0.5 h)": had(half, had(half, h)),
    "h ⊙ 0.5": had(h, half),
}


@pytest.mark.parametrize(("printed", "expression"), BRACKETS.items())
def test_brackets_stand_exactly_where_reading_back_needs_them(printed, expression):
    assert text(expression) == printed


def test_no_two_of_these_different_trees_print_alike():
    assert len({text(e) for e in BRACKETS.values()}) == len(set(BRACKETS.values()))


def test_other_names_can_be_put_in_place_of_the_cells_own():
    names = {"h'": "h_t", "h": "h_{t-1}", "z": "z_t"}
    assert text(plus(had(z, h), n("h'"), r), names) == "z_t ⊙ h_{t-1} + h_t + r"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("1/2", "0.5"),
        ("0", "0"),
        ("-5/4", "-1.25"),
        ("3/125", "0.024"),
        ("7", "7"),
        ("1000001/1000", "1000.001"),
    ],
)
def test_a_finite_decimal_is_written_exactly(value, written):
    assert decimal(Fraction(value)) == written
    assert Fraction(written) == Fraction(value)


def test_a_third_has_no_finite_decimal():
    assert decimal(Fraction(1, 3)) is None


def test_a_node_nobody_can_print_is_named_in_the_error():
    class Unheard(Expression):
        """A node type without a printer."""

    with pytest.raises(GrusymError, match="printing a Unheard"):
        text(Sum((h, Unheard())))


def test_the_authors_order_is_kept():
    assert text(plus(x, h, Negative(z))) == "x + h - z"
