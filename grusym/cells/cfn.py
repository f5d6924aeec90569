"""Chaos-free network: without input the state decays to zero.

Checked against RecurrentLayers.jl, which follows the paper. Equation numbers not confirmed.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="cfn",
    title="Chaos-free network (CFN)",
    source="Laurent & von Brecht 2017 (arXiv 1612.06212); θ keeps the tanh of the old state, η lets the "
    "input in; the input's product has no bias",
    equations="""
        θ  = σ(W_θ x + U_θ h + b_θ)         # forget gate
        η  = σ(W_η x + U_η h + b_η)         # input gate
        h' = θ ⊙ tanh(h) + η ⊙ tanh(W x)    # new state
    """,
)
