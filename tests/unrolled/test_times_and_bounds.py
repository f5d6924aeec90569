"""Claims that hold at some times alone, bounds that generic points keep, sums and products of code."""

import pytest

from grusym import verify, verify_in

WRONG = (
    ("rnn", r"\frac{\partial h_t}{\partial h_k} = \prod_{i=2}^t \mathrm{diag}(1-h_i^2) U"),
    ("lstm", r"\frac{\partial c_t}{\partial c_k} = \prod_{j=2}^t f_j"),
    ("rnn", r"\frac{\partial L}{\partial h_k} = \sum_{t=1}^{k} \frac{\partial L}{\partial h_t}"),
    ("rnn", r"\|\frac{\partial h_t}{\partial h_k}\| \le \|U\|^{t-1}"),
    ("rnn", r"\|\frac{\partial h_T}{\partial h_1}\| \le \|U\|^{T}"),
    ("lstm", r"\|c_t\|_\infty \le 1"),
    ("lstm", r"\|c_t\| \le \|c_{t-1}\| + 1"),
    ("lstm", r"\|h_t\|_2 \le 1"),
)
RIGHT = (
    ("rnn", r"\frac{\partial h_t}{\partial h_k} = \prod_{i=k+1}^t \mathrm{diag}(1-h_i^2) U"),
    ("rnn", r"\|\frac{\partial h_t}{\partial h_k}\| \le \|U\|^{t-k}"),
    ("rnn", r"\|\frac{\partial h_T}{\partial h_1}\| \le \|U\|^{T-1}"),
    ("lstm", r"\|c_t\|_\infty \le \|c_{t-1}\|_\infty + 1"),
    ("lstm", r"\|h_t\|_\infty \le 1"),
    ("fast_rnn", r"\|\frac{\partial h_t}{\partial h_{t-1}}\| \le \beta + \alpha \|U\|"),
    (
        "rnn",
        r"\frac{\partial L}{\partial h_t} = \frac{\partial L_t}{\partial h_t} "
        r"+ U^\top \left((1-h_{t+1}^2)\odot\frac{\partial L}{\partial h_{t+1}}\right)",
    ),
)
SAID = (
    (
        "lstm",
        r"\frac{\partial L}{\partial c_t} = \frac{\partial L}{\partial c_{t+1}} \odot f_{t+1}",
        "its own step",
    ),
    (
        "rnn",
        r"\frac{\partial L}{\partial U} = "
        r"\left(\frac{\partial L}{\partial h_t} \odot (1-h_t^2)\right) h_{t-1}^\top",
        "share of one step",
    ),
    ("gru", r"\|h_t\|_\infty \le 1", "the state before"),
    ("fast_rnn", r"\|\frac{\partial h_t}{\partial h_{t-1}}\| \le \beta + \alpha \|U\|", "between 0 and 1"),
)
ROWS = "h_next = np.tanh(x @ Wx + h_prev @ Wh + b)"
LATEX = r"h_t = \tanh(W_{hh} h_{t-1} + W_{xh} x_t + b_h)"


@pytest.mark.parametrize(("cell", "claim"), WRONG)
def test_what_holds_at_some_times_or_points_alone_is_refuted(cell: str, claim: str) -> None:
    assert verify(cell, claim).outcome == "refuted"


@pytest.mark.parametrize(("cell", "claim"), RIGHT)
def test_what_holds_at_all_is_not(cell: str, claim: str) -> None:
    assert verify(cell, claim).holds


@pytest.mark.parametrize(("cell", "claim", "word"), SAID)
def test_what_is_left_out_or_needed_is_said(cell: str, claim: str, word: str) -> None:
    verdict = verify(cell, claim)
    assert verdict.holds
    assert any(word in said for said in verdict.assumes)


def test_the_axis_of_a_sum_is_that_of_the_batch() -> None:
    assert verify_in(ROWS, "db = np.sum(dz, axis=0)").holds
    assert not verify_in(ROWS, "db = np.sum(dz, axis=1)").holds
    assert not verify_in(ROWS, "db = dz.sum(1)").holds


def test_a_vector_times_a_matrix_of_code_scales_its_columns() -> None:
    assert verify_in(ROWS, "dh_prev = (dh_next * (1 - h_next**2)) @ Wh.T").holds
    assert not verify_in(ROWS, "dh_prev = dh_next @ (Wh.T * (1 - h_next**2))").holds


def test_the_immediate_derivative_is_told_from_the_whole() -> None:
    old = r"\frac{\partial h_t}{\partial h_{t-1}} \frac{\partial h_{t-1}}{\partial W_{hh}}"
    whole = r"\frac{\partial h_t}{\partial W_{hh}} = "
    assert verify_in(LATEX, whole + r"\frac{\partial^+ h_t}{\partial W_{hh}} + " + old).holds
    assert not verify_in(LATEX, whole + r"\frac{\partial^+ h_t}{\partial W_{hh}} - " + old).holds
