"""Long expressive memory: two states, each with a learned time step.

Checked against tk-rusch/LEM, the authors' code. Equation numbers not confirmed.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="lem",
    title="Long expressive memory (LEM)",
    source="Rusch et al. 2022 (arXiv 2110.04744); d and e are the learned time steps of z and y, one "
    "minus them keeps the old state; y sees the new z; Δt is a setting, not "
    "trained",
    equations="""
        Δt : constant
        d  = Δt σ(W_d x + U_d y + b_d)                       # time step of z
        e  = Δt σ(W_e x + U_e y + b_e)                       # time step of y
        z' = (1 - d) ⊙ z + d ⊙ tanh(W_z x + U_z y + b_z)     # new memory
        y' = (1 - e) ⊙ y + e ⊙ tanh(W_y x + U_y z' + b_y)    # new state
    """,
)
