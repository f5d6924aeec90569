"""What a picture must not have, and a few cells to draw."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from grusym.cells.library import cell, cell_names
from grusym.language.cell import Cell
from grusym.language.reader import read_cell
from grusym.pictures.geometry import NEAR, Box, Picture, Segment
from grusym.pictures.operations import ENDS, named_at_end

UNUSUAL = {
    "two_states": """
        f = σ(W_f x + U_f h + V_f s + b_f)
        g = tanh(W_g x + U_g h + b_g)
        s' = f ⊙ s + (1 - f) ⊙ h
        h' = (1 - f) ⊙ g + f ⊙ tanh(s')
    """,
    "peepholes": """
        i = σ(W_i x + U_i h + p_i ⊙ c + b_i)   # input gate
        f = σ(W_f x + U_f h + p_f ⊙ c + b_f)   # forget gate
        g = tanh(W_g x + U_g h + b_g)          # candidate
        c' = f ⊙ c + i ⊙ g                     # new cell state
        o = σ(W_o x + U_o h + p_o ⊙ c' + b_o)  # output gate
        h' = o ⊙ tanh(c')                      # new state
    """,
    "nested": """
        h' = tanh(W x + σ(U h + V tanh(Q h + W_2 x)) ⊙ (R h - 2 h) + b) - 0.5 h ⊙ h
    """,
    "lecture": """
        z_t = σ(W_z · [h_{t-1}, x_t])
        r_t = σ(W_r · [h_{t-1}, x_t])
        h̃_t = tanh(W · [r_t ⊙ h_{t-1}, x_t])
        h_t = (1 - z_t) ⊙ h_{t-1} + z_t ⊙ h̃_t
    """,
    "lets_in_new": """
        r = σ(W_r x + U_r h + b_r)            # reset gate
        z = σ(W_z x + U_z h + b_z)            # update gate
        n = tanh(W_n x + U_n (r ⊙ h) + b_n)   # candidate
        h' = (1 - z) ⊙ h + z ⊙ n
    """,
    "relu_and_quotient": """
        a = relu(W x + U h + b)
        k = σ(a ⊙ a)
        h' = 0.9 h + 0.1 k ⊙ a / (1 + a)
    """,
    "minimal_gated": """
        f = σ(W_f x + U_f h + b_f)
        c = tanh(W_c x + U_c (f ⊙ h) + b_c)
        h' = (1 - f) ⊙ h + f ⊙ c
    """,
    "nothing_computed": """
        c = tanh(W x + U h)
        h' = c
    """,
    "two_inputs": """
        z = σ(W_z x + V_z u + U_z h + b_z)
        c = tanh(W_c x + U_c h)
        q = tanh(V_q u + U_q h)
        h' = z ⊙ c + (1 - z) ⊙ q
    """,
    "unread_and_constant": """
        k = σ(b)
        y = tanh(V h)
        h' = k ⊙ h + h + W x + h
    """,
}


def every_cell() -> list[Cell]:
    """The library's cells and the unusual ones."""
    return [*map(cell, cell_names()), *(read_cell(text, name=name) for name, text in UNUSUAL.items())]


def faults(picture: Picture) -> list[str]:
    """Everything in a picture that a reader would stumble over."""
    return [*_over_each_other(picture), *_through(picture), *_together(picture), *_unsaid(picture)]


def _over_each_other(picture: Picture) -> Iterator[str]:
    boxes = {f"node {key}": node.box for key, node in picture.nodes.items()}
    boxes |= {f"label {label.math} {label.about}": label.box for label in picture.labels}
    for (one, a), (other, b) in combinations(boxes.items(), 2):
        if a.meets(b):
            yield f"{one} overlaps {other}"


def _through(picture: Picture) -> Iterator[str]:
    for (u, v), wire in picture.wires.items():
        for segment in wire.segments:
            line = Box.along(segment).grown(0.55)  # as thick as it is drawn
            if not any(abs(a - b) < NEAR for a, b in zip(*segment, strict=True)):
                yield f"the wire {u} -> {v} slants"
            for label in picture.labels:
                if label.box.meets(line):
                    yield f"the wire {u} -> {v} runs through the label {label.math}"
            for key, node in picture.nodes.items():
                inside = node.box.grown(-1.5) if key in (u, v) else node.box
                # A ring's box has corners the ring has not; a wire ends on the ring itself.
                if inside.meets(line) and not (key in (u, v) and node.form == "ring"):
                    yield f"the wire {u} -> {v} runs through {key}"


def _together(picture: Picture) -> Iterator[str]:
    for one, other in combinations(picture.wires.values(), 2):
        if one.source != other.source:
            for a in one.segments:
                for b in other.segments:
                    if _beside(a, b, 3.0):
                        yield f"{one.source} -> {one.target} runs on {other.source} -> {other.target}"


def _beside(one: Segment, other: Segment, gap: float) -> bool:
    """Whether two segments run along each other, closer than a gap."""
    for axis in (0, 1):
        level = all(abs(a[1 - axis] - b[1 - axis]) < NEAR for a, b in (one, other))
        if level and abs(one[0][1 - axis] - other[0][1 - axis]) < gap:
            ends = [sorted(point[axis] for point in segment) for segment in (one, other)]
            if min(ends[0][1], ends[1][1]) - max(ends[0][0], ends[1][0]) > NEAR:
                return True
    return False


def _unsaid(picture: Picture) -> Iterator[str]:
    g = picture.graph
    if set(picture.wires) != set(g.edges):
        yield "the wires are not the edges of the graph"
    if set(picture.nodes) != set(g):
        yield "the nodes are not those of the graph"
    said = {label.about for label in picture.labels}
    for key, data in g.nodes(data=True):
        if data["value"] and data["kind"] not in ENDS and not named_at_end(g, key) and (key,) not in said:
            yield f"{key} is not named"
    for u, v, data in g.edges(data=True):
        if data["weight"] and (u, v) not in said:
            yield f"the weight {data['weight']} is not said"
