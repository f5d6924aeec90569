"""Style: a venue's sizes, fixed colours, and the same bytes for the same figure."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import matplotlib
import pytest
from matplotlib.figure import Figure

from grusym.errors import UnknownNameError
from grusym.pictures.style import COLOURS, FORMATS, SERIES, Style, style, venues


def written(look: Style, folder: Path, name: str = "lines", slope: float = 1.0) -> dict[str, bytes]:
    folder.mkdir(exist_ok=True)
    with look.applied(name):
        figure = Figure(figsize=look.size())
        axes = figure.subplots()
        axes.plot([0, slope], label=r"$\tilde{h} \odot z$")
        axes.legend()
        axes.set_xlabel("lag (steps)")
        return {path.suffix: path.read_bytes() for path in look.write(figure, folder / name)}


def test_the_same_figure_gives_the_same_bytes_and_another_does_not(tmp_path: Path) -> None:
    first = written(style(), tmp_path / "a")
    assert first == written(style(), tmp_path / "b")
    assert set(first) == {f".{ending}" for ending in FORMATS}
    other = written(style(), tmp_path / "c", slope=2.0)
    assert all(first[ending] != other[ending] for ending in first)


def test_a_readers_own_settings_do_not_show(tmp_path: Path) -> None:
    plain = written(style(), tmp_path / "a")
    with matplotlib.rc_context({"axes.facecolor": "red", "lines.linewidth": 9, "svg.hashsalt": "x"}):
        assert written(style(), tmp_path / "b") == plain
        assert matplotlib.rcParams["lines.linewidth"] == 9


def test_identifiers_of_two_figures_on_one_page_differ(tmp_path: Path) -> None:
    svgs = [written(style(), tmp_path, name)[".svg"].decode() for name in ("one", "two")]
    clips = [set(re.findall(r'<clipPath id="([^"]+)"', svg)) for svg in svgs]
    assert clips[0]
    assert not clips[0] & clips[1]


def test_letters_in_a_pdf_are_letters(tmp_path: Path) -> None:
    pdf = written(style(), tmp_path)[".pdf"]
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    whole = pdf + b"".join(zlib.decompressobj().decompress(s) for s in streams if s[:1] == b"x")
    assert b"/CIDFontType2" in whole
    assert b"/Type3" not in whole
    assert b"CreationDate" not in whole


@pytest.mark.parametrize("venue", venues())
def test_every_venue_has_a_width_and_small_print(venue: str) -> None:
    look = style(venue)
    assert look.venue == venue
    assert 3 < look.width < 7  # inches: one column to a full page
    assert look.size(0.5, 1.0) == (look.width / 2, look.width / 2)
    with look.applied():
        assert 6 <= matplotlib.rcParams["xtick.labelsize"] <= matplotlib.rcParams["font.size"] <= 11


def test_a_venue_without_a_year_is_its_newest() -> None:
    assert style("icml").venue == max(v for v in venues() if v.startswith("icml"))
    with pytest.raises(UnknownNameError, match="there is no venue 'nips'"):
        style("nips")


def test_a_role_and_its_letter_have_one_colour() -> None:
    look = style()
    for role, letter in (("update gate", "z"), ("reset gate", "r"), ("new state", "h"), ("input", "x")):
        assert look.colour(role) == look.colour(letter) == COLOURS[letter]
    assert len({look.colour(role) for role in ("state", "update gate", "reset gate", "candidate")}) == 4
    assert look.colour("attention") not in SERIES
