"""Long short-term memory with a forget gate and without peepholes.

Checked against eqs. 28-33 of Beck et al. 2024 and PyTorch's documentation of nn.LSTM, which has a
second bias.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="lstm",
    title="Long short-term memory",
    source="Hochreiter & Schmidhuber 1997 with the forget gate of Gers et al. 2000, without "
    "peepholes; as printed in Beck et al. 2024 (arXiv 2405.04517), eqs. 28-33; f keeps the old "
    "cell state",
    equations="""
        i  = σ(W_i x + U_i h + b_i)       # input gate
        f  = σ(W_f x + U_f h + b_f)       # forget gate
        o  = σ(W_o x + U_o h + b_o)       # output gate
        g  = tanh(W_g x + U_g h + b_g)    # candidate
        c' = f ⊙ c + i ⊙ g                # new cell state
        h' = o ⊙ tanh(c')                 # new state
    """,
)
