"""Names: their parts, and the identifiers they become."""

import keyword

import pytest
from hypothesis import given, strategies as st

from grusym.language.names import NameParts, code_name, code_names, parts

SPELLED = {
    "h'": "h_new",
    "h": "h",
    "h̃": "h_tilde",
    "h̃'": "h_tilde_new",
    "W_r": "W_r",
    "U_hz": "U_hz",
    "W_{h,z}": "W_h_z",
    "W^{(z)}": "W_z",
    "δ_c": "delta_c",
    "g_h": "g_h",
    "g_{h'}": "g_h_new",
    "δ_h̃": "delta_h_tilde",
    "h_{t-1}": "h_t_1",
    "σ": "sigma",
    "ς": "sigma",
    "Δ": "Delta",
    "λ": "lambda_",
    "in": "in_",
    "sum": "sum_",
    "np": "np_",
}


@pytest.mark.parametrize(("name", "code"), SPELLED.items())
def test_a_name_becomes_the_identifier_a_programmer_would_choose(name, code):
    assert code_name(name) == code


@pytest.mark.parametrize("name", SPELLED)
def test_the_parts_of_a_name_spell_it_again(name):
    assert str(parts(name)) == name


def test_parts_are_found_in_any_order():
    expected = NameParts("W", ("tilde",), "hz", "(l)", 1)
    assert parts("W̃_hz^{(l)}'") == parts("W̃^{(l)}_{hz}'") == parts("W̃'_hz^{(l)}") == expected


def test_an_accent_inside_a_word_is_part_of_the_word():
    assert parts("naïve_x") == NameParts("naïve", (), "x")


def test_names_that_would_share_an_identifier_are_told_apart():
    names = ["W_z", "W^{(z)}", "W_{z}", "W_z_2", "λ", "lambda"]
    codes = code_names(names)
    assert codes["W_z"] == "W_z"
    assert len(set(codes.values())) == len(names)


@given(st.lists(st.text(min_size=1, max_size=6), unique=True, max_size=8))
def test_every_text_becomes_a_usable_identifier_of_its_own(names):
    codes = code_names(names)
    assert len(set(codes.values())) == len(names)
    for code in codes.values():
        assert code.isidentifier() and code.isascii() and not keyword.iskeyword(code)
        assert code not in {"np", "sum", "sigmoid"}
