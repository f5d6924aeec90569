"""Antisymmetric network: one Euler step of a stable differential equation.

Checked against RecurrentLayers.jl, and for the gateless cell erichson/LipschitzRNN. Equation
numbers not confirmed.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="antisymmetric_rnn",
    title="Antisymmetric network",
    source="Chang et al. 2019 (arXiv 1902.09689); the state is kept whole and a step of size ε is "
    "added; ε (step) and γ (damping) are settings, not trained; U counts whole, though only U - Uᵀ "
    "acts",
    equations="""
        ε, γ : constant
        h' = h + ε tanh((U - Uᵀ - γ I) h + W x + b)    # new state
    """,
)
