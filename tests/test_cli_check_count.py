"""`grusym count --check`: what is said of a count, judged; 1 where it is refuted."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from grusym.cli import main


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["count", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_a_right_formula_is_proved_with_its_convention(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--check", "3(n² + nm + n)", "--cell", "gru")
    assert code == 0
    assert out.startswith("proved: 3(n² + nm + n)") and "one bias vector for each gate" in out


def test_a_wrong_one_is_refuted_with_the_fix(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--check", "4(n² + nm + n)", "--cell", "gru", "--json")
    (verdict,) = json.loads(out)
    assert code == 1
    assert verdict["outcome"] == "refuted" and verdict["fix"] == "3(n² + nm + n)"
    assert verdict["where"] == "line 1, column 1: 4" and verdict["error"] == "factor 4 for a gru"
    assert verdict["counterexample"] == {"n": 1, "m": 1, "claimed": 12, "true": 9}


def test_sizes_framework_and_words_may_be_given(capsys: pytest.CaptureFixture[str]) -> None:
    sizes = ("--hidden", "64", "--input", "128")
    assert run(capsys, "gru", "--check", "37,248", *sizes, "--framework", "torch")[0] == 0
    assert run(capsys, "gru", "--check", "37,056", *sizes, "--framework", "torch")[0] == 1
    assert run(capsys, "gru", "--check", "37,056", *sizes, "--framework", "keras")[0] == 1
    assert run(capsys, "gru", "--check", "37,056", *sizes, "--framework", "keras reset_after=False")[0] == 0
    assert run(capsys, "gru", "--check", "6(n² + nm + n)", "--about", "bidirectional")[0] == 0
    assert run(capsys, "gru", "--check", "3489", "--hidden", "32", "--input", "2", "--output", "1")[0] == 0


def test_a_file_and_standard_input_do_as_well(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own.txt").write_text("h' = tanh(W x + U h + b)\n")
    monkeypatch.setattr("sys.stdin", io.StringIO("h * (h + i + 1)\n"))
    assert run(capsys, "--check", "-", "--cell", str(tmp_path / "own.txt"))[0] == 0
    assert run(capsys, "--check", "3h", "--cell", str(tmp_path / "own.txt"))[0] == 1


def test_without_a_cell_those_that_have_the_count_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--check", "2(n² + nm + n)")
    assert code == 0 and "mgu" in out


def test_neither_a_cell_nor_a_check_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["count"])
    assert "no cell was named" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--check", "3(n² + nm", "--cell", "gru"), "line 1, column 10: '(' of column 2 needs ')'"),
        (("--check", "words only", "--cell", "gru"), "no formula, number or ratio was found"),
        (("--check", "3n", "--cell", "mgu", "--framework", "torch"), "torch was asked for a mgu"),
        (("--check", "3n", "--cell", "gru", "--framework", "torhc"), "there is no framework 'torhc'"),
        (("gru", "--cell", "lstm"), "--cell was given without --check"),
    ],
)
def test_wrong_usage_is_one_line(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    code, out, err = run(capsys, *arguments)
    assert code == 2
    assert said in err and not out and err.count("\n") == 1
