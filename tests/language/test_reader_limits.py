"""Deep formulas are read soon, and small enough for every walk over them, or refused."""

from __future__ import annotations

import pytest

from grusym.calculus.adjoint import gradients
from grusym.calculus.jacobian import blocks
from grusym.errors import ReadError
from grusym.language.height import TALLEST, tall
from grusym.language.kinds import Kinds
from grusym.language.reader import read_cell

DEEP = {  # what is repeated k times
    "factors": lambda k: " ⊙ ".join(["h"] * k),
    "matrices": lambda k: "U " * (k - 1) + "h",
    "sums": lambda k: "h + (" * (k - 2) + "h" + ")" * (k - 2),
    "gates": lambda k: "h ⊙ (" * (k - 2) + "h" + ")" * (k - 2),
    "functions": lambda k: "tanh(" * (k // 2 - 3) + "h" + ")" * (k // 2 - 3),
    "quotients": lambda k: "h" + " / h" * (k - 1),
    "transposes": lambda k: "(" * (k // 2 - 2) + "U" + " V)ᵀ" * (k // 2 - 2) + " h",
}


@pytest.mark.parametrize("what", DEEP)
def test_what_is_read_can_be_printed_and_derived_however_deep(what):
    c = read_cell(f"h' = {DEEP[what](56)}")
    assert str(c)
    assert [str(J) + J.latex() for J in blocks(c).values()]
    assert gradients(c).of


@pytest.mark.parametrize("what", DEEP)
def test_what_is_too_deep_is_refused(what):
    with pytest.raises(ReadError, match=r"deeper than|more than|split it"):
        read_cell(f"h' = {DEEP[what](220)}")


def test_brackets_do_not_hide_depth():
    text = "h"
    for _ in range(4):
        text = f"({text})" + " ⊙ h" * 30
    with pytest.raises(ReadError, match=f"deeper than {TALLEST}; give its parts equations"):
        read_cell(f"h' = {text}")


def test_a_deep_node_is_found():
    e = read_cell("h' = " + DEEP["factors"](50)).equations[0].right
    assert tall(e) is None


def test_each_kind_is_asked_for_a_bounded_number_of_times(monkeypatch):
    calls = []
    plain = Kinds._kind
    monkeypatch.setattr(Kinds, "_kind", lambda self, e, wanted: calls.append(e) or plain(self, e, wanted))
    for make in (DEEP["sums"], DEEP["gates"]):
        calls.clear()
        read_cell(f"h' = {make(56)}")
        assert len(calls) < 1000  # a dozen a node; it doubled with each level before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("h' = " + "\\tilde{" * 1500, "accents and fonts"),
        ("h' = " + "\\mathbf{" * 900, "accents and fonts"),
        ("h' = relu(α ^{ #", "needs '}'"),
        ("h : scalar\nh' = h", "states and inputs are vectors"),
        ("h_t = h_{t-" + "9" * 5000 + "}", "steps away"),
        (None, "NoneType was given; pass a string"),
        (b"h' = h", "bytes was given; pass a string"),
        ("x : n\nx : m\nh' = x + h", "x is declared to be m, but n before"),
        ("x : input\nx : parameter\nh' = W x + h", "x is declared to be parameter, but input before"),
        ("g : scalar\ng = σ(U h)\nh' = g ⊙ h", "g is declared a scalar, but its formula is"),
        ("q : state\nh' = U h", "q is declared a state, but no equation defines q'"),
        ("h : input\nh' = U h", "h is declared as input, but it is a state"),
        ("z : input\nz = σ(h)\nh' = U z", "z is declared as input, but it is defined by an equation"),
        ("h : 0\nh' = U h", "cannot read '0'"),
        ("x : n × m\nx : input\nh' = h + x h", "states and inputs are vectors"),
    ],
)
def test_an_odd_text_or_declaration_is_a_clear_error(text, words):
    with pytest.raises(ReadError) as found:
        read_cell(text)
    assert words in str(found.value)


def test_declarations_that_say_the_same_are_kept():
    c = read_cell("x : n\nx : n\nx : input\ng : scalar\nh : state\ng = γ\nh' = x + g h")
    assert c.inputs == ("x",) and c.shapes["g"] == () and c.states == ("h",)
