"""Vanilla recurrent network with a hyperbolic tangent.

Checked against eq. 1 of Kusupati et al. 2018 (arXiv 1901.02358), which prints the cell so.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="rnn",
    title="Vanilla recurrent network",
    source="Elman 1990, with a tanh and one bias as in eq. 1 of Kusupati et al. 2018 (arXiv 1901.02358)",
    equations="""
        h' = tanh(W x + U h + b)    # new state
    """,
)
