"""Antisymmetric network whose step a gate scales; gate and step share the recurrent matrix.

Checked against RecurrentLayers.jl, which follows the paper. Equation numbers not confirmed.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="antisymmetric_rnn_gated",
    title="Antisymmetric network with gate",
    source="Chang et al. 2019 (arXiv 1902.09689); the state is kept whole and a step of size ε is "
    "added; ε (step) and γ (damping) are settings, not trained; U counts whole, though only U - Uᵀ "
    "acts; gate and candidate share U",
    equations="""
        ε, γ : constant
        z  = σ((U - Uᵀ - γ I) h + W_z x + b_z)       # input gate
        c  = tanh((U - Uᵀ - γ I) h + W_c x + b_c)    # candidate
        h' = h + ε z ⊙ c                             # new state
    """,
)
