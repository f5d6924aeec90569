"""Coupled oscillatory network: positions y and velocities z of damped, driven oscillators.

Checked against tk-rusch/coRNN, the authors' code. Equation numbers not confirmed.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="co_rnn",
    title="Coupled oscillatory network (coRNN)",
    source="Rusch & Mishra 2021 (arXiv 2010.00951), the explicit form (damping by the old velocity) "
    "with tanh; Δt, γ and ε are settings, not trained",
    equations="""
        Δt, γ, ε : constant
        z' = z + Δt (tanh(U y + V z + W x + b) - γ y - ε z)    # new velocity
        y' = y + Δt z'                                         # new position
    """,
)
