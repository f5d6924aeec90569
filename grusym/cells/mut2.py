"""Second mutated architecture of Jozefowicz et al.: the input enters the reset gate as it is.

Checked against JZS2 of Keras before its version 1. Equation numbers not confirmed.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="mut2",
    title="MUT2",
    source="Jozefowicz, Zaremba & Sutskever 2015 (PMLR 37), MUT2; 1 - z keeps the old state, reset "
    "before the product; x enters the reset gate without a matrix, so m = n",
    equations="""
        x : n
        z  = σ(W_z x + U_z h + b_z)             # update gate
        r  = σ(x + U_r h + b_r)                 # reset gate
        c  = tanh(U_c (r ⊙ h) + W_c x + b_c)    # candidate
        h' = c ⊙ z + h ⊙ (1 - z)                # new state
    """,
)
