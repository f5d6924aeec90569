"""The cells of formulas.txt, and its claims: cell, claim (⏎ ends a line), and whether it holds."""

from __future__ import annotations

from pathlib import Path

CELLS: dict[str, list[str]] = {
    "elman": ["s_t = tanh(R s_{t-1} + E x_t + d)"],
    "elman in LaTeX": [r"\mathbf{s}_t = \tanh(\mathbf{R} \mathbf{s}_{t-1} + \mathbf{E} \mathbf{x}_t + d)"],
    "elman with its argument": ["q_t = R s_{t-1} + E x_t + d", "s_t = tanh(q_t)"],
    "elman in rows": ["S_t = tanh(X_t E + S_{t-1} R + d)"],
    "elman in code": ["h[t] = np.tanh(np.dot(Wxh, x[t]) + np.dot(Whh, h[t-1]) + bh)"],
    "rows in code": ["h = np.tanh(x @ Wx + h_prev @ Wh + b)"],
    "superscripts": [r"h^{(t)} = \tanh(A h^{(t-1)} + B x^{(t)} + a)"],
    "numbers": ["y_t = tanh(w · y_{t-1} + u · x_t)"],
    "plain": ["vanilla tanh RNN (standard)"],
    "sigmoid": ["sigmoid RNN"],
    "lstm": ["LSTM (standard)"],
    "lstm in rows": ["LSTM, row vectors"],
    "lstm in angles": [
        r"c^{\langle t \rangle} = \Gamma_u * \tilde{c}^{\langle t \rangle} + \Gamma_f * c^{<t-1>}",
        r"a^{\langle t \rangle} = \Gamma_o * \tanh(c^{\langle t \rangle})",
    ],
    "fragment": [r"c_t = f_t \odot c_{t-1} + i_t \odot \tilde{c}_t"],
    "peephole": [
        r"f_t = \sigma(W_f [h_{t-1}, x_t] + p_f \odot c_{t-1} + b_f)",
        r"o_t = \sigma(W_o [h_{t-1}, x_t] + p_o \odot c_t + b_o)",
    ],
    "gru": [
        r"z_t = \sigma(W_z x_t + U_z h_{t-1})",
        r"r_t = \sigma(W_r x_t + U_r h_{t-1})",
        r"\tilde{h}_t = \tanh(W x_t + U (r_t \odot h_{t-1}))",
        r"h_t = (1 - z_t) \odot h_{t-1} + z_t \odot \tilde{h}_t",
    ],
    "gru that keeps": [r"h_t = z_t \odot h_{t-1} + (1 - z_t) \odot n_t"],
    "lstm, fused in rows": ["LSTM, row vectors; Wx [D,4H], Wh [H,4H]"],
    "lstm that puts new values in place": [
        "i = torch.sigmoid(x @ W_xi + h @ W_hi + b_i)",
        "f = torch.sigmoid(x @ W_xf + h @ W_hf + b_f)",
        "o = torch.sigmoid(x @ W_xo + h @ W_ho + b_o)",
        "g = torch.tanh(x @ W_xc + h @ W_hc + b_c)",
        "c = f * c + i * g",
        "h = o * torch.tanh(c)",
    ],
    "lstm, cut by slices": [
        "A = x @ Wx + prev_h @ Wh + b",
        "i = sigmoid(A[:, :H])",
        "f = sigmoid(A[:, H:2*H])",
        "o = sigmoid(A[:, 2*H:3*H])",
        "g = np.tanh(A[:, 3*H:])",
        "next_c = f * prev_c + i * g",
        "next_h = o * np.tanh(next_c)",
    ],
    "lstm, cut by chunk": [
        "zifgo = x @ self.W_ih.T + h @ self.W_hh.T + self.b",
        "i, f, g, o = zifgo.chunk(4, 1)",
        "i = torch.sigmoid(i)",
        "f = torch.sigmoid(f)",
        "g = torch.tanh(g)",
        "o = torch.sigmoid(o)",
        "c_next = f * c + i * g",
        "h_next = o * torch.tanh(c_next)",
    ],
    "gru with primes": [
        r"z_t = \sigma(W_z \cdot [h_{t-1}, x_t])",
        r"r_t = \sigma(W_r \cdot [h_{t-1}, x_t])",
        r"h'_t = \tanh(W_{h'} \cdot [r_t * h_{t-1}, x_t])",
        r"h_t = (1 - z_t) * h_{t-1} + z_t * h'_t",
    ],
    "gru of PyTorch": [
        "r_t = σ(W_{ir} x_t + b_{ir} + W_{hr} h_{t-1} + b_{hr})",
        "z_t = σ(W_{iz} x_t + b_{iz} + W_{hz} h_{t-1} + b_{hz})",
        "n_t = tanh(W_{in} x_t + b_{in} + r_t ⊙ (W_{hn} h_{t-1} + b_{hn}))",
        "h_t = (1 - z_t) ⊙ n_t + z_t ⊙ h_{t-1}",
    ],
    "leaky": ["leaky echo-state network"],
    "leaky, written out": ["h_t = (1 - α) h_{t-1} + α tanh(W h_{t-1} + U x_t)"],
    "gru in code": ["n = np.tanh(x @ Wn + (r * h_prev) @ Un)", "h = (1 - z) * h_prev + z * n"],
}


def _read(line: str) -> tuple[str, str, bool]:
    verdict, cell, claim = (part.strip() for part in line.split("|", 2))
    return cell, claim.replace("⏎", "\n"), {"holds": True, "fails": False}[verdict]


FORMULAS = [
    _read(line)
    for line in (Path(__file__).parent / "formulas.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
