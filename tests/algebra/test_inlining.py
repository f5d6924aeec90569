"""Inlined, a value says in one expression what its cell computes."""

from __future__ import annotations

import numpy as np
import pytest

from grusym.algebra.inlining import inlined, replaced
from grusym.cells.library import cell, cell_names
from grusym.kernels.weights import random_weights
from grusym.language.evaluation import evaluate, evaluate_cell
from grusym.language.expression import names_in
from grusym.language.reader import read_expression
from tests.cells.sizes import sizes_of, widths


@pytest.mark.parametrize("name", cell_names())
def test_the_inlined_value_is_the_value(name):
    a_cell = cell(name)
    rng = np.random.default_rng(1)
    arrays = random_weights(a_cell, sizes=sizes_of(a_cell), seed=1)
    for vector in (*a_cell.states, *a_cell.inputs):
        arrays[vector] = rng.standard_normal(widths(a_cell, (vector,))[0])
    values = evaluate_cell(a_cell, arrays)
    for value in a_cell.values:
        e = inlined(a_cell, value)
        assert not {*names_in(e)} & {*a_cell.values}
        found = evaluate(e, arrays, a_cell.shapes, values[value].shape)
        np.testing.assert_allclose(found, values[value], rtol=1e-12, atol=1e-14)


def test_a_replaced_name_is_not_looked_behind():
    gru = cell("gru")

    def where(**texts):
        return {name: read_expression(text, gru) for name, text in texts.items()}

    assert str(inlined(gru, "h'", where(z="0", r="1"))) == "tanh(W_c x + U_c h + b_c)"
    assert str(inlined(gru, "z", where(U_z="0", b_z="0"))) == "σ(W_z x)"
    assert str(inlined(gru, "h'", where(z="1 - z", c="h"))) == "(1 - z) ⊙ h + (1 - (1 - z)) ⊙ h"


def test_constants_are_added_and_the_diagonal_of_a_constant_is_a_multiple_of_the_identity():
    gru = cell("gru")
    by = {"z": read_expression("1", gru), "r": read_expression("-1/2", gru)}

    def after(text: str) -> str:
        return str(replaced(read_expression(text, gru), by))

    assert after("(1 - z) ⊙ c + h") == "h"
    assert after("z + c + 2 z + r") == "2.5 + c"
    assert after("diag(z) + diag(r) U_c") == "I - 0.5 U_c"
    assert after("diag(1 - z) U_c") == "0"
