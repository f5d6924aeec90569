"""What a parameter is follows from where it stands, whatever it is called."""

from __future__ import annotations

import pytest
import sympy as sp

from grusym.calculus.counting import parameter_count
from grusym.calculus.kinds import BIAS, INPUT, KINDS, OTHER, RECURRENT, kind_of, parameter_kinds
from grusym.cells.library import cell, cell_names
from grusym.language.reader import read_cell
from grusym.language.shapes import size_symbol

n, m, p = (size_symbol(letter) for letter in "nmp")

# Input weights, recurrent weights, biases, others, as the sources give them.
KNOWN = {
    "rnn": (n * m, n**2, n, 0),
    "gru": (3 * n * m, 3 * n**2, 3 * n, 0),
    "gru_reset_after": (3 * n * m, 3 * n**2, 4 * n, 0),
    "gru3": (n * m, n**2, 3 * n, 0),
    "lstm": (4 * n * m, 4 * n**2, 4 * n, 0),
    "lstm_peephole": (4 * n * m, 4 * n**2 + 3 * n, 4 * n, 0),
    "lstm_projection": (4 * n * m, 5 * n * p, 4 * n, 0),
    "min_gru": (2 * n * m, 0, 2 * n, 0),
    "mut1": (2 * n**2, 2 * n**2, 3 * n, 0),
    "ind_rnn": (n * m, n, n, 0),
    "fast_rnn": (n * m, n**2, n, 2),
    "brc": (3 * n * m, 2 * n, 0, 0),
    "minimal_rnn": (n * m + n**2, n**2, 2 * n, 0),  # U_z acts on z, which comes from the input alone
}

# Names that say the opposite of what their places say.
TEXTS: dict[str, tuple[str, tuple[object, ...]]] = {
    "names that lie": ("h' = tanh(U x + W h + p)", (n * m, n**2, n, 0)),
    "concatenated": ("h' = tanh(W [h, x] + b)", (n * m, n**2, n, 0)),
    "input first": ("h' = tanh(W [x, h])", (n * m, n**2, 0, 0)),
    "two matrices on a concatenation": ("h' = tanh((V + W) [h, x])", (2 * n * m, 2 * n**2, 0, 0)),
    "one matrix on both": ("x : n\nh' = tanh(W x) + tanh(W h)", (0, n**2, 0, 0)),
    "gated by a state": ("h' = σ(U h) ⊙ (W x + b)", (n * m, n**2, n, 0)),
    "a vector on the input": ("x : n\nh' = tanh(U h + w ⊙ x)", (n, n**2, 0, 0)),
    "a vector on a gate of the input": ("z = σ(W x)\nh' = p ⊙ z + h", (n * m + n, 0, 0, 0)),
    "a bias inside a product": ("h' = tanh(U (h + b))", (0, n**2, n, 0)),
    "added and multiplied": ("h' = tanh(U h + b) ⊙ b", (0, n**2 + n, 0, 0)),
    "on a constant": ("b : n\nr = σ(b)\nh' = tanh(h) + V r", (0, 0, n, n**2)),
    "behind another": ("h' = tanh(U V h)", (0, 2 * n * size_symbol("k"), 0, 0)),
    "a scalar that is added": ("γ : scalar\nh' = tanh(U h + γ)", (0, n**2, 0, 1)),
    "never used": ("q = W x\nh' = tanh(h)", (size_symbol("k") * m, 0, 0, 0)),
}


def told(c):
    return tuple(parameter_kinds(c)[kind] for kind in KINDS)


@pytest.mark.parametrize("name", cell_names())
def test_kinds_add_up_to_the_count(name):
    assert sp.expand(sum(told(cell(name))) - parameter_count(cell(name))) == 0


@pytest.mark.parametrize("name", KNOWN)
def test_kinds_of_known_cells(name):
    assert [sp.expand(a - b) for a, b in zip(told(cell(name)), KNOWN[name], strict=True)] == [0] * 4


@pytest.mark.parametrize("name", TEXTS)
def test_a_kind_is_read_off_the_place(name):
    text, expected = TEXTS[name]
    c = read_cell(text)
    assert [sp.expand(a - b) for a, b in zip(told(c), expected, strict=True)] == [0] * 4
    assert sp.expand(sum(told(c)) - parameter_count(c)) == 0


def test_exchanged_names_change_nothing_and_exchanged_places_do():
    one, names, places = (read_cell(f"h' = tanh({a} x + {b} h + {c})") for a, b, c in ("WUb", "UWb", "WBp"))
    assert told(one) == told(names)
    assert [kind_of(one, p) for p in "WUb"] == [INPUT, RECURRENT, BIAS]
    assert [kind_of(names, p) for p in "WUb"] == [RECURRENT, INPUT, BIAS]
    assert [kind_of(places, p) for p in "WBp"] == [INPUT, RECURRENT, BIAS]
    assert kind_of(read_cell("h' = tanh(W [h, x])"), "W") == f"{INPUT} and {RECURRENT}"
    assert kind_of(read_cell("h' = α tanh(h)"), "α") == OTHER
