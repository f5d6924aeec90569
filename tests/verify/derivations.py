"""Derivations of thirty lines: a GRU's Jacobian written out, an LSTM's gradient by successive rewriting."""

from __future__ import annotations

GRU = """
∂h'/∂h = ∂h'/∂z ∂z/∂h + diag(z) + ∂h'/∂c ∂c/∂h
  = diag(h) ∂z/∂h - diag(c) ∂z/∂h + diag(z) + diag(1 - z) ∂c/∂h
  = (diag(h) - diag(c)) ∂z/∂h + diag(z) + diag(1 - z) ∂c/∂h
  = diag(h - c) ∂z/∂h + diag(z) + diag(1 - z) ∂c/∂h
  = diag(z) + diag(h - c) ∂z/∂h + diag(1 - z) ∂c/∂h
  = diag(z) + diag(h - c) diag(z ⊙ (1 - z)) U_z + diag(1 - z) ∂c/∂h
  = {gates} + diag(1 - z) ∂c/∂h
  = diag(z) + diag(h ⊙ z ⊙ (1 - z) - c ⊙ z ⊙ (1 - z)) U_z + diag(1 - z) ∂c/∂h
  = diag(z) + diag(h ⊙ z ⊙ (1 - z)) U_z - diag(c ⊙ z ⊙ (1 - z)) U_z + diag(1 - z) ∂c/∂h
  = diag(z) + diag(h ⊙ (z - z²)) U_z - diag(c ⊙ (z - z²)) U_z + diag(1 - z) ∂c/∂h
  = diag(z) + diag((h - c) ⊙ (z - z²)) U_z + diag(1 - z) ∂c/∂h
  = {gates} + ∂c/∂h - diag(z) ∂c/∂h
  = {gates} + (I - diag(z)) ∂c/∂h
  = {gates} + diag(1 - z) ∂c/∂r ∂r/∂h + diag((1 - z) ⊙ (1 - c²)) U_c diag(r)
  = {gates} + diag(1 - z) (∂c/∂r ∂r/∂h + diag(1 - c²) U_c diag(r))
  = {gates} + diag(1 - z) diag(1 - c²) U_c (diag(h) ∂r/∂h + diag(r))
  = {gates} + diag((1 - z) ⊙ (1 - c²)) U_c (diag(h) ∂r/∂h + diag(r))
  = {gates} + diag((1 - z) ⊙ (1 - c) ⊙ (1 + c)) U_c (diag(r) + diag(h) ∂r/∂h)
  = {gates} + {candidate} (diag(r) + diag(h) ∂r/∂h)
  = {gates} + {candidate} diag(r) + {candidate} diag(h) ∂r/∂h
  = {gates} + {candidate} diag(r) + {candidate} diag(h) diag(r ⊙ (1 - r)) U_r
  = {gates} + {candidate} (diag(r) + diag(h) diag(r ⊙ (1 - r)) U_r)
  = {gates} + {candidate} (diag(r) + diag(h ⊙ r ⊙ (1 - r)) U_r)
  = {gates} + {candidate} (diag(r) + diag(h ⊙ (r - r²)) U_r)
  = {gates} + {candidate} (diag(r) + diag(h ⊙ r) U_r - diag(h ⊙ r²) U_r)
  = {gates} + {candidate} diag(r) (I + diag(h) U_r - diag(h ⊙ r) U_r)
  = {gates} + {candidate} diag(r) (I + diag(h ⊙ (1 - r)) U_r)
  = {gates} + diag(1 - z) diag(1 - c²) U_c diag(r) (I + diag(h ⊙ (1 - r)) U_r)
  = diag(z) (I + diag((h - c) ⊙ (1 - z)) U_z) + diag(1 - z) diag(1 - c²) U_c {reset}
  = diag(z) (I + diag((1 - z) ⊙ (h - c)) U_z) + diag((1 - z) ⊙ (1 - c²)) U_c {reset}
""".format(
    gates="diag(z) + diag((h - c) ⊙ z ⊙ (1 - z)) U_z",
    candidate="diag((1 - c²) ⊙ (1 - z)) U_c",
    reset="diag(r) (I + diag(h ⊙ (1 - r)) U_r)",
)
GRU_LINES = tuple(GRU.strip().split("\n"))

LSTM_BEGINS = (
    r"\frac{\partial L}{\partial h_{t-1}} = "
    r"U_i^\top \delta_i + U_f^\top \delta_f + U_o^\top \delta_o + U_g^\top \delta_g"
)
LSTM_STEPS = (
    (r"\delta_o", r"(\frac{\partial L}{\partial o_t} \odot o_t \odot (1 - o_t))"),
    (r"\frac{\partial L}{\partial o_t}", r"\frac{\partial L}{\partial h_t} \odot \tanh(c_t)"),
    (r"\delta_i", r"(\frac{\partial L}{\partial i_t} \odot i_t \odot (1 - i_t))"),
    (r"\frac{\partial L}{\partial i_t}", r"\frac{\partial L}{\partial c_t} \odot g_t"),
    (r"\delta_f", r"(\frac{\partial L}{\partial f_t} \odot f_t \odot (1 - f_t))"),
    (r"\frac{\partial L}{\partial f_t}", r"\frac{\partial L}{\partial c_t} \odot c_{t-1}"),
    (r"\delta_g", r"(\frac{\partial L}{\partial g_t} \odot (1 - g_t^2))"),
    (r"\frac{\partial L}{\partial g_t}", r"\frac{\partial L}{\partial c_t} \odot i_t"),
    (r"i_t \odot (1 - i_t)", r"(i_t - i_t^2)"),
    (r"f_t \odot (1 - f_t)", r"(f_t - f_t^2)"),
    (r"o_t \odot (1 - o_t)", r"(o_t - o_t^2)"),
    (r"(1 - g_t^2)", r"(1 - g_t) \odot (1 + g_t)"),
    (r"i_t \odot (1 - g_t) \odot (1 + g_t)", r"(i_t - i_t \odot g_t) \odot (1 + g_t)"),
    (r"(i_t - i_t \odot g_t) \odot (1 + g_t)", r"(i_t - i_t \odot g_t^2)"),
    (
        r"\frac{\partial L}{\partial c_t}",
        r"(g_c + \frac{\partial L}{\partial h_t} \odot o_t \odot \tanh'(c_t))",
    ),
    (r"\tanh'(c_t)", r"(1 - \tanh^2(c_t))"),
    (r"o_t \odot (1 - \tanh^2(c_t))", r"(o_t - o_t \odot \tanh^2(c_t))"),
    (r"(o_t - o_t^2)", r"o_t \odot (1 - o_t)"),
    (r"\tanh(c_t) \odot o_t", r"h_t"),
    (r"o_t \odot \tanh^2(c_t)", r"h_t \odot \tanh(c_t)"),
    (r"h_t \odot (1 - o_t)", r"(h_t - h_t \odot o_t)"),
    (r"(i_t - i_t \odot g_t^2)", r"i_t \odot (1 - g_t^2)"),
    (r"(f_t - f_t^2)", r"f_t \odot (1 - f_t)"),
    (r"(i_t - i_t^2)", r"i_t \odot (1 - i_t)"),
    (r"c_{t-1} \odot f_t \odot (1 - f_t)", r"c_{t-1} \odot \sigma'(W_f x_t + U_f h_{t-1} + b_f)"),
    (r"g_t \odot i_t \odot (1 - i_t)", r"g_t \odot \sigma'(W_i x_t + U_i h_{t-1} + b_i)"),
    (r"i_t \odot (1 - g_t^2)", r"i_t \odot \tanh'(W_g x_t + U_g h_{t-1} + b_g)"),
    (r"(h_t - h_t \odot o_t)", r"\tanh(c_t) \odot \sigma'(W_o x_t + U_o h_{t-1} + b_o)"),
    (r"h_t \odot \tanh(c_t)", r"o_t \odot \tanh(c_t)^2"),
)


def rewritten(begins: str, steps: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """The lines of a derivation, each the one before it with a part replaced wherever it stands.

    A step whose part does not stand there any more is left out.
    """
    lines, formula = [begins], begins.split(" = ", 1)[1]
    for old, new in steps:
        if old in formula:
            formula = formula.replace(old, new)
            lines.append(f"  = {formula}")
    return tuple(lines)


LSTM_LINES = rewritten(LSTM_BEGINS, LSTM_STEPS)
