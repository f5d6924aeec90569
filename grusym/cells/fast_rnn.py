"""Vanilla network with a weighted residual connection."""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="fast_rnn",
    title="FastRNN",
    source="Kusupati et al. 2018 (arXiv 1901.02358), with tanh; β keeps the old state, α weighs the new "
    "one, two trained scalars given as they act",
    equations="""
        c  = tanh(W x + U h + b)    # candidate
        h' = α c + β h              # new state
    """,
)
