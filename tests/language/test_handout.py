"""A derivation is handed out as a person writes it: roles, slopes, what is inserted, the result last."""

from __future__ import annotations

import pytest

from grusym.calculus.backward import derivation
from grusym.calculus.jacobian import blocks, jacobian
from grusym.cells.library import cell, cell_names
from grusym.language.derivation import Derivation
from grusym.language.handout import Handout
from grusym.language.reader import read_cell

LSTM = """\
∂h'/∂c of Long short-term memory; only c changes, and what is computed from it

New cell state: c' = f ⊙ c + i ⊙ g
  1. dc' = diag(f) dc    [sum rule and constant factor]

New state: h' = o ⊙ tanh(c')
  2. dh' = diag(o ⊙ (1 - tanh(c')²)) dc'    [constant factor and chain rule: tanh' = 1 - tanh²]
  3.     = diag(o ⊙ (1 - tanh(c')²) ⊙ f) dc    [chain rule through the new cell state c' (line 1)]

Result: what stands before dc in line 3
∂h'/∂c = diag(o ⊙ (1 - tanh(c')²) ⊙ f)"""


def handout(name: str, of: str | None = None, by: str | None = None) -> Handout:
    J = jacobian(cell(name), of, by)
    return Handout(J.cell, J.derivation)


def test_the_lstm_is_handed_out_whole() -> None:
    assert handout("lstm", "h'", "c").text() == LSTM


def test_roles_slopes_and_lines_are_named() -> None:
    text = handout("gru").text()
    assert "Reset gate: r = σ(W_r x + U_r h + b_r)" in text
    assert "[chain rule: σ' = r ⊙ (1 - r)]" in text
    assert "[chain rule through the update gate z (line 4) and the candidate c (line 8)]" in text
    assert text.endswith(str(jacobian(cell("gru"))))


def test_latex_has_the_same_lines() -> None:
    latex = handout("gru").latex()
    assert latex.startswith("Reset gate: $r = ") and latex.count(r"\tag{") == 10
    assert r"\intertext{Update gate: $z = \sigma(W_{z} x + U_{z} h + b_{z})$}" in latex
    assert r"\text{chain rule: $\sigma' = r \odot (1 - r)$}" in latex
    assert latex.count("$") % 2 == 0


def test_a_gradient_is_handed_back_through_the_equations() -> None:
    c = cell("gru")
    text = Handout(c, derivation(c, "U_c")).text()
    assert "1. dL = g_hᵀ dh'    [g_h is ∂L/∂h']" in text
    assert "[chain rule through the candidate c (line 5) in line 3, transposed]" in text
    assert "uᵀ dU_c v gives u vᵀ" in text


def test_a_cell_with_times_is_handed_out_in_its_own_notation() -> None:
    c = read_cell("z_t = σ(W · [h_{t-1}, x_t])  # gate\nh_t = z_t ⊙ h_{t-1}")
    text = Handout(c, jacobian(c).derivation).text()
    assert "Gate: z_t = σ(W [h_{t-1}, x_t])" in text and "W[:, h_{t-1}] dh_{t-1}" in text
    assert "dh " not in text


@pytest.mark.parametrize("name", cell_names())
def test_no_line_says_nothing_or_what_another_says(name: str) -> None:
    c = cell(name)
    derived: list[Derivation] = [J.derivation for J in blocks(c).values()]
    for d in (*derived, *(derivation(c, by) for by in (*c.parameters, *c.states))):
        assert len({(s.before, s.after) for s in d.steps}) == len(d.steps)
        assert all(s.before != s.after for s in d.steps)
        shown = Handout(c, d)
        assert all(shown.reason(k) for k in range(1, len(d.steps) + 1)) and shown.latex()
        assert not d.steps or shown.text().splitlines()[-1].startswith(f"{d.goal} = ")
