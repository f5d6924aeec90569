"""Long short-term memory without peepholes, the variant of Greff et al. that most frameworks run.

Checked against fomorians/lstm-odyssey, which follows the paper. Equation numbers not confirmed.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="lstm_np",
    title="LSTM without peepholes (NP)",
    source="Greff et al. 2017 (arXiv 1503.04069), variant NP; the same function as the cell lstm; f "
    "keeps the old cell state",
    equations="""
        g  = tanh(W_g x + U_g h + b_g)    # candidate
        i  = σ(W_i x + U_i h + b_i)       # input gate
        f  = σ(W_f x + U_f h + b_f)       # forget gate
        c' = f ⊙ c + i ⊙ g                # new cell state
        o  = σ(W_o x + U_o h + b_o)       # output gate
        h' = o ⊙ tanh(c')                 # new state
    """,
)
