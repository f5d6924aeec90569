"""Minimal gated unit, variant 3 of Heck and Salem: constant gate.

Checked against an independent Keras implementation that follows the paper. Equation numbers not
confirmed.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="mgu3",
    title="MGU3: constant gate",
    source="Heck & Salem 2017 (arXiv 1701.03452), variant MGU3; 1 - f keeps the old state, and f resets "
    "it before the product; the gate is a bias alone: a constant, the same at every step",
    equations="""
        f  = σ(b_f)                             # forget gate
        c  = tanh(W_c x + U_c (f ⊙ h) + b_c)    # candidate
        h' = (1 - f) ⊙ h + f ⊙ c                # new state
    """,
)
