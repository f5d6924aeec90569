"""Formulas as they are pasted from papers and code: read as they were meant, or refused with advice."""

from __future__ import annotations

import pytest

from grusym.errors import ReadError
from grusym.language.reader import read_cell

SAME = [  # a pasted text and the plain text it means
    ("h' = h + 1/τ (-h + tanh(W x + U h))", "h' = h + (1/τ) (-h + tanh(W x + U h))"),
    ("τ : scalar\nh' = 1/τ U h", "τ : scalar\nh' = (1 / τ) U h"),
    ("h' = 1/3 U h", "h' = (1/3) U h"),
    (r"𝐡_t = \tanh(𝑾 𝐱_t + 𝑼 𝐡_{t-1})", "h_t = tanh(W x_t + U h_{t-1})"),
    ("h' = h + ϵ tanh(U h)", "h' = h + ε tanh(U h)"),
    (r"h_t = {\rm tanh}(W x_t + U {\bf h}_{t-1})", "h_t = tanh(W x_t + U h_{t-1})"),
    (
        r"{\tilde {c}}_{t} = \tanh(W x_t + U {h}_{t-1}); h_t = {\tilde {c}}_{t}",
        "c̃_t = tanh(W x_t + U h_{t-1})\nh_t = c̃_t",
    ),
    (r"h_t = \mathbf{1} - \tfrac{1}{2} \mathop{tanh}(U h_{t-1}) \\", "h_t = 1 - (1 / 2) tanh(U h_{t-1})"),
    (r"h_t = \tanh(Wx_t+Uh_{t-1}+b)", "h_t = tanh(W x_t + U h_{t-1} + b)"),
    (r"h_t = \tanh(W_xx_t+W_hh_{t-1}+b)", "h_t = tanh(W_x x_t + W_h h_{t-1} + b)"),
    ("h_t = tanh(Wx_t + Uh_{t-1})", "h_t = tanh(W x_t + U h_{t-1})"),
    ("h_t = tanh(W_xx_t + W_hh_{t-1})", "h_t = tanh(W_x x_t + W_h h_{t-1})"),
    ("z_t = σ(Wx_t)\nh_t = z_th_{t-1}", "z_t = σ(W x_t)\nh_t = z_t h_{t-1}"),
    ("z = σ(W^z x)\nh' = z h", "z = σ(W^{(z)} x)\nh' = z h"),
    ("h' = max(0, U h)", "h' = relu(U h)"),
    (r"h_t = \max(0, U h_{t-1})", "h_t = relu(U h_{t-1})"),
    ("h' = np.maximum(U @ h, 0)", "h' = relu(U h)"),
    ("h' = np.maximum(h, U @ h)", "h' = max(h, U h)"),
    ("h' = torch.minimum(h, U @ h)", "h' = min(h, U h)"),
    (r"h_t = \max\left(h_{t-1}, U h_{t-1}\right)", "h_t = max(h_{t-1}, U h_{t-1})"),
    (r"h_t = \min\{h_{t-1}, W x_t\}", "h_t = min(h_{t-1}, W x_t)"),
    (
        r"h_t = \min \left\{ h_{t-1} , 1 \right\} + \operatorname{max}(b, h_{t-1})",
        "h_t = min(h_{t-1}, 1) + max(b, h_{t-1})",
    ),
    ("h' = (1/max(h, 1)) ⊙ h", "h' = (1 / max(h, 1)) ⊙ h"),
    ("h' = tanh(W @ np.concatenate((h, x), axis=0))", "h' = tanh(W [h, x])"),
    (
        r"{\displaystyle {\begin{aligned}{\hat {c}}_{t}&=\tanh(Uh_{t-1})\\"
        r"h_{t}&={\hat {c}}_{t}\end{aligned}}}",
        "ĉ_t = tanh(U h_{t-1})\nh_t = ĉ_t",
    ),
    ("h' = h + dt/tau*(h + tanh(U h))", "dt : scalar\ntau : scalar\nh' = h + (dt / tau) (h + tanh(U h))"),
    (r"h_t = W \begin{pmatrix} h_{t-1} \\ x_t \end{pmatrix} + b", "h_t = W [h_{t-1}, x_t] + b"),
    (
        r"h_t = W \left[ \begin{array}{c} h_{t-1} \\ x_t \end{array} \right] + b",
        "h_t = W [h_{t-1}, x_t] + b",
    ),
    ("H_t = tanh(W X_t + U H_{t-1})", "X : input\nH_t = tanh(W X_t + U H_{t-1})"),
    (r"h_t = \frac{1}{\tau} h_{t-1}", "τ : scalar\nh_t = (1 / τ) h_{t-1}"),
    (r"h_t = \frac{\Delta t}{\tau} (U h_{t-1})", "Δt : scalar\nτ : scalar\nh_t = (Δt / τ) (U h_{t-1})"),
]

WORDS = "c = tanh(W x + U h)\nh_new = (1 - b) * h + b * c"


def test_a_word_means_what_the_prime_means():
    assert bare(read_cell(WORDS)) == bare(read_cell(WORDS.replace("h_new", "h'")))


def bare(c):
    """What a cell says, without the places where it said it."""
    return [(e.left, e.right) for e in c.equations], c.states, c.inputs, c.parameters, dict(c.shapes)


def said(text):
    """What a text says, without the places where it said it."""
    c = read_cell(text)
    return str(c), c.states, c.inputs, c.parameters, dict(c.shapes)


@pytest.mark.parametrize(("pasted", "plain"), SAME)
def test_a_pasted_formula_means_the_plain_one(pasted, plain):
    assert said(pasted) == said(plain)


REFUSED = {  # text: words of the error
    "h' = z / W x": ["two ways"],
    "λ = σ(U h)\nh' = λ^{c r} h": ["exp(...)"],
    "r = σ(U h)\nh' = b^r h": ["power", "exp(...)", "b^{(r)}"],
    "h' = e^h": ["power", "exp(...)"],
    "h' = e^{-h}": ["exp(...)"],
    "h' = U h^k": ["power"],
    "h' = BN(W x) + h": ["unknown function BN"],
    "h' = LN_1(W x) + h": ["unknown function LN_1"],
    r"h_t = \mathrm{BN}(W x_t) + h_{t-1}": ["unknown function BN"],
    "h' = tanh(LN (W x)) + h": ["unknown function LN"],
    "h' = Φ(W x) + h": ["unknown function Φ"],
    "h' = softmax(W x) + h": ["unknown function softmax"],
    "h' = Wx(h)": ["unknown function Wx"],
    "h' = tr(W) h": ["unknown function tr"],
    "h' = tanh(Win x + h)": ["unknown function Win", "W_in x"],
    "z = σ(U h)\nh' = zh + W x": ["z h"],
    "h' = tanh((W ⊙ M) h)": ["elementwise products of matrices"],
    "h' = tanh((W ⊙ M + V) h)": ["elementwise products of matrices"],
    "h' = tanh((W * M) @ h)": ["elementwise products of matrices", "W @ M"],
    "M = W + V\nh' = M h": ["M", "line 1", "matri"],
    "h' = W x U h": ["x", "⊙"],
    "z_t = σ(U h_{t-1})\nh_t = h_{t-1} W_h + z_t": ["as a row does", "line 1", "throughout"],
    "z = σ(U h)\nh' = [h z]": ["comma"],
    r"h_t = W [h_{t-1} \; x_t]": ["comma"],
    "h' = w h": ["w"],
    "h' = max(U h)": ["max(u, v)", "entries of one vector"],
    "h' = max(U, W) h": ["max acts on vectors", "U is a matrix"],
    "h' = min(h, U h, W x)": ["min(u, min(v, w))"],
    "h' = np.max(U @ h, 0)": ["np.max is one over an axis", "np.maximum"],
    "h' = max h": ["max takes two arguments"],
    "max = U h\nh' = max": ["max is a function"],
    "h' = hypot(h, U h)": ["unknown function hypot"],
    "h' = h + 1 / τ (tanh(U h) - h)": ["two ways", "brackets"],
    "h' = σ(W x)/σ(V x) h": ["two ways"],
    "h' = h / -τ ⊙ h": ["two ways"],
    "h' = 1.5.2 h": ["decimal point"],
    "h_t = tanh(U h_t-1)": ["_{t-1}"],
    "h' = Σ_j U_j h": ["index"],
    "h' = ∑ U h": ["index"],
    r"h' = \sum_j U_{ij} h_j": ["index"],
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_cannot_be_meant_is_refused_with_advice(text):
    with pytest.raises(ReadError) as found:
        read_cell(text)
    for word in REFUSED[text]:
        assert word in str(found.value), str(found.value)
