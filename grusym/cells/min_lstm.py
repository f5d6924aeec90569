"""Minimal LSTM whose gates see the input only and are scaled to the sum one."""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="min_lstm",
    title="minLSTM",
    source="Feng et al. 2024 (arXiv 2410.01201), plain form (not in logarithms), gates divided by their "
    "sum; f keeps the old state; candidate without tanh, no output gate",
    equations="""
        f  = σ(W_f x + b_f)    # forget gate
        i  = σ(W_i x + b_i)    # input gate
        c  = W_c x + b_c       # candidate
        f̂  = f / (f + i)       # forget gate, scaled
        î  = i / (f + i)       # input gate, scaled
        h' = f̂ ⊙ h + î ⊙ c     # new state
    """,
)
