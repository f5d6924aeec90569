"""Whatever the text, the reader answers with a cell or with one clear error, soon."""

import random

import pytest
from hypothesis import given, strategies as st

from grusym.assemble import derived
from grusym.checks import numeric
from grusym.checks.subject import subjects
from grusym.errors import ReadError
from grusym.language.cell import Cell
from grusym.language.reader import read_cell
from tests.random_cells import BREAKS, cells, drawn, malformed, scrambled
from tests.test_random_cells import examples

FORMULA = "hxWUbzσtanh01'_^{}()[]⊙⋅·*@+-=/ \n\\\tᵀ²,.:#%∂δ~|&;ₜₕ₁−×ĥh̃"


def answer(text: str) -> Cell | ReadError:
    """A cell or the error; anything else that is raised fails the test."""
    try:
        return read_cell(text)
    except ReadError as error:
        return error


@given(malformed())
@examples(150)
def test_a_malformed_text_gets_an_error_that_says_where_and_what(broken):
    kind, text = broken
    error = answer(text)
    assert isinstance(error, ReadError), f"{kind} was read as a cell:\n{text}\n{error}"
    assert error.line is not None or kind == "nothing but comments"
    if error.line is not None:
        lines = text.splitlines()
        assert 1 <= error.line <= len(lines) and 1 <= error.column <= len(lines[error.line - 1]) + 1


@pytest.mark.parametrize("kind", BREAKS)
def test_every_kind_of_slip_is_made_from_a_text_that_is_right(kind):
    text = drawn(5).text("primes")
    assert isinstance(answer(text), Cell)
    assert BREAKS[kind](text, random.Random(0)) != text


@given(scrambled())
@examples(400)
def test_a_scrambled_text_is_a_cell_or_a_clear_error(text):
    assert isinstance(answer(text), Cell | ReadError)


@given(st.text(max_size=80))
@examples(300)
def test_any_text_at_all_is_a_cell_or_a_clear_error(text):
    assert isinstance(answer(text), Cell | ReadError)


@given(st.text(alphabet=FORMULA, max_size=120))
@examples(400)
def test_any_string_of_formula_characters_is_a_cell_or_a_clear_error(text):
    assert isinstance(answer("h' = " + text), Cell | ReadError)


LONG = {
    "open brackets": "(" * 5000,
    "nested brackets": "h' = " + "(" * 5000 + "h" + ")" * 5000,
    "signs": "h' = " + "-" * 9000 + "h",
    "terms": "h' = " + "h + " * 4000 + "h",
    "matrices": "h' = " + "U " * 3000 + "h",
    "functions": "h' = " + "tanh " * 3000 + "h",
    "powers": "h' = h" + "²" * 3000,
    "transposes": "h' = h" + "ᵀ" * 3000,
    "square brackets": "h' = " + "[" * 3000,
    "a large power": "h' = h^" + "9" * 4000,
    "a large number": "h' = " + "9" * 5000 + " h",
    "backslashes": "\\" * 5000,
    "definitions": "h' = h\n" * 3000,
    "subscripts": "h_{" * 2000,
    "primes": "h' = x" + "'" * 5000,
    "vectors": "h' = " + "h̃ " * 3000,
    "fractions": "h' = \\frac" + "{" * 3000,
    "a long name": "h" * 100_000,
}


@pytest.mark.parametrize("what", LONG)
def test_a_text_of_thousands_of_characters_is_answered_too(what):
    assert isinstance(answer(LONG[what]), Cell | ReadError)


@given(cells())
@examples(150)
def test_a_printed_cell_reads_back_as_itself(written):
    first = read_cell(written.text("primes"))
    again = read_cell(str(first))
    assert again.equations == first.equations and again.shapes == first.shapes


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("h' = U (U² h)", "a power acts on vectors, but U is a matrix"),
        ("h' = U h + (2 + U) h", "a matrix and a number are added"),
        ("h' = 2.T", "only a matrix can be transposed in a cell, but this is a scalar"),
        ("r = σ(U h)\nh' = rᵀ h ⊙ h", "only a matrix can be transposed in a cell, but r is a vector"),
        ("f = σ(U @ (h' * h_prev))\nh_new = f * h_prev", "h' is used before it is defined in line 2"),
    ],
)
def test_what_the_calculus_could_not_derive_is_refused_when_it_is_read(text, said):
    error = answer(text)
    assert isinstance(error, ReadError) and said in str(error) and error.line


@pytest.mark.parametrize(
    "text",
    [
        "h' = (γ U - V) h",
        "h' = (U γ) h + U h γ",
        "h' = diag(p) U h + (diag(p) V)ᵀ h + diag(h) tanh(p)",
        "h' = (U / 2) h + (V / (1 + γ))ᵀ h\nγ : scalar",
        "h' = U (p ⊙ γ h) + (I + U V)ᵀ h",
        "c_new = σ(U h_prev) ⊙ c_prev\nh_new = c' ⊙ h_prev",
    ],
)
def test_scaled_diagonal_and_turned_matrices_are_derived(text):
    for thing in derived(read_cell(text)):
        for subject in subjects(thing):
            assert numeric.compare(subject).outcome == "agrees"
