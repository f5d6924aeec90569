"""Amounts in text: their trees have the value they have on paper, whatever they are written in."""

from __future__ import annotations

from fractions import Fraction

import pytest

from grusym.counts.statements import statements
from grusym.language.amounts.tree import letters, value

AT = {"n": 5, "m": 3}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2n + m", 13),
        ("2 n m", 30),
        ("n^2 m", 75),
        ("-n² + 2·m", -19),
        ("2n²m", 150),
        ("(n + m)(n - m)", 16),
        ("n/m", Fraction(5, 3)),
        ("n**2 - m**2", 16),
        (r"\frac{n + m}{2} \cdot n", 20),
        (r"\left( n + m \right) \times n", 40),
        ("n * -m", -15),
        ("3n^{2}", 75),
        ("3 x (n + m) x n", 120),
        ("n − m", 2),
        ("（n ＋ m）× 2", 16),
        ("n<sup>2</sup>", 25),
        ("3.(n + m)", 24),
        ("2 &times; n", 10),
        ("nm + n", 20),
    ],
)
def test_a_formula_has_its_value(text: str, number: int) -> None:
    (statement,) = statements(text)
    (said,) = statement.chain
    tree = said.tree
    assert value(tree, {name: Fraction(AT[name]) for name in letters(tree)}) == number


@pytest.mark.parametrize(
    "text", ["9,408", "9_408", "9 408", r"9\,408", "9{,}408", "9\u202f408", "9'408", "9408", "9.408K"]
)
def test_thousands_are_read_however_they_are_parted(text: str) -> None:
    (statement,) = statements(f"= {text}" if text.endswith("K") else text)
    assert value(statement.chain[0].tree, {}) == 9408


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (r"d_{\text{in}} + \text{hidden size}", ("d_in", "hidden size")),
        (r"\mathrm{units}^2 + n_{hid}", ("units", "n_hid")),
        ("hidden size × number of features", ("hidden size", "number of features")),
        ("self.hidden_dim * input_dim", ("self.hidden_dim", "input_dim")),
        (r"\text{hidden\_size} + \alpha", ("hidden_size", "alpha")),
        ("d_h(d_h + d_x)", ("d_h", "d_x")),
    ],
)
def test_names_of_sizes_are_read_whole(text: str, names: tuple[str, ...]) -> None:
    (statement,) = statements(text)
    assert letters(statement.chain[0].tree) == names


def test_words_around_a_formula_are_kept_apart() -> None:
    (statement,) = statements("BiLSTM: params = 4 * (i*h + h*h) * 2 (bidirectional) for each layer")
    assert statement.label == ("BiLSTM",) and statement.name == "params"
    assert statement.words == ("bidirectional", "for", "each", "layer")
    assert statement.chain[0].text == "4 * (i*h + h*h) * 2"


def test_a_chain_over_lines_is_one() -> None:
    (statement,) = statements("N &= 4(n^2 + nm) \\\\\n &= 4n(n + m)")
    assert [said.text for said in statement.chain] == ["4(n^2 + nm)", "4n(n + m)"]
