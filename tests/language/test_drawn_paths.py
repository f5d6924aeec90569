"""The paths that a formula misses are drawn on the cell's graph, in red, whatever names it has."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import grusym
from grusym.language.drawn_paths import RED, edges_of, path_through, svg

GRU = grusym.cell("gru")


def reds(picture: str) -> int:
    return sum(
        p.attrib["stroke"] == RED for p in ElementTree.fromstring(picture).iter() if "stroke" in p.attrib
    )


def test_the_edges_are_what_each_value_is_computed_from() -> None:
    edges = set(edges_of(GRU))
    assert ("h", "r") in edges
    assert ("r", "c") in edges
    assert ("z", "c") not in edges


def test_a_path_goes_through_what_is_missing() -> None:
    assert path_through(edges_of(GRU), "h", "r", "h'") == ("h", "r", "c", "h'")
    assert path_through(edges_of(GRU), "x", "unknown", "h'") == ("unknown",)


def test_every_missed_edge_is_red_and_no_other() -> None:
    assert reds(svg(edges_of(GRU), [("h", "r", "c", "h'")])) == 3
    assert reds(svg(edges_of(GRU), [])) == 0


def test_a_verdict_draws_what_a_formula_missed() -> None:
    verdict = grusym.verify(GRU, "∂h'/∂h = diag(z) + diag(1 - z) diag(1 - c²) U_c diag(r)")
    assert ("h", "z", "h'") in verdict.missed
    assert "<svg" in verdict._repr_html_()
    assert verdict.to_json()["missed"] == [list(path) for path in verdict.missed]


def test_over_steps_too() -> None:
    claim = r"\delta h_{t-1} = \delta h_t \odot (1 - z_t) + U_z^T \delta z_t + U_r^T \delta r_t"
    verdict = grusym.verify_in("GRU (standard)", claim)
    assert verdict.missed == (("h", "h̃", "h'"),)
    assert "path h → h̃ → h' missing" in verdict.where


def test_a_right_formula_missed_nothing() -> None:
    verdict = grusym.verify("rnn", "∂h'/∂h = diag(1 - h'²) U")
    assert not verdict.missed
    assert "<svg" not in verdict._repr_html_()


def test_names_are_inert() -> None:
    picture = svg([("<script>", 'h"')], [("<script>", 'h"')])
    assert "<script>" not in picture
    assert re.search(r'aria-label="missed: &lt;script&gt; → h&quot;"', picture)
