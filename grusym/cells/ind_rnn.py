"""Independently recurrent network: every unit sees only itself.

Checked against the paper in Sunnydreamrain/IndRNN_Theano_Lasagne, the authors' code.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="ind_rnn",
    title="Independently recurrent network (IndRNN)",
    source="Li et al. 2018 (arXiv 1803.04831), eq. 2, with relu; the recurrent weight w (their u) is "
    "a vector; one bias",
    equations="""
        h' = relu(W x + w ⊙ h + b)    # new state
    """,
)
