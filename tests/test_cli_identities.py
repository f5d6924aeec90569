"""`grusym identities`: every identity with its verdict, one whole, and the states that stay within bounds."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

import grusym
from grusym.cells.library import cell, cell_names
from grusym.cli import main
from grusym.theorems import library
from grusym.theorems.library import identities


def run(capsys, *arguments):
    code = main(["identities", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_all_are_proved_and_all_neighbours_refuted(capsys):
    code, out, _ = run(capsys, "--quiet")
    whole, neighbours = len(identities()), sum(len(i.false) for i in identities())
    assert code == 0
    assert f"{whole} of {whole} proved; {neighbours} of {neighbours} false neighbours refuted" in out
    assert all(i.id in out and i.statement in out for i in identities())


def test_one_is_shown_whole(capsys):
    code, out, _ = run(capsys, "gru-04", "--quiet")
    assert code == 0
    assert "c of gru with r = 0 = tanh(W_c x + b_c)" in out
    assert "false neighbour: With z = 0" in out and "counterexample: n = 1" in out


def test_a_false_one_makes_the_command_fail(capsys, monkeypatch):
    own = identities()[0]
    wrong = replace(own, shows=own.false[0].shows)
    monkeypatch.setattr(library, "identity", lambda id: wrong)
    code, out, _ = run(capsys, own.id, "--quiet", "--json")
    assert code == 1
    assert not json.loads(out)[0]["ok"]


def test_an_id_nobody_has_is_one_line(capsys):
    code, out, err = run(capsys, "gru-99")
    assert code == 2
    assert "did you mean 'gru-0" in err and not out and err.count("\n") == 1


def test_bounds_are_told_for_every_state_of_every_cell(capsys):
    code, out, _ = run(capsys, "--bounds", "--json", "--quiet")
    rows = {(row["cell"], row["state"]): row["outcome"] for row in json.loads(out)}
    assert code == 0
    assert set(rows) == {(name, s) for name in cell_names() for s in cell(name).states}
    kept = ("gru", "gru_reset_after", "mgu", "janet", "ugrnn", "rnn")
    assert all(rows[name, "h"] == "proved" for name in kept)
    assert all(rows[name] == "refuted" for name in (("min_gru", "h"), ("light_gru", "h"), ("lstm", "c")))
    assert rows["lstm_cifg", "c"] == "proved"


@pytest.mark.parametrize("name", ["identities", "identity"])
def test_they_are_public(name):
    assert getattr(grusym, name) is getattr(library, name)
