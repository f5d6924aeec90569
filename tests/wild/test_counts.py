"""The judge of a collection of formulas: on a small one made here, and on the real one if at hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.wild import counts

ROWS = [
    {"id": name, "text": text, "cell": cell, "letters": letters, "verdict": verdict, "truth": ""}
    for name, text, cell, letters, verdict in (
        ("a", "3(n² + nm + n)", "gru", "", "right"),
        ("b", "6(n² + nm + n)", "gru, bidirectional", "", "right-if"),
        ("c", "2h(h + d)", "rnn", "", "wrong"),
        ("d", "| GRU | 270 |", "gru", "5 hidden, input 12", "right-if"),
    )
]


def collection(folder: Path, rows: list[dict[str, str]]) -> str:
    (folder / "counts.jsonl").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return str(folder)


def test_a_collection_judged_as_labelled_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GRUSYM_WILD", collection(tmp_path, ROWS))
    assert counts.main() == 0
    out = capsys.readouterr().out
    assert "read 4 of 4, judged as labelled 4 (100.0%)" in out and "d (sizes given)" in out


def test_a_label_that_is_not_met_is_printed_and_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    turned = [{**row, "verdict": "wrong" if row["verdict"] == "right" else row["verdict"]} for row in ROWS]
    broken = {**ROWS[0], "id": "e", "text": "3(n² + nm"}
    monkeypatch.setenv("GRUSYM_WILD", collection(tmp_path, [*turned, broken]))
    assert counts.main() == 1
    out = capsys.readouterr().out
    assert "a  wrong, but proved: 3(n² + nm + n)" in out and "e  right: not read: line 1, column 10" in out


def test_where_there_is_no_collection_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GRUSYM_WILD", str(tmp_path))
    assert counts.main() == 0
    assert capsys.readouterr().out.startswith("skipped: GRUSYM_WILD")


@pytest.mark.skipif(counts.corpus() is None, reason="no collection of public formulas on this machine")
def test_the_public_formulas_are_judged_as_labelled(capsys: pytest.CaptureFixture[str]) -> None:
    assert counts.main() == 0, capsys.readouterr().out
