"""Identities as they are told: whole, on the command line, in the report; and what a failure looks like."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xarray

import grusym
from grusym.chapters import identities as chapter
from grusym.cli import main
from grusym.reports.page.content import Page, Text, VerdictTable
from grusym.reports.page.render import render
from grusym.reports.page.verdicts import counted, verdicts_of
from grusym.theorems import judging
from grusym.theorems.judging import prove
from grusym.theorems.library import identities, identity, themes
from grusym.theorems.telling import not_zero, told


def test_all_of_it_is_told():
    said = told(prove("gru-03"))
    for part in ("h' of gru with z = 0, r = 1", "h' of rnn with W = W_c", "= tanh(W_c x + U_c h + b_c)"):
        assert part in said
    assert "proved: normal form" in said and "false neighbour gru-03a" in said
    assert "left = 0.462117157, right = 0.761594156; at U_c = [[1]], h = [1], all else 0" in said


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("U = [[0, 0], [0, 0]], b = [1, -1/2], γ = 0", "b = [1, -1/2], all else 0"),
        ("U = [[0, 1], [0, 0]], γ = 1/10", "U = [[0, 1], [0, 0]], γ = 1/10"),
        ("U = [[0]], γ = 0", "0 everywhere"),
        ("", ""),
    ],
)
def test_what_is_zero_is_not_written_out(text, kept):
    assert not_zero(text) == kept


def test_the_command_shows_one_whole_or_all(capsys):
    assert main(["identities", "gru-01", "reset-02"]) == 0
    assert capsys.readouterr().out.count("false neighbour") == 2
    assert main(["identities", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["failed"] == 0 and data["proved"] == len(identities())
    assert all(one["ok"] and one["outcome"] == "proved" for one in data["identities"])
    assert all(n["outcome"] == "refuted" for one in data["identities"] for n in one["false_neighbours"])
    assert main(["identities", "--quiet"]) == 0
    assert "identities proved" in capsys.readouterr().out
    assert main(["identities", "gru-1000"]) == 2


def test_the_command_fails_where_an_identity_is_false_or_a_neighbour_true(capsys, monkeypatch):
    own = identity("gru-01")
    wrong = replace(own, shows=own.false[0].shows)
    harmless = replace(own, false=(replace(own.false[0], shows=own.shows),))
    for broken, said in ((wrong, "refuted"), (harmless, "proved")):
        monkeypatch.setattr(judging.library, "identity", lambda id, broken=broken: broken)
        monkeypatch.setattr(grusym, "identity", lambda id, broken=broken: broken)
        assert main(["identities", "gru-01"]) == 1
        assert said in capsys.readouterr().out
        monkeypatch.setattr(grusym, "identities", lambda broken=broken: (broken,))
        assert main(["identities"]) == 1
        assert "proved: " not in capsys.readouterr().out


def test_the_bounded_states_are_listed_and_all_decided(capsys):
    assert main(["identities", "--bounded", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert {(row["cell"], row["state"]) for row in data} == {
        (name, state) for name in grusym.cell_names() for state in grusym.cell(name).states
    }
    assert {row["outcome"] for row in data} == {"proved", "refuted"}
    assert main(["identities", "gru-01", "--bounded"]) == 2


# ---- in the report ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def data() -> xarray.Dataset:
    import importlib.util

    path = Path(__file__).parents[2] / "analyses" / "identities.py"
    spec = importlib.util.spec_from_file_location("analyses_identities", path)
    module = importlib.util.module_from_spec(spec)
    __import__("sys").modules[spec.name] = module
    spec.loader.exec_module(module)
    return module.run(module.Settings())


class Found:
    """Findings that hold one result."""

    def __init__(self, data):
        self.result = data

    def data(self, name):
        return self.result if name == "identities" else None

    def missing(self, name):
        return (Text(f"no {name}"),)


def test_the_chapter_tells_every_identity_and_the_page_counts_them(data):
    section = chapter.chapter(Found(data))
    page = Page(title="a report", sections=(section,))
    assert counted(verdicts_of(page)).by_outcome["proved"] == len(identities())
    assert {inner.title for inner in section.sections} >= set(themes())
    html = render(page)
    for one in identities():
        assert html.count(f"<figcaption><span>{one.id}: ") == 1
        assert all(f"False ({one.claim_of(near).id})" in html for near in one.false)
    assert data.attrs["failed"] == 0


def test_the_chapter_opens_where_something_failed(data):
    broken = data.copy(deep=True)
    broken["false_outcome"].values = np.where(np.arange(broken.sizes["neighbour"]) == 3, "agrees", "refuted")
    section = chapter.chapter(Found(broken))
    table = next(s for s in section.sections if any(isinstance(b, VerdictTable) for b in s.blocks))
    stands = str(broken.false_claim.values[3])
    assert table.open and any(stands in str(block) for block in section.blocks)
    whole = chapter.chapter(Found(data))
    assert not next(s for s in whole.sections if s.title == table.title).open


def test_a_chapter_without_its_result_says_so():
    assert "no identities" in str(chapter.chapter(Found(None)))
