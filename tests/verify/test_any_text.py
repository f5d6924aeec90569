"""Whatever the text, the answer is a verdict or one clear error, soon."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, strategies as st

import grusym
from grusym.errors import GrusymError
from grusym.language.claim import Verdict
from tests.test_random_cells import examples
from tests.verify.test_readings_of_claims import lines

ALPHABET = "hxUWzrcδ∂L/'ᵀ^_{}()[]⊙·*@+-= 012tσ.,\\\n²"
PIECES = [
    *("∂h'/∂h", "∂L/∂U_c", "diag(", ")", "z", "(1 - z)", "c²", "U_c", "ᵀ", "δ_c", " ⊙ ", " + ", " - ", " = "),
    *("h'", "h", "x", "σ'(", "tanh(", r"\frac{\partial h_t}{\partial h_{t-1}}", r"\odot", "^T"),
    *("\n", "0", "I"),
]


def answer(cell: object, text: str) -> Verdict | GrusymError:
    """The verdict or the error; anything else that is raised fails the test."""
    try:
        return grusym.verify(cell, text)
    except GrusymError as error:
        return error


@given(st.text(alphabet=ALPHABET, max_size=60))
@examples(300)
def test_any_string_of_formula_characters_is_answered(text: str) -> None:
    assert isinstance(answer("gru", "∂h'/∂h = " + text), Verdict | GrusymError)


@given(st.lists(st.sampled_from(PIECES), max_size=14), st.sampled_from(["gru", "lstm", "rnn"]))
@examples(400)
def test_any_words_of_a_derivation_are_answered(pieces: list[str], cell: str) -> None:
    assert isinstance(answer(cell, "".join(pieces)), Verdict | GrusymError)


@pytest.mark.parametrize("seed", range(4))
def test_a_right_formula_with_characters_lost_or_added_is_answered(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(60):
        cell, text = rng.choice(lines())
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(text) + 1)
            text = text[:at] + rng.choice(["", rng.choice(ALPHABET)]) + text[at + rng.randint(0, 1) :]
        assert isinstance(answer(cell, text), Verdict | GrusymError)


@pytest.mark.parametrize("depth", [1, 40, 3000])
def test_a_differentiated_name_in_braces_is_read_or_nested_too_deep(depth: int) -> None:
    text = "∂" + "{" * depth + "h'" + "}" * depth + "/∂h = diag(z)"
    if depth < 60:
        assert grusym.verify("gru", text).outcome == "refuted"
    else:
        with pytest.raises(GrusymError, match="nested deeper than 60"):
            grusym.verify("gru", text)


def test_a_gradient_by_a_constant_is_refused_in_words() -> None:
    with pytest.raises(GrusymError, match="constant of antisymmetric_rnn"):
        grusym.verify("antisymmetric_rnn", "∂L/∂ε = Wᵀ (g_h ⊙ ε)")


@pytest.mark.parametrize("wrong", [None, 3, b"z", ["z = z"]])
def test_what_is_no_text_is_said(wrong: object) -> None:
    with pytest.raises(GrusymError, match="pass a string"):
        grusym.verify("gru", wrong)


def test_a_text_that_is_too_long_is_said() -> None:
    line = "∂h'/∂h = diag(z)\n"
    with pytest.raises(GrusymError, match="at most 40000 are read at once"):
        grusym.verify("gru", line * 4000)
    assert len(grusym.verify("gru", line * 30, mend=False).steps) == 30
