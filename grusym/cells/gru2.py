"""Gated recurrent unit, variant 2 of Dey and Salem: gates from the state alone.

Checked against ReservoirComputing.jl, whose GRU variants follow the paper, for the terms of the
gates. Equation numbers not confirmed.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="gru2",
    title="GRU2: gates from the state alone",
    source="Dey & Salem 2017 (arXiv 1701.05923), variant GRU2; 1 - z keeps the old state, reset before "
    "the product; gates from the state alone",
    equations="""
        r  = σ(U_r h)                           # reset gate
        z  = σ(U_z h)                           # update gate
        c  = tanh(W_c x + U_c (r ⊙ h) + b_c)    # candidate
        h' = (1 - z) ⊙ h + z ⊙ c                # new state
    """,
)
