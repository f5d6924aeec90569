"""Gated recurrent unit with a forget and an input gate of their own; i = 1 - f is the GRU.

Checked against the gru, of which it is the uncoupled form: no paper's equation numbers.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="gru_decoupled",
    title="Gated recurrent unit with separate forget and input gates",
    source="no one paper's cell: the gru of Cho et al. 2014 with the coupling i = 1 - f undone; reset "
    "before the product; f keeps the old state",
    equations="""
        r  = σ(W_r x + U_r h + b_r)             # reset gate
        f  = σ(W_f x + U_f h + b_f)             # forget gate
        i  = σ(W_i x + U_i h + b_i)             # input gate
        c  = tanh(W_c x + U_c (r ⊙ h) + b_c)    # candidate
        h' = f ⊙ h + i ⊙ c                      # new state
    """,
)
