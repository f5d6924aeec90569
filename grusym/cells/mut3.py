"""Third mutated architecture of Jozefowicz et al.: the update gate sees the tanh of the state.

Checked against JZS3 of Keras before its version 1. Equation numbers not confirmed.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="mut3",
    title="MUT3",
    source="Jozefowicz, Zaremba & Sutskever 2015 (PMLR 37), MUT3; 1 - z keeps the old state, reset "
    "before the product; the update gate sees tanh(h)",
    equations="""
        z  = σ(W_z x + U_z tanh(h) + b_z)       # update gate
        r  = σ(W_r x + U_r h + b_r)             # reset gate
        c  = tanh(U_c (r ⊙ h) + W_c x + b_c)    # candidate
        h' = c ⊙ z + h ⊙ (1 - z)                # new state
    """,
)
