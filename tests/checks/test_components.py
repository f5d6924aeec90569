"""The exact oracle proves what is right, refutes what is wrong, and says so when it can do neither."""

import pytest

from grusym.cells.library import cell
from grusym.checks import components
from grusym.checks.opaque import Opaque
from grusym.checks.subject import subjects
from grusym.language.cell import Cell
from tests.checks.formulas import GRU, GRU_WITHOUT_A_PATH, RNN, gru, jacobian, rnn_gradients


def judged(text: str, formula: str, of: str = "h'", by: str = "h") -> str:
    return components.compare(jacobian(Cell.read(name="test", equations=text), of, by, formula)).outcome


def test_right_formulas_are_proved():
    assert components.compare(gru(GRU)).outcome == "proved"
    assert components.compare(jacobian(cell("rnn"), "h'", "h", RNN)).outcome == "proved"
    assert all(components.compare(s).outcome == "proved" for s in subjects(rnn_gradients()))


@pytest.mark.parametrize(("n", "m"), [(1, 1), (2, 3), (3, 2)])
def test_any_size_may_be_asked_for(n, m):
    verdict = components.compare(gru(GRU), n=n, m=m)
    assert verdict.outcome == "proved" and verdict.method.endswith(f"exact at n={n}, m={m}")


@pytest.mark.parametrize(
    "wrong",
    [
        GRU_WITHOUT_A_PATH,
        f"2 ({GRU})",
        f"-({GRU})",
        f"({GRU})ᵀ",
        GRU.replace("diag(z)", "diag(1 - z)"),
        GRU.replace("(h - c)", "(c - h)"),
        GRU.replace("(1 - c²)", "c ⊙ (1 - c)"),
        GRU.replace("U_r", "U_rᵀ"),
        GRU.replace("U_c (diag(r)", "(diag(r)"),
        "0",
    ],
)
def test_wrong_formulas_are_refuted_with_an_entry_and_both_values(wrong):
    verdict = components.compare(gru(wrong))
    assert verdict.outcome == "refuted"
    assert verdict.where.startswith("entry [") and "derivative - formula = " in verdict.where
    assert verdict.counterexample["formula"] != verdict.counterexample["derivative"]
    assert "h[0] = " in verdict.counterexample["at"]


def test_one_row_and_one_column_cannot_see_a_transposition_and_two_can():
    turned = jacobian(cell("rnn"), "h'", "h", "diag(1 - h'^2) Uᵀ")
    assert components.compare(turned, n=1, m=1).outcome == "proved"
    assert components.compare(turned, n=2, m=1).outcome == "refuted"


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("h' = relu(relu(U h))", "diag(step(U h)) U"),
        ("h' = relu(h) ⊙ relu(h)", "diag(2 relu(h))"),  # relu(u) step(u) = relu(u)
        ("h' = step(h) ⊙ h", "diag(step(h) ⊙ step(h))"),  # step² = step
        ("h' = h / (1 + h²)", "diag(1 / (1 + h²) - 2 h² / (1 + h²)²)"),
        ("h' = h / (1 + h²)", "diag((1 - h²) / (1 + h²)²)"),  # only after clearing denominators
        ("h' = h / 3 + U h / (2 (1 + h ⊙ h))", "diag(1/3 - U h ⊙ h / (1 + h²)²) + diag(1 / (2 (1 + h²))) U"),
        ("h' = log(2 + h²)", "diag(2 h / (2 + h²))"),
        ("h' = sqrt(1 + h²)", "diag(h / sqrt(1 + h²))"),
        ("h' = softplus(U h)", "diag(σ(U h)) U"),
        ("h' = exp(-h²) ⊙ sin(h)", "diag(exp(-h²) ⊙ cos(h) - 2 h ⊙ exp(-h²) ⊙ sin(h))"),
    ],
)
def test_every_function_and_quotient_is_within_reach(text, formula):
    assert judged(text, formula) == "proved"
    assert judged(text, f"2 ({formula})") == "refuted"


def test_a_jacobian_by_a_gate_holds_everything_before_it_still():
    assert components.compare(gru("diag(h - c)", by="z")).outcome == "proved"
    assert components.compare(gru("diag((1 - z) ⊙ (1 - c²)) U_c diag(h)", by="r")).outcome == "proved"
    assert components.compare(gru("0", of="z", by="c")).outcome == "proved"
    assert components.compare(gru("diag(h)", by="z")).outcome == "refuted"


def test_an_identity_of_the_activations_is_left_undecided():
    text = "h' = tanh(h)"
    assert judged(text, "diag(1 - (2 σ(2 h) - 1)²)") == "undecided"  # tanh(a) = 2 σ(2a) - 1
    assert judged(text, "diag(1 - (2 σ(2 h) + 1)²)") == "refuted"


def test_what_is_too_long_to_multiply_out_is_left_undecided():
    verdict = components.compare(gru(GRU), largest=10)
    assert verdict.outcome == "undecided" and "terms" in verdict.detail


def test_equal_arguments_share_a_symbol_and_others_do_not():
    opaque = Opaque(["a", "b"], room=8)
    a, b = opaque.given
    assert opaque.output("σ", a + b) == opaque.output("σ", b + a) != opaque.output("tanh", a + b)
    assert opaque.output("step", opaque.output("relu", a)) == opaque.output("step", a)
    assert opaque.output("reciprocal", 2 * a) * 2 == opaque.output("reciprocal", a)
    s = opaque.output("σ", a * b)
    assert opaque.derivative(s * a, a) == s + a * b * s * (1 - s)
