"""max and min of two vectors, through everything that a cell goes through."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy as sp

from grusym.algebra.normal_form import equal
from grusym.algebra.sympy_export import to_sympy
from grusym.assemble import check, kernel, numpy_source, random_weights
from grusym.calculus.adjoint import gradients
from grusym.calculus.counting import activation_count, operation_count
from grusym.calculus.jacobian import jacobian
from grusym.checks.subject import subjects
from grusym.checks.trial import trial
from grusym.errors import DataError
from grusym.language.evaluation import evaluate, evaluate_cell
from grusym.language.expression import Activation, Extremum, Hadamard, Name, Negative, Number, Sum
from grusym.language.extrema import EXTREMA, maximum, minimum
from grusym.language.printers.latex import latex
from grusym.language.printers.mathml import mathml
from grusym.language.printers.typst import typst
from grusym.language.reader import read_cell, read_expression
from grusym.language.sizes import size_symbol

n, m = size_symbol("n"), size_symbol("m")
SHAPES = {"u": (n,), "v": (n,), "w": (n,), "γ": (), "U": (n, n)}
u, v, w, gamma = map(Name, ("u", "v", "w", "γ"))
TEXT = """
    a  = max(W x, U h + b)     # the larger
    h' = min(a, tanh(V h)) + max(h, γ)
    γ : scalar
"""
CELL = read_cell(TEXT, name="extrema")


def larger(a, b):
    return Extremum("max", a, b)


def smaller(a, b):
    return Extremum("min", a, b)


def less(a, b):
    return Sum((a, Negative(b)))


# ---- reading and printing (what is refused stands in test_pasted) --------------------------------


def test_the_authors_form_is_printed_back_in_every_notation():
    e = CELL.equation("a").right
    assert str(e) == "max(W x, U h + b)"
    assert latex(e) == r"\max(W x, U h + b)"
    assert typst(e) == "max(W x, U h + b)"
    assert "<mi>max</mi><mo>&#x2061;</mo>" in mathml(e) and '<mo separator="true">,</mo>' in mathml(e)
    assert read_cell(str(CELL)).equations == CELL.equations
    assert read_expression(latex(e), CELL) == e
    assert str(read_expression("np.maximum(h, U @ h)", CELL)) == "max(h, U h)"


def test_the_larger_of_a_vector_and_0_is_relu_and_the_smaller_is_not():
    assert read_expression("max(0, U h)", CELL) == read_expression("relu(U h)", CELL)
    assert read_expression("min(0, U h)", CELL) == smaller(Number(Fraction(0)), read_expression("U h", CELL))


def test_a_name_without_a_shape_is_a_vector_beside_a_vector():
    assert read_cell("h' = max(h, b)").shapes["b"] == (n,)
    assert read_cell("h' = max(h, γ)\nγ : scalar").shapes["γ"] == ()


# ---- values --------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", EXTREMA)
def test_values_are_numpys_and_of_complex_numbers_the_real_part_chooses(function):
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((2, 9))
    expected = {"max": np.maximum, "min": np.minimum}[function](a, b)
    found = evaluate(Extremum(function, u, v), {"u": a, "v": b})
    assert np.array_equal(found, expected)
    assert not np.array_equal(found, {"max": np.minimum, "min": np.maximum}[function](a, b))
    moved = evaluate(Extremum(function, u, v), {"u": a + 1e-20j, "v": b - 3e-20j})
    assert np.array_equal(moved.real, expected)
    assert np.array_equal(moved.imag, np.where(expected == a, 1e-20, -3e-20))


def test_at_a_tie_it_is_the_second_and_so_is_the_derivative():
    one = np.array([2.0])
    assert maximum(one + 1e-20j, one - 1e-20j).imag == minimum(one + 1e-20j, one - 1e-20j).imag == -1e-20
    tie = read_cell("h' = max(U h, V h)")
    weights = {"U": np.eye(2), "V": np.eye(2), "h": np.array([1.0, -1.0])}
    found = gradients(tie).evaluate(weights | {"h'": np.ones(2)})
    assert not found["U"].any() and found["V"].any()


def test_it_is_not_a_number_where_one_of_the_two_is_none():
    assert np.isnan(evaluate(larger(u, v), {"u": np.array([np.nan, 1.0]), "v": np.ones(2)})[0])


def test_a_matrix_or_sizes_that_differ_are_refused():
    with pytest.raises(DataError, match="elementwise"):
        evaluate(larger(u, Name("U")), {"u": np.ones(2), "U": np.eye(2)}, SHAPES)
    with pytest.raises(DataError, match="check the arrays' sizes"):
        evaluate(larger(u, v), {"u": np.ones(2), "v": np.ones(3)})


# ---- what is derived -----------------------------------------------------------------------------


def test_the_derivative_is_a_step_of_the_difference():
    assert str(jacobian(read_cell("h' = max(U h, V h)"))) == (
        "diag(step(U h - V h)) U + diag(1 - step(U h - V h)) V"
    )
    assert str(jacobian(read_cell("h' = min(U h, V h)"))) == (
        "diag(step(V h - U h)) U + diag(1 - step(V h - U h)) V"
    )
    assert check(CELL).ok


def test_a_derivative_with_the_two_exchanged_is_refuted():
    a_cell = read_cell("h' = max(U h, V h)")
    (subject,) = subjects(jacobian(a_cell))
    wrong = read_expression("diag(step(V h - U h)) U + diag(1 - step(V h - U h)) V", a_cell)
    at = trial(subject, 6, 1, 0)
    assert at(subject.expression).agrees and not at(wrong).agrees


def test_it_counts_as_one_function_an_entry():
    assert activation_count(CELL) == 4 * n  # max, min, tanh, max
    assert sp.expand(operation_count(CELL) - (n * m + 2 * n**2)) == 0


def test_sympy_gets_its_own_maximum_and_the_same_numbers():
    scalars = [sp.Symbol(s, real=True) for s in "γδ"]
    scaled = to_sympy(Hadamard(larger(gamma, Name("δ")), u), SHAPES | {"δ": ()}, (n,))
    assert scaled == sp.Max(*scalars) * sp.MatrixSymbol("u", n, 1)
    rng = np.random.default_rng(3)
    a, b = rng.standard_normal((2, 2))
    for e in (larger(u, v), smaller(u, v), smaller(larger(u, v), gamma)):
        found = to_sympy(e, SHAPES, (n,)).subs({n: 2}).as_explicit()
        known = {sp.MatrixSymbol("u", 2, 1)[i, 0]: a[i] for i in range(2)}
        known |= {sp.MatrixSymbol("v", 2, 1)[i, 0]: b[i] for i in range(2)}
        known |= {sp.Symbol("γ", real=True): 0.25}
        expected = evaluate(e, {"u": a, "v": b, "γ": 0.25})
        assert np.allclose([float(x) for x in found.subs(known)], expected, rtol=1e-13)


# ---- what is equal -------------------------------------------------------------------------------

TWO = Number(Fraction(2))
EQUAL = [
    (larger(u, v), larger(v, u)),
    (smaller(u, v), smaller(v, u)),
    (smaller(u, v), Negative(larger(Negative(u), Negative(v)))),
    (Sum((larger(u, v), smaller(u, v))), Sum((u, v))),
    (larger(u, v), Sum((v, Activation("relu", less(u, v))))),
    (larger(u, u), u),
    (larger(larger(u, v), v), larger(u, v)),
    (larger(Sum((u, w)), Sum((v, w))), Sum((larger(u, v), w))),
    (larger(Sum((u, u)), Sum((v, v))), Sum((larger(u, v), larger(u, v)))),
    (Activation("step", less(larger(u, v), v)), Activation("step", less(u, v))),
    (larger(Number(Fraction(1)), TWO), TWO),
    (Activation("relu", Negative(Activation("relu", u))), Number(Fraction(0))),
]
DIFFERENT = [
    (larger(u, v), smaller(u, v)),
    (larger(u, v), u),
    (larger(Negative(u), v), larger(u, v)),
    (larger(u, v), larger(u, w)),
    (smaller(u, v), larger(Negative(u), Negative(v))),
    (Sum((larger(u, v), larger(u, v))), larger(u, v)),
    # At a tie step(0) is 0 on either side.
    (Activation("step", less(u, v)), less(Number(Fraction(1)), Activation("step", less(v, u)))),
    (Activation("step", Sum((u, u))), Sum((Activation("step", u), Activation("step", u)))),
]


@pytest.mark.parametrize(("left", "right"), EQUAL, ids=str)
def test_equal_extrema_are_proved_equal_and_are_in_numbers(left, right):
    assert equal(left, right, SHAPES)
    for arrays in ties_and_others():
        assert np.allclose(*(evaluate(e, arrays, SHAPES, (6,)) for e in (left, right)), rtol=1e-14)


@pytest.mark.parametrize(("left", "right"), DIFFERENT, ids=str)
def test_different_extrema_are_not_proved_equal(left, right):
    assert not equal(left, right, SHAPES)
    assert any(
        not np.allclose(*(evaluate(e, arrays, SHAPES, (6,)) for e in (left, right)))
        for arrays in ties_and_others()
    )


def ties_and_others():
    """Small whole numbers, among which ties are common."""
    for seed in range(10):
        rng = np.random.default_rng(seed)
        yield {name: rng.integers(-2, 3, 6).astype(float) for name in "uvw"}


# ---- what runs -----------------------------------------------------------------------------------


def problem(dtype=float):
    weights = random_weights(CELL, hidden=4, input=3, seed=1)
    rng = np.random.default_rng(2)
    x, h = rng.standard_normal((5, 2, 3)), rng.standard_normal((2, 4))
    return {k: a.astype(dtype) for k, a in weights.items()}, x.astype(dtype), h.astype(dtype)


def test_a_kernel_runs_it_in_a_loop_in_single_precision_and_with_complex_numbers():
    weights, x, h = problem()
    states = kernel(CELL).forward(weights, x, h)
    values = evaluate_cell(CELL, weights | {"h": states[:-1], "x": x})
    np.testing.assert_allclose(states[1:], values["h'"], rtol=1e-13)
    single = kernel(CELL).forward(*problem(np.float32))
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, states, rtol=1e-4, atol=1e-5)
    step = kernel(CELL).forward(weights, x, h + 1e-20j)
    np.testing.assert_allclose(step.real, states, rtol=1e-13)  # a complex tanh rounds otherwise
    along = kernel(CELL).jacobians(weights, states[:-1], x)
    moved = np.ones((2, 4))
    for t in range(5):
        moved = np.einsum("bij,bj->bi", along[t], moved)
        np.testing.assert_allclose(step[t + 1].imag / 1e-20, moved, rtol=1e-11, atol=1e-15)


def test_the_numpy_source_to_copy_gives_the_jacobian():
    weights, x, h = problem()
    J = jacobian(CELL)
    scope: dict = {}
    exec(numpy_source(J), scope)
    names = scope["jacobian"].__code__.co_varnames[: scope["jacobian"].__code__.co_argcount]
    given = {**weights, "gamma": weights["γ"], "x": x[0, 0], "h": h[0]}
    found = scope["jacobian"](*(given[name] for name in names))
    expected = J.evaluate(weights | {"x": x[0, 0], "h": h[0]})
    np.testing.assert_allclose(found, expected, rtol=1e-13)
