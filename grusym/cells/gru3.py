"""Gated recurrent unit, variant 3 of Dey and Salem: constant gates.

Checked against ReservoirComputing.jl, whose GRU variants follow the paper, for the terms of the
gates. Equation numbers not confirmed.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="gru3",
    title="GRU3: constant gates",
    source="Dey & Salem 2017 (arXiv 1701.05923), variant GRU3; 1 - z keeps the old state, reset before "
    "the product; gates from a bias alone: constants, the same at every step",
    equations="""
        r  = σ(b_r)                             # reset gate
        z  = σ(b_z)                             # update gate
        c  = tanh(W_c x + U_c (r ⊙ h) + b_c)    # candidate
        h' = (1 - z) ⊙ h + z ⊙ c                # new state
    """,
)
