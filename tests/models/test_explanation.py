"""Why a layer has its number of parameters, said from its switches; the numbers are those of the formulas."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import sympy as sp

from grusym.calculus.counting import parameter_count
from grusym.calculus.identifiable import identifiable
from grusym.models.conventions import convention, conventions
from grusym.models.explanation import explained, ratio_explained

n, m = (sp.Symbol(letter, integer=True, positive=True) for letter in "nm")


@pytest.mark.parametrize("style", conventions(), ids=str)
def test_the_formula_of_the_equations_is_the_number_of_entries_stored(style):
    p = 2 if style.projected else None
    for sizes in ((5, 3), (4, 7)):
        at = {s: {"n": sizes[0], "m": sizes[1], "p": p}[s.name] for s in style.cell.sizes}
        assert parameter_count(style.cell).subs(at) == style.parameter_count(*sizes, p)


@pytest.mark.parametrize("style", conventions(), ids=str)
def test_the_formula_of_a_layer_with_one_array_less_is_another(style):
    for lost in style.arrays:
        fewer = replace(style, arrays=tuple(a for a in style.arrays if a != lost))
        assert fewer.parameter_count(5, 3, 2) != style.parameter_count(5, 3, 2)


def test_keras_stores_two_biases_because_of_its_reset():
    (said,) = [s for s in explained(convention("keras", "gru")) if "bias" in s]
    assert said.startswith("two bias vectors, because the reset is applied after the product")
    assert "of the 6 n stored biases 4 n are identifiable" in said
    (other,) = [s for s in explained(convention("keras reset_after=False", "gru")) if "bias" in s]
    assert other == "one bias vector for each gate, because the reset is applied before the product"


@pytest.mark.parametrize(
    ("framework", "stored", "left"),
    [("torch", "6 n", "4 n"), ("onnx", "6 n", "3 n"), ("onnx lstm", "8 n", "4 n")],
)
def test_identifiable_biases_are_counted_apart(framework, stored, left):
    name, _, kind = framework.partition(" ")
    said = " ".join(explained(convention(name, kind or "gru")))
    assert f"of the {stored} stored biases {left} are identifiable" in said


def test_what_is_not_stored_is_said():
    assert any("1 is added" in s for s in explained(convention("haiku", "lstm")))
    assert not any("is added to the forget" in s for s in explained(convention("torch", "lstm")))
    assert any("projection" in s for s in explained(convention("torch proj_size", "lstm")))
    assert any("p_i, p_o, p_f" in s for s in explained(convention("onnx peepholes", "lstm")))


def test_keras_gru_is_not_three_quarters_of_its_lstm_and_why():
    gru, lstm = convention("keras", "gru"), convention("keras", "lstm")
    ratio = (parameter_count(gru.cell) / parameter_count(lstm.cell)).subs({n: 100, m: 100})
    assert ratio == sp.Rational(60600, 80400)
    said = ratio_explained(gru, lstm)
    assert "not the 3/4 of the gates" in said
    assert (
        "keras GRU stores 6 n biases, 2 n for each gate, and keras LSTM 4 n biases, n for each gate" in said
    )


@pytest.mark.parametrize("framework", ["torch", "onnx"])
def test_where_both_store_as_many_biases_the_ratio_is_that_of_the_gates(framework):
    gru, lstm = convention(framework, "gru"), convention(framework, "lstm")
    assert sp.cancel(parameter_count(gru.cell) / parameter_count(lstm.cell)) == sp.Rational(3, 4)
    assert ratio_explained(gru, lstm).startswith("the ratio is 3/4, that of the gates")


@pytest.mark.parametrize("style", conventions(), ids=str)
def test_an_explanation_adds_up(style):
    """Every parameter's entries, taken from the words alone, make the count."""
    words = "; ".join(explained(style))
    gates = len(style.gates)
    state = sp.Symbol("p", integer=True, positive=True) if style.projected else n
    total = gates * (n * m + n * state)
    stored = re.search(r"of the (\d*) ?n stored biases", words)
    total += int(stored[1] or 1) * n if stored else gates * n
    total += n * int("one more, d_c" in words)
    total += 3 * n * int("peepholes" in words) + n * state * int("projection" in words)
    assert sp.expand(total - parameter_count(style.cell)) == 0
    assert identifiable(style.cell).exact
