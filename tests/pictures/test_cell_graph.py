"""A picture shows every operation and nothing else, and nothing in it stands in the way of anything."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from grusym.calculus.paths import graph
from grusym.cells.library import cell
from grusym.language.cell import Cell
from grusym.language.reader import read_cell
from grusym.pictures.automatic import automatic
from grusym.pictures.cell_graph import draw_graph, picture_of, signal_colours
from grusym.pictures.geometry import Picture, simplified
from grusym.pictures.labels import labelled
from grusym.pictures.operations import contracted, operations
from grusym.pictures.style import BLUE, GREEN, VERMILLION, style
from grusym.pictures.template import Template, fitting, templates, what
from tests.pictures.looking import UNUSUAL, every_cell, faults
from tests.random_cells import drawn


@pytest.mark.parametrize("c", every_cell(), ids=lambda c: c.name)
def test_nothing_stands_in_the_way_of_anything(c: Cell) -> None:
    assert faults(picture_of(c)) == []


@pytest.mark.parametrize("c", every_cell(), ids=lambda c: c.name)
def test_every_edge_of_the_computation_graph_is_drawn(c: Cell) -> None:
    picture = picture_of(c)
    assert set(picture.wires) == set(picture.graph.edges)
    assert contracted(picture.graph) == set(graph(c).edges)


@pytest.mark.parametrize("c", every_cell(), ids=lambda c: c.name)
def test_the_automatic_layout_can_draw_what_a_template_draws(c: Cell) -> None:
    g = operations(c)
    assert faults(labelled(Picture(g, *automatic(g)))) == []


@pytest.mark.parametrize("seed", range(40))
def test_a_cell_that_nobody_listed_is_drawn_without_fault(seed: int) -> None:
    assert faults(picture_of(read_cell(drawn(seed).text("times"), name="drawn"))) == []


def test_the_looking_finds_what_is_wrong() -> None:
    good = picture_of(cell("gru"))
    z, label = good.nodes["z"], good.labels[0]
    wire = good.wires["h", "z"]
    along_x = tuple((x, 13.0 if y == 32 else y) for x, y in wire.points)
    worse = {
        "overlaps node c": replace(good, nodes={**good.nodes, "c": replace(z, key="c")}),
        "runs through the label": replace(good, labels=(replace(label, x=wire.points[1][0], y=90.0),)),
        "runs through r": replace(good, nodes={**good.nodes, "r": replace(good.nodes["r"], y=38.0)}),
        "h -> z runs on x": replace(good, wires={**good.wires, ("h", "z"): replace(wire, points=along_x)}),
        "slants": replace(
            good, wires={**good.wires, ("h", "z"): replace(wire, points=(wire.points[0], (60, 60)))}
        ),
        "not the edges": replace(good, wires={k: w for k, w in good.wires.items() if k != ("h", "z")}),
        "is not named": replace(good, labels=good.labels[1:]),
    }
    assert faults(good) == []
    for fault, picture in worse.items():
        assert any(fault in found for found in faults(picture)), fault


# ---- templates ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["rnn", "gru", "gru_reset_after", "lstm", "lstm_np"])
def test_a_template_is_the_operation_graph_of_its_cell(name: str) -> None:
    g = operations(cell(name))
    found = fitting(g)
    assert found is not None
    template, names = found
    assert {key: place[0] for key, place in template.nodes.items()} == {
        key: what(data) for key, data in g.nodes(data=True)
    }
    assert set(template.wires) == set(g.edges)
    assert names == {key: key for key in g}


def test_every_template_fits_a_cell_and_no_two_fit_the_same() -> None:
    found = [fitting(operations(c)) for c in every_cell()]
    used = [id(fit[0]) for fit in found if fit]
    assert set(used) == {id(template) for template in templates()}
    assert len(templates()) == len({frozenset(template.wires) for template in templates()})


def test_a_template_fits_whatever_the_names_and_nothing_that_computes_another_thing() -> None:
    renamed = """
        a = σ(A y + B s + d)
        b = σ(E y + F s + k)
        q = tanh(G y + H (a ⊙ s) + p)
        s' = (1 - b) ⊙ q + b ⊙ s
    """
    gru = fitting(operations(cell("gru")))
    other = fitting(operations(read_cell(renamed)))
    assert gru and other and other[0] is gru[0]
    assert other[1]["z"] == "b" and other[1]["r ⊙ h"] == "a ⊙ s"
    assert fitting(operations(read_cell(renamed.replace("(a ⊙ s)", "(b ⊙ s)")))) is None
    assert fitting(operations(read_cell(renamed.replace("tanh", "relu")))) is None


def test_a_template_with_a_wire_too_few_fits_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    found = fitting(operations(cell("gru")))
    assert found
    fewer = Template(found[0].nodes, {k: w for k, w in found[0].wires.items() if k != ("z", "1 - z")})
    monkeypatch.setattr("grusym.pictures.template.templates", lambda: (fewer,))
    assert fitting(operations(cell("gru"))) is None


# ---- ink ----------------------------------------------------------------------------------------


def written(c: Cell, folder: Path) -> dict[str, bytes]:
    folder.mkdir(exist_ok=True)
    look = style()
    with look.applied("graph"):
        return {path.suffix: path.read_bytes() for path in look.write(draw_graph(c, look), folder / "graph")}


@pytest.mark.parametrize("name", ["lstm", "peepholes"])
def test_two_runs_give_the_same_bytes_and_another_cell_gives_others(name: str, tmp_path: Path) -> None:
    c = next(c for c in every_cell() if c.name == name)
    first = written(c, tmp_path / "a")
    assert set(first) == {".svg", ".pdf", ".png"}
    assert written(c, tmp_path / "b") == first
    other = written(cell("gru"), tmp_path / "c")
    assert all(other[ending] != first[ending] for ending in first)


def test_a_figure_is_never_wider_than_the_column() -> None:
    for venue in ("neurips", "icml"):
        look = style(venue)
        for c in (cell("rnn"), cell("lstm"), read_cell(UNUSUAL["relu_and_quotient"])):
            assert draw_graph(c, look).get_size_inches()[0] <= look.width + 1e-9


def test_a_signal_has_its_colour_in_every_picture() -> None:
    look = style()
    colours = signal_colours(cell("gru"), look)
    assert (colours["z"], colours["r"], colours["c"]) == (BLUE, VERMILLION, GREEN)
    for c in every_cell():
        chosen = signal_colours(c, look)
        computed = [chosen[name] for name in chosen if name not in c.inputs]
        assert len(computed) > 7 or len(set(computed)) == len(computed)


def test_a_line_is_cleared_of_corners_that_do_not_turn() -> None:
    assert simplified([(0, 0), (1, 0), (3, 0), (3, 0), (3, 2)]) == ((0, 0), (3, 0), (3, 2))
