"""Exported graphs hold what the graph holds, and no label breaks out of its place."""

from __future__ import annotations

import re

import networkx as nx
import pytest

from grusym.calculus.paths import graph
from grusym.cells.library import cell
from grusym.errors import UnknownNameError
from grusym.language.cell import Cell
from grusym.language.reader import read_cell
from grusym.pictures.exports import FORMATS, export_graph
from grusym.pictures.operations import operations
from tests.pictures.looking import every_cell

NASTY = 'he said "</g>" & \\left{'


@pytest.mark.parametrize("c", every_cell(), ids=lambda c: c.name)
def test_graphml_is_read_back_as_the_same_graph(c: Cell) -> None:
    for named, own in ((False, operations(c)), (True, graph(c))):
        read = nx.parse_graphml(export_graph(c, "graphml", named))
        assert set(read) == set(own)
        assert set(read.edges) == set(own.edges)
        assert all(read.nodes[key]["kind"] == own.nodes[key]["kind"] for key in own)


@pytest.mark.parametrize("c", every_cell(), ids=lambda c: c.name)
def test_dot_and_mermaid_have_every_node_and_edge(c: Cell) -> None:
    g = operations(c)
    numbers = {f"n{i}": key for i, key in enumerate(g)}
    for text, arrow in ((export_graph(c, "dot"), "->"), (export_graph(c, "mermaid"), "-->")):
        found = re.findall(rf"^  (n\d+) {arrow}(?:\|[^|]*\|)? (n\d+)", text, re.MULTILINE)
        assert {(numbers[u], numbers[v]) for u, v in found} == set(g.edges)
        assert len(re.findall(r"^  n\d+ ?[\[(]", text, re.MULTILINE)) == len(g)


@pytest.mark.parametrize("c", every_cell(), ids=lambda c: c.name)
def test_tikz_draws_every_wire_and_closes_what_it_opens(c: Cell) -> None:
    text = export_graph(c, "tikz")
    assert text.count("{") == text.count("}")
    assert text.count(r"\draw[white") == operations(c).number_of_edges()
    assert not re.search(r"[^\x00-\x7f]", text.split("\n", 1)[1])  # any LaTeX can set it
    for colour in re.findall(r"\[(signal\w)", text):
        assert rf"\definecolor{{{colour}}}" in text


@pytest.mark.parametrize("format", FORMATS)
def test_two_runs_give_the_same_text(format: str) -> None:
    assert export_graph(cell("lstm"), format) == export_graph(cell("lstm"), format)


def test_a_label_cannot_end_its_own_string() -> None:
    c = read_cell("h' = tanh(W^{(a,b)} x + U_{h|z} h)", name=NASTY, title=NASTY)
    dot = export_graph(c, "dot")
    assert dot.startswith(r'digraph "he said \"</g>\" & \\left{" {')
    strings = re.findall(r'"((?:[^"\\]|\\.)*)"', dot)
    assert dot.count('"') - sum(s.count('\\"') for s in strings) == 2 * len(strings)
    assert "(" not in re.findall(r'\|"(.*?)"\|', export_graph(c, "mermaid"))[0]
    assert nx.parse_graphml(export_graph(c, "graphml"))
    assert export_graph(read_cell("h' = tanh(W x + U h)", title="one\ntwo"), "tikz").startswith("% one two.")


def test_an_unknown_format_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownNameError, match=r"did you mean 'mermaid'.*dot, graphml, mermaid, tikz"):
        export_graph(cell("gru"), "mermade")
