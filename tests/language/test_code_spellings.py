"""Attributes, dictionaries and layers of code, I_t for a gate, and labels above a bias, in a cell's text."""

from __future__ import annotations

import pytest

from grusym.errors import GrusymError
from grusym.language.reader import read_cell


@pytest.mark.parametrize(
    ("code", "plain"),
    [
        ("h = np.tanh(self.W @ h_prev + self.U @ x)", "h = np.tanh(W @ h_prev + U @ x)"),
        ("h = np.tanh(P['W'] @ h_prev + P['U'] @ x)", "h = np.tanh(W @ h_prev + U @ x)"),
        ("h = nn.Tanh()(W @ h_prev + U @ x)", "h = np.tanh(W @ h_prev + U @ x)"),
        ("h = np.tanh(W @ h_tm1 + U @ x)", "h = np.tanh(W @ h_prev + U @ x)"),
    ],
)
def test_code_is_read_as_what_it_names(code: str, plain: str) -> None:
    assert read_cell(code).equations == read_cell(plain).equations


def test_an_entry_holds_one_name() -> None:
    with pytest.raises(GrusymError, match="one name between its quotes"):
        read_cell("h = np.tanh(P['W+U'] @ h_prev)")


def test_i_with_a_time_is_a_gate_and_without_one_the_identity() -> None:
    text = "I_t = σ(X_t W_{xi} + H_{t-1} W_{hi})\nH_t = I_t ⊙ H_{t-1} + (1 - I_t) ⊙ tanh(X_t W_{xh})"
    assert "I" in read_cell(text).values
    assert "I" not in read_cell("h_t = tanh((I - W) h_{t-1} + U x_t)").values


def test_a_label_above_a_bias_is_one_beside_a_matrix_with_it() -> None:
    text = r"z_t = \sigma(W^z x_t + U^z h_{t-1} + b^z) \\ h_t = z_t \odot h_{t-1}"
    assert len(read_cell(text).parameters) == 3
    with pytest.raises(GrusymError, match="can be read as a power"):
        read_cell(r"z_t = \sigma(W x_t + U h_{t-1} + b^z) \\ h_t = z_t \odot h_{t-1}")
