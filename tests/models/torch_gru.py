"""The word-to-phoneme model again, from the equations in torch.nn.GRU's documentation.

r = σ(W_ir x + b_ir + W_hr h + b_hr)
z = σ(W_iz x + b_iz + W_hz h + b_hz)
n = tanh(W_in x + b_in + r ⊙ (W_hn h + b_hn))
h' = (1 - z) ⊙ n + z ⊙ h

Nothing of grusym is used.
"""

import numpy as np


def step(arrays, part, x, h):
    w_ir, w_iz, w_in = np.split(arrays[f"{part}_w_ih"], 3)
    w_hr, w_hz, w_hn = np.split(arrays[f"{part}_w_hh"], 3)
    b_ir, b_iz, b_in = np.split(arrays[f"{part}_b_ih"], 3)
    b_hr, b_hz, b_hn = np.split(arrays[f"{part}_b_hh"], 3)
    r = 1 / (1 + np.exp(-(w_ir @ x + b_ir + w_hr @ h + b_hr)))
    z = 1 / (1 + np.exp(-(w_iz @ x + b_iz + w_hz @ h + b_hz)))
    n = np.tanh(w_in @ x + b_in + r * (w_hn @ h + b_hn))
    return (1 - z) * n + z * h


def spoken(arrays, word):
    """Indices of the phonemes of a word of letters a to z, in the file's own single precision."""
    h = np.zeros(256, np.float32)
    for letter in [*(ord(c) - ord("a") + 3 for c in word), 2]:
        h = step(arrays, "enc", arrays["enc_emb"][letter], h)
    said = []
    while len(said) < 20:
        h = step(arrays, "dec", arrays["dec_emb"][said[-1] if said else 2], h)
        best = int((arrays["fc_w"] @ h + arrays["fc_b"]).argmax())
        if best == 3:
            break
        said.append(best)
    return said
