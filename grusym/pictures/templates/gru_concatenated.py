"""GRU of the well-known lectures: weights act on [h, x], the update gate lets in the new."""

from grusym.pictures.template import Template

TEMPLATE = Template(
    nodes={
        "h": ("state", 0, 5.4),
        "(1 - z) ⊙ h": ("times", 3.6, 5.4),
        "h'": ("plus", 10.8, 5.4),
        "out h'": ("next", 12.6, 5.4),
        "1 - z": ("1 - unary", 3.6, 4.3),
        "z ⊙ h̃": ("times", 10.8, 3.5),
        "z": ("σ layer", 3.6, 2.2),
        "r": ("σ layer", 5.6, 2.2),
        "r ⊙ h": ("times", 7.2, 2.2),
        "[r ⊙ h, x]": ("concatenation", 8.8, 2.2),
        "h̃": ("tanh layer", 10.8, 2.2),
        "[h, x]": ("concatenation", 2.0, 1.0),
        "x": ("input", 2.0, -1.2),
    },
    wires={
        ("h", "(1 - z) ⊙ h"): "",
        ("(1 - z) ⊙ h", "h'"): "",
        ("h'", "out h'"): "",
        ("h", "[h, x]"): "x1 y1.0",
        ("h", "r ⊙ h"): "x1 y0.2 x7.2",
        ("x", "[h, x]"): "",
        ("x", "[r ⊙ h, x]"): "y-0.4 x8.8",
        ("[h, x]", "z"): "x3.6",
        ("[h, x]", "r"): "x5.6",
        ("z", "1 - z"): "",
        ("z", "z ⊙ h̃"): "y3.5",
        ("1 - z", "(1 - z) ⊙ h"): "",
        ("r", "r ⊙ h"): "",
        ("r ⊙ h", "[r ⊙ h, x]"): "",
        ("[r ⊙ h, x]", "h̃"): "",
        ("h̃", "z ⊙ h̃"): "",
        ("z ⊙ h̃", "h'"): "",
    },
)
