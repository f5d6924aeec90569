"""Right formulas in every notation are read and proved; the same with one slip are refuted."""

# ruff: noqa: E501 - formulas in LaTeX are long

from __future__ import annotations

import pytest

import grusym
from grusym.errors import ReadError

GRU, LSTM, RNN = grusym.cell("gru"), grusym.cell("lstm"), grusym.cell("rnn")
OWN = grusym.read_cell(
    "z_t = σ(W_{xz} x_t + W_{hz} h_{t-1} + b_z)\n"
    "h̃_t = tanh(W_{xh} x_t + W_{hh} h_{t-1} + b_h)\n"
    "h_t = (1 - z_t) ⊙ h_{t-1} + z_t ⊙ h̃_t"
)

# Each line of a block is right; of `a / b` on a line of its own below it, b is a slip for a somewhere in it.
RIGHT: dict[str, tuple[object, str]] = {
    "jacobians in Unicode": (
        GRU,
        """
        ∂h'/∂h = diag(z) + diag(1 - z) ∂c/∂h + diag(h - c) ∂z/∂h
        ∂h'/∂h = diag(z) + (1 - z) ⊙ ∂c/∂h + (h - c) ⊙ ∂z/∂h
        ∂h'/∂z = diag(h - c)
        ∂h'/∂z = h - c
        ∂h'/∂c = diag(1 - z)
        ∂h'/∂c = I - diag(z)
        ∂c/∂r = diag(1 - c²) U_c diag(h)
        ∂c/∂h = diag(1 - c²) U_c (diag(r) + diag(h) ∂r/∂h)
        ∂z/∂h = diag(z ⊙ (1 - z)) U_z
        ∂z/∂h = diag(z - z²) U_z
        ∂z/∂h = diag(σ'(W_z x + U_z h + b_z)) U_z
        ∂z/∂h = diag(σ'(a_z)) U_z
        ∂z/∂h = σ'(a_z) ⊙ U_z
        ∂z/∂x = diag(z) diag(1 - z) W_z
        ∂r/∂h = diag(r ⊙ (1 - r)) U_r
        ∂c/∂r = diag(tanh'(a_c)) U_c diag(h)
        ∂c/∂r = diag(1 - tanh²(W_c x + U_c (r ⊙ h) + b_c)) U_c diag(h)
        ∂c/∂r = diag((1 - c) ⊙ (1 + c)) U_c diag(h)
        ∂h'/∂x = diag((h - c) ⊙ z ⊙ (1 - z)) W_z + diag(1 - z) ∂c/∂x
        ∂h'/∂r = diag((1 - z) ⊙ (1 - c²)) U_c diag(h)
        ∂c/∂x = diag(1 - c²) (W_c + U_c diag(h) ∂r/∂x)
        ∂c/∂x = diag(1 - c²) W_c + ∂c/∂r ∂r/∂x
        ∂h'/∂h = ∂h'/∂z ∂z/∂h + ∂h'/∂c ∂c/∂h + diag(z)
        ∂h'/∂x = ∂h'/∂z · ∂z/∂x + ∂h'/∂c · ∂c/∂x
        ∂r/∂x = diag(r) (I - diag(r)) W_r
        """,
    ),
    "jacobians with times": (
        GRU,
        """
        ∂h_t/∂h_{t-1} = diag(z_t) + diag(1 - z_t) ∂c_t/∂h_{t-1} + diag(h_{t-1} - c_t) ∂z_t/∂h_{t-1}
        ∂hₜ/∂hₜ₋₁ = diag(zₜ) + diag(1 - zₜ) ∂cₜ/∂hₜ₋₁ + diag(hₜ₋₁ - cₜ) ∂zₜ/∂hₜ₋₁
        ∂h_{t+1}/∂h_t = diag(z_{t+1}) + diag(1 - z_{t+1}) ∂c_{t+1}/∂h_t + diag(h_t - c_{t+1}) ∂z_{t+1}/∂h_t
        ∂h(t)/∂z(t) = diag(h(t-1) - c(t))
        ∂h^{(t)}/∂z^{(t)} = diag(h^{(t-1)} - c^{(t)})
        ∂h_new/∂z = diag(h_prev - c)
        ∂h_t/∂c_t = diag(1 − z_t)
        ∂c_t/∂h_{t−1} = diag(1 − c_t²) U_c (diag(r_t) + diag(h_{t−1}) ∂r_t/∂h_{t−1})
        ∂z_t/∂h_{t-1} = diag(z_t ∘ (1 - z_t)) U_z
        ∂z_t/∂h_{t-1} = diag(z_t * (1 - z_t)) · U_z
        """,
    ),
    "jacobians in LaTeX": (
        GRU,
        r"""
        \frac{\partial h_t}{\partial z_t} = \operatorname{diag}(h_{t-1} - c_t)
        \frac{\partial h_t}{\partial z_t} = \text{diag}(h_{t-1} - c_t)
        \frac{\partial h_t}{\partial z_t} = \mathrm{diag}\left(h_{t-1} - c_t\right)
        \frac{\partial \mathbf{h}_t}{\partial \mathbf{z}_t} = \operatorname{diag}(\mathbf{h}_{t-1} - \mathbf{c}_t)
        \dfrac{\partial \boldsymbol{h}_t}{\partial \boldsymbol{c}_t} = \operatorname{diag}(1 - \boldsymbol{z}_t)
        \frac{\partial h'}{\partial h} = \operatorname{diag}(z) + \operatorname{diag}(1 - z) \frac{\partial c}{\partial h} + \operatorname{diag}(h - c) \frac{\partial z}{\partial h}
        \frac{\partial h_t}{\partial h_{t-1}} = \operatorname{diag}(z_t) + (1 - z_t) \odot \frac{\partial c_t}{\partial h_{t-1}} + (h_{t-1} - c_t) \odot \frac{\partial z_t}{\partial h_{t-1}}
        \frac{\partial z_t}{\partial h_{t-1}} = \operatorname{diag}(z_t \odot (1 - z_t)) U_z
        \frac{\partial z_t}{\partial h_{t-1}} = \operatorname{diag}(z_t \circ (1 - z_t)) U_z
        \frac{\partial z_t}{\partial h_{t-1}} = \operatorname{diag}(z_t \cdot (1 - z_t)) \cdot U_z
        \frac{\partial z_t}{\partial h_{t-1}} = \operatorname{diag}(\sigma'(W_z x_t + U_z h_{t-1} + b_z)) \, U_z
        \frac{\partial z_t}{\partial h_{t-1}} = \operatorname{diag}(\sigma^{\prime}(a_z)) U_z
        \frac{\partial c_t}{\partial r_t} = \operatorname{diag}(\tanh'(a_c)) U_c \operatorname{diag}(h_{t-1})
        \frac{\partial c_t}{\partial r_t} = \operatorname{diag}(1 - c_t^2) U_c \operatorname{diag}(h_{t-1})
        \frac{\partial c_t}{\partial r_t} = \operatorname{diag}(1 - c_t^{2}) U_c \operatorname{diag}(h_{t-1})
        \frac{\partial c_t}{\partial r_t} = \operatorname{diag}(1 - c_t \odot c_t) U_c \operatorname{diag}(h_{t-1})
        \frac{\partial c_t}{\partial r_t} = \operatorname{diag}(1 - c_t^{\odot 2}) U_c \operatorname{diag}(h_{t-1})
        """,
    ),
    "gradients in Unicode": (
        GRU,
        """
        ∂L/∂U_c = δ_c (r ⊙ h)ᵀ
        ∂L/∂U_c = δ (r ⊙ h)ᵀ
        dL/dU_c = δ_c (r ⊙ h)^T
        dL/dW_c = δ_c xᵀ
        dL/db_c = δ_c
        ∂L/∂U_z = δ_z h⊤
        ∂L/∂W_r = δ_r xᵀ
        δ_c = ∂L/∂h' ⊙ (1 - z) ⊙ (1 - c²)
        δ_c = g_h ⊙ (1 - z) ⊙ (1 - c²)
        δ_z = g_h ⊙ (h - c) ⊙ z ⊙ (1 - z)
        δ_z = g_h ⊙ (h - c) ⊙ σ'(a_z)
        δ_z = δ_h ⊙ (h - c) ⊙ σ'(z)
        dz = dh' ⊙ (h - c)
        dc = dh' ⊙ (1 - z)
        δc = δh' ⊙ (1 - z) ⊙ (1 - c²)
        dr = U_cᵀ δ_c ⊙ h
        ∂L/∂c = ∂L/∂h' ⊙ (1 - z)
        ∂L/∂r = h ⊙ U_cᵀ δ_c
        ∂L/∂h = ∂L/∂h' ⊙ z + U_cᵀ δ_c ⊙ r + U_zᵀ δ_z + U_rᵀ δ_r
        ∂L/∂h = (∂h'/∂h)ᵀ ∂L/∂h'
        ∂L/∂x = W_cᵀ δ_c + W_zᵀ δ_z + W_rᵀ δ_r
        δ_{t-1} = δ_t ⊙ z_t + U_cᵀ δ_c ⊙ r_t + U_zᵀ δ_z + U_rᵀ δ_r
        δh_{t-1} = δh_t ⊙ z_t + U_cᵀ δ_c ⊙ r_t + U_zᵀ δ_z + U_rᵀ δ_r
        """,
    ),
    "gradients in LaTeX": (
        GRU,
        r"""
        \frac{\partial L}{\partial U_c} = \delta_c (r_t \odot h_{t-1})^\top
        \frac{\partial \mathcal{L}}{\partial U_c} = \delta_c (r_t \odot h_{t-1})^{\top}
        \frac{\partial L}{\partial U_c} = \delta (r \odot h)^T
        \frac{\partial E}{\partial W_z} = \delta_z x_t^{T}
        \frac{dL}{dU_z} = \delta_z h_{t-1}^\top
        \delta_c = \frac{\partial L}{\partial h_t} \odot (1 - z_t) \odot (1 - c_t^2)
        \delta_{z} = \frac{\partial L}{\partial h_t} \circ (h_{t-1} - c_t) \circ z_t \circ (1 - z_t)
        \delta^{z}_t = \delta^{h}_t \odot (h_{t-1} - c_t) \odot z_t \odot (1 - z_t)
        \frac{\partial L}{\partial h_{t-1}} = \frac{\partial L}{\partial h_t} \odot z_t + U_c^\top \delta_c \odot r_t + U_z^\top \delta_z + U_r^\top \delta_r
        \frac{\partial L}{\partial h_{t-1}} = \left(\frac{\partial h_t}{\partial h_{t-1}}\right)^\top \frac{\partial L}{\partial h_t}
        \frac{\partial L}{\partial r_t} = h_{t-1} \odot U_c^\top \delta_c
        \frac{\partial L}{\partial b_c} = \delta_c
        \delta_r = (U_c^\top \delta_c) \odot h_{t-1} \odot r_t \odot (1 - r_t)
        \delta_r = U_c^{T} \delta_c \odot h_{t-1} \odot \sigma'(a_r)
        \frac{\partial L}{\partial c_t} = (1 - z_t) \odot \frac{\partial L}{\partial h_t}
        """,
    ),
    "as code writes it": (
        GRU,
        """
        dz = dh_new * (h_prev - c)
        dL/dU_c = δ_c @ (r * h).T
        dL/dh = dL/dh_new * z + U_c.T @ δ_c * r + U_z.T @ δ_z + U_r.T @ δ_r
        dL/dh = z * dL/dh_new + (U_c.T @ δ_c) * r + np.dot(U_z.T, δ_z) + np.matmul(U_r.T, δ_r)
        δ_c = g_h * (1 - z) * (1 - c**2)
        δ_z = g_h * (h - c) * z * (1 - z)
        h_new = z * h_prev + (1 - z) * c
        c = np.tanh(W_c @ x + U_c @ (r * h) + b_c)
        z = sigmoid(W_z @ x + U_z @ h + b_z)
        ∂z/∂h = diag(z * (1 - z)) @ U_z
        ∂c/∂h = np.diag(1 - c**2) @ U_c @ (np.diag(r) + np.diag(h) @ ∂r/∂h)
        """,
    ),
    "equalities of values": (
        GRU,
        """
        z ⊙ h + (1 - z) ⊙ c = h'
        h' = c + z ⊙ (h - c)
        h' - h = (1 - z) ⊙ (c - h)
        z = σ(W_z x + U_z h + b_z)
        1 - z = σ(-(W_z x + U_z h + b_z))
        c = tanh(W_c x + U_c (r ⊙ h) + b_c)
        c = 2 σ(2 (W_c x + U_c (r ⊙ h) + b_c)) - 1
        r ⊙ (1 - r) = r - r²
        """,
    ),
    "an LSTM": (
        LSTM,
        r"""
        ∂c'/∂c = diag(f)
        ∂c'/∂c = f
        ∂c_t/∂c_{t-1} = f_t
        \frac{\partial c_t}{\partial c_{t-1}} = \operatorname{diag}(f_t)
        ∂h'/∂c' = diag(o ⊙ (1 - tanh²(c')))
        ∂h'/∂c' = o ⊙ (1 - tanh(c')²)
        \frac{\partial h_t}{\partial c_t} = o_t \odot (1 - \tanh^2(c_t))
        \frac{\partial h_t}{\partial c_t} = \operatorname{diag}[o_t \odot (1 - \tanh^2(c_t))]
        ∂h'/∂o = diag(tanh(c'))
        ∂h'/∂c = diag(o ⊙ tanh'(c') ⊙ f)
        ∂c'/∂h = diag(c) ∂f/∂h + diag(g) ∂i/∂h + diag(i) ∂g/∂h
        ∂c_t/∂h_{t-1} = c_{t-1} ⊙ ∂f_t/∂h_{t-1} + g_t ⊙ ∂i_t/∂h_{t-1} + i_t ⊙ ∂g_t/∂h_{t-1}
        \frac{\partial h_t}{\partial h_{t-1}} = \operatorname{diag}(\tanh(c_t)) \frac{\partial o_t}{\partial h_{t-1}} + \operatorname{diag}(o_t \odot (1 - \tanh^2(c_t))) \frac{\partial c_t}{\partial h_{t-1}}
        δ_f = ∂L/∂c' ⊙ c ⊙ f ⊙ (1 - f)
        δ_o = ∂L/∂h' ⊙ tanh(c') ⊙ o ⊙ (1 - o)
        ∂L/∂c = ∂L/∂c' ⊙ f
        δc_{t-1} = δc_t ⊙ f_t
        ∂L/∂c' = g_c + g_h ⊙ o ⊙ (1 - tanh²(c'))
        ∂L/∂U_f = δ_f hᵀ
        ∂L/∂h = U_fᵀ δ_f + U_iᵀ δ_i + U_oᵀ δ_o + U_gᵀ δ_g
        \delta_g = \frac{\partial L}{\partial c_t} \odot i_t \odot (1 - g_t^2)
        """,
    ),
    "a plain network": (
        RNN,
        r"""
        ∂h'/∂h = diag(1 - h'²) U
        ∂h_t/∂h_{t-1} = diag(1 − h_t²) · U
        ∂h'/∂h = (1 - h'²) ⊙ U
        ∂h'/∂h = diag(tanh'(W x + U h + b)) U
        \frac{\partial h_t}{\partial h_{t-1}} = \text{diag}(1 - h_t^2) \cdot U
        \frac{\partial h_t}{\partial h_{t-1}} = (1 - h_t^2) \cdot U
        \frac{\partial h_{t+1}}{\partial h_t} = \mathrm{diag}(1 - h_{t+1} \odot h_{t+1}) \, U
        \frac{\partial \mathbf{h}_t}{\partial \mathbf{x}_t} = \operatorname{diag}(\mathbf{1} - \mathbf{h}_t \odot \mathbf{h}_t) \mathbf{W}
        \frac{\partial L}{\partial U} = \operatorname{diag}(1 - h_t^2) \frac{\partial L}{\partial h_t} h_{t-1}^T
        δ_{t-1} = Uᵀ diag(1 - h_t²) δ_t
        δ_{t-1} = Uᵀ ((1 - h_t²) ⊙ δ_t)
        \delta_{t-1} = U^\top ((1 - h_t^2) \odot \delta_t)
        ∂L/∂b = (1 - h'²) ⊙ ∂L/∂h'
        ∂L/∂W = ((1 - h'²) ⊙ ∂L/∂h') xᵀ
        dL/dh = U.T @ ((1 - h_new**2) * dL/dh_new)
        """,
    ),
    "a cell of one's own": (
        OWN,
        r"""
        \frac{\partial h_t}{\partial h_{t-1}} = \operatorname{diag}(1 - z_t) + \operatorname{diag}(z_t) \frac{\partial \tilde{h}_t}{\partial h_{t-1}} + \operatorname{diag}(\tilde{h}_t - h_{t-1}) \frac{\partial z_t}{\partial h_{t-1}}
        \frac{\partial h_t}{\partial z_t} = \tilde{h}_t - h_{t-1}
        \frac{\partial \tilde{h}_t}{\partial h_{t-1}} = \operatorname{diag}(1 - \tilde{h}_t^2) W_{hh}
        ∂h_t/∂z_t = diag(h̃_t - h_{t-1})
        ∂z_t/∂h_{t-1} = diag(z_t ⊙ (1 - z_t)) W_{hz}
        ∂L/∂W_{hz} = δ_z h_{t-1}ᵀ
        ∂L/∂W_{xh} = δ_{h̃} x_tᵀ
        """,
    ),
}

SLIPS = (
    ("diag(z) ", "diag(r) "),
    ("1 - z", "z"),
    ("h - c", "c - h"),
    ("c²", "c"),
    ("ᵀ δ", " δ"),
    ("tanh'", "σ'"),
    (r"h_{t-1} - c_t", r"c_t - h_{t-1}"),
    (r"1 - h_t^2", r"1 - h_t"),
    ("⊙ f", "⊙ i"),
    ("U_z", "U_r"),
)


def lines() -> list[tuple[object, str]]:
    return [(cell, line.strip()) for cell, block in RIGHT.values() for line in block.strip().splitlines()]


def test_there_are_formulas_enough() -> None:
    assert len({text for _, text in lines()}) >= 150


@pytest.mark.parametrize(("cell", "text"), lines(), ids=[f"{i}" for i, _ in enumerate(lines())])
def test_a_right_formula_is_read_and_proved(cell, text) -> None:
    verdict = grusym.verify(cell, text)
    assert verdict.outcome == "proved", str(verdict)


@pytest.mark.parametrize(("right", "wrong"), SLIPS)
def test_the_same_formulas_with_a_slip_are_refuted_and_mended(right: str, wrong: str) -> None:
    changed = [(c, t.partition("=")) for c, t in lines() if right in t.partition("=")[2]]
    assert changed, right
    for cell, (left, equals, formula) in changed[:4]:
        text = left + equals + formula.replace(right, wrong, 1)
        verdict = grusym.verify(cell, text)
        assert verdict.outcome == "refuted", str(verdict)
        assert verdict.mended and grusym.verify(cell, verdict.mended).outcome == "proved", str(verdict)
        assert verdict.counterexample or verdict.error == "sides of different shapes"
        assert verdict.where.startswith("line 1, column"), str(verdict)


UNREADABLE = {
    "no equality": ("diag(z)", "no '='"),
    "an unknown name": ("∂h'/∂h = diag(q)", "no name 'q'"),
    "a derivative of an input": ("∂x/∂h = diag(z)", "does not compute"),
    "two names after ∂": ("∂(z h)/∂h = diag(z)", "one name"),
    "a bracket left open": ("∂h'/∂h = diag(z", "needs"),
    "nothing on one side": ("∂h'/∂h =", "both sides"),
    "code": ("∂h'/∂h = __import__('os').system('true')", ""),
    "a matrix plus a number times": ("∂h'/∂h = U_z ⊙ U_r", "acts on vectors"),
    "only a definition": ("a = U_z h", "claims nothing"),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_what_cannot_be_read_is_said_with_its_place(what: str) -> None:
    text, words = UNREADABLE[what]
    with pytest.raises(ReadError, match=words):
        grusym.verify(GRU, text)
