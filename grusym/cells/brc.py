"""Bistable recurrent cell: units remember by themselves, each connected only to itself.

Checked against nvecoven/BRC, the authors' code, but for its two biases. Equation numbers not
confirmed.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="brc",
    title="Bistable recurrent cell (BRC)",
    source="Vecoven, Ernst & Drion 2021 (arXiv 2006.05252); c keeps the old state; a in (0, 2) is "
    "the feedback of a unit on itself; without biases (the authors' code gives a and c one "
    "each); all recurrent weights are vectors",
    equations="""
        a  = 1 + tanh(W_a x + w_a ⊙ h)              # feedback
        c  = σ(W_c x + w_c ⊙ h)                     # update gate
        h' = c ⊙ h + (1 - c) ⊙ tanh(W x + a ⊙ h)    # new state
    """,
)
