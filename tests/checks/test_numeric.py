"""Complex steps agree with what is right, at every size, and with nothing else."""

import numpy as np
import pytest

from grusym.cells.library import cell
from grusym.checks import numeric
from grusym.checks.magnitude import magnitude
from grusym.checks.subject import Subject, subjects
from grusym.checks.trial import generic_point
from grusym.language.cell import Cell
from grusym.language.expression import ZERO
from grusym.language.reader import read_expression
from tests.checks.formulas import GRU, GRU_WITHOUT_A_PATH, gru, jacobian, rnn_gradients


def test_right_formulas_agree_and_numbers_never_say_proved():
    for subject in (gru(GRU), *subjects(rnn_gradients())):
        verdict = numeric.compare(subject)
        assert verdict.outcome == "agrees"
        assert float(verdict.detail.split()[3]) < 1e-14  # 9e-17 seen


@pytest.mark.parametrize(
    ("wrong", "error", "fix"),
    [
        (f"2 ({GRU})", "factor", "multiply by 1/2"),
        (f"-({GRU})", "sign", "change the sign of the whole"),
        (f"({GRU})ᵀ", "layout", "transpose the whole: rows follow h', columns h"),
        (GRU.replace("(h - c)", "(h + c)"), "sign", "change the sign of c"),
        (f"{GRU} + U_r", "term", "delete the term U_r"),
        (GRU.replace("diag(z)", "-diag(z)"), "sign", "change the sign of -diag(z)"),
        (GRU.replace("U_r", "U_rᵀ"), "transposed", "transpose U_r"),
        (
            GRU.replace("U_z", "U_?").replace("U_c", "U_z").replace("U_?", "U_c"),
            "swapped",
            "swap U_c and U_z",
        ),
        (GRU_WITHOUT_A_PATH, "", ""),
        ("0", "term", "the formula is 0, but the derivative is not: a path was missed"),
    ],
)
def test_wrong_formulas_are_refuted_and_one_edit_that_mends_them_is_named(wrong, error, fix):
    verdict = numeric.compare(gru(wrong))
    assert (verdict.outcome, verdict.error, verdict.fix) == ("refuted", error, fix)
    assert verdict.counterexample["formula"] != verdict.counterexample["derivative"]


def test_a_gradient_in_the_other_layout_is_refuted():
    wrong = [s for s in subjects(rnn_gradients(U="h δᵀ")) if s.by == "U"]
    assert numeric.compare(wrong[0]).outcome == "refuted"


def test_generic_points_are_away_from_0_and_the_same_each_time():
    subject = gru(GRU)
    point, values = generic_point(subject, {"n": 5, "m": 7}, seed=3)
    assert point["h"].shape == (5,) and point["W_c"].shape == (5, 7)
    assert all(np.abs(point[name]).min() >= 0.3 for name in ("h", "x", "b_c"))
    assert set(values) == {"r", "z", "c", "h'"}
    again, _ = generic_point(subject, {"n": 5, "m": 7}, seed=3)
    np.testing.assert_array_equal(point["h"], again["h"])


def test_a_cell_without_finite_values_is_undecided():
    nowhere = Cell.read(name="nowhere", equations="h' = log(-1 - h²) + U h")
    assert numeric.compare(jacobian(nowhere, "h'", "h", "U")).outcome == "undecided"


def test_a_point_where_the_derivative_does_not_exist_is_left_for_another():
    kinked = Cell.read(name="kinked", equations="h' = sqrt(relu(h)²) + relu(U h)")
    formula = "diag(relu(h) ⊙ step(h) / sqrt(relu(h)²)) + diag(step(U h)) U"
    assert numeric.compare(jacobian(kinked, "h'", "h", formula), sizes=((2, 1),)).outcome == "agrees"
    assert (
        numeric.compare(jacobian(kinked, "h'", "h", f"2 ({formula})"), sizes=((2, 1),)).outcome == "refuted"
    )


def test_a_formula_that_is_not_a_number_is_refuted():
    assert numeric.compare(gru(f"{GRU} + diag(log(-1 - h²))")).outcome == "refuted"


def test_terms_that_cancel_exactly_do_not_make_a_right_formula_wrong():
    text = "z = σ(U_1 h)\nh' = 1000000 z ⊙ h - 1000000 h ⊙ z + x_1 ⊙ h\nx_1 : n\nx_1 : parameter"
    still = Cell.read(name="still", equations=text)
    assert numeric.compare(jacobian(still, "h'", "h", "diag(x_1)")).outcome == "agrees"
    assert numeric.compare(jacobian(still, "h'", "h", "diag(0.9999 x_1)")).outcome == "refuted"


def test_the_size_of_terms_is_that_of_their_parts_with_one_sign():
    rnn = cell("rnn")
    known = {"h": np.array([0.5, -2.0]), "b": np.array([3.0, 1.0])}
    e = read_expression("h² - b ⊙ h - tanh(h) / (b - 4)", rnn)
    expected = known["h"] ** 2 + 3 * np.array([0.5, 2 / 3]) + np.abs(np.tanh(known["h"]) / (known["b"] - 4))
    np.testing.assert_allclose(magnitude(e, known, {}, rnn.shapes), expected, rtol=1e-15)


def test_zero_formulas_have_no_multiple_that_is_wrong():
    assert numeric.is_zero(Subject(cell("lstm"), "c'", "x", ZERO))
    assert numeric.is_zero(gru("diag(z - z)"))
    assert not numeric.is_zero(gru(GRU))
