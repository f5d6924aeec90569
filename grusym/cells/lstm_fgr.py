"""Peephole LSTM whose gates see all gates of the step before: they become states.

Checked against fomorians/lstm-odyssey, with the nine matrices between gates that the paper counts.
Equation numbers not confirmed.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="lstm_fgr",
    title="LSTM with full gate recurrence (FGR)",
    source="Greff et al. 2017 (arXiv 1503.04069), variant FGR; every gate sees the three gates of the "
    "step before, which are states therefore (R_if leads from i to f); diagonal peepholes from c "
    "into i and f and from the new c into o; f keeps the old cell state",
    equations="""
        g  = tanh(W_g x + U_g h + b_g)                                       # candidate
        i' = σ(W_i x + U_i h + p_i ⊙ c + R_ii i + R_fi f + R_oi o + b_i)     # input gate
        f' = σ(W_f x + U_f h + p_f ⊙ c + R_if i + R_ff f + R_of o + b_f)     # forget gate
        c' = f' ⊙ c + i' ⊙ g                                                 # new cell state
        o' = σ(W_o x + U_o h + p_o ⊙ c' + R_io i + R_fo f + R_oo o + b_o)    # output gate
        h' = o' ⊙ tanh(c')                                                   # new state
    """,
)
