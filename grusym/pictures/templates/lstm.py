"""LSTM: the cell state runs straight through above; the old state feeds four layers from below."""

from grusym.pictures.template import Template

TEMPLATE = Template(
    nodes={
        "c": ("state", 0, 5.6),
        "f ⊙ c": ("times", 2.4, 5.6),
        "c'": ("plus", 6.4, 5.6),
        "out c'": ("next", 12.0, 5.6),
        "i ⊙ g": ("times", 6.4, 3.6),
        "tanh(c')": ("tanh function", 10.3, 4.6),
        "h'": ("times", 10.3, 3.6),
        "f": ("σ layer", 2.4, 2.2),
        "i": ("σ layer", 4.4, 2.2),
        "g": ("tanh layer", 6.4, 2.2),
        "o": ("σ layer", 8.4, 2.2),
        "h": ("state", 0, 1.0),
        "out h'": ("next", 12.0, 1.0),
        "x": ("input", 1.6, -0.4),
    },
    wires={
        ("c", "f ⊙ c"): "",
        ("f ⊙ c", "c'"): "",
        ("c'", "out c'"): "",
        ("c'", "tanh(c')"): "x10.3",
        ("tanh(c')", "h'"): "",
        ("h'", "out h'"): "y1.0",
        ("f", "f ⊙ c"): "",
        ("i", "i ⊙ g"): "y3.6",
        ("g", "i ⊙ g"): "",
        ("i ⊙ g", "c'"): "",
        ("o", "h'"): "y3.6",
        ("h", "f"): "x2.2",
        ("h", "i"): "x4.2",
        ("h", "g"): "x6.2",
        ("h", "o"): "x8.2",
        ("x", "f"): "y0.4 x2.6",
        ("x", "i"): "y0.4 x4.6",
        ("x", "g"): "y0.4 x6.6",
        ("x", "o"): "y0.4 x8.6",
    },
)
