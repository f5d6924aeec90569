"""Peephole LSTM without its input gate.

Checked against fomorians/lstm-odyssey, which follows the paper. Equation numbers not confirmed.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="lstm_nig",
    title="LSTM without input gate (NIG)",
    source="Greff et al. 2017 (arXiv 1503.04069), variant NIG; i = 1, so the candidate is added whole; "
    "peepholes into f and o; f keeps the old cell state",
    equations="""
        g  = tanh(W_g x + U_g h + b_g)            # candidate
        f  = σ(W_f x + U_f h + p_f ⊙ c + b_f)     # forget gate
        c' = f ⊙ c + g                            # new cell state
        o  = σ(W_o x + U_o h + p_o ⊙ c' + b_o)    # output gate
        h' = o ⊙ tanh(c')                         # new state
    """,
)
