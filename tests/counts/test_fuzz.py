"""Any text gets an answer or a clear error within a second or so; nothing in it is run."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from grusym import verify_count
from grusym.errors import GrusymError
from tests.counts.formulas import RIGHT, WRONG

PIECES = [
    *("3", "4", "64", "9,408", "0", "1e9", "10 000", "n", "m", "h", "nm", "n_h", "d_{in}", "hidden_size"),
    *("(", ")", "[", "]", "{", "}", "+", "-", "*", "×", r"\times", r"\cdot", "/", "^", "**", "²", "^2", "="),
    *("x", "T", "≈", "~", ";", ":", ",", "|", "\n", "\\\\", "&", "$", "#", "→", "%", ".", "_", " ", "  "),
    *("LSTM", "GRU(", "bidirectional", "biases", "of", "fewer", "total", "O(", "<sup>2</sup>", "'", "每"),
    *(r"\frac", r"\text{hidden}", "\\", "🙂", "\x00"),
]  # fmt: skip
LONGEST = 4.0  # seconds, on a machine with other work to do; 0.4 seen
QUIET = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def answered(text: str) -> None:
    start = time.perf_counter()
    try:
        verdict = verify_count("gru", text)
        assert verdict.outcome in ("proved", "agrees", "refuted", "undecided")
        str(verdict), verdict.to_json()
    except GrusymError:
        pass  # what cannot be read is said; anything else that is raised fails the test
    assert time.perf_counter() - start < LONGEST, text


@QUIET
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=14))
def test_pieces_of_formulas_in_any_order_are_answered(pieces: list[str]) -> None:
    answered("".join(pieces))


@QUIET
@given(st.text(max_size=60))
def test_any_text_is_answered(text: str) -> None:
    answered(text)


@QUIET
@given(
    st.sampled_from([text for _, text, *_ in (*RIGHT, *WRONG)]),
    st.integers(0, 60),
    st.sampled_from(["", *PIECES]),
)
def test_a_formula_with_a_piece_lost_or_put_in_is_answered(text: str, at: int, piece: str) -> None:
    answered(text[:at] + piece + text[at + 1 :])


@pytest.mark.parametrize(
    "text",
    [
        "(" * 500 + "n" + ")" * 500,
        "+".join(["n"] * 140),
        "*".join(["64"] * 140),
        "n" * 3000,
        "9" * 3000,
        "((((n^12)^12)^12)^12)^12",
        "(a+b+c+d+e+f+g+k)^12",
        "__import__('os').system('false')",
        "n = 99999999999999999999; 3(n² + nm + n) = 3",
        " ".join(f"{i} * (" for i in range(60)),
    ],
    ids=range(10),
)
def test_monsters_are_answered(text: str) -> None:
    answered(text)
