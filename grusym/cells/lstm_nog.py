"""Peephole LSTM without its output gate.

Checked against fomorians/lstm-odyssey, which follows the paper. Equation numbers not confirmed.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="lstm_nog",
    title="LSTM without output gate (NOG)",
    source="Greff et al. 2017 (arXiv 1503.04069), variant NOG; o = 1; peepholes into i and f; f keeps "
    "the old cell state",
    equations="""
        g  = tanh(W_g x + U_g h + b_g)           # candidate
        i  = σ(W_i x + U_i h + p_i ⊙ c + b_i)    # input gate
        f  = σ(W_f x + U_f h + p_f ⊙ c + b_f)    # forget gate
        c' = f ⊙ c + i ⊙ g                       # new cell state
        h' = tanh(c')                            # new state
    """,
)
