"""Gated recurrent unit, reset gate applied before the recurrent product.

Checked against two transcriptions of the paper's sec. 2.3, which has no biases. Equation numbers
not confirmed.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="gru",
    title="Gated recurrent unit, reset before the product",
    source="Cho et al. 2014 (arXiv 1406.1078), sec. 2.3, with biases; z near 1 keeps the old state, "
    "reset before the product",
    equations="""
        r  = σ(W_r x + U_r h + b_r)             # reset gate
        z  = σ(W_z x + U_z h + b_z)             # update gate
        c  = tanh(W_c x + U_c (r ⊙ h) + b_c)    # candidate
        h' = z ⊙ h + (1 - z) ⊙ c                # new state
    """,
)
