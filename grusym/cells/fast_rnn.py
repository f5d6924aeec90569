"""Vanilla network with a weighted residual connection.

Checked against the paper and microsoft/EdgeML, the authors' code, which trains α and β through a σ.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="fast_rnn",
    title="FastRNN",
    source="Kusupati et al. 2018 (arXiv 1901.02358), eq. 2, with tanh; β keeps the old state, α "
    "weighs the new one: two trained scalars in [0, 1], given as they act, not as what a σ "
    "makes them of",
    equations="""
        c  = tanh(W x + U h + b)    # candidate
        h' = α c + β h              # new state
    """,
)
