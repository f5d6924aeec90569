"""MinimalRNN: the input is encoded once, and one gate mixes it into the state.

Checked against RecurrentLayers.jl, which follows the paper. Equation numbers not confirmed.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="minimal_rnn",
    title="MinimalRNN",
    source="Chen 2017 (arXiv 1711.06788), with a tanh layer as encoder, studied by Chen, Pennington & "
    "Schoenholz 2018 (arXiv 1806.05394); u keeps the old state; no recurrent product but the "
    "gate's",
    equations="""
        z  = tanh(W_x x + b_z)         # encoded input
        u  = σ(U_h h + U_z z + b_u)    # update gate
        h' = u ⊙ h + (1 - u) ⊙ z       # new state
    """,
)
