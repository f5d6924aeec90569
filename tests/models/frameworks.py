"""One step of each framework's layer, written from its documentation with its own names.

Nothing of grusym is used: these judge the conventions. x and h are single vectors.
"""

import numpy as np


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def torch_gru(v, x, h):
    i_r, i_z, i_n = np.split(v["weight_ih"] @ x + v["bias_ih"], 3)
    h_r, h_z, h_n = np.split(v["weight_hh"] @ h + v["bias_hh"], 3)
    r, z = sigmoid(i_r + h_r), sigmoid(i_z + h_z)
    n = np.tanh(i_n + r * h_n)
    return (1 - z) * n + z * h


def torch_lstm(v, x, h, c):
    gates = v["weight_ih"] @ x + v["bias_ih"] + v["weight_hh"] @ h + v["bias_hh"]
    return lstm_tail(gates, "ifgo", c)


def torch_rnn(v, x, h):
    return np.tanh(v["weight_ih"] @ x + v["bias_ih"] + v["weight_hh"] @ h + v["bias_hh"])


def lstm_tail(gates, order, c, offset=0.0):
    g = dict(zip(order, np.split(gates, 4), strict=True))
    c = sigmoid(g["f"] + offset) * c + sigmoid(g["i"]) * np.tanh(g["g"])
    return sigmoid(g["o"]) * np.tanh(c), c


def keras_gru(v, x, h):
    x_z, x_r, x_h = np.split(x @ v["kernel"] + v["bias"][0], 3)
    h_z, h_r, h_h = np.split(h @ v["recurrent_kernel"] + v["bias"][1], 3)
    z, r = sigmoid(x_z + h_z), sigmoid(x_r + h_r)
    return z * h + (1 - z) * np.tanh(x_h + r * h_h)


def keras_gru_before(v, x, h):
    x_z, x_r, x_h = np.split(x @ v["kernel"] + v["bias"], 3)
    u_z, u_r, u_h = np.split(v["recurrent_kernel"], 3, axis=1)
    z, r = sigmoid(x_z + h @ u_z), sigmoid(x_r + h @ u_r)
    return z * h + (1 - z) * np.tanh(x_h + (r * h) @ u_h)


def keras_lstm(v, x, h, c):
    return lstm_tail(x @ v["kernel"] + h @ v["recurrent_kernel"] + v["bias"], "ifgo", c)


def keras_rnn(v, x, h):
    return np.tanh(x @ v["kernel"] + h @ v["recurrent_kernel"] + v["bias"])


def onnx_gru(v, x, h, linear_before_reset=0):
    (w_z, w_r, w_h), (r_z, r_r, r_h) = np.split(v["W"][0], 3), np.split(v["R"][0], 3)
    wb_z, wb_r, wb_h, rb_z, rb_r, rb_h = np.split(v["B"][0], 6)
    z = sigmoid(x @ w_z.T + h @ r_z.T + wb_z + rb_z)
    r = sigmoid(x @ w_r.T + h @ r_r.T + wb_r + rb_r)
    if linear_before_reset:
        c = np.tanh(x @ w_h.T + r * (h @ r_h.T + rb_h) + wb_h)
    else:
        c = np.tanh(x @ w_h.T + (r * h) @ r_h.T + rb_h + wb_h)
    return (1 - z) * c + z * h


def onnx_gru_after(v, x, h):
    return onnx_gru(v, x, h, linear_before_reset=1)


def onnx_lstm(v, x, h, c):
    wb, rb = np.split(v["B"][0], 2)
    return lstm_tail(x @ v["W"][0].T + h @ v["R"][0].T + wb + rb, "iofg", c)


def onnx_rnn(v, x, h):
    wb, rb = np.split(v["B"][0], 2)
    return np.tanh(x @ v["W"][0].T + h @ v["R"][0].T + wb + rb)


def linen_gru(v, x, h):
    def i(gate):
        return x @ v[f"i{gate}/kernel"] + v[f"i{gate}/bias"]

    r, z = sigmoid(i("r") + h @ v["hr/kernel"]), sigmoid(i("z") + h @ v["hz/kernel"])
    n = np.tanh(i("n") + r * (h @ v["hn/kernel"] + v["hn/bias"]))
    return (1 - z) * n + z * h


def linen_lstm(v, x, h, c):
    gates = [x @ v[f"i{g}/kernel"] + h @ v[f"h{g}/kernel"] + v[f"h{g}/bias"] for g in "ifgo"]
    return lstm_tail(np.concatenate(gates), "ifgo", c)


def linen_rnn(v, x, h):
    return np.tanh(x @ v["i/kernel"] + v["i/bias"] + h @ v["h/kernel"])


def nnx_gru(v, x, h):
    i_r, i_z, i_n = np.split(x @ v["dense_i.kernel"] + v["dense_i.bias"], 3)
    h_r, h_z, h_n = np.split(h @ v["dense_h.kernel"], 3)
    r, z = sigmoid(i_r + h_r), sigmoid(i_z + h_z)
    return (1 - z) * np.tanh(i_n + r * h_n) + z * h


def nnx_lstm(v, x, h, c):
    return lstm_tail(x @ v["dense_i.kernel"] + h @ v["dense_h.kernel"] + v["dense_h.bias"], "ifgo", c)


def nnx_lstm_separate(v, x, h, c):
    names = {"i": "ii", "f": "if_", "g": "ig", "o": "io"}
    gates = [x @ v[f"{names[g]}.kernel"] + h @ v[f"h{g}.kernel"] + v[f"h{g}.bias"] for g in "ifgo"]
    return lstm_tail(np.concatenate(gates), "ifgo", c)


def nnx_rnn(v, x, h):
    return np.tanh(x @ v["dense_i.kernel"] + v["dense_i.bias"] + h @ v["dense_h.kernel"])


def equinox_gru(v, x, h):
    i_r, i_z, i_n = np.split(v["weight_ih"] @ x + v["bias"], 3)
    h_r, h_z, h_n = np.split(v["weight_hh"] @ h, 3)
    r, z = sigmoid(i_r + h_r), sigmoid(i_z + h_z)
    new = np.tanh(i_n + r * (h_n + v["bias_n"]))
    return new + z * (h - new)


def equinox_lstm(v, x, h, c):
    return lstm_tail(v["weight_ih"] @ x + v["weight_hh"] @ h + v["bias"], "ifgo", c)


def haiku_gru(v, x, h):
    x_z, x_r, x_a = np.split(x @ v["w_i"], 3)
    u_z, u_r, u_a = np.split(v["w_h"], 3, axis=1)
    b_z, b_r, b_a = np.split(v["b"], 3)
    z, r = sigmoid(x_z + h @ u_z + b_z), sigmoid(x_r + h @ u_r + b_r)
    return (1 - z) * h + z * np.tanh(x_a + (r * h) @ u_a + b_a)


def haiku_lstm(v, x, h, c):
    return lstm_tail(np.concatenate([x, h]) @ v["linear/w"] + v["linear/b"], "igfo", c, offset=1.0)


def haiku_rnn(v, x, h):
    a = x @ v["linear/w"] + v["linear/b"] + h @ v["linear_1/w"] + v["linear_1/b"]
    return np.maximum(a, 0)


def tf1_lstm(v, x, h, c):
    return lstm_tail(np.concatenate([x, h]) @ v["kernel"] + v["bias"], "igfo", c, offset=1.0)


def torch_lstm_projected(v, x, h, c):
    new, c = torch_lstm(v, x, h, c)
    return v["weight_hr"] @ new, c


def torch_rnn_relu(v, x, h):
    return np.maximum(v["weight_ih"] @ x + v["bias_ih"] + v["weight_hh"] @ h + v["bias_hh"], 0)


def onnx_lstm_peepholes(v, x, h, c):
    wb, rb = np.split(v["B"][0], 2)
    a_i, a_o, a_f, a_c = np.split(x @ v["W"][0].T + h @ v["R"][0].T + wb + rb, 4)
    p_i, p_o, p_f = np.split(v["P"][0], 3)
    i, f = sigmoid(a_i + p_i * c), sigmoid(a_f + p_f * c)
    c = f * c + i * np.tanh(a_c)
    return sigmoid(a_o + p_o * c) * np.tanh(c), c


def tf1_gru(v, x, h):
    r, u = np.split(sigmoid(np.concatenate([x, h]) @ v["gates/kernel"] + v["gates/bias"]), 2)
    c = np.tanh(np.concatenate([x, r * h]) @ v["candidate/kernel"] + v["candidate/bias"])
    return u * h + (1 - u) * c


def tf1_lstm_peepholes(v, x, h, c):
    i, j, f, o = np.split(np.concatenate([x, h]) @ v["kernel"] + v["bias"], 4)
    new = sigmoid(f + 1 + v["w_f_diag"] * c) * c + sigmoid(i + v["w_i_diag"] * c) * np.tanh(j)
    return sigmoid(o + v["w_o_diag"] * new) * np.tanh(new), new


def tf1_lstm_projected(v, x, h, c):
    new, c = tf1_lstm(v, x, h, c)
    return new @ v["projection/kernel"], c


def tf1_rnn(v, x, h):
    return np.tanh(np.concatenate([x, h]) @ v["kernel"] + v["bias"])


# framework and kind -> its step, and the number of parameters at 3 inputs and 5 units as the framework
# itself reports it (measured; those of TF1 are from its documentation), with 2 fed back if projected
STEPS = {
    ("torch", "gru"): (torch_gru, 150),
    ("torch", "lstm"): (torch_lstm, 200),
    ("torch", "rnn"): (torch_rnn, 50),
    ("keras", "gru"): (keras_gru, 150),
    ("keras reset_after=False", "gru"): (keras_gru_before, 135),
    ("keras", "lstm"): (keras_lstm, 180),
    ("keras", "rnn"): (keras_rnn, 45),
    ("onnx", "gru"): (onnx_gru, 150),
    ("onnx linear_before_reset=1", "gru"): (onnx_gru_after, 150),
    ("onnx", "lstm"): (onnx_lstm, 200),
    ("onnx", "rnn"): (onnx_rnn, 50),
    ("flax linen", "gru"): (linen_gru, 140),
    ("flax linen", "lstm"): (linen_lstm, 180),
    ("flax linen", "rnn"): (linen_rnn, 45),
    ("flax nnx", "gru"): (nnx_gru, 135),
    ("equinox", "gru"): (equinox_gru, 140),
    ("equinox", "lstm"): (equinox_lstm, 180),
    ("haiku", "gru"): (haiku_gru, 135),
    ("haiku", "lstm"): (haiku_lstm, 180),
    ("tf1", "lstm"): (tf1_lstm, 180),
    ("torch proj_size", "lstm"): (torch_lstm_projected, 150),
    ("torch nonlinearity=relu", "rnn"): (torch_rnn_relu, 50),
    ("onnx peepholes", "lstm"): (onnx_lstm_peepholes, 215),
    ("tf1", "gru"): (tf1_gru, 135),
    ("tf1 use_peepholes", "lstm"): (tf1_lstm_peepholes, 195),
    ("tf1 num_proj", "lstm"): (tf1_lstm_projected, 130),
    ("tf1", "rnn"): (tf1_rnn, 45),
    ("flax nnx", "lstm"): (nnx_lstm, 180),
    ("flax nnx LSTMCell", "lstm"): (nnx_lstm_separate, 180),
    ("flax nnx", "rnn"): (nnx_rnn, 45),
    ("haiku", "rnn"): (haiku_rnn, 50),
}
