"""Vanilla recurrent network with a hyperbolic tangent."""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="rnn",
    title="Vanilla recurrent network",
    source="Elman 1990, with a tanh and one bias",
    equations="""
        h' = tanh(W x + U h + b)    # new state
    """,
)
