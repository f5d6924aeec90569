"""First mutated architecture of Jozefowicz et al.: the update gate sees the input only.

Checked against JZS1 of Keras before its version 1. Equation numbers not confirmed.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="mut1",
    title="MUT1",
    source="Jozefowicz, Zaremba & Sutskever 2015 (PMLR 37), MUT1; 1 - z keeps the old state, reset "
    "before the product; z sees the input only; tanh(x) enters the candidate without a matrix, "
    "so m = n",
    equations="""
        x : n
        z  = σ(W_z x + b_z)                       # update gate
        r  = σ(W_r x + U_r h + b_r)               # reset gate
        c  = tanh(U_c (r ⊙ h) + tanh(x) + b_c)    # candidate
        h' = c ⊙ z + h ⊙ (1 - z)                  # new state
    """,
)
