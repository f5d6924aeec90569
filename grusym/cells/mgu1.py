"""Minimal gated unit, variant 1 of Heck and Salem: gate from state and bias.

Checked against an independent Keras implementation that follows the paper. Equation numbers not
confirmed.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="mgu1",
    title="MGU1: gate from state and bias",
    source="Heck & Salem 2017 (arXiv 1701.03452), variant MGU1; 1 - f keeps the old state, and f resets "
    "it before the product; the gate sees the state and a bias, not the input",
    equations="""
        f  = σ(U_f h + b_f)                     # forget gate
        c  = tanh(W_c x + U_c (f ⊙ h) + b_c)    # candidate
        h' = (1 - f) ⊙ h + f ⊙ c                # new state
    """,
)
