"""Gradients of a loss: outer-product form, and the numbers of the complex step."""

from __future__ import annotations

import numpy as np
import pytest

from grusym.algebra.normal_form import equal
from grusym.assemble import check
from grusym.calculus.adjoint import gradients
from grusym.cells.library import cell, cell_names
from grusym.errors import DataError
from grusym.language.evaluation import evaluate_cell
from grusym.language.expression import names_in, substituted
from grusym.language.reader import read_cell

UNUSUAL = {
    "concatenation": "z_t = σ(W_z · [h_{t-1}, x_t])\nh_t = (1 - z_t) * h_{t-1} + z_t * tanh(W · "
    "[z_t * h_{t-1}, x_t])",
    "antisymmetric": "h' = h + ε tanh((A - Aᵀ - γ I) h + W x + b)",
    "scaled": "h' = (1 - α) h + α tanh(U V h + W tanh(p ⊙ [h, x]))",
    "peephole": "f = σ(W_f x + U_f h + p_f ⊙ c)\nc' = f ⊙ c + (1 - f) ⊙ tanh(W x + U h)\no = "
    "σ(W_o x + p_o ⊙ c')\nh' = o ⊙ tanh(c')",
    "shared matrix": "r = σ(U h + W x)\nh' = tanh(U (r ⊙ h) - 2 Uᵀ h + b) / (2 + r²)",
    "scalar values": "g = σ(β)\nh' = α + g tanh(U h) + (1 - g) W x",
    "nested concatenation": "h' = tanh(W tanh([b, tanh([h, x, h])]))",
    "powers": "h' = h^0 ⊙ tanh(U h)³ / (1 + h²)",
}


def every_cell():
    return {
        **{name: cell(name) for name in cell_names()},
        **{k: read_cell(t, name=k) for k, t in UNUSUAL.items()},
    }


def test_the_gru_gradients_print_in_outer_product_form():
    G = gradients(cell("gru"))
    assert str(G.of["U_c"]) == "δ_c (r ⊙ h)ᵀ"
    assert str(G.of["W_z"]) == "δ_z xᵀ"
    assert str(G.of["b_r"]) == "δ_r"
    assert str(G.of["h"]) == "g_h ⊙ z + ε_c ⊙ r + U_zᵀ δ_z + U_rᵀ δ_r"
    assert [str(line) for line in G.lines] == [
        "δ_c = g_h ⊙ (1 - z) ⊙ (1 - c²)",
        "ε_c = U_cᵀ δ_c",
        "δ_z = g_h ⊙ (h - c) ⊙ z ⊙ (1 - z)",
        "δ_r = ε_c ⊙ h ⊙ r ⊙ (1 - r)",
    ]


@pytest.mark.parametrize("name", every_cell())
def test_gradients_are_the_complex_step_of_the_loss(name):
    c, rng = every_cell()[name], np.random.default_rng(3)
    sizes = dict(zip(c.sizes, (4, 3, 2, 5), strict=False))
    given = (*c.inputs, *c.states, *c.parameters)
    values = {
        k: np.array(0.7 * rng.normal(size=[int(d.subs(sizes)) for d in c.shapes[k]]))
        for k in (*given, *c.constants)
    }
    G = gradients(c)
    assert set(G.of) == set(given)
    weights = {
        g: rng.normal(size=values[s].shape) for s, g in zip(c.states, G.cotangents.values(), strict=True)
    }
    found = G.evaluate({**values, **weights})

    def loss(changed):
        new = evaluate_cell(c, changed)
        return sum(np.sum(weights[g] * new[v]) for v, g in G.cotangents.items())

    for k in given:
        expected = np.zeros(values[k].shape)
        for place in np.ndindex(expected.shape):
            moved = np.array(values[k], dtype=complex)
            moved[place] += 1e-30j
            expected[place] = np.imag(loss({**values, k: moved})) / 1e-30
        assert np.allclose(found[k], expected, rtol=1e-11, atol=1e-13), (
            k
        )  # both exact to rounding; 1e-15 seen


@pytest.mark.parametrize("name", UNUSUAL)
def test_the_judges_accept_the_gradients_and_refuse_their_broken_twins(name):
    judged = check(gradients(every_cell()[name]))
    assert judged.ok and judged.passed and len(judged.refusals) > len(judged.verdicts) / 2
    assert all(r.refused for r in judged.refusals)


def test_the_derivation_hands_the_change_of_the_loss_back_to_what_is_asked_for():
    derived = gradients(cell("gru")).derivation("U_c")
    about_the_loss = [str(s.after) for s in derived.steps if str(s.before) == "dL"]
    assert about_the_loss == [
        "g_hᵀ dh'",
        "(g_h ⊙ (1 - z))ᵀ dc",
        "(g_h ⊙ (1 - z) ⊙ (1 - c²))ᵀ dU_c (r ⊙ h)",
    ]
    assert str(derived.result) == "(g_h ⊙ (1 - z) ⊙ (1 - c²)) (r ⊙ h)ᵀ"
    assert not any("dz" in str(s.after) for s in derived.steps)


@pytest.mark.parametrize("name", every_cell())
def test_a_derived_gradient_is_the_one_of_all_gradients(name):
    G = gradients(every_cell()[name])
    lines = {line.left: line.right for line in G.lines}
    for by, e in G.of.items():
        derived = G.derivation(by)
        own = {str(s.before): s.after for s in derived.steps if s.rule == "abbreviation"}
        assert equal(written_out(derived.result, own), written_out(e, lines), G.shapes), by


def written_out(e, lines):
    """An expression without the names of lines."""
    while any(name in lines for name in names_in(e)):
        e = substituted(e, lines)
    return e


def test_a_missing_cotangent_is_named():
    values = {"h": np.ones(3), "x": np.ones(2), "W": np.ones((3, 2)), "U": np.ones((3, 3)), "b": np.ones(3)}
    with pytest.raises(DataError, match="g_h"):
        gradients(cell("rnn")).evaluate(values)


def test_names_of_lines_never_take_a_name_of_the_cell():
    c = read_cell("δ_c = σ(W x + U h)\ng_h = tanh(V h)\nh' = δ_c ⊙ g_h ⊙ tanh(P (δ_c ⊙ h)) + g_h")
    G = gradients(c)
    new = [line.left for line in G.lines] + list(G.cotangents.values())
    assert len(set(new)) == len(new) and not set(new) & set(c.shapes)
