"""The argument of a slope is that of the step: tanh'(q_{t-1}) is another step's, and no name of one."""

from __future__ import annotations

import grusym

CELL = grusym.read_cell("q_t = R s_{t-1} + E x_t + d\ns_t = tanh(q_t)")


def test_the_argument_of_the_step_is_read() -> None:
    assert grusym.verify(CELL, "∂s_t/∂s_{t-1} = diag(tanh'(q_t)) R").outcome == "proved"
    assert grusym.verify("rnn", "∂h_t/∂h_{t-1} = diag(tanh'(a_t)) U").outcome == "proved"


def test_that_of_another_step_is_not_taken_for_it() -> None:
    assert grusym.verify(CELL, "∂s_t/∂s_{t-1} = diag(tanh'(q_{t-1})) R").outcome == "refuted"
