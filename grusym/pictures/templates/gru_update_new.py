"""GRU whose update gate lets in the new: (1 - z) ⊙ h + z ⊙ c, as many papers and lectures have it."""

from grusym.pictures.template import Template

TEMPLATE = Template(
    nodes={
        "h": ("state", 0, 5.4),
        "(1 - z) ⊙ h": ("times", 2.4, 5.4),
        "h'": ("plus", 8.4, 5.4),
        "out h'": ("next", 10.4, 5.4),
        "1 - z": ("1 - unary", 2.4, 4.3),
        "z ⊙ c": ("times", 8.4, 3.5),
        "z": ("σ layer", 2.4, 2.2),
        "r": ("σ layer", 4.8, 2.2),
        "r ⊙ h": ("times", 6.6, 2.2),
        "c": ("tanh layer", 8.4, 2.2),
        "x": ("input", 1.6, -0.4),
    },
    wires={
        ("h", "(1 - z) ⊙ h"): "",
        ("(1 - z) ⊙ h", "h'"): "",
        ("h'", "out h'"): "",
        ("h", "z"): "x1 y1.0 x2.2",
        ("h", "r"): "x1 y1.0 x4.6",
        ("h", "r ⊙ h"): "x1 y1.0 x6.6",
        ("x", "z"): "y0.4 x2.6",
        ("x", "r"): "y0.4 x5.0",
        ("x", "c"): "y0.4 x8.4",
        ("z", "1 - z"): "",
        ("z", "z ⊙ c"): "y3.5",
        ("1 - z", "(1 - z) ⊙ h"): "",
        ("r", "r ⊙ h"): "",
        ("r ⊙ h", "c"): "",
        ("c", "z ⊙ c"): "",
        ("z ⊙ c", "h'"): "",
    },
)
