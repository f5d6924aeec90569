"""GRU, reset after the product: the reset gate acts on what the recurrent weights have made of h."""

from grusym.pictures.template import Template

TEMPLATE = Template(
    nodes={
        "h": ("state", 0, 5.6),
        "z ⊙ h": ("times", 2.4, 5.6),
        "h'": ("plus", 9.2, 5.6),
        "out h'": ("next", 11.2, 5.6),
        "1 - z": ("1 - unary", 5.2, 4.2),
        "(1 - z) ⊙ c": ("times", 9.2, 4.2),
        "z": ("σ layer", 2.4, 2.8),
        "r": ("σ layer", 4.8, 2.8),
        "r ⊙ (U_c h + d_c)": ("times", 7.0, 2.8),
        "U_c h + d_c": ("linear", 7.0, 1.7),
        "c": ("tanh layer", 9.2, 2.8),
        "x": ("input", 1.6, -0.6),
    },
    wires={
        ("h", "z ⊙ h"): "",
        ("z ⊙ h", "h'"): "",
        ("h'", "out h'"): "",
        ("h", "z"): "x1 y0.8 x2.2",
        ("h", "r"): "x1 y0.8 x4.6",
        ("h", "U_c h + d_c"): "x1 y0.8 x7.0",
        ("U_c h + d_c", "r ⊙ (U_c h + d_c)"): "",
        ("x", "z"): "y0.2 x2.6",
        ("x", "r"): "y0.2 x5.0",
        ("x", "c"): "y0.2 x9.2",
        ("z", "z ⊙ h"): "",
        ("z", "1 - z"): "y4.2",
        ("1 - z", "(1 - z) ⊙ c"): "",
        ("r", "r ⊙ (U_c h + d_c)"): "",
        ("r ⊙ (U_c h + d_c)", "c"): "",
        ("c", "(1 - z) ⊙ c"): "",
        ("(1 - z) ⊙ c", "h'"): "",
    },
)
