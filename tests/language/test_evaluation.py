"""Expressions and cells have the values that plain NumPy gives, with batch axes and complex steps."""

from fractions import Fraction

import numpy as np
import pytest

from grusym.cells.library import cell, cell_names
from grusym.errors import DataError
from grusym.language.activations import ACTIVATIONS
from grusym.language.arrays import check_arrays, concrete, needed
from grusym.language.cell import Cell
from grusym.language.evaluation import Arithmetic, evaluate, evaluate_cell, evaluate_equations
from grusym.language.expression import (
    ONE,
    ZERO,
    Activation,
    Columns,
    Concatenation,
    Diagonal,
    Hadamard,
    Identity,
    Increment,
    Name,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Section,
    Sum,
    Transpose,
)

RNG = np.random.default_rng(7)
N, M, B = 3, 2, 5
A, b, s = Name("A"), Name("b"), Name("s")
u, v, w = Name("u"), Name("v"), Name("w")
SHAPES = {"A": ("n", "m"), "B": ("n", "n"), "u": ("n",), "v": ("n",), "w": ("m",), "s": ()}
PLAIN = {
    "A": RNG.standard_normal((N, M)),
    "B": RNG.standard_normal((N, N)),
    "u": RNG.standard_normal(N),
    "v": RNG.standard_normal(N),
    "w": RNG.standard_normal(M),
    "s": np.array(1.7),
}
SQUARE = Name("B")
BOTH = Concatenation((u, w))
WIDE = {"W": RNG.standard_normal((N, N + M)), "d": RNG.standard_normal(N + M)}


def outer(a, b):
    return Product(a, Transpose(b))


CASES = [
    (Sum((u, Negative(v), ONE)), lambda a: a["u"] - a["v"] + 1),
    (Hadamard(s, u), lambda a: a["s"] * a["u"]),
    (Hadamard(u, s), lambda a: a["s"] * a["u"]),
    (Quotient(u, Sum((Number(Fraction(3)), Power(v, 2)))), lambda a: a["u"] / (3 + a["v"] ** 2)),
    (Power(v, 3), lambda a: a["v"] ** 3),
    (Power(v, -2), lambda a: a["v"] ** -2.0),
    (Activation("tanh", Product(A, w)), lambda a: np.tanh(a["A"] @ a["w"])),
    (Product(Transpose(A), u), lambda a: a["A"].T @ a["u"]),
    (Product(SQUARE, Product(A, w)), lambda a: a["B"] @ a["A"] @ a["w"]),
    (Product(Product(SQUARE, A), w), lambda a: a["B"] @ a["A"] @ a["w"]),
    (Product(SQUARE, ONE), lambda a: a["B"].sum(1)),
    (outer(u, w), lambda a: np.outer(a["u"], a["w"])),
    (Sum((outer(u, w), Product(SQUARE, A), ZERO)), lambda a: np.outer(a["u"], a["w"]) + a["B"] @ a["A"]),
    (Transpose(outer(u, w)), lambda a: np.outer(a["w"], a["u"])),
    (Product(Transpose(u), SQUARE), lambda a: (a["u"] @ a["B"])[None]),
    (Product(Transpose(u), v), lambda a: a["u"] @ a["v"]),
    (Product(Transpose(Sum((ONE, ONE))), v), lambda a: 2 * a["v"].sum()),
    (Product(Transpose(ONE), SQUARE), lambda a: a["B"].sum(0)[None]),
    (Product(u, Hadamard(s, Transpose(w))), lambda a: a["s"] * np.outer(a["u"], a["w"])),
    (Hadamard(Product(Transpose(u), v), w), lambda a: (a["u"] @ a["v"]) * a["w"]),
    (Product(outer(u, w), w), lambda a: a["u"] * (a["w"] @ a["w"])),
    (Diagonal(u), lambda a: np.diag(a["u"])),
    (Sum((Diagonal(u), SQUARE)), lambda a: np.diag(a["u"]) + a["B"]),
    (Sum((Diagonal(u), Identity())), lambda a: np.diag(a["u"]) + np.eye(N)),
    (Sum((SQUARE, Negative(Identity()))), lambda a: a["B"] - np.eye(N)),
    (
        Product(Diagonal(u), Product(SQUARE, Diagonal(v))),
        lambda a: np.diag(a["u"]) @ a["B"] @ np.diag(a["v"]),
    ),
    (Product(Product(Diagonal(u), Diagonal(v)), A), lambda a: np.diag(a["u"] * a["v"]) @ a["A"]),
    (Product(Diagonal(u), v), lambda a: a["u"] * a["v"]),
    (Product(Diagonal(s), A), lambda a: a["s"] * a["A"]),
    (Product(Hadamard(s, Identity()), A), lambda a: a["s"] * a["A"]),
    (Hadamard(s, Diagonal(u)), lambda a: a["s"] * np.diag(a["u"])),
    (Hadamard(s, SQUARE), lambda a: a["s"] * a["B"]),
    (Product(SQUARE, Sum((Identity(), Diagonal(v)))), lambda a: a["B"] @ (np.eye(N) + np.diag(a["v"]))),
    (Product(Transpose(u), Diagonal(v)), lambda a: (a["u"] * a["v"])[None]),
    (BOTH, lambda a: np.concatenate([a["u"], a["w"]])),
    (Product(Name("W"), BOTH), lambda a: WIDE["W"] @ np.concatenate([a["u"], a["w"]])),
    (Columns(Name("W"), BOTH, 1), lambda a: WIDE["W"][:, N:]),
    (Product(Columns(Name("W"), BOTH, 1), w), lambda a: WIDE["W"][:, N:] @ a["w"]),
    (Section(Name("d"), BOTH, 0), lambda a: WIDE["d"][:N]),
    (Transpose(Columns(Name("W"), BOTH, 0)), lambda a: WIDE["W"][:, :N].T),
]
WHOLE = SHAPES | {"W": ("n", "n + m"), "d": ("n + m",)}


@pytest.mark.parametrize(
    ("e", "expected"), CASES, ids=lambda case: str(case) if hasattr(case, "span") else ""
)
def test_an_expression_has_the_value_plain_numpy_gives(e, expected):
    np.testing.assert_allclose(evaluate(e, PLAIN | WIDE), expected(PLAIN), rtol=1e-13)  # one rounding a term


@pytest.mark.parametrize(
    ("e", "expected"), CASES, ids=lambda case: str(case) if hasattr(case, "span") else ""
)
def test_batch_axes_go_through_every_node(e, expected):
    batch = {name: np.stack([PLAIN[name] * (1 + i / 7) for i in range(B)]) for name in PLAIN}
    one_by_one = np.stack([expected({name: batch[name][i] for name in batch}) for i in range(B)])
    found = evaluate(e, batch | WIDE, WHOLE)
    np.testing.assert_allclose(np.broadcast_to(found, one_by_one.shape), one_by_one, rtol=1e-13)
    vectors = {
        name: a if name in "uvw" else PLAIN[name] for name, a in batch.items()
    }  # weights without batch
    one_by_one = np.stack(
        [expected({n: a[i] if n in "uvw" else a for n, a in vectors.items()}) for i in range(B)]
    )
    found = evaluate(e, vectors | WIDE, WHOLE)
    np.testing.assert_allclose(np.broadcast_to(found, one_by_one.shape), one_by_one, rtol=1e-13)


def test_a_lone_constant_or_identity_takes_the_size_asked_for():
    np.testing.assert_array_equal(evaluate(Identity(), {}, result=(3, 3)), np.eye(3))
    np.testing.assert_array_equal(
        evaluate(Diagonal(Number(Fraction(1, 2))), {}, result=(2, 2)), np.eye(2) / 2
    )
    np.testing.assert_array_equal(evaluate(ZERO, {}, result=(3, 2)), np.zeros((3, 2)))
    np.testing.assert_array_equal(evaluate(ONE, {}, result=(3,)), np.ones(3))
    with pytest.raises(DataError, match=r"identity .* of no known size"):
        evaluate(Identity(), {})
    with pytest.raises(DataError, match=r"number where a matrix .* was wanted"):
        evaluate(ONE, {}, result=(2, 2))


@pytest.mark.parametrize(
    ("e", "said"),
    [
        (Name("nobody"), "array for nobody is needed"),
        (Increment(u), "Increment has none"),
        (Sum((u, w)), r"w is a vector of shape \(2,\) and meets a vector of shape \(3,\)"),
        (Hadamard(u, SQUARE), "a matrix of shape"),
        (Sum((SQUARE, ONE)), "a scalar and meets a matrix"),
        (Product(A, u), "cannot be evaluated"),
        (Product(Diagonal(w), u), "cannot be evaluated"),
        (Sum((Diagonal(w), SQUARE)), "cannot be evaluated"),
        (Product(u, v), "cannot be evaluated"),
        (Activation("tanh", SQUARE), "where a vector was expected"),
        (Concatenation((u, ONE)), "stacks vectors, but 1 is a scalar"),
    ],
    ids=str,
)
def test_what_has_no_value_says_why(e, said):
    with pytest.raises(DataError, match=said):
        evaluate(e, PLAIN)


def test_exact_numbers_go_through_the_same_walk():
    exact = Arithmetic(Fraction, lambda function, argument: argument)
    arrays = {"B": np.array([[Fraction(1, 3), Fraction(2)], [Fraction(0), Fraction(5)]], dtype=object)}
    arrays["u"] = np.array([Fraction(1, 7), Fraction(1)], dtype=object)
    e = Sum((Product(SQUARE, u), Quotient(Power(u, 2), Number(Fraction(3)))))
    assert list(evaluate(e, arrays, SHAPES, arithmetic=exact)) == [Fraction(302, 147), Fraction(16, 3)]


# ---- cells --------------------------------------------------------------------------------------


def arrays_for(a_cell, sizes, batch=()):
    """Random arrays: batch axes on states and inputs only."""
    return {
        name: RNG.standard_normal(
            (batch if name not in a_cell.parameters else ())
            + tuple(concrete(d, sizes) for d in a_cell.shapes[name])
        )
        for name in needed(a_cell)
    }


def test_a_gru_step_is_what_its_four_lines_say():
    a = arrays_for(cell("gru"), {"n": 4, "m": 3})
    r = 1 / (1 + np.exp(-(a["W_r"] @ a["x"] + a["U_r"] @ a["h"] + a["b_r"])))
    z = 1 / (1 + np.exp(-(a["W_z"] @ a["x"] + a["U_z"] @ a["h"] + a["b_z"])))
    c = np.tanh(a["W_c"] @ a["x"] + a["U_c"] @ (r * a["h"]) + a["b_c"])
    found = evaluate_cell(cell("gru"), a)
    assert list(found) == ["r", "z", "c", "h'"]
    np.testing.assert_allclose(found["h'"], z * a["h"] + (1 - z) * c, rtol=1e-14)


@pytest.mark.parametrize("name", cell_names())
def test_a_batch_is_its_members_one_by_one(name):
    a_cell = cell(name)
    batch = arrays_for(a_cell, {"n": 3, "m": 4, "p": 2}, (2, 5))
    found = evaluate_cell(a_cell, batch)
    for i, j in ((0, 0), (1, 4)):
        one = {k: a if k in a_cell.parameters else a[i, j] for k, a in batch.items()}
        for value, array in evaluate_cell(a_cell, one).items():
            many = np.broadcast_to(found[value], (2, 5, *array.shape))  # a constant gate has no batch
            np.testing.assert_allclose(many[i, j], array, rtol=1e-13)


def test_a_complex_step_through_a_cell_is_a_derivative():
    rnn = cell("rnn")
    a = arrays_for(rnn, {"n": 3, "m": 2})
    h = a["h"] + 1e-30j * np.eye(3)
    J = evaluate_cell(rnn, a | {"h": h})["h'"].imag.T / 1e-30
    slope = (
        np.cosh(a["U"] @ a["h"] + a["W"] @ a["x"] + a["b"]) ** -2
    )  # 1 - tanh² loses digits where it is small
    np.testing.assert_allclose(J, slope[:, None] * a["U"], rtol=1e-13)


def test_fixed_values_stand_in_for_their_equations():
    gru = cell("gru")
    a = arrays_for(gru, {"n": 3, "m": 2})
    np.testing.assert_array_equal(evaluate_cell(gru, a, fixed={"z": np.ones(3)})["h'"], a["h"])


def test_equations_may_use_those_above_them():
    gru = cell("gru")
    a = arrays_for(gru, {"n": 3, "m": 2}, (5,))
    values, one_by_one = evaluate_cell(gru, a), evaluate_equations(gru.equations, a, gru.shapes)
    np.testing.assert_array_equal(values["h'"], one_by_one["h'"])


def test_a_constant_next_state_fills_the_state():
    constant = Cell.read(name="k", equations="g' = tanh(W x + U g + h)\nh' = 1/2")
    found = evaluate_cell(constant, arrays_for(constant, {"n": 3, "m": 2}))
    np.testing.assert_array_equal(found["h'"], np.full(3, 0.5))


def test_every_activation_takes_real_and_complex_arrays():
    x = np.array([-40.0, -1.5, 0.25, 2.0, 40.0])
    for name, entry in ACTIVATIONS.items():
        real = x if name not in ("log", "sqrt") else np.abs(x)
        np.testing.assert_allclose(entry.value(real + 0j), entry.value(real), rtol=1e-12, err_msg=name)


# ---- arrays against shapes ----------------------------------------------------------------------


def test_sizes_are_solved_from_the_arrays_also_through_sums():
    lecture = Cell.read(name="lecture", equations="h' = tanh(W [h, x] + b)")
    arrays = {"W": np.ones((4, 7)), "b": np.ones(4)}
    assert check_arrays(lecture, arrays, names=("W", "b")) == {"n": 4, "m": 3}
    with pytest.raises(DataError, match=r"W must have shape \(n, m \+ n\)|W must have shape \(n, n \+ m\)"):
        check_arrays(lecture, {"W": np.ones((4, 3)), "b": np.ones(4)}, names=("W", "b"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"U_c": None}, r"U_c is missing; give U_c of shape \(n, n\)"),
        ({"U_c": np.ones((3, 4))}, r"U_c must have shape \(n, n\) = \(3, 3\), with n = 3 from h"),
        ({"W_c": np.ones((2, 3))}, "is it transposed"),
        ({"b_c": np.ones(4)}, r"b_c must have shape \(n,\) = \(3,\)"),
        ({"b_c": np.array(["a", "b", "c"])}, "b_c must hold numbers, but .* dtype <U1"),
        (
            {"b_c": np.array([1.0, np.nan, 2.0])},
            r"b_c must be finite, but 1 of its 3 entries .* \(nan\) at \(1,\)",
        ),
        ({"W_c": np.full((3, 2), np.inf)}, "W_c must be finite, but 6 of its 6"),
        ({"W_c": np.ones(3)}, r"W_c is a matrix of shape \(n, m\).*2 axes of its own"),
        ({"h": np.ones((5, 3)), "x": np.ones((4, 2))}, r"x has batch axes \(4,\)"),
    ],
    ids=lambda c: next(iter(c)) if isinstance(c, dict) else "",
)
def test_an_array_that_does_not_fit_is_named(change, said):
    gru = cell("gru")
    arrays = arrays_for(gru, {"n": 3, "m": 2}) | change
    with pytest.raises(DataError, match=said):
        check_arrays(gru, {name: a for name, a in arrays.items() if a is not None})
