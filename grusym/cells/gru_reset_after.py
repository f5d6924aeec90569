"""Gated recurrent unit, reset gate applied after the recurrent product.

Checked against PyTorch's documentation of nn.GRU. A framework's form: no paper's equation numbers.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="gru_reset_after",
    title="Gated recurrent unit, reset after the product",
    source="the form of cuDNN and of PyTorch's nn.GRU, as their documentation prints it, with one "
    "bias per gate and d_c inside the reset; z near 1 keeps the old state",
    equations="""
        r  = σ(W_r x + U_r h + b_r)                     # reset gate
        z  = σ(W_z x + U_z h + b_z)                     # update gate
        c  = tanh(W_c x + b_c + r ⊙ (U_c h + d_c))      # candidate
        h' = z ⊙ h + (1 - z) ⊙ c                        # new state
    """,
)
