"""The operation graph of a cell is its equations: taken from name to name, it is graph(cell)."""

from __future__ import annotations

import networkx as nx
import pytest

from grusym.calculus.paths import graph
from grusym.cells.library import cell
from grusym.language.cell import Cell
from grusym.language.reader import read_cell
from grusym.pictures.operations import contracted, operations
from tests.pictures.looking import UNUSUAL, every_cell
from tests.random_cells import drawn


@pytest.mark.parametrize("c", every_cell(), ids=lambda c: c.name)
def test_from_name_to_name_it_is_the_computation_graph(c: Cell) -> None:
    g = operations(c)
    assert contracted(g) == set(graph(c).edges)
    assert nx.is_directed_acyclic_graph(g)


@pytest.mark.parametrize("seed", range(40))
def test_so_it_is_for_cells_that_nobody_listed(seed: int) -> None:
    c = read_cell(drawn(seed).text("primes"), name="drawn")
    assert contracted(operations(c)) == set(graph(c).edges)


@pytest.mark.parametrize("edge", [("x", "c"), ("h", "r ⊙ h"), ("r ⊙ h", "c"), ("z ⊙ h", "h'")])
def test_a_graph_that_lacks_a_wire_is_not(edge: tuple[str, str]) -> None:
    g = operations(cell("gru"))
    g.remove_edge(*edge)
    assert contracted(g) < set(graph(cell("gru")).edges)


def test_the_gru_is_taken_apart_as_a_textbook_does() -> None:
    g = operations(cell("gru"))
    assert {key: data["kind"] for key, data in g.nodes(data=True)} == {
        "x": "input", "h": "state", "r": "layer", "z": "layer", "r ⊙ h": "times", "c": "layer",
        "z ⊙ h": "times", "1 - z": "unary", "(1 - z) ⊙ c": "times", "h'": "plus", "out h'": "next",
    }  # fmt: skip
    weights = {(u, v): data["weight"] for u, v, data in g.edges(data=True) if data["weight"]}
    assert weights == {
        ("x", "r"): "W_r", ("x", "z"): "W_z", ("x", "c"): "W_c",
        ("h", "r"): "U_r", ("h", "z"): "U_z", ("r ⊙ h", "c"): "U_c",
    }  # fmt: skip
    assert g.nodes["c"]["bias"] == "b_c"


def test_what_has_no_name_takes_the_colour_of_what_the_gate_lets_through() -> None:
    g = operations(cell("lstm"))
    assert g.nodes["i ⊙ g"]["signal"] == "g"
    assert g.nodes["f ⊙ c"]["signal"] == g.nodes["tanh(c')"]["signal"] == "c"
    assert operations(cell("gru")).nodes["1 - z"]["signal"] == "z"


def test_equal_parts_are_computed_once() -> None:
    g = operations(read_cell(UNUSUAL["lecture"]))
    assert sum(data["kind"] == "concatenation" for _, data in g.nodes(data=True)) == 2
    assert set(g.successors("[h, x]")) == {"z", "r"}


@pytest.mark.parametrize(
    ("right", "label"),
    [
        ("tanh(W x) + (1 - h)", "1 -"),
        ("tanh(W x) + 0.5 h", "0.5"),
        ("tanh(W x) + h²", "(·)²"),
        ("tanh(W x) / (1 + h²)", "1 / ·"),
        ("tanh(W x) + (h + b)", "+ b"),
        ("p ⊙ h + tanh(W x)", "p ⊙"),
        ("tanh(W x) ⊙ (U h + b)", "U · + b"),
        ("tanh(W x) ⊙ (U V h)", "U V"),
        ("tanh(W x) + h + h", "+"),
    ],
)
def test_a_label_says_what_is_done(right: str, label: str) -> None:
    g = operations(read_cell(f"h' = {right}"))
    assert label in {data["label"] for _, data in g.nodes(data=True)}


def test_one_wire_says_both_weights() -> None:
    g = operations(read_cell("h' = tanh(U h + V h + W x)"))
    assert g.edges["h", "h'"]["weight"] == "U + V"
