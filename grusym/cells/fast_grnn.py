"""Gated network whose gate and candidate share their matrices.

Checked against the paper and microsoft/EdgeML, the authors' code, which trains ζ and ν through a σ.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="fast_grnn",
    title="FastGRNN",
    source="Kusupati et al. 2018 (arXiv 1901.02358), eq. 6, without their low-rank and sparse "
    "factors; z keeps the old state; gate and candidate share W and U; ζ and ν are two "
    "trained scalars in [0, 1], given as they act, not as what a σ makes them of",
    equations="""
        ν : scalar
        z  = σ(W x + U h + b_z)             # update gate
        c  = tanh(W x + U h + b_c)          # candidate
        h' = (ζ (1 - z) + ν) ⊙ c + z ⊙ h    # new state
    """,
)
