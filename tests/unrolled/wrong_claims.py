"""Wrong claims beside the right ones, for each kind of error in three notations, over the library's cells."""

from __future__ import annotations

from grusym.unrolled.kinds import (
    BRACKET,
    CHAIN,
    FACTOR,
    FUNCTION,
    NORM,
    ORDER,
    OUTER,
    PATH,
    SIGN,
    SLIP,
    SUM,
    TRANSPOSE,
    TYPE,
    UPSTREAM,
)

# kind, cell, what is wrong, what would be right; "" where no small change makes it right
PAIRS: tuple[tuple[str, str, str, str], ...] = (
    (
        TRANSPOSE,
        "rnn",
        r"\frac{\partial h_t}{\partial h_{t-1}} = \mathrm{diag}(1 - h_t^2) U^\top",
        r"\frac{\partial h_t}{\partial h_{t-1}} = \mathrm{diag}(1 - h_t^2) U",
    ),
    (
        TRANSPOSE,
        "rnn",
        "∂L/∂h_t = Vᵀ ∂L/∂y_t + U (∂L/∂h_{t+1} ⊙ (1 - h_{t+1}²))",
        "∂L/∂h_t = Vᵀ ∂L/∂y_t + Uᵀ (∂L/∂h_{t+1} ⊙ (1 - h_{t+1}²))",
    ),
    (TRANSPOSE, "rnn", "dh_prev = U @ (dh * (1 - h**2))", "dh_prev = U.T @ (dh * (1 - h**2))"),
    (
        TRANSPOSE,
        "lstm",
        r"\delta h_{t-1} = U_i \delta i_t + U_f \delta f_t + U_o \delta o_t + U_g \delta g_t",
        r"\delta h_{t-1} = U_i^T \delta i_t + U_f^T \delta f_t + U_o^T \delta o_t + U_g^T \delta g_t",
    ),
    (
        TRANSPOSE,
        "gru",
        "dx = W_r.T @ dr + W_z @ dz + W_c.T @ dc",
        "dx = W_r.T @ dr + W_z.T @ dz + W_c.T @ dc",
    ),
    (
        PATH,
        "gru",
        r"\frac{\partial h_t}{\partial h_{t-1}} = \mathrm{diag}(z_t) + \mathrm{diag}(1 - z_t) "
        r"\frac{\partial c_t}{\partial h_{t-1}}",
        r"\frac{\partial h_t}{\partial h_{t-1}} = \mathrm{diag}(z_t) + \mathrm{diag}(1 - z_t) "
        r"\frac{\partial c_t}{\partial h_{t-1}} + \mathrm{diag}(h_{t-1} - c_t) "
        r"\frac{\partial z_t}{\partial h_{t-1}}",
    ),
    (
        PATH,
        "gru",
        "∂h_t/∂h_{t-1} = diag(z_t)",
        "∂h_t/∂h_{t-1} = diag(z_t) + diag(1 - z_t) ∂c_t/∂h_{t-1} + diag(h_{t-1} - c_t) ∂z_t/∂h_{t-1}",
    ),
    (
        PATH,
        "lstm",
        "dh_prev = U_i.T @ di + U_f.T @ df + U_g.T @ dg",
        "dh_prev = U_i.T @ di + U_f.T @ df + U_g.T @ dg + U_o.T @ do",
    ),
    (
        PATH,
        "gru",
        "∂h_t/∂h_k = ∏_{j=k+1}^{t} diag(z_j)",
        "∂h_t/∂h_k = ∏_{j=k+1}^{t} ∂h_j/∂h_{j-1}",
    ),
    (
        PATH,
        "lstm",
        r"\delta c_t = \delta h_t \odot o_t \odot (1 - \tanh^2(c_t))",
        r"\delta c_t = \delta h_t \odot o_t \odot (1 - \tanh^2(c_t)) + \delta c_{t+1} \odot f_{t+1}",
    ),
    (
        NORM,
        "rnn",
        r"\left\|\frac{\partial h_t}{\partial h_k}\right\| \le \rho(U)^{t-k}",
        r"\left\|\frac{\partial h_t}{\partial h_k}\right\| \le \|U\|^{t-k}",
    ),
    (NORM, "rnn", "‖∂h_t/∂h_{t-1}‖ ≤ ρ(U)", "‖∂h_t/∂h_{t-1}‖ ≤ ‖U‖"),
    (NORM, "rnn", "||∂h_t/∂h_{t-1}|| <= λ_max(U)", "||∂h_t/∂h_{t-1}|| <= ||U||"),
    (NORM, "rnn", "‖∂h_t/∂h_{t-1}‖ ≥ ‖U‖", "‖∂h_t/∂h_{t-1}‖ ≤ ‖U‖"),
    (
        BRACKET,
        "rnn",
        r"\frac{\partial h_t}{\partial h_{t-1}} = \operatorname{diag}((1 - h_t)^2) U",
        r"\frac{\partial h_t}{\partial h_{t-1}} = \operatorname{diag}(1 - h_t^2) U",
    ),
    (
        BRACKET,
        "rnn",
        "∂L/∂a_t = Vᵀ ∂L/∂y_t + Uᵀ ∂L/∂a_{t+1} ⊙ (1 - h_t²)",
        "∂L/∂a_t = (Vᵀ ∂L/∂y_t + Uᵀ ∂L/∂a_{t+1}) ⊙ (1 - h_t²)",
    ),
    (
        BRACKET,
        "lstm",
        "df = dc_next * c_prev + dh * o * (1 - np.tanh(c)**2) * c_prev * f * (1 - f)",
        "df = (dc_next * c_prev + dh * o * (1 - np.tanh(c)**2) * c_prev) * f * (1 - f)",
    ),
    (BRACKET, "lstm", "dg = dc * i * (1 - g)**2", "dg = dc * i * (1 - g**2)"),
    (
        ORDER,
        "rnn",
        r"\frac{\partial h_t}{\partial h_{t-1}} = U \mathrm{diag}(1 - h_t^2)",
        r"\frac{\partial h_t}{\partial h_{t-1}} = \mathrm{diag}(1 - h_t^2) U",
    ),
    (
        ORDER,
        "rnn",
        "∂L/∂h_t = Vᵀ ∂L/∂y_t + Uᵀ ∂L/∂h_{t+1} diag(1 - h_{t+1}²)",
        "∂L/∂h_t = Vᵀ ∂L/∂y_t + Uᵀ diag(1 - h_{t+1}²) ∂L/∂h_{t+1}",
    ),
    (
        ORDER,
        "gru",
        "dh_prev = dh * z + U_c.T @ (dc * r) + U_r.T @ dr + U_z.T @ dz",
        "dh_prev = dh * z + (U_c.T @ dc) * r + U_r.T @ dr + U_z.T @ dz",
    ),
    (
        ORDER,
        "gru",
        "∂c_t/∂h_{t-1} = diag(1 - c_t²) (diag(r_t) U_c + U_c diag(h_{t-1}) ∂r_t/∂h_{t-1})",
        "∂c_t/∂h_{t-1} = diag(1 - c_t²) (U_c diag(r_t) + U_c diag(h_{t-1}) ∂r_t/∂h_{t-1})",
    ),
    (
        FACTOR,
        "rnn",
        r"\frac{\partial h_t}{\partial h_{t-1}} = U",
        r"\frac{\partial h_t}{\partial h_{t-1}} = \mathrm{diag}(1 - h_t^2) U",
    ),
    (
        FACTOR,
        "rnn",
        "∂L/∂h_t = Vᵀ ∂L/∂y_t + Uᵀ ∂L/∂h_{t+1}",
        "∂L/∂h_t = Vᵀ ∂L/∂y_t + Uᵀ ((1 - h_{t+1}²) ⊙ ∂L/∂h_{t+1})",
    ),
    (FACTOR, "lstm", "do = dh * o * (1 - o)", "do = dh * np.tanh(c) * o * (1 - o)"),
    (
        FACTOR,
        "lstm",
        r"\delta c_t = \delta h_t \odot (1 - \tanh^2(c_t)) + \delta c_{t+1} \odot f_{t+1}",
        r"\delta c_t = \delta h_t \odot o_t \odot (1 - \tanh^2(c_t)) + \delta c_{t+1} \odot f_{t+1}",
    ),
    (
        FACTOR,
        "gru",
        "∂h_t/∂h_{t-1} = diag(z_t) + ∂c_t/∂h_{t-1} + diag(h_{t-1} - c_t) ∂z_t/∂h_{t-1}",
        "∂h_t/∂h_{t-1} = diag(z_t) + diag(1 - z_t) ∂c_t/∂h_{t-1} + diag(h_{t-1} - c_t) ∂z_t/∂h_{t-1}",
    ),
    (
        CHAIN,
        "rnn",
        r"\frac{\partial L}{\partial h_0} = \frac{\partial L}{\partial h_T} \prod_{t=1}^{T} U^\top "
        r"\mathrm{diag}(1 - h_t^2)",
        r"\frac{\partial L}{\partial h_0} = \prod_{t=1}^{T} \left( U^\top \mathrm{diag}(1 - h_t^2) \right) "
        r"\frac{\partial L}{\partial h_T}",
    ),
    (
        CHAIN,
        "rnn",
        "∂L_t/∂h_k = ∂L_t/∂h_t ∏_{j=k+1}^{t} Uᵀ diag(1 - h_j²)",
        "∂L_t/∂h_k = ∏_{j=k+1}^{t} (Uᵀ diag(1 - h_j²)) ∂L_t/∂h_t",
    ),
    (
        CHAIN,
        "rnn",
        "dh_prev = dh @ U.T @ np.diag(1 - h**2)",
        "dh_prev = U.T @ np.diag(1 - h**2) @ dh",
    ),
    (
        OUTER,
        "rnn",
        r"\frac{\partial L}{\partial U} = \sum_t \delta_t \odot h_{t-1}",
        r"\frac{\partial L}{\partial U} = \sum_t \delta_t h_{t-1}^\top",
    ),
    (OUTER, "lstm", "∂L/∂W_o = ∑_t δo_t ⊙ x_t", "∂L/∂W_o = ∑_t δo_t x_tᵀ"),
    (OUTER, "rnn", "dW = da * x", "dW = np.outer(da, x)"),
    (
        OUTER,
        "gru",
        r"\frac{\partial h_t}{\partial h_{t-1}} = \mathrm{diag}(z_t) + \mathrm{diag}(1 - z_t) "
        r"\frac{\partial c_t}{\partial h_{t-1}} + (h_{t-1} - c_t)^\top \frac{\partial z_t}{\partial h_{t-1}}",
        r"\frac{\partial h_t}{\partial h_{t-1}} = \mathrm{diag}(z_t) + \mathrm{diag}(1 - z_t) "
        r"\frac{\partial c_t}{\partial h_{t-1}} + \mathrm{diag}(h_{t-1} - c_t) "
        r"\frac{\partial z_t}{\partial h_{t-1}}",
    ),
    (
        FUNCTION,
        "rnn",
        r"\frac{\partial h_t}{\partial h_{t-1}} = \mathrm{diag}(h_t \odot (1 - h_t)) U",
        r"\frac{\partial h_t}{\partial h_{t-1}} = \mathrm{diag}(1 - h_t^2) U",
    ),
    (
        FUNCTION,
        "lstm",
        "δo_t = δh_t ⊙ tanh(c_t) ⊙ (1 - o_t²)",
        "δo_t = δh_t ⊙ tanh(c_t) ⊙ o_t ⊙ (1 - o_t)",
    ),
    (FUNCTION, "lstm", "dg = dc * i * g * (1 - g)", "dg = dc * i * (1 - g**2)"),
    (
        FUNCTION,
        "lstm",
        r"\delta o_t = \delta h_t \odot \sigma(c_t) \odot o_t \odot (1 - o_t)",
        r"\delta o_t = \delta h_t \odot \tanh(c_t) \odot o_t \odot (1 - o_t)",
    ),
    (
        SLIP,
        "lstm",
        "δc_t = δh_t ⊙ o_t ⊙ (1 - tanh(c_t)²) + δc_{t+1} ⊙ f_t",
        "δc_t = δh_t ⊙ o_t ⊙ (1 - tanh(c_t)²) + δc_{t+1} ⊙ f_{t+1}",
    ),
    (
        SLIP,
        "rnn",
        r"\frac{\partial h_t}{\partial h_{t-1}} = \mathrm{diag}(1 - h_{t-1}^2) U",
        r"\frac{\partial h_t}{\partial h_{t-1}} = \mathrm{diag}(1 - h_{t}^2) U",
    ),
    (SLIP, "lstm", "df = dc * c * f * (1 - f)", "df = dc * c_prev * f * (1 - f)"),
    (SLIP, "lstm", "di = dc * f * i * (1 - i)", "di = dc * g * i * (1 - i)"),
    (
        TYPE,
        "rnn",
        r"\frac{\partial L}{\partial h_t} = \frac{\partial L}{\partial h_{t+1}} "
        r"\frac{\partial h_t}{\partial h_{t-1}}",
        "",
    ),
    (TYPE, "rnn", "∂h_t/∂h_{t-1} = U W diag(1 - h_t²)", ""),
    (TYPE, "lstm", "dh_prev = U_o @ W_o @ dh", ""),
    (
        SUM,
        "rnn",
        r"\frac{\partial L_t}{\partial U} = \frac{\partial L_t}{\partial h_t} "
        r"\frac{\partial h_t}{\partial h_k} \frac{\partial h_k}{\partial U}",
        r"\frac{\partial L_t}{\partial U} = \sum_{k=1}^{t} \frac{\partial L_t}{\partial h_t} "
        r"\frac{\partial h_t}{\partial h_k} \frac{\partial h_k}{\partial U}",
    ),
    (
        SUM,
        "rnn",
        "∂h_t/∂U = ∂h_t/∂h_k ∂h_k/∂U",
        "∂h_t/∂U = ∑_{k=1}^{t} ∂h_t/∂h_k ∂h_k/∂U",
    ),
    (
        SUM,
        "rnn",
        "∂L_T/∂W = ∂L_T/∂h_T ∂h_T/∂h_k ∂h_k/∂W",
        "∂L_T/∂W = ∑_{k=1}^{T} ∂L_T/∂h_T ∂h_T/∂h_k ∂h_k/∂W",
    ),
    (
        UPSTREAM,
        "rnn",
        r"\frac{\partial L}{\partial U} = \sum_t (1 - h_t^2) h_{t-1}^\top",
        r"\frac{\partial L}{\partial U} = \sum_t (\frac{\partial L}{\partial h_t} \odot (1 - h_t^2)) "
        r"h_{t-1}^\top",
    ),
    (
        UPSTREAM,
        "lstm",
        "δo_t = tanh(c_t) ⊙ o_t ⊙ (1 - o_t)",
        "δo_t = δh_t ⊙ tanh(c_t) ⊙ o_t ⊙ (1 - o_t)",
    ),
    (
        UPSTREAM,
        "lstm",
        "do = dh * dh * np.tanh(c) * o * (1 - o)",
        "do = dh * np.tanh(c) * o * (1 - o)",
    ),
    (
        SIGN,
        "gru",
        r"\frac{\partial h_t}{\partial h_{t-1}} = \mathrm{diag}(z_t) + \mathrm{diag}(1 - z_t) "
        r"\frac{\partial c_t}{\partial h_{t-1}} + \mathrm{diag}(c_t - h_{t-1}) "
        r"\frac{\partial z_t}{\partial h_{t-1}}",
        r"\frac{\partial h_t}{\partial h_{t-1}} = \mathrm{diag}(z_t) + \mathrm{diag}(1 - z_t) "
        r"\frac{\partial c_t}{\partial h_{t-1}} + \mathrm{diag}(h_{t-1} - c_t) "
        r"\frac{\partial z_t}{\partial h_{t-1}}",
    ),
    (
        SIGN,
        "gru",
        "δz_t = δh_t ⊙ (c_t - h_{t-1}) ⊙ z_t ⊙ (1 - z_t)",
        "δz_t = δh_t ⊙ (h_{t-1} - c_t) ⊙ z_t ⊙ (1 - z_t)",
    ),
    (
        SIGN,
        "gru",
        "dz = dh * (c - h_prev) * z * (1 - z)",
        "dz = dh * (h_prev - c) * z * (1 - z)",
    ),
    (SIGN, "gru", "dc = dh * z * (1 - c**2)", "dc = dh * (1 - z) * (1 - c**2)"),
)
