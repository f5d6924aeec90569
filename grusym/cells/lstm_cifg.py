"""Peephole LSTM whose forget gate is one minus its input gate.

Checked against fomorians/lstm-odyssey, which follows the paper. Equation numbers not confirmed.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="lstm_cifg",
    title="LSTM with coupled input and forget gate (CIFG)",
    source="Greff et al. 2017 (arXiv 1503.04069), variant CIFG; f = 1 - i, so 1 - i keeps the old cell "
    "state; diagonal peepholes into i and, from the new c, into o",
    equations="""
        g  = tanh(W_g x + U_g h + b_g)            # candidate
        i  = σ(W_i x + U_i h + p_i ⊙ c + b_i)     # input gate
        f  = 1 - i                                # forget gate
        c' = f ⊙ c + i ⊙ g                        # new cell state
        o  = σ(W_o x + U_o h + p_o ⊙ c' + b_o)    # output gate
        h' = o ⊙ tanh(c')                         # new state
    """,
)
