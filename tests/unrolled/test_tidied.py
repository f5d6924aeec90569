"""Equations of a document in the order of computing, without what it only outputs."""

from __future__ import annotations

from grusym.unrolled.setting import settings
from grusym.unrolled.tidied import tidied

GRU = [
    r"h_t = (1 - z_t) \odot h_{t-1} + z_t \odot \tilde{h}_t",
    r"\tilde{h}_t = \tanh(W x_t + U (r_t \odot h_{t-1}))",
    r"z_t = \sigma(W_z x_t + U_z h_{t-1})",
    r"r_t = \sigma(W_r x_t + U_r h_{t-1})",
]


def test_equations_are_set_in_order() -> None:
    found = tidied(GRU)
    assert found is not None
    assert found[0] == [GRU[2], GRU[3], GRU[1], GRU[0]]
    (frame,) = settings(GRU)
    assert frame.cell.values == ("z", "r", "h̃", "h'")
    assert not frame.said


def test_outputs_are_left_out_and_said() -> None:
    (frame,) = settings([r"s_t = \tanh(U x_t + W s_{t-1})", r"o_t = \mathrm{softmax}(V s_t)"])
    assert frame.cell.states == ("s",)
    assert any("softmax" in said for said in frame.said)


def test_what_is_used_and_not_given_is_no_whole_cell() -> None:
    assert tidied([*GRU[:3]]) is None
    assert tidied([r"h_t = \alpha_t \odot h_{t-1} + \beta_t \odot x_t"]) is None
