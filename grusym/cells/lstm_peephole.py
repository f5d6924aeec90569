"""Long short-term memory with diagonal peepholes, the base of the variants of Greff et al.

Checked against a transcription of the paper's forward pass and the code of IDSIA/brainstorm, by
authors of it. Equation numbers not confirmed.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="lstm_peephole",
    title="Long short-term memory with peepholes",
    source="Greff et al. 2017 (arXiv 1503.04069) with the peepholes of Gers & Schmidhuber 2000; "
    "diagonal peepholes from c into i and f and from the new c into o; f keeps the old cell "
    "state",
    equations="""
        g  = tanh(W_g x + U_g h + b_g)            # candidate
        i  = σ(W_i x + U_i h + p_i ⊙ c + b_i)     # input gate
        f  = σ(W_f x + U_f h + p_f ⊙ c + b_f)     # forget gate
        c' = f ⊙ c + i ⊙ g                        # new cell state
        o  = σ(W_o x + U_o h + p_o ⊙ c' + b_o)    # output gate
        h' = o ⊙ tanh(c')                         # new state
    """,
)
