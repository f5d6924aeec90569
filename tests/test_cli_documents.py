"""grusym verify FILE: the summary, JSON, SARIF, the corrected copy and the exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grusym.cli import main
from tests.documents.written import MARKDOWN

RIGHT = (
    "# RNN\n\n$$h_t = \\tanh(W h_{t-1})$$\n\n"
    "$$\\frac{\\partial h_t}{\\partial h_{t-1}} = diag(1 - h_t^2) W$$\n"
)


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    path = tmp_path / "notes.md"
    path.write_text(MARKDOWN, encoding="utf-8")
    return path


def test_wrong_formulas_are_underlined(notes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(notes)]) == 1
    told = capsys.readouterr().out
    assert f"{notes}:8:72: wrong: transpose missing or superfluous" in told
    shown, mark = told.split("\n")[1:3]
    assert shown[mark.index("^") :].startswith(r"W_{hh}^\top")
    assert told.rstrip().endswith("9 formulas on derivatives: 4 hold, 5 wrong")


def test_a_right_document_is_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "right.md"
    path.write_text(RIGHT, encoding="utf-8")
    assert main(["verify", str(path)]) == 0
    assert "1 formulas on derivatives: 1 hold" in capsys.readouterr().out


def test_json(notes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["verify", str(notes), "--json"])
    (document,) = json.loads(capsys.readouterr().out)["documents"]
    first = document["findings"][0]
    assert (first["state"], first["line"], first["column"]) == ("wrong", 8, 72)
    assert first["verdict"]["fix"]


def test_sarif(notes: Path, tmp_path: Path) -> None:
    target = tmp_path / "found.sarif"
    main(["verify", str(notes), "--sarif", str(target)])
    data = json.loads(target.read_text(encoding="utf-8"))
    results = data["runs"][0]["results"]
    assert data["version"] == "2.1.0"
    assert len(results) == 5
    rules = {rule["id"] for rule in data["runs"][0]["tool"]["driver"]["rules"]}
    assert all(r["ruleId"] in rules and r["level"] == "error" for r in results)
    assert results[0]["locations"][0]["physicalLocation"]["region"]["startLine"] == 8


def test_fix_writes_a_copy(notes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["verify", str(notes), "--fix"])
    assert "5 corrected, 0 left" in capsys.readouterr().err
    assert notes.read_text(encoding="utf-8") == MARKDOWN
    assert main(["verify", str(notes.with_name("notes.fixed.md"))]) == 0


def test_a_claim_without_a_cell_is_told_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "∂h'/∂h = diag(z)"]) == 2
    assert "--cell" in capsys.readouterr().err


def test_options_of_claims_are_refused(notes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(notes), "--layout", "numerator"]) == 2
    assert "--layout" in capsys.readouterr().err
    assert main(["verify", "--cell", "gru", "h' = h", "--fix"]) == 2


def test_a_file_that_is_no_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"\xff\xfe\x00")
    assert main(["verify", str(path)]) == 2
    assert "UTF-8" in capsys.readouterr().err


def test_an_unread_claim_does_not_hide_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--cell", "gru", "∂h'/∂h = ?", "∂h'/∂c = diag(1 - z)", "--json"]) == 2
    found = json.loads(capsys.readouterr().out)["verdicts"]
    assert [v["outcome"] for v in found] == ["unread", "proved"]
    assert found[0]["column"] == 10
