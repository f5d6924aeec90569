"""Minimal LSTM whose gates see the input only and are scaled to the sum one.

Checked against lucidrains/minGRU-pytorch and a code that quotes the paper's sec. 3.2. Equation
numbers not confirmed.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="min_lstm",
    title="minLSTM",
    source="Feng et al. 2024 (arXiv 2410.01201), plain form (not in logarithms), gates divided by "
    "their sum as in sec. 3.2 of its first version; f keeps the old state; candidate without "
    "tanh, no output gate; their Linear is taken with a bias",
    equations="""
        f  = σ(W_f x + b_f)    # forget gate
        i  = σ(W_i x + b_i)    # input gate
        c  = W_c x + b_c       # candidate
        f̂  = f / (f + i)       # forget gate, scaled
        î  = i / (f + i)       # input gate, scaled
        h' = f̂ ⊙ h + î ⊙ c     # new state
    """,
)
