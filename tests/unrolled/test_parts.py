"""Times, readings and settings: the parts from which a claim over steps is read."""

from __future__ import annotations

from contextlib import suppress

import pytest

from grusym.errors import GrusymError
from grusym.unrolled.choices import Choices, Option, readings
from grusym.unrolled.document import verify_in
from grusym.unrolled.index import read_index
from grusym.unrolled.lexer import wide_tokens
from grusym.unrolled.names import parts
from grusym.unrolled.setting import settings


@pytest.mark.parametrize(
    ("text", "times", "value"),
    [
        ("t", {"t": 3}, 3),
        ("(t-1)", {"t": 3}, 2),
        ("<t+1>", {"t": 3}, 4),
        ("t + k", {"t": 1, "k": 2}, 3),
        ("T-1", {"T": 4}, 3),
        ("0", {}, 0),
        ("k", {"t": 1}, None),
    ],
)
def test_an_index_has_its_value(text: str, times: dict[str, int], value: int | None) -> None:
    index = read_index(text)
    assert index is not None
    assert index.at(times) == value


@pytest.mark.parametrize("text", ["hh", "t-", "-", "", "a b", "t+u+", "σ"])
def test_what_is_no_index_is_none(text: str) -> None:
    assert read_index(text) is None


@pytest.mark.parametrize(
    ("text", "letter", "labels", "time"),
    [
        (r"\tilde{h}_{t-1}", "h̃", (), "t-1"),
        (r"\tilde{h_t}", "h̃", (), "t"),
        (r"\delta_{o,t}", "δ", ("o",), "t"),
        (r"\delta_c^{t+1}", "δ", ("c",), "t+1"),
        (r"g_{h_{t-1}}", "g", ("h",), "t-1"),
        (r"c^{\langle t-1 \rangle}", "c", (), "t-1"),
        ("dc_next", "dc", (), "next"),
        ("prev_h", "h", (), "prev"),
        ("hs[t-1]", "hs", (), "t-1"),
        (r"W^{(yh)}", "W", ("yh",), None),
        (r"x^{(t)\top}", "x", (), "t"),
    ],
)
def test_a_name_is_taken_apart(text: str, letter: str, labels: tuple[str, ...], time: str | None) -> None:
    name = wide_tokens(text)[0].name
    assert name is not None
    found = parts(name, frozenset("tT"))
    assert (found.letter, found.labels) == (letter, labels)
    assert [str(i) for i in found.times] == ([] if time is None else [time])


def test_readings_come_once_each_and_the_cheapest_first() -> None:
    def attempt(choices: Choices) -> tuple[object, object]:
        a = choices.pick("a", [Option(1), Option(2, "", 1.0)]).value
        b = choices.pick("b", [Option(1), Option(2, "", 0.5), Option(3, "", 3.0)]).value
        return a, b

    found = [result for _, result in readings(attempt, 100)]
    assert found[:3] == [(1, 1), (1, 2), (2, 1)]
    assert len(found) == len(set(found)) == 6


def test_where_shapes_do_not_fit_only_what_has_a_shape_is_read_otherwise() -> None:
    def attempt(choices: Choices) -> str | bool:
        choices.pick("kind", [Option(1), Option(2)])
        sized = choices.pick("name", [Option(1), Option(2)], sized=True).value
        return "does not fit" if sized == 1 else choices.picked.get("kind") == 1

    assert [r for _, r in readings(attempt, 100)].count("does not fit") == 1
    assert any(r is True for _, r in readings(attempt, 100))


def test_a_fragment_is_completed_in_its_own_letters_and_says_so() -> None:
    (frame,) = settings([r"s_t = k_t \odot s_{t-1} + w_t \odot \tilde{s}_t"], {"s", "k", "w"})[:1] or [None]
    assert frame is not None
    assert {"s", "s̃"} <= set(frame.cell.shapes)


@pytest.mark.parametrize(
    ("lines", "equation"),
    [
        (["LSTM (standard)"], "c_t = f_t ⊙ c_{t-1} + i_t ⊙ g_t"),
        (["GRU, z opens to the candidate"], "h_t = (1 - z_t) ⊙ h_{t-1} + z_t ⊙ h̃_t"),
        (["GRU, reset after the matrix"], "h̃_t = tanh(W_h x_t + b_h + r_t ⊙ (U_h h_{t-1} + d_h))"),
        (["sigmoid RNN"], "h_t = σ(W_hh h_{t-1} + W_xh x_t + b_h)"),
        (["q_t = R s_{t-1} + E x_t"], "s_t = tanh(q_t)"),
        ([r"C_t = f_t * C_{t-1} + i_t * \tilde{C}_t"], "C̃_t = tanh(W_C x_t + U_C h_{t-1} + b_C)"),
        (["vanilla tanh RNN, row vectors"], "h_t = tanh(W_xhᵀ x_t + W_hhᵀ h_{t-1} + b_h)"),
    ],
)
def test_a_setting_has_the_equation(lines: list[str], equation: str) -> None:
    assert equation in str(settings(lines)[0].cell)


def test_shapes_say_whether_vectors_are_rows() -> None:
    rows = settings(["h_t = tanh(W h_{t-1} + U x_t)", r"h_t \in \mathbb{R}^{B \times n}"])[0]
    assert rows.open
    assert settings(["vanilla RNN, row vectors"])[0].rows


def test_the_matching_of_letters_is_said() -> None:
    verdict = verify_in(["vanilla tanh RNN (standard)"], "∂h_t/∂h_{t-1} = diag(1 - h_t²) R")
    assert verdict.holds
    assert any("R read as the recurrent matrix W_hh" in said for said in verdict.assumes)
    assert any("standard recurrent network" in said for said in verdict.assumes)


def test_what_may_be_misread_is_left_undecided() -> None:
    verdict = verify_in(["LSTM (standard)"], "∂L/∂f_t = ∂L/∂c_t ⊙ c_{t-1} ⊙ i_t ⊙ o_t ⊙ g_t ⊙ tanh(c_t)")
    assert verdict.outcome == "undecided"
    assert "misreading" in verdict.detail


@pytest.mark.parametrize("lines", [[], [""], ["nothing of a cell ="], ["= = ="]])
def test_lines_of_no_cell_are_answered(lines: list[str]) -> None:
    with suppress(GrusymError):
        assert verify_in(lines, "∂h_t/∂h_{t-1} = z_t").outcome in ("undecided", "refuted", "agrees", "proved")


def test_an_equation_that_cannot_be_read_decides_nothing() -> None:
    verdict = verify_in(["RNN", "h_t = erf(W h_{t-1} + U x_t)"], "∂h_t/∂h_{t-1} = diag(1 - h_t²) W")
    assert verdict.outcome == "undecided"
    assert any("not read and not used: h_t = erf" in said for said in verdict.assumes)


@pytest.mark.parametrize(
    "line",
    ["h_t = tanh(x_t W + h_{t-1} U), row vectors", "In our notation, $h_t = tanh(x_t W + h_{t-1} U)$."],
)
def test_words_beside_an_equation_are_no_part_of_it(line: str) -> None:
    assert verify_in(line, "∂L/∂U = Σ_t h_{t-1}^T δ_t").holds
    assert not verify_in(line, "∂L/∂U = Σ_t δ_t^T h_{t-1}").holds


def test_words_of_no_cell_are_an_error() -> None:
    with pytest.raises(GrusymError, match="its equations or its name"):
        verify_in("bananas", "∂h_t/∂h_{t-1} = W")


def test_a_power_of_a_matrix_is_no_time() -> None:
    assert verify_in("h_t = W h_{t-1}", "h_t = W^{t-k} h_k").holds
    assert not verify_in("h_t = W h_{t-1}", "h_t = W^{t-k-1} h_k").holds


@pytest.mark.parametrize("claim", ["h_t ≤ x_t", "‖∂h_t/∂h_{t-1}‖ ≤ 0"])
def test_a_counterexample_of_a_bound_breaks_it(claim: str) -> None:
    found = verify_in("h_t = tanh(W h_{t-1} + U x_t)", claim)
    assert not found.holds
    left = [v for k, v in found.counterexample.items() if k.startswith("left")]
    right = [v for k, v in found.counterexample.items() if k.startswith("right")]
    assert not left or left[0] > right[0]


def test_many_letters_for_times_are_refused_soon() -> None:
    with pytest.raises(GrusymError, match="would all be times"):
        verify_in("h_t = W h_{t-1}", "h_{a+b} = h_{c+d} + h_{e+g} + h_{p+q}")


def test_a_gradient_means_the_same_in_every_line() -> None:
    total = "dc = dc_next + dh_next * o * (1 - np.tanh(c_next)**2)\n"
    assert verify_in("LSTM, row vectors", total + "df = dc * c_prev").holds
    verdict = verify_in("LSTM, row vectors", total + "df = dc_next * c_prev")
    assert verdict.outcome == "undecided"
    assert "dc_next is read otherwise" in verdict.detail
