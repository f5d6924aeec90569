"""Peephole LSTM whose output is the gated cell state itself.

Checked against fomorians/lstm-odyssey, which follows the paper. Equation numbers not confirmed.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="lstm_noaf",
    title="LSTM without output activation (NOAF)",
    source="Greff et al. 2017 (arXiv 1503.04069), variant NOAF; h without the tanh of c; diagonal "
    "peepholes from c into i and f and from the new c into o; f keeps the old cell state",
    equations="""
        g  = tanh(W_g x + U_g h + b_g)            # candidate
        i  = σ(W_i x + U_i h + p_i ⊙ c + b_i)     # input gate
        f  = σ(W_f x + U_f h + p_f ⊙ c + b_f)     # forget gate
        c' = f ⊙ c + i ⊙ g                        # new cell state
        o  = σ(W_o x + U_o h + p_o ⊙ c' + b_o)    # output gate
        h' = o ⊙ c'                               # new state
    """,
)
