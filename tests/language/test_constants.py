"""A declared constant is a setting: it is given with the weights, and it is neither trained nor counted."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from grusym.assemble import kernel, random_weights, simulate
from grusym.calculus.adjoint import gradients
from grusym.calculus.counting import parameter_count
from grusym.calculus.jacobian import jacobian
from grusym.errors import DataError, ReadError
from grusym.language.arrays import check_arrays, needed
from grusym.language.evaluation import evaluate_cell
from grusym.language.reader import read_cell

n, m = (sp.Symbol(letter, integer=True, positive=True) for letter in "nm")
LEAKY = "h' = h + Δt (a ⊙ tanh(U h + W x + b) - γ h)"


@pytest.mark.parametrize(
    ("lines", "constants", "count"),
    [
        ("", (), n**2 + n * m + 2 * n + 2),
        ("Δt : constant", ("Δt",), n**2 + n * m + 2 * n + 1),
        ("Δt, γ : constant", ("Δt", "γ"), n**2 + n * m + 2 * n),
        ("Δt : scalar constant\na : n constant", ("Δt", "a"), n**2 + n * m + n + 1),
        ("a : constant n", ("a",), n**2 + n * m + n + 2),
        ("a : n\na : constant", ("a",), n**2 + n * m + n + 2),
        ("U : n × n constant", ("U",), n * m + 2 * n + 2),
    ],
)
def test_what_is_declared_constant_is_not_counted(lines, constants, count):
    a_cell = read_cell(f"{LEAKY}\n{lines}")
    assert a_cell.constants == constants
    assert sp.expand(parameter_count(a_cell) - count) == 0
    assert set(a_cell.weights) == {"Δt", "a", "U", "W", "b", "γ"}
    again = read_cell(str(a_cell))
    assert (again.parameters, again.constants) == (a_cell.parameters, a_cell.constants)
    assert again.shapes == a_cell.shapes
    assert lines == "" or read_cell(str(a_cell).split("\n")[0]).constants != constants  # the line says it


def test_a_caller_may_declare_what_the_text_does_not():
    a_cell = read_cell(LEAKY, constants=["Δt"])
    assert a_cell.constants == ("Δt",)
    assert str(a_cell).endswith("\nΔt : constant")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Δt : constant\nΔt : parameter\nh' = h + Δt x\nx : n", "Δt is declared to be parameter"),
        ("h : constant\nh' = tanh(U h)", "h is declared as constant, but it is a state"),
        ("z : constant\nz = σ(U h)\nh' = z ⊙ h", "z is declared as constant, but it is defined"),
        ("Δt : constant input\nh' = h + Δt h", "cannot read 'constant input'"),
        ("Δt : scalar n\nh' = h + Δt h", "cannot read 'scalar n'"),
        ("Δt : const\nh' = h + Δt h", "write input, parameter, constant, state, scalar, n or n × m"),
        ("Δt : constant = 1/32\nh' = h + Δt h", "give the value with the weights"),
    ],
)
def test_a_declaration_that_says_no_one_thing_is_refused(text, said):
    with pytest.raises(ReadError) as error:
        read_cell(text)
    assert said in str(error.value)


def test_a_constant_has_no_gradient_and_its_twin_a_parameter_has():
    fixed, trained = read_cell(f"{LEAKY}\nΔt, a : constant"), read_cell(LEAKY)
    assert {"Δt", "a"} & set(gradients(fixed).of) == set()
    assert {"Δt", "a"} <= set(gradients(trained).of)
    assert gradients(fixed).of.items() <= gradients(trained).of.items()
    assert str(jacobian(fixed)) == str(jacobian(trained))
    assert not jacobian(fixed, "h'", "a").is_zero  # a Jacobian by it is there for who asks


def test_a_constant_is_needed_to_run_and_acts():
    a_cell = read_cell(f"{LEAKY}\nΔt, γ : constant")
    weights = random_weights(a_cell, hidden=4, input=3)
    assert weights["Δt"] == weights["γ"] == 0.5
    assert needed(a_cell) == ("h", "x", "a", "U", "W", "b", "Δt", "γ")
    run = simulate(a_cell, weights, steps=5, seed=1)
    still = simulate(a_cell, weights | {"Δt": np.array(0.0)}, inputs=run.inputs, state=run.states[0])
    assert (still.states == run.states[0]).all()
    assert not (run.states[1:] == run.states[0]).all()
    given = weights | {"h": run.states[:-1], "x": run.inputs}
    assert check_arrays(a_cell, given) == {"n": 4, "m": 3}
    np.testing.assert_allclose(evaluate_cell(a_cell, given)["h'"], run.states[1:], rtol=1e-13)
    found = kernel(a_cell).backward(weights, run.states, run.inputs, run.states)
    assert set(found) == {"states", "inputs", "a", "U", "W", "b"}
    del weights["Δt"]
    for run_it in (lambda: simulate(a_cell, weights, steps=5), lambda: check_arrays(a_cell, {**weights})):
        with pytest.raises(DataError, match="Δt"):
            run_it()


def test_every_vector_constant_is_one_half_of_its_size():
    weights = random_weights(read_cell(f"{LEAKY}\na, U : constant"), hidden=4, input=3, init="he")
    assert (weights["a"] == np.full(4, 0.5)).all()
    assert (weights["U"] == np.full((4, 4), 0.5)).all()
