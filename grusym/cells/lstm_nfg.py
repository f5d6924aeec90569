"""Peephole LSTM without its forget gate: the cell state only adds up.

Checked against fomorians/lstm-odyssey, which follows the paper. Equation numbers not confirmed.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="lstm_nfg",
    title="LSTM without forget gate (NFG)",
    source="Greff et al. 2017 (arXiv 1503.04069), variant NFG; f = 1, so the old cell state is kept "
    "whole, as in Hochreiter & Schmidhuber 1997; peepholes into i and o",
    equations="""
        g  = tanh(W_g x + U_g h + b_g)            # candidate
        i  = σ(W_i x + U_i h + p_i ⊙ c + b_i)     # input gate
        c' = c + i ⊙ g                            # new cell state
        o  = σ(W_o x + U_o h + p_o ⊙ c' + b_o)    # output gate
        h' = o ⊙ tanh(c')                         # new state
    """,
)
