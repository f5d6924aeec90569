"""Long short-term memory with a forget gate and without peepholes."""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="lstm",
    title="Long short-term memory",
    source="Hochreiter & Schmidhuber 1997 with the forget gate of Gers et al. 2000, without peepholes",
    equations="""
        i  = σ(W_i x + U_i h + b_i)       # input gate
        f  = σ(W_f x + U_f h + b_f)       # forget gate
        o  = σ(W_o x + U_o h + b_o)       # output gate
        g  = tanh(W_g x + U_g h + b_g)    # candidate
        c' = f ⊙ c + i ⊙ g                # new cell state
        h' = o ⊙ tanh(c')                 # new state
    """,
)
