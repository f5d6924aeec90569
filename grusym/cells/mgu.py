"""Minimal gated unit: one gate both forgets and resets.

Checked against Chainer's MGU and RecurrentLayers.jl, which follow the paper. Equation numbers not
confirmed.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="mgu",
    title="Minimal gated unit",
    source="Zhou et al. 2016 (arXiv 1603.09420); 1 - f keeps the old state, and f resets it before the "
    "product",
    equations="""
        f  = σ(W_f x + U_f h + b_f)             # forget gate
        c  = tanh(W_c x + U_c (f ⊙ h) + b_c)    # candidate
        h' = (1 - f) ⊙ h + f ⊙ c                # new state
    """,
)
