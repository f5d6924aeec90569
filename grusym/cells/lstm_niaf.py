"""Peephole LSTM whose candidate is linear.

Checked against fomorians/lstm-odyssey, which follows the paper. Equation numbers not confirmed.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="lstm_niaf",
    title="LSTM without input activation (NIAF)",
    source="Greff et al. 2017 (arXiv 1503.04069), variant NIAF; g without its tanh; diagonal peepholes "
    "from c into i and f and from the new c into o; f keeps the old cell state",
    equations="""
        g  = W_g x + U_g h + b_g                  # candidate
        i  = σ(W_i x + U_i h + p_i ⊙ c + b_i)     # input gate
        f  = σ(W_f x + U_f h + p_f ⊙ c + b_f)     # forget gate
        c' = f ⊙ c + i ⊙ g                        # new cell state
        o  = σ(W_o x + U_o h + p_o ⊙ c' + b_o)    # output gate
        h' = o ⊙ tanh(c')                         # new state
    """,
)
