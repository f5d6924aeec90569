"""Gated recurrent unit, variant 1 of Dey and Salem: gates from state and bias.

Checked against ReservoirComputing.jl, whose GRU variants follow the paper, for the terms of the
gates. Equation numbers not confirmed.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="gru1",
    title="GRU1: gates from state and bias",
    source="Dey & Salem 2017 (arXiv 1701.05923), variant GRU1; 1 - z keeps the old state, reset before "
    "the product; gates from the state and a bias, without the input",
    equations="""
        r  = σ(U_r h + b_r)                     # reset gate
        z  = σ(U_z h + b_z)                     # update gate
        c  = tanh(W_c x + U_c (r ⊙ h) + b_c)    # candidate
        h' = (1 - z) ⊙ h + z ⊙ c                # new state
    """,
)
