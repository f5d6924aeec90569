"""Cells in row vectors: x W is read as Wᵀ x, and computes what the rows would."""

from __future__ import annotations

import numpy as np
import pytest

import grusym
from grusym.errors import ReadError
from grusym.language.evaluation import evaluate_cell

ELMAN = {
    "paper": r"\mathbf{H}_t = \tanh(\mathbf{X}_t \mathbf{W}_{xh} + \mathbf{H}_{t-1} \mathbf{W}_{hh} + b_h)",
    "code": "h_t = np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)",
    "dot": "h_t = tanh(np.dot(x_t, W_xh) + np.dot(h_{t-1}, W_hh) + b_h)",
    "unicode": "h\u209c = tanh(x\u209c W_xh + h\u209c\u208b\u2081 W_hh + b_h)",
    "primes": "h' = tanh(x W_xh + h W_hh + b_h)",
}
GATED = """z_t = σ([h_{t-1}, x_t] @ W_z + b_z)
c_t = tanh([z_t * h_{t-1}, x_t] @ W_c)
h_t = (1 - z_t) * h_{t-1} + z_t * c_t"""


def sigmoid(u):
    return 1 / (1 + np.exp(-u))


def sizes(cell, n=3, m=2):
    known = {s: {"n": n, "m": m}[s.name] for s in cell.sizes}
    return {k: tuple(int(d.subs(known)) for d in shape) for k, shape in cell.shapes.items()}


def drawn(cell, seed=0):
    rng = np.random.default_rng(seed)
    computed = set(cell.values)
    return {k: rng.normal(size=s) for k, s in sizes(cell).items() if k not in computed}


@pytest.mark.parametrize("notation", ELMAN)
def test_rows_compute_what_rows_compute(notation: str) -> None:
    cell = grusym.read_cell(ELMAN[notation])
    assert cell.rows
    a = drawn(cell)
    state, x = cell.states[0], cell.inputs[0]
    assert a["W_xh"].shape == (2, 3)  # x W: the author's own shape
    found = evaluate_cell(cell, a)[cell.next_of(state)]
    np.testing.assert_allclose(found, np.tanh(a[x] @ a["W_xh"] + a[state] @ a["W_hh"] + a["b_h"]))


def test_concatenated_rows() -> None:
    cell = grusym.read_cell(GATED)
    a = drawn(cell)
    z = sigmoid(np.concatenate([a["h"], a["x"]]) @ a["W_z"] + a["b_z"])
    c = np.tanh(np.concatenate([z * a["h"], a["x"]]) @ a["W_c"])
    np.testing.assert_allclose(evaluate_cell(cell, a)["h'"], (1 - z) * a["h"] + z * c)


def test_a_transposed_weight_before_which_a_row_stands() -> None:
    cell = grusym.read_cell("h_t = tanh(h_prev @ W_hh.T + x_t @ W_xh.T + b_h)")
    a = drawn(cell)
    assert a["W_xh"].shape == (3, 2)
    np.testing.assert_allclose(
        evaluate_cell(cell, a)["h'"], np.tanh(a["h"] @ a["W_hh"].T + a["x"] @ a["W_xh"].T + a["b_h"])
    )


def test_columns_are_no_rows() -> None:
    assert not grusym.read_cell("h' = tanh(W x + U h)").rows


def test_derivatives_follow_the_author_s_shapes() -> None:
    cell = grusym.read_cell(ELMAN["primes"])
    found = grusym.gradients(cell)
    assert str(found.of["W_xh"]) == "x δ_hᵀ"
    assert grusym.check(cell).ok


@pytest.mark.parametrize("mixed", ["h' = tanh(x W + U h)", "z = σ(W x)\nh' = z * tanh(h U)"])
def test_a_text_that_multiplies_from_both_sides_is_refused(mixed: str) -> None:
    with pytest.raises(ReadError, match="throughout"):
        grusym.read_cell(mixed)
