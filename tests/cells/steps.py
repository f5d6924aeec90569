"""One step of every cell in plain NumPy, put down as the code that its file names computes it.

Authors' codes stack their gates, name the kept part differently and store what a paper subtracts; so
these steps are of another shape than the cells' texts and share nothing with grusym. `w` holds the
weights, `s` the states in the cell's order, `x` the input; the next states come back in that order.
"""

from __future__ import annotations

import numpy as np
from numpy import tanh


def σ(u):
    """The logistic function, by way of tanh."""
    return (1 + tanh(u / 2)) / 2


def relu(u):
    """The rectifier."""
    return np.where(u > 0, u, 0.0)


def dense(w, gates, x, h):
    """The preactivations of gates: one product with all their matrices side by side on [x, h]."""
    stacked = np.vstack([np.hstack([w[f"W_{g}"], w[f"U_{g}"]]) for g in gates])
    bias = np.concatenate([w[f"b_{g}"] for g in gates])
    return np.split(stacked @ np.concatenate([x, h]) + bias, len(gates))


def blend(kept, old, new):
    """new + kept (old - new): linear interpolation."""
    return new + kept * (old - new)


def rnn(w, s, x, phi=tanh):
    return (phi(np.hstack([w["W"], w["U"]]) @ np.concatenate([x, s[0]]) + w["b"]),)


def gru(w, s, x):
    r, z = dense(w, "rz", x, s[0])
    c = tanh(*dense(w, "c", x, σ(r) * s[0]))
    return (blend(σ(z), s[0], c),)


def gru_reset_after(w, s, x):
    r, z = dense(w, "rz", x, s[0])
    recurrent = w["U_c"] @ s[0] + w["d_c"]
    return (blend(σ(z), s[0], tanh(w["W_c"] @ x + w["b_c"] + σ(r) * recurrent)),)


def gru_decoupled(w, s, x):
    r, f, i = dense(w, "rfi", x, s[0])
    return (σ(f) * s[0] + σ(i) * tanh(*dense(w, "c", x, σ(r) * s[0])),)


def reset_and_renew(w, s, x, reset, renewed):
    """A state of which `renewed` is new, the candidate seeing the old one times `reset`."""
    return (blend(renewed, tanh(*dense(w, "c", x, reset * s[0])), s[0]),)


def gru_variant(w, s, x, terms):
    r, z = (σ(sum(t(w, g, s[0]) for t in terms)) for g in "rz")
    return reset_and_renew(w, s, x, r, z)


def mgu_variant(w, s, x, terms):
    f = σ(sum(t(w, "f", s[0]) for t in terms))
    return reset_and_renew(w, s, x, f, f)


def recurrent(w, g, h):
    return w[f"U_{g}"] @ h


def bias(w, g, h):
    return w[f"b_{g}"]


def mgu(w, s, x):
    f = σ(*dense(w, "f", x, s[0]))
    return reset_and_renew(w, s, x, f, f)


def one_gate(w, s, x, gate, phi):
    """One gate that keeps the old state, no reset: Li-GRU, JANET without its offset, UGRNN."""
    kept, new = dense(w, (gate, "c"), x, s[0])
    return (blend(σ(kept), s[0], phi(new)),)


def min_gru(w, s, x):
    z, c = (w[f"W_{g}"] @ x + w[f"b_{g}"] for g in "zc")
    return (blend(σ(-z), s[0], c),)


def min_lstm(w, s, x):
    f, i, c = (w[f"W_{g}"] @ x + w[f"b_{g}"] for g in "fic")
    kept = np.exp(-np.log1p(np.exp(np.log1p(np.exp(-f)) - np.log1p(np.exp(-i)))))  # log f' = -softplus(diff)
    return (kept * s[0] + (1 - kept) * c,)


def mut(w, s, x, z, r, from_input):
    c = tanh(from_input + w["U_c"] @ (σ(r) * s[0]) + w["b_c"])
    return (blend(σ(z), c, s[0]),)


def mut1(w, s, x):
    return mut(w, s, x, w["W_z"] @ x + w["b_z"], *dense(w, "r", x, s[0]), tanh(x))


def mut2(w, s, x):
    r = x + w["U_r"] @ s[0] + w["b_r"]
    return mut(w, s, x, *dense(w, "z", x, s[0]), r, w["W_c"] @ x)


def mut3(w, s, x):
    return mut(w, s, x, *dense(w, "z", x, tanh(s[0])), *dense(w, "r", x, s[0]), w["W_c"] @ x)


def lstm(w, s, x, gates="ifo", peep="", g=tanh, out=tanh):
    """The LSTM of Greff et al.: gates that are absent are 1, peepholes where `peep` names them."""
    c, h = s
    pre = dict(zip((*gates, "g"), dense(w, (*gates, "g"), x, h), strict=True))

    def gate(k, seen):
        return σ(pre[k] + (w[f"p_{k}"] * seen if k in peep else 0)) if k in gates else 1.0

    i, f = gate("i", c), gate("f", c)
    c = g(pre["g"]) * i + c * f
    return c, out(c) * gate("o", c)


def lstm_cifg(w, s, x):
    c, h = s
    g, i, o = dense(w, "gio", x, h)
    c = blend(σ(i + w["p_i"] * c), tanh(g), c)
    return c, σ(o + w["p_o"] * c) * tanh(c)


def lstm_fgr(w, s, x):
    i, f, c, o, h = s
    g, *pre = dense(w, "gifo", x, h)
    pre = {
        k: u + w[f"R_i{k}"] @ i + w[f"R_f{k}"] @ f + w[f"R_o{k}"] @ o for k, u in zip("ifo", pre, strict=True)
    }
    i, f = (σ(pre[k] + w[f"p_{k}"] * c) for k in "if")
    c = i * tanh(g) + f * c
    o = σ(pre["o"] + w["p_o"] * c)
    return i, f, c, o, tanh(c) * o


def lstm_projection(w, s, x):
    c, h = lstm(w, s, x)
    return c, w["W_h"] @ h


def minimal_rnn(w, s, x):
    z = tanh(w["W_x"] @ x + w["b_z"])
    u = σ(np.hstack([w["U_h"], w["U_z"]]) @ np.concatenate([s[0], z]) + w["b_u"])
    return (blend(u, s[0], z),)


def cfn(w, s, x):
    θ, η = dense(w, "θη", x, s[0])
    return (σ(θ) * tanh(s[0]) + σ(η) * tanh(w["W"] @ x),)


def antisymmetric(w):
    return w["U"] - w["U"].T - w["γ"] * np.eye(len(w["U"]))


def antisymmetric_rnn_gated(w, s, x):
    turned = s[0] @ antisymmetric(w).T
    z, c = (turned + w[f"W_{g}"] @ x + w[f"b_{g}"] for g in "zc")
    return (s[0] + w["ε"] * σ(z) * tanh(c),)


def co_rnn(w, s, x):
    z, y = s
    force = tanh(np.hstack([w["W"], w["V"], w["U"]]) @ np.concatenate([x, z, y]) + w["b"])
    z = z + w["Δt"] * (force - w["γ"] * y - w["ε"] * z)
    return z, y + w["Δt"] * z


def lem(w, s, x):
    z, y = s
    d, e, new = dense(w, "dez", x, y)
    z = blend(w["Δt"] * σ(d), tanh(new), z)
    return z, blend(w["Δt"] * σ(e), tanh(*dense(w, "y", x, z)), y)


def slstm(w, s, x):
    m, c, n, h = s
    i, f, z, o = dense(w, "ifzo", x, h)
    kept = np.log(σ(f)) + m
    new = np.where(kept > i, kept, i)
    i, f = np.minimum(np.exp(i - new), 1), np.minimum(np.exp(kept - new), 1)
    c, n = f * c + i * tanh(z), f * n + i
    return new, c, n, σ(o) * (c / n)


def brc(w, s, x, product):
    r, z = (w[f"W_{g}"] @ x + product(w, g, s[0]) for g in "ac")
    return (blend(σ(z), s[0], tanh(w["W"] @ x + (tanh(r) + 1) * s[0])),)


def fast_grnn(w, s, x):
    shared = np.hstack([w["W"], w["U"]]) @ np.concatenate([x, s[0]])
    z, c = σ(shared + w["b_z"]), tanh(shared + w["b_c"])
    return (z * s[0] + (w["ζ"] * (1 - z) + w["ν"]) * c,)


STEPS = {
    "rnn": rnn,
    "rnn_relu": lambda w, s, x: rnn(w, s, x, relu),
    "gru": gru,
    "gru_reset_after": gru_reset_after,
    "gru_decoupled": gru_decoupled,
    "gru1": lambda w, s, x: gru_variant(w, s, x, (recurrent, bias)),
    "gru2": lambda w, s, x: gru_variant(w, s, x, (recurrent,)),
    "gru3": lambda w, s, x: gru_variant(w, s, x, (bias,)),
    "mgu": mgu,
    "mgu1": lambda w, s, x: mgu_variant(w, s, x, (recurrent, bias)),
    "mgu2": lambda w, s, x: mgu_variant(w, s, x, (recurrent,)),
    "mgu3": lambda w, s, x: mgu_variant(w, s, x, (bias,)),
    "light_gru": lambda w, s, x: one_gate(w, s, x, "z", relu),
    "janet": lambda w, s, x: one_gate(w, s, x, "f", tanh),
    "ugrnn": lambda w, s, x: one_gate(w, s, x, "z", tanh),
    "min_gru": min_gru,
    "min_lstm": min_lstm,
    "mut1": mut1,
    "mut2": mut2,
    "mut3": mut3,
    "lstm": lstm,
    "lstm_np": lstm,
    "lstm_peephole": lambda w, s, x: lstm(w, s, x, peep="ifo"),
    "lstm_nig": lambda w, s, x: lstm(w, s, x, "fo", "fo"),
    "lstm_nfg": lambda w, s, x: lstm(w, s, x, "io", "io"),
    "lstm_nog": lambda w, s, x: lstm(w, s, x, "if", "if"),
    "lstm_niaf": lambda w, s, x: lstm(w, s, x, peep="ifo", g=lambda u: u),
    "lstm_noaf": lambda w, s, x: lstm(w, s, x, peep="ifo", out=lambda u: u),
    "lstm_cifg": lstm_cifg,
    "lstm_fgr": lstm_fgr,
    "lstm_projection": lstm_projection,
    "minimal_rnn": minimal_rnn,
    "cfn": cfn,
    "ind_rnn": lambda w, s, x: (relu(w["W"] @ x + np.diag(w["w"]) @ s[0] + w["b"]),),
    "antisymmetric_rnn": lambda w, s, x: (
        s[0] + w["ε"] * tanh(s[0] @ antisymmetric(w).T + w["W"] @ x + w["b"]),
    ),
    "antisymmetric_rnn_gated": antisymmetric_rnn_gated,
    "co_rnn": co_rnn,
    "lem": lem,
    "slstm": slstm,
    "brc": lambda w, s, x: brc(w, s, x, lambda w, g, h: h * w[f"w_{g}"]),
    "nbrc": lambda w, s, x: brc(w, s, x, recurrent),
    "fast_rnn": lambda w, s, x: (w["β"] * s[0] + w["α"] * rnn(w, s, x)[0],),
    "fast_grnn": fast_grnn,
}
