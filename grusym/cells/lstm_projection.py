"""Long short-term memory whose output of n units is projected to a state of p.

Checked against PyTorch's documentation of proj_size and the paper's count of its weights. Equation
numbers not confirmed.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="lstm_projection",
    title="LSTM with a recurrent projection",
    source="Sak, Senior & Beaufays 2014 (arXiv 1402.1128) without their peepholes and their second, "
    "non-recurrent projection, as PyTorch has it; p units feed back; f keeps the old cell state",
    equations="""
        h : p
        i  = σ(W_i x + U_i h + b_i)       # input gate
        f  = σ(W_f x + U_f h + b_f)       # forget gate
        o  = σ(W_o x + U_o h + b_o)       # output gate
        g  = tanh(W_g x + U_g h + b_g)    # candidate
        c' = f ⊙ c + i ⊙ g                # new cell state
        h' = W_h (o ⊙ tanh(c'))           # new state, projected
    """,
)
