"""The runner: found by file name, run when stale, saved whole or not at all."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from grusym.errors import DataError, UnknownNameError
from grusym.reports import freshness, store
from grusym.reports.discovery import Project, find_project
from grusym.reports.drawing import card, draw_figures, needed
from grusym.reports.runner import load_results, prepared, run_analyses

SQUARES = '''"""How large are the squares?

Expect: 0, 1, 4.
"""
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray

from grusym.errors import GrusymError

@dataclass(frozen=True)
class Settings:
    count: int = 3
    seed: int = 7

def inputs(settings):
    return [Path(__file__).parent / "numbers.txt"]

def run(settings):
    log = Path(__file__).parent / "runs.txt"
    log.write_text(log.read_text() + "x" if log.exists() else "x")
    n = np.arange(settings.count)
    return xarray.Dataset({"square": ("n", n**2.0), "total": float((n**2).sum())}, coords={"n": n})
'''

CURVE = '''"""Squares against numbers."""
from matplotlib.figure import Figure

NEEDS = ("squares",)
CAPTION = "Squares."

def draw(results, style):
    figure = Figure(figsize=style.size())
    axes = figure.subplots()
    axes.plot(results["squares"].n, results["squares"].square, label="$z$")
    axes.legend()
    return figure
'''


@pytest.fixture
def project(tmp_path: Path) -> Project:
    for folder in ("analyses", "figures"):
        (tmp_path / folder).mkdir()
    (tmp_path / "analyses/squares.py").write_text(SQUARES)
    (tmp_path / "analyses/numbers.txt").write_text("1")
    (tmp_path / "figures/curve.py").write_text(CURVE)
    return find_project(tmp_path)


def runs(project: Project) -> int:
    return len((project.root / "analyses/runs.txt").read_text())


def status(project: Project, **more: object) -> str:
    (outcome,) = run_analyses(project, project.root / "results", **more)  # type: ignore[arg-type]
    return outcome.status


def test_a_result_is_run_once_and_then_fresh(project: Project) -> None:
    assert [status(project), status(project)] == ["ran", "fresh"]
    assert runs(project) == 1
    assert status(project, force=True) == "ran"


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "analyses/squares.py").write_text(SQUARES + "\n"),
        lambda root: (root / "analyses/numbers.txt").write_text("2"),
        lambda root: (root / "results/squares.csv").unlink(),
        lambda root: (root / "results/squares.nc").write_bytes(b"half a file"),
    ],
    ids=["source", "input file", "table gone", "result damaged"],
)
def test_a_result_is_stale_when_what_it_depends_on_has_changed(project: Project, change) -> None:  # type: ignore[no-untyped-def]
    status(project)
    change(project.root)
    assert [status(project), status(project)] == ["ran", "fresh"]


def test_a_result_is_stale_when_settings_or_versions_have_changed(project: Project, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    status(project)
    assert status(project, overrides={"count": 4}) == "ran"
    assert load_results(project.root / "results", ["squares"])["squares"].sizes["n"] == 4
    status(project)
    monkeypatch.setattr(freshness, "versions", lambda packages=(): {"numpy": "another"})
    assert status(project) == "ran"


def test_a_result_depends_on_the_sources_it_can_reach_and_on_no_others(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("def run(s):\n    from grusym.language.expression import walk\n")
    reached = freshness.source_hashes(file)
    assert "language/expression.py" in reached
    assert "language/printers/text.py" in reached  # imported inside a function of expression.py
    assert not any(name.startswith(("reports/", "pictures/", "commands/", "cli")) for name in reached)
    file.write_text("import numpy\n")
    assert freshness.source_hashes(file) == {}


def test_files_that_modules_find_by_name_are_reached_too() -> None:
    finding = {
        file.relative_to(freshness.PACKAGE).as_posix()
        for file in freshness.PACKAGE.rglob("*.py")
        if "iter_modules(" in file.read_text(encoding="utf-8")
    }
    assert finding and finding <= set(freshness.FOUND_BY_NAME)
    analysis = Path(__file__).parents[2] / "analyses" / "identities.py"
    assert {"theorems/themes/resets.py", "cells/lem.py"} <= set(freshness.source_hashes(analysis))


def test_a_public_name_of_the_package_leads_to_its_home(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    for text in ("from grusym import GrusymError\n", "import grusym\n"):
        file.write_text(text)
        assert "errors.py" in freshness.source_hashes(file)


def test_a_saved_result_says_where_it_came_from(project: Project) -> None:
    status(project)
    data = load_results(project.root / "results", ["squares"])["squares"]
    assert data.attrs["question"].startswith("How large are the squares?")
    assert json.loads(data.attrs["settings"]) == {"count": 3, "seed": 7}
    assert data.attrs["seed"] == 7
    assert {"python", "numpy", "sympy", "xarray"} <= json.loads(data.attrs["versions"]).keys()
    assert len(data.attrs["source_hash"]) == 64
    assert data.attrs["seconds"] >= 0


def test_the_table_beside_a_result_has_one_number_a_row(project: Project) -> None:
    status(project)
    rows = list(csv.DictReader((project.root / "results/squares.csv").open()))
    assert rows == [
        *({"n": str(n), "variable": "square", "value": str(float(n * n))} for n in range(3)),
        {"n": "", "variable": "total", "value": "5.0"},
    ]


def test_an_interrupted_run_keeps_what_is_finished_and_says_how_to_go_on(project: Project) -> None:
    later = SQUARES.replace("n = np.arange(settings.count)", "raise KeyboardInterrupt")
    (project.root / "analyses/tetra.py").write_text(later)
    with pytest.raises(KeyboardInterrupt, match=r"running tetra; 1 finished .* goes on from there"):
        run_analyses(project, project.root / "results")
    assert sorted(p.name for p in (project.root / "results").iterdir()) == ["squares.csv", "squares.nc"]


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_text("old")
    with pytest.raises(RuntimeError), store.replacing(target) as path:
        path.write_text("half")
        raise RuntimeError
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("a.txt", "old")]


def test_a_refused_analysis_is_reported_and_the_others_go_on(project: Project) -> None:
    refusing = SQUARES.replace("n = np.arange(settings.count)", "raise GrusymError('no such weights')")
    (project.root / "analyses/first.py").write_text(refusing)
    first, squares = run_analyses(project, project.root / "results")
    assert (first.status, first.error) == ("failed", "no such weights")
    assert squares.status == "ran"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (SQUARES.replace("def run(", "def ran("), r"squares\.py .* has no run"),
        (SQUARES.replace("class Settings", "class Options"), r"squares\.py .* has no Settings"),
        (SQUARES.replace("frozen=True", ""), r"squares\.py is not a frozen dataclass"),
        (SQUARES.replace("int = 3", "int"), r"squares\.py cannot be made.*give every field a default"),
        (SQUARES.replace("return xarray.Dataset(", "return dict("), r"squares\.py .*returned dict"),
        ("x = (", r"squares\.py, line 1"),
        ("x = 1", r"squares\.py has no docstring"),
        (SQUARES.replace("numbers.txt", "none.txt"), r"none\.txt cannot be read"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_analysis_is_an_error_naming_the_file(
    project: Project, text: str, complaint: str
) -> None:
    (project.root / "analyses/squares.py").write_text(text)
    (outcome,) = run_analyses(project, project.root / "results")
    assert outcome.status == "failed"
    assert re.search(complaint, outcome.error)


def test_a_setting_or_a_name_nobody_has_is_refused(project: Project) -> None:
    with pytest.raises(DataError, match="its settings are count, seed"):
        prepared(project.analysis("squares"), {"width": 3})
    with pytest.raises(DataError, match="given count='many', but wants int; give one such as its default, 3"):
        prepared(project.analysis("squares"), {"count": "many"})
    with pytest.raises(UnknownNameError, match="did you mean 'squares'"):
        run_analyses(project, project.root / "results", ["square"])
    with pytest.raises(DataError, match="--project"):
        find_project(project.root / "figures")


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("int = 3", (4,), (1.5, "4", True, None)),
        ("float = 3.0", (4, 0.5), ("x", True)),
        ("str = 'a'", ("b",), (3,)),
        ("bool = True", (False,), (0, "no")),
        ("int | None = None", (4, None), ("x", 1.5)),
        ("tuple[float, ...] = (1.0,)", ((2,), [0.5, 1], ()), (2.0, "ab", ("a",))),
        ("Path = Path('.')", ("anything",), ()),
        ("Unheard = 3", ("anything",), ()),
    ],
)
def test_a_setting_must_be_of_the_type_of_its_field(project: Project, field: str, good, bad) -> None:  # type: ignore[no-untyped-def]
    text = SQUARES.replace("count: int = 3", f"count: {field}").replace(
        "from dataclasses", "from __future__ import annotations\nfrom dataclasses"
    )
    (project.root / "analyses/squares.py").write_text(text)
    for value in good:
        found = prepared(project.analysis("squares"), {"count": value}).settings.count
        assert found == (tuple(value) if isinstance(value, list) else value)
        assert not (field.startswith("float") and isinstance(found, int))
    for value in bad:
        with pytest.raises(DataError, match="give one such as its default"):
            prepared(project.analysis("squares"), {"count": value})


def test_settings_may_refuse_values_themselves(project: Project) -> None:
    refusal = (
        "\n    def __post_init__(self):\n        if self.count < 0:\n            raise ValueError('few')"
    )
    (project.root / "analyses/squares.py").write_text(
        SQUARES.replace("seed: int = 7", f"seed: int = 7{refusal}")
    )
    with pytest.raises(DataError, match="refuses: few"):
        prepared(project.analysis("squares"), {"count": -1})


def test_a_figure_is_drawn_from_results_and_again_when_they_change(project: Project) -> None:
    from grusym.pictures.style import style

    results, out = project.root / "results", project.root / "out"
    assert needed(project) == ("squares",)
    (without,) = draw_figures(project, results, out, style())
    assert "grusym analyses run squares" in without.error
    status(project)
    assert [draw_figures(project, results, out, style())[0].status for _ in range(2)] == ["ran", "fresh"]
    assert card(out, "curve")["files"] == ["curve.pdf", "curve.svg", "curve.png"]
    assert draw_figures(project, results, out, style("icml"))[0].status == "ran"
    status(project, overrides={"count": 5})
    assert draw_figures(project, results, out, style("icml"))[0].status == "ran"


def test_a_figure_gives_the_same_bytes_twice(project: Project) -> None:
    from grusym.pictures.style import style

    status(project)
    files = []
    for name in ("one", "two"):
        out = project.root / name
        draw_figures(project, project.root / "results", out, style())
        files.append({path.name: path.read_bytes() for path in out.iterdir()})
    assert files[0] == files[1]
    assert sorted(files[0]) == ["curve.json", "curve.pdf", "curve.png", "curve.svg"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (CURVE.replace("def draw", "def drawn"), r"curve\.py .* has no draw"),
        (CURVE.replace('("squares",)', '"squares"'), r"NEEDS = \(\"squares\",\)"),
        (CURVE.replace('results["squares"].n', 'results["cubes"].n'), "no result in NEEDS 'cubes'"),
        (CURVE.replace("return figure", "return axes"), "returned Axes"),
    ],
)
def test_a_file_that_is_no_figure_is_an_error_naming_what_is_wrong(
    project: Project, text: str, complaint: str
) -> None:
    from grusym.pictures.style import style

    (project.root / "figures/curve.py").write_text(text)
    status(project)
    (outcome,) = draw_figures(project, project.root / "results", project.root / "out", style())
    assert outcome.status == "failed"
    assert re.search(complaint, outcome.error)


def test_an_analysis_may_share_its_work_among_processes(project: Project) -> None:
    parallel = SQUARES.replace(
        "n = np.arange", "list(Parallel(n_jobs=2)(map(delayed(half), [1, 2])))\n    n = np.arange"
    )
    parallel = parallel.replace(
        "import numpy as np", "import numpy as np\nfrom joblib import Parallel, delayed"
    )
    parallel += "\ndef half(x):\n    return Settings(count=x), x / 2\n"
    (project.root / "analyses/squares.py").write_text(parallel)
    assert status(project) == "ran"  # the workers know a function of a file that is on no import path
