"""Minimal gated unit, variant 2 of Heck and Salem: gate from the state alone.

Checked against an independent Keras implementation that follows the paper. Equation numbers not
confirmed.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="mgu2",
    title="MGU2: gate from the state alone",
    source="Heck & Salem 2017 (arXiv 1701.03452), variant MGU2; 1 - f keeps the old state, and f resets "
    "it before the product; the gate sees the state alone",
    equations="""
        f  = σ(U_f h)                           # forget gate
        c  = tanh(W_c x + U_c (f ⊙ h) + b_c)    # candidate
        h' = (1 - f) ⊙ h + f ⊙ c                # new state
    """,
)
