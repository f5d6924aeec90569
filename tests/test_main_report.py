"""The main job, from one command to a page in a real browser: true, whole, and the same as its data."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from grusym.cells.library import cell, cell_names
from grusym.chapters.cells import MAIN
from grusym.language.printers.latex import latex
from grusym.reports.store import load
from tests.reports.browser import browser


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The folder of results after `grusym report`, and what the command said."""
    folder = tmp_path_factory.mktemp("report")
    command = [sys.executable, "-m", "grusym", "report", "--results", str(folder), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr + done.stdout
    return folder, json.loads(done.stdout)


def test_the_report_holds_every_cell_every_figure_and_no_refuted_formula(report):
    folder, said = report
    html = (folder / "report.html").read_text(encoding="utf-8")
    assert said["checks"]["refuted"] == said["checks"]["undecided"] == 0
    assert said["checks"]["proved"] >= 55 and said["checks"]["agrees"] >= 55
    for name in cell_names():
        assert cell(name).title in html
        for e in cell(name).equations if name in MAIN else ():
            assert (
                latex(e.right).replace("&", "&amp;").replace("'", "&#39;") in html or latex(e.right) in html
            )
        assert (folder / "figures" / f"graph_{name}.pdf").stat().st_size > 1000
    assert {run["status"] for run in said["runs"]} == {"ran"}


def test_a_second_run_finds_everything_fresh(report):
    folder, _ = report
    command = [sys.executable, "-m", "grusym", "report", "--results", str(folder), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert {run["status"] for run in json.loads(done.stdout)["runs"]} == {"fresh"}


def test_the_numbers_of_the_report_are_the_known_ones(report):
    folder, _ = report
    counts = load(folder / "parameter_counts.nc")
    share = counts.parameters.sel(cell="gru") / counts.parameters.sel(cell="lstm")
    assert np.all(share == 0.75)
    trained = load(folder / "trained_gru.nc")
    assert trained.attrs["parameters"] == 834_890
    assert trained.phonemes.sel(word="jacobian").item() == "Y AH0 K OW1 B IY0 AH0 N"
    flow = load(folder / "gradient_horizon.nc")
    assert float(flow.log_norm.sel(cell="rnn").isel(lag=-1).median()) < np.log(np.finfo(float).tiny)
    assert np.isfinite(flow.log_norm).all()


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_report_opens_from_disk_and_is_laid_out(report, theme):
    folder, _ = report
    with browser() as chromium:
        chromium.open(folder / "report.html", 1280, theme)
        chromium.open_all()
        assert chromium.problems() == []
        assert chromium.overflow() <= 0
        assert chromium.collapsed() == []
        assert chromium.cut_off() == []
        assert chromium.faint() == []
        assert chromium.run("return document.querySelectorAll('math').length") > 100
        empty = "return [...document.querySelectorAll('.picture img')].filter(i => !i.naturalWidth).length"
        assert chromium.run(empty) == 0
