"""Light gated recurrent unit: no reset gate, and a rectifier for the candidate.

Checked against mravanelli/pytorch-kaldi, the authors' code. Equation numbers not confirmed.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="light_gru",
    title="Light gated recurrent unit (Li-GRU)",
    source="Ravanelli et al. 2018 (arXiv 1803.10225); z keeps the old state; no reset gate; their "
    "batch normalisation of W x is left out, and its shift stands here as the bias of each "
    "gate",
    equations="""
        z  = σ(W_z x + U_z h + b_z)       # update gate
        c  = relu(W_c x + U_c h + b_c)    # candidate
        h' = z ⊙ h + (1 - z) ⊙ c          # new state
    """,
)
