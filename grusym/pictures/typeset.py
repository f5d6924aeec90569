"""Sizes of typeset mathematics and of the nodes that hold it, in points; no window, no figure."""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

from grusym.pictures.geometry import Node

NAME, SYMBOL, SMALL = 12.0, 11.5, 7.8  # font sizes: names of states and values, signs in boxes, weights
RING = 15.0  # diameter of ⊙ and +
BOX_WIDTH, BOX_HEIGHT = 31.0, 22.0  # the least a layer's box measures
PADDING = 6.0


# Matplotlib's raised prime stands far off; a sign at the end of a label is no operator and takes no space.
_SETTINGS = (
    (r"\left", ""), (r"\right", ""), (r"\top", r"\mathsf{T}"), ("'", r"\prime "), (r"\cdot", r"{\cdot}"),
    ("1 -", "1{-}"),
)  # fmt: skip


class Extent(NamedTuple):
    """Width and height of the ink, and where its middle is from the left end of the baseline."""

    width: float
    height: float
    middle: tuple[float, float]


@functools.cache
def extent(math: str, size: float) -> Extent:
    """The size of mathematics set in STIX."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    font = FontProperties(family="STIXGeneral", size=size, math_fontfamily="stix")
    ink = TextPath((0, 0), f"${drawable(math)}$", prop=font).get_extents()
    middle = (float(ink.x0 + ink.x1) / 2, float(ink.y0 + ink.y1) / 2)
    return Extent(float(ink.width), float(ink.height), middle)


@functools.cache
def drawable(math: str) -> str:
    """LaTeX as matplotlib can set it; what it cannot set is shown as it is written."""
    from matplotlib.mathtext import MathTextParser

    plain = math
    for written, wanted in _SETTINGS:
        plain = plain.replace(written, wanted)
    try:
        MathTextParser("path").parse(f"${plain}$")
    except ValueError:
        words = "".join(c if c.isalnum() else " " for c in math).split()
        return r"\mathrm{" + r"\ ".join(words) + "}"
    return plain


def node_at(key: str, data: dict[str, Any], x: float, y: float, entries: float = 0.0) -> Node:
    """A node of the operation graph, given its centre; wires enter its left side over a height `entries`."""
    kind, words = data["kind"], extent(data["latex"], SYMBOL)
    match kind:
        case "input" | "state" | "next" | "constant":
            words = extent(data["latex"], NAME)
            return Node(key, x, y, "name", words.width + 5, words.height + 5)
        case "times" | "plus":
            return Node(key, x, y, "ring", RING, RING)
        case "unary" | "concatenation" | "other":
            words = extent(data["latex"], SMALL + 1.5)
            height = max(RING, words.height + PADDING, entries + 8)
            return Node(key, x, y, "pill", max(height, words.width + 8), height)
    height = max(BOX_HEIGHT, words.height + 2 * PADDING, entries + 14)
    if kind == "function":
        return Node(key, x, y, "pill", max(BOX_WIDTH, words.width + 2 * PADDING + 3), max(18.0, height - 4))
    return Node(key, x, y, "box", max(BOX_WIDTH, words.width + 2 * PADDING), height)
