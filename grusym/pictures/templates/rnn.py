"""A plain recurrent network: one layer between the old state and the new one."""

from grusym.pictures.template import Template

TEMPLATE = Template(
    nodes={
        "h": ("state", 0, 0),
        "h'": ("tanh layer", 2.6, 0),
        "out h'": ("next", 5.2, 0),
        "x": ("input", 2.6, -1.5),
    },
    wires={
        ("h", "h'"): "",
        ("x", "h'"): "",
        ("h'", "out h'"): "",
    },
)
