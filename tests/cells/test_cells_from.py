"""A new cell is one file in a folder, and all that grusym does follows; nothing in the file is run."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import grusym
import grusym.cells
from grusym.cli import main
from grusym.errors import DataError, ReadError
from grusym.language.cell_file import read_cell_file
from grusym.pictures.cell_graph import draw_graph
from grusym.pictures.style import style

LIGHT = """\
# title: Lightest gated unit
# source: a note of 2025,
# source: eqs. 1-3; z keeps the old state

z  = σ(W_z x + U_z h + b_z)      # update gate
c  = sin(W_c x + U_c h + b_c)    # candidate
h' = z ⊙ h + (1 - z) ⊙ c         # new state
"""

PYTHON = '''"""A cell as grusym/cells/ has them."""
from grusym.language.cell import Cell

open("ran", "w").write("this file was run")

CELL = Cell.read(
    name="{name}",
    title="Lightest gated unit",
    source="a note of 2025, "
    "eqs. 1-3; z keeps the old state",
    equations="""
        z  = σ(W_z x + U_z h + b_z)      # update gate
        c  = sin(W_c x + U_c h + b_c)    # candidate
        h' = z ⊙ h + (1 - z) ⊙ c         # new state
    """,
)
'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GRUSYM_CELLS", raising=False)
    return tmp_path


def ran(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(arguments) == 0, capsys.readouterr().err
    return capsys.readouterr().out


@pytest.mark.parametrize("file", ["lightest.txt", "lightest.cell", "lightest.py"])
def test_adding_a_cell_touches_one_file(folder: Path, file: str, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / file).write_text(PYTHON.format(name="lightest") if file.endswith(".py") else LIGHT)
    here = ("--cells-from", str(folder))

    listed = ran(capsys, "cells", *here)
    (line,) = [line for line in listed.splitlines() if line.startswith("lightest ")]
    assert "Lightest gated unit" in line and "2*n*(m + n + 1)" in line
    assert "a note of 2025, eqs. 1-3; z keeps the old state" in line
    assert all(f"\n{name} " in listed for name in grusym.cell_names())

    assert ran(capsys, "derive", "lightest", *here).startswith("diag(z) + diag((h - c) ⊙ z ⊙ (1 - z)) U_z")
    checked = json.loads(ran(capsys, "check", "lightest", "--json", "--quiet", *here))
    assert checked["failed"] == 0 < checked["passed"]
    counted = json.loads(ran(capsys, "count", "lightest", "--hidden", "4", "--input", "3", "--json", *here))
    assert counted[0]["at"]["parameters"] == 2 * 4 * (3 + 4 + 1)
    assert "2/3" in ran(capsys, "count", "lightest", "gru", "--compare", *here)
    assert (
        json.loads(ran(capsys, "fit", "lightest", "--parameters", "64", "--input", "3", "--json", *here))[0][
            "hidden"
        ]
        == 4
    )
    code = ran(capsys, "derive", "lightest", "--format", "numpy", *here)
    compile(code, "derived", "exec")

    mine = grusym.cells_from(folder)["lightest"]
    assert mine.title == "Lightest gated unit"
    weights = grusym.random_weights(mine, 4, 3)
    assert grusym.simulate(mine, weights, inputs=np.ones((5, 3)), steps=5).states.shape == (6, 4)
    assert "def forward" in grusym.kernel(mine).source
    assert draw_graph(mine, style()).axes
    assert {path.name for path in folder.iterdir()} == {file}  # and a Python file was not run


def test_without_the_folder_the_name_is_not_known(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "lightest.txt").write_text(LIGHT)
    assert main(["count", "lightest"]) == 2
    assert "there is no cell 'lightest'" in capsys.readouterr().err
    assert main(["count", "lightesst", "--cells-from", "."]) == 2
    assert "did you mean 'lightest'" in capsys.readouterr().err


def test_the_folder_may_be_named_by_the_environment(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "lightest.txt").write_text(LIGHT)
    monkeypatch.setenv("GRUSYM_CELLS", str(folder))
    assert "2*n*(m + n + 1)" in ran(capsys, "count", "lightest")
    assert "\nlightest " in ran(capsys, "cells")


def test_a_file_named_outright_says_its_title_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "light.txt").write_text(LIGHT)
    (folder / "dark.py").write_text(PYTHON.format(name="dark"))
    assert ran(capsys, "cells", "light.txt").startswith(
        "light: Lightest gated unit\na note of 2025, eqs. 1-3;"
    )
    assert ran(capsys, "cells", "dark.py").startswith("dark: Lightest gated unit\n")
    assert not (folder / "ran").exists()


def test_other_files_of_the_folder_are_none_of_its_cells(folder: Path) -> None:
    (folder / "light.txt").write_text(LIGHT)
    for name in ("_draft.txt", ".hidden.txt", "notes.md", "data.csv"):
        (folder / name).write_text("no cell")
    (folder / "more.txt").mkdir()
    assert list(grusym.cells_from(folder)) == ["light"]


WRONG: dict[str, tuple[dict[str, str], type[Exception], str]] = {
    "a name that grusym has": (
        {"gru.txt": LIGHT},
        DataError,
        "gru.txt holds the cell 'gru'",
    ),
    "one name twice": (
        {"a.txt": LIGHT, "a.cell": LIGHT},
        DataError,
        "both hold the cell 'a'",
    ),
    "another name inside": (
        {"a.py": PYTHON.format(name="b")},
        DataError,
        "a cell called 'b'; call it",
    ),
    "no file": ({}, DataError, "holds no cell; write one to a file NAME.txt"),
    "an empty file": ({"a.txt": " \n"}, DataError, "a.txt is empty"),
    "a line that is wrong": (
        {"a.txt": "h' = tanh(U h\n"},
        ReadError,
        r"a.txt: line 1, column \d+",
    ),
    "no Python": ({"a.py": "CELL = ("}, ReadError, "is not Python"),
    "no CELL": ({"a.py": "x = 1"}, ReadError, "has no CELL that is Cell.read"),
    "another CELL": ({"a.py": "CELL = 3"}, ReadError, "CELL that is Cell.read"),
    "a text that is computed": (
        {"a.py": "CELL = Cell.read(name='a', equations=open('/etc/passwd').read())"},
        ReadError,
        "it is not run, so write CELL",
    ),
    "a text that is formatted": (
        {"a.py": "CELL = Cell.read(name='a', equations=f'h = {x}')"},
        ReadError,
        "it is not run",
    ),
    "a word nobody knows": (
        {"a.py": "CELL = Cell.read(name='a', equations='h_t = h_{t-1}', colour='red')"},
        ReadError,
        "it is not run",
    ),
    "words from elsewhere": ({"a.py": "CELL = Cell.read(**given)"}, ReadError, "it is not run"),
    "a wrong line in Python": (
        {"a.py": "CELL = Cell.read(equations='h_t = tanh(U h_{t-1}')"},
        ReadError,
        "a.py: its equations, line 1",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_no_folder_of_cells_is_refused_in_words(
    folder: Path, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    files, kind, words = WRONG[what]
    for name, text in files.items():
        (folder / name).write_text(text)
    with pytest.raises(kind, match=words):
        grusym.cells_from(folder)
    assert main(["cells", "--cells-from", str(folder)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_no_folder_and_no_cell_file_are_refused(folder: Path) -> None:
    with pytest.raises(DataError, match="nowhere, which is no folder"):
        grusym.cells_from(folder / "nowhere")
    (folder / "large.txt").write_text("# " + "x" * 1_100_000)
    with pytest.raises(DataError, match="more than 1,000,000 bytes"):
        read_cell_file(folder / "large.txt")
    (folder / "bytes.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match="save it as UTF-8"):
        read_cell_file(folder / "bytes.txt")


@pytest.mark.parametrize("name", grusym.cell_names())
def test_the_files_of_grusym_read_the_same_without_being_run(name: str) -> None:
    path = Path(grusym.cells.__path__[0]) / f"{name}.py"  # type: ignore[attr-defined]
    found = read_cell_file(path)
    known = grusym.cell(name)
    assert found == known
    assert (found.title, found.source) == (known.title, known.source)
