"""`grusym certify` and `grusym replay`: what is written is judged, what is altered is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grusym.cli import main
from grusym.commands import certify as command


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main([str(a) for a in arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_a_certificate_is_written_and_replayed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "gru.json"
    assert run(capsys, "certify", "gru", "-o", path)[:2] == (
        0,
        f"written: {path} (13 derivations, 106 steps)\n",
    )
    assert [p.name for p in tmp_path.iterdir()] == ["gru.json"]
    code, out, _ = run(capsys, "replay", path)
    assert code == 0 and out.startswith("replayed") and "106 steps" in out
    data = json.loads(path.read_text())
    assert data["format"] == "grusym certificate" and data["version"] == 1
    assert data["equations"][0].startswith("r  = σ(W_r x + U_r h + b_r)")


def test_an_altered_one_is_refused_with_its_step(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "rnn.json"
    run(capsys, "certify", "rnn", "-o", path)
    text = path.read_text()
    path.write_text(text.replace("diag(1 - h'²) U d(h)", "diag(1 - h'²) Uᵀ d(h)", 1))
    code, out, _ = run(capsys, "replay", path)
    assert code == 1 and out.startswith("refused") and "∂h'/∂h, step 2 (line " in out
    code, out, _ = run(capsys, "replay", path, "--json")
    assert code == 1 and json.loads(out)["outcome"] == "refuted"


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": "grusym certificate"}', "h' = tanh(W x)"])
def test_what_is_no_certificate_is_wrong_usage(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "other").write_text(text)
    code, out, err = run(capsys, "replay", tmp_path / "other")
    assert (code, out) == (2, "") and "a certificate was asked for" in err
    code, _, err = run(capsys, "replay", tmp_path / "missing")
    assert code == 2 and "cannot be read" in err


def test_nothing_is_left_where_nothing_can_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "folder").mkdir()
    code, _, err = run(capsys, "certify", "rnn", "-o", tmp_path / "folder")
    assert code == 2 and "cannot be written" in err and command.__doc__
    assert [p.name for p in tmp_path.iterdir()] == ["folder"]


def test_a_gradient_is_derived_in_every_format(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("derive", "gru", "--of", "L", "--by", "U_c")
    assert run(capsys, *asked)[1] == "∂L/∂U_c = (g_h ⊙ (1 - z) ⊙ (1 - c²)) (r ⊙ h)ᵀ\n"
    assert run(capsys, *asked, "--steps")[1].endswith("∂L/∂U_c = (g_h ⊙ (1 - z) ⊙ (1 - c²)) (r ⊙ h)ᵀ\n")
    assert r"\tag{6}" in run(capsys, *asked, "--steps", "--format", "latex")[1]
    assert "<math" in run(capsys, *asked, "--format", "mathml")[1]
    data = json.loads(run(capsys, *asked, "--json", "--steps")[1])
    assert data["given"] == {"g_h": "∂L/∂h'"} and data["steps"][2]["uses"] == [1, 2]
    code, _, err = run(capsys, *asked, "--format", "numpy")
    assert code == 2 and "a kernel computes all of them" in err
    code, _, err = run(capsys, "derive", "co_rnn", "--of", "L", "--by", "γ")
    assert code == 2 and "a constant" in err
