"""Broken twins are different formulas, of every kind people slip into."""

from collections import Counter

from grusym.cells.library import cell
from grusym.checks import components, numeric
from grusym.checks.twins import broken, edits
from grusym.language.expression import Columns, Concatenation, Name, Product, Sum
from tests.checks.formulas import GRU, gru


def test_every_one_edit_twin_of_the_gru_jacobian_is_refused_by_both_judges():
    subject = gru(GRU)
    twins = list(edits(subject.expression, subject.shapes))
    assert Counter(t.kind for t in twins) == {"sign": 15, "term": 15, "swapped": 9, "transposed": 3}
    for twin in twins:
        wrong = subject.saying(twin.expression)
        assert components.compare(wrong).outcome == "refuted", twin
        assert numeric.compare(wrong).outcome == "refuted", twin


def test_an_edit_changes_one_place_only():
    subject = gru("diag(z - c) + diag(z - c) U_z")
    shown = [str(t.expression) for t in edits(subject.expression, {}) if t.kind == "term"]
    assert shown[:2] == ["diag(z - c) U_z", "diag(z - c)"]
    assert set(shown[2:]) == {
        "diag(c) + diag(z - c) U_z".replace("diag(c)", "diag(-c)"),
        "diag(z) + diag(z - c) U_z",
        "diag(z - c) + diag(-c) U_z",
        "diag(z - c) + diag(z) U_z",
    }


def test_what_a_concatenation_holds_is_left_alone():
    stacked = Concatenation((Sum((Name("h"), Name("z"))), Name("x")))
    e = Product(Columns(Name("W"), stacked, 0), Name("h"))
    assert not [t for t in edits(e, {}) if t.kind in ("sign", "term")]


def test_twice_a_formula_is_another_formula():
    assert str(broken(gru("diag(z)").expression)) == "diag(z) + diag(z)"
    assert cell("gru").shapes["z"] == cell("gru").shapes["h"]
