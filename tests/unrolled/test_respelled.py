"""Spellings of documents: what all lines together say is meant, and what was taken for what."""

from __future__ import annotations

import pytest

from grusym.unrolled.document import verify_in
from grusym.unrolled.respelled import respelled
from grusym.unrolled.setting import settings

LSTM = [
    r"f_t = \sigma_g(W_f x_t + U_f h_{t-1} + b_f)",
    r"i_t = \sigma_g(W_i x_t + U_i h_{t-1} + b_i)",
    r"o_t = \sigma_g(W_o x_t + U_o h_{t-1} + b_o)",
    r"\tilde{c}_t = \sigma_c(W_c x_t + U_c h_{t-1} + b_c)",
    r"c_t = f_t \odot c_{t-1} + i_t \odot \tilde{c}_t",
    r"h_t = o_t \odot \sigma_h(c_t)",
]


def test_functions_with_a_letter() -> None:
    (frame,) = settings(LSTM)
    assert "tanh" in str(frame.cell.equation("h'").right)
    assert {"σ_c read as tanh", "σ_g read as the sigmoid σ"} <= set(frame.said)


def test_a_function_left_open_has_no_property() -> None:
    cell = [r"h_t = g(W h_{t-1} + U x_t)"]
    assert verify_in(cell, r"\frac{\partial h_t}{\partial h_{t-1}} = \operatorname{diag}(g'(a_t)) W").holds
    assert not verify_in(
        cell, r"\frac{\partial h_t}{\partial h_{t-1}} = \operatorname{diag}(1 - h_t^2) W"
    ).holds


def test_a_letter_that_is_a_value_is_no_function() -> None:
    lines = ["g_t = σ(W x_t + U h_{t-1})", "h_t = g_t (h_{t-1} + x_t)"]
    assert respelled(lines) == (lines, [])


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("ct = Gu∗c~t+(1−Gu)∗ct−1", "c_t = Gu∗c̃_t+(1−Gu)∗c_{t-1}"),
        ("h_t = r (.) h_{t-1}", "h_t = r ⊙ h_{t-1}"),
        ("h_t = tanh(W h_{t-1})", "h_t = tanh(W h_{t-1})"),
        ("state = start - 1", "state = start - 1"),
        ("c = f * c + i * g", "c = f * c_prev + i * g"),
        ("c = f * cc + i * c_t", "c = f * cc + i * c_t"),
    ],
)
def test_plain_text(line: str, read: str) -> None:
    assert respelled([line])[0] == [read]


def test_labels_of_values() -> None:
    lines = [r"z_t = \sigma(\mathbf{W}^{z} x_t + \mathbf{b}^{z})", r"y_t = W^k x_t"]
    assert respelled(lines)[0] == [r"z_t = \sigma(\mathbf{W}^{(z)} x_t + \mathbf{b}^{(z)})", lines[1]]


def test_a_recurrent_vector_is_a_weight() -> None:
    (frame,) = settings([r"h_t = \sigma(W x_t + u \odot h_{t-1} + b)"])
    assert "u" in frame.cell.parameters
