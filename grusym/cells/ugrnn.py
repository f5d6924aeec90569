"""Update gate network: a vanilla network with one gate.

Checked against UGRNNCell of TensorFlow 1.15, which adds 1 inside z, and the sizes in Kusupati et
al. 2018. Equation numbers not confirmed.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="ugrnn",
    title="Update gate recurrent network (UGRNN)",
    source="Collins, Sohl-Dickstein & Sussillo 2016 (arXiv 1611.09913), with tanh; z (their g) keeps "
    "the old state; no reset gate",
    equations="""
        z  = σ(W_z x + U_z h + b_z)       # update gate
        c  = tanh(W_c x + U_c h + b_c)    # candidate
        h' = z ⊙ h + (1 - z) ⊙ c          # new state
    """,
)
