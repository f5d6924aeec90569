"""Every node of the language has NumPy code, as a value and as a matrix, or a clear refusal."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

from grusym.errors import GrusymError
from grusym.kernels.emit import emit
from grusym.language import expression as nodes
from grusym.language.cell import Cell, Equation
from grusym.language.evaluation import evaluate
from grusym.language.expression import (
    ONE,
    ZERO,
    Activation,
    Columns,
    Concatenation,
    Diagonal,
    Expression,
    Extremum,
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
from grusym.language.shapes import size_symbol

n, m = size_symbol("n"), size_symbol("m")
SHAPES = {
    "h": (n,), "x": (m,), "y": (n,), "h'": (n,), "A": (n, n), "B": (n, n), "W": (n, m), "C": (n, n + m),
    "b": (n,), "γ": (), "s": (),
}  # fmt: skip
h, x, y, A, B, W, C, b, gamma, s = map(Name, ("h", "x", "y", "A", "B", "W", "C", "b", "γ", "s"))
HALF, TWO, THIRD = Number(Fraction(1, 2)), Number(Fraction(2)), Number(Fraction(1, 3))
BOTH = Concatenation((h, x))

VECTORS = {
    "Number": THIRD,
    "Name": b,
    "Negative": Negative(Sum((h, Negative(y)))),
    "Sum": Sum((Negative(h), Negative(b), ONE, gamma)),
    "Hadamard": Hadamard(Hadamard(h, s), Hadamard(gamma, y)),
    "Quotient": Quotient(y, Sum((TWO, Power(h, 2)))),
    "Power": Sum((Power(h, 3), Power(Sum((TWO, y)), -2), Power(Sum((s, ONE)), 2))),
    "Activation": Activation("softplus", Activation("step", h)),
    "Extremum": Extremum("max", h, Extremum("min", Sum((y, b)), gamma)),
    "an extremum of weights": Extremum("min", Hadamard(h, y), Extremum("max", gamma, b)),
    "an extremum of scalars": Hadamard(Extremum("max", s, Extremum("min", gamma, HALF)), b),
    "Product": Product(Product(A, B), Sum((Product(W, x), h))),
    "Transpose": Product(Transpose(A), h),
    "Concatenation": Product(C, Concatenation((b, x))),
    "Columns": Product(Columns(C, BOTH, 0), h),
    "Section": Section(Hadamard(Sum((BOTH, Hadamard(TWO, BOTH))), BOTH), BOTH, 0),
    "Diagonal": Product(Sum((Diagonal(h), A)), y),
    "Identity": Product(Sum((A, Negative(Transpose(A)), Hadamard(gamma, Identity()))), h),
    "a scalar product": Hadamard(Product(Transpose(h), y), b),
    "a sum of entries": Hadamard(Product(Transpose(ONE), h), y),
    "an outer product": Product(Product(y, Transpose(h)), b),
    "a row times a matrix": Hadamard(Product(Product(Transpose(h), A), y), b),
    "a matrix times ones": Product(A, ONE),
    "weights only": Activation("tanh", Product(A, b)),
    "columns of a sum": Product(Columns(Sum((C, Hadamard(gamma, C))), BOTH, 1), x),
    "a quotient of matrices": Product(Quotient(A, gamma), h),
    "a transposed product": Product(Transpose(Product(A, Diagonal(y))), h),
    "transposed columns": Section(Product(Transpose(C), h), BOTH, 0),
}
MATRICES = {
    "Negative": Negative(A),
    "Sum": Sum((A, Diagonal(h), Hadamard(TWO, Identity()))),
    "Hadamard": Hadamard(Hadamard(gamma, HALF), A),
    "Quotient": Quotient(Product(Diagonal(h), A), s),
    "Name": B,
    "Product": Product(Diagonal(y), Product(A, Sum((Diagonal(h), Product(Diagonal(y), B))))),
    "Transpose": Transpose(Product(Diagonal(h), Sum((A, Negative(B))))),
    "Columns": Product(Diagonal(h), Columns(C, BOTH, 0)),
    "Diagonal": Diagonal(b),
    "Identity": Identity(),
    "an outer product": Product(h, Transpose(Hadamard(y, b))),
    "an outer product and a matrix": Product(Product(h, Transpose(y)), Product(A, Diagonal(h))),
    "a sum on the left": Product(Sum((Diagonal(h), A)), Sum((B, Diagonal(y)))),
    "products of weights": Product(A, Product(Transpose(B), Product(Diagonal(y), A))),
    "nothing": ZERO,
}


def sized(shape):
    return [int(d.subs({n: 4, m: 3})) if hasattr(d, "subs") else int(d) for d in shape]


def made(right, matrix=ZERO):
    """A kernel of h' = right, for which `matrix` is stated to be the Jacobian; s is a scalar that changes."""
    of = Cell(
        name="made",
        equations=(
            Equation("y", Activation("tanh", Product(W, x))),
            Equation("s", Quotient(Product(Transpose(h), h), Number(Fraction(3)))),
            Equation("h'", right),
        ),
        states=("h",),
        inputs=("x",),
        parameters=("A", "B", "W", "C", "b", "γ"),
        shapes=SHAPES,
    )
    stated = SimpleNamespace(expression=matrix)
    silent = SimpleNamespace(
        cotangents={"h'": "g_h"}, lines=(), of=dict.fromkeys((*of.parameters, "h", "x"), ZERO),
        shapes=SHAPES | {"g_h": (n,)},
    )  # fmt: skip
    return emit(of, {("h'", "h"): stated}, silent)


def point(batch=()):
    rng = np.random.default_rng(4)
    arrays = {k: rng.standard_normal(sized(SHAPES[k])) for k in ("A", "B", "W", "C", "b", "γ")}
    state, inputs = rng.standard_normal((2, *batch, 4)), rng.standard_normal((2, *batch, 3))
    values = arrays | {"h": state, "x": inputs, "y": np.tanh(inputs @ arrays["W"].T)}
    return arrays, state, inputs, values | {"s": np.sum(state**2, axis=-1) / 3}


@pytest.mark.parametrize("batch", [(), (2,)], ids=str)
@pytest.mark.parametrize("kind", VECTORS)
def test_a_value_is_what_it_evaluates_to_at_every_step_and_inside_a_loop(kind, batch):
    weights, states, inputs, values = point(batch)
    expected = np.broadcast_to(evaluate(VECTORS[kind], values, SHAPES, result=(4,)), states.shape)
    kernel = made(VECTORS[kind])
    assert np.allclose(kernel.values(weights, states, inputs)["h'"], expected, rtol=1e-12)
    looped = [kernel.forward(weights, inputs[t : t + 1], states[t])[1] for t in range(2)]
    assert np.allclose(looped, expected, rtol=1e-12)
    other = made(Sum((VECTORS[kind], Power(Name("b"), 2))))
    assert not np.allclose(other.values(weights, states, inputs)["h'"], expected, rtol=1e-6)


@pytest.mark.parametrize("kind", MATRICES)
def test_a_matrix_is_what_it_evaluates_to_at_every_step(kind):
    weights, states, inputs, values = point()
    expected = np.broadcast_to(evaluate(MATRICES[kind], values, SHAPES, result=(4, 4)), (2, 4, 4))
    found = made(h, MATRICES[kind]).jacobians(weights, states, inputs)
    assert np.allclose(found, expected, rtol=1e-12, atol=1e-14)
    assert kind == "nothing" or not np.allclose(found, 1.001 * expected, rtol=1e-6)


def test_every_node_type_is_tried():
    every = {c.__name__ for c in vars(nodes).values() if isinstance(c, type) and issubclass(c, Expression)}
    assert every - {"Expression", "Increment"} <= {*VECTORS, *MATRICES}


class Unheard(Expression):
    """A node of a later language."""


@pytest.mark.parametrize(
    "odd", [Increment(h), Unheard(), Product(A, Increment(h))], ids=lambda e: type(e).__name__
)
def test_what_has_no_code_is_refused_by_its_name(odd):
    with pytest.raises(GrusymError, match=r"found a (Increment|Unheard) in it, which has none"):
        made(odd)
    with pytest.raises(GrusymError, match="found a Unheard in it"):
        made(h, Product(A, Unheard()))
