"""Minimal GRU whose gate and candidate see the input only, so that a scan runs it in parallel.

Checked against lucidrains/minGRU-pytorch, which runs the form in logarithms and leaves out the
biases. Equation numbers not confirmed.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="min_gru",
    title="minGRU",
    source="Feng et al. 2024 (arXiv 2410.01201), plain form (not in logarithms, where the candidate "
    "is made positive); 1 - z keeps the old state; candidate without tanh; their Linear is "
    "taken with a bias",
    equations="""
        z  = σ(W_z x + b_z)         # update gate
        c  = W_c x + b_c            # candidate
        h' = (1 - z) ⊙ h + z ⊙ c    # new state
    """,
)
