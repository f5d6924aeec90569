"""Vanilla recurrent network with a rectifier, whose state has no bound.

Checked against PyTorch's documentation of nn.RNN with relu, which has a second bias. Equation
numbers not confirmed.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="rnn_relu",
    title="Vanilla recurrent network with a rectifier",
    source="Le, Jaitly & Hinton 2015 (arXiv 1504.00941), who start U at the identity; one bias; the "
    "slope of relu at 0 is taken as 0",
    equations="""
        h' = relu(W x + U h + b)    # new state
    """,
)
