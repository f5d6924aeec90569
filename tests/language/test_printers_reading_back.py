"""What text prints, the reader reads back as the same tree."""

from functools import cache

import pytest
from hypothesis import given, settings, strategies as st

from grusym.language.cell import Cell
from grusym.language.expression import (
    Activation,
    Concatenation,
    Diagonal,
    Expression,
    Extremum,
    Hadamard,
    Identity,
    Name,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Transpose,
)
from grusym.language.printers.text import text
from grusym.language.reader import read_expression
from tests.language.samples import candidate, gru_jacobian, next_state

VECTORS = ("h", "h'", "h̃", "x", "z", "r", "c", "δ_c", "g_h", "b_{h,z}")
MATRICES = ("U_r", "U_z", "U_c", "W_c", "W^{(z)}")
CELL = Cell(
    name="names",
    equations=(),
    states=("h",),
    inputs=("x",),
    parameters=MATRICES,
    shapes=dict.fromkeys(VECTORS, ("n",)) | dict.fromkeys((*MATRICES, "b_c"), ("n", "n")) | {"b_c": ("n",)},
)

names = st.sampled_from(VECTORS).map(Name)
numbers = st.fractions(min_value=0, max_value=20, max_denominator=12).map(Number)


@cache
def vectors(depth: int) -> st.SearchStrategy[Expression]:
    if depth == 0:
        return names
    one, matrix = vectors(depth - 1), matrices(depth - 1)
    operand = one | numbers
    return (
        one
        | st.builds(Negative, one)
        | st.builds(lambda first, rest: Sum((first, *rest)), one, st.lists(operand, min_size=1, max_size=3))
        | st.builds(lambda a, b: Sum((a, Negative(b))), numbers, one)
        | st.builds(Hadamard, one, operand)
        | st.builds(Hadamard, operand, one)
        | st.builds(Quotient, one, operand)
        | st.builds(Power, one, st.integers(2, 12))
        | st.builds(Activation, st.sampled_from(["tanh", "σ", "relu"]), one)
        | st.builds(Extremum, st.sampled_from(["max", "min"]), one, one)
        | st.builds(Extremum, st.just("min"), one, numbers)
        | st.builds(Product, matrix, one)
        | st.builds(Concatenation, st.tuples(one, one))
    )


@cache
def matrices(depth: int) -> st.SearchStrategy[Expression]:
    if depth == 0:
        return st.sampled_from(MATRICES).map(Name)
    one = matrices(depth - 1)
    return (
        one
        | st.builds(Product, one, one)
        | st.builds(Transpose, one)
        | st.builds(Diagonal, vectors(depth - 1))
        | st.builds(lambda terms: Sum(tuple(terms)), st.lists(one, min_size=2, max_size=3))
        | st.just(Identity())
    )


@settings(max_examples=300, deadline=None)
@given(vectors(4) | matrices(3))
def test_printed_text_reads_back_as_the_same_tree(e):
    assert read_expression(text(e), CELL) == e


@pytest.mark.parametrize("e", [next_state, candidate, gru_jacobian])
def test_the_equations_of_the_gru_read_back_as_they_are(e):
    assert read_expression(text(e), CELL) == e


def test_brackets_left_out_would_be_noticed():
    product_of_scaled = Product(Name("U_c"), Hadamard(Name("r"), Name("h")))
    assert read_expression("U_c r ⊙ h", CELL) != product_of_scaled
