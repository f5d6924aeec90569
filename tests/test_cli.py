"""The command line: answers, exit codes, and nothing heavy before it is needed."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grusym.cli import command_names, main

HEAVY = ("numpy", "sympy", "matplotlib", "networkx", "scipy", "xarray", "joblib", "tqdm")
RNN = "h' = tanh(W x + U h + b)\n"

ANALYSIS = '''"""How many?"""
from dataclasses import dataclass
import xarray

@dataclass(frozen=True)
class Settings:
    count: int = 3
    word: str = "a"

def run(settings):
    return xarray.Dataset({"count": settings.count}, attrs={"word": settings.word})
'''

FIGURE = '''"""A count."""
from matplotlib.figure import Figure

NEEDS = ("count",)
CAPTION = "A count."

def draw(results, style):
    figure = Figure(figsize=style.size())
    figure.subplots().bar([0], [results["count"]["count"].item()])
    return figure
'''


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for folder, name, text in (("analyses", "count", ANALYSIS), ("figures", "bar", FIGURE)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{name}.py").write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def python(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        [sys.executable, *arguments], capture_output=True, text=True, timeout=60, **options
    )


@pytest.mark.parametrize(
    "line",
    ["main(['--help'])", "main(['derive', '--help'])", "import grusym; grusym.GrusymError"],
    ids=["help", "help of a command", "import"],
)
def test_help_and_import_load_nothing_heavy(line: str) -> None:
    code = (
        "import sys\nfrom grusym.cli import main\n"
        f"try: {line}\nexcept SystemExit: pass\n"
        f"print(sorted(set({HEAVY}) & set(sys.modules)), file=sys.stderr)"
    )
    assert python("-c", code).stderr == "[]\n"


def test_the_check_for_heavy_imports_would_see_one() -> None:
    code = f"import sys, grusym; grusym.gradient_flow; print(sorted(set({HEAVY}) & set(sys.modules)))"
    assert "numpy" in python("-c", code).stdout


def test_every_public_name_is_where_the_table_says() -> None:
    import grusym

    for name in grusym.HOMES:
        assert callable(getattr(grusym, name)), name
    with pytest.raises(AttributeError, match="no public name 'cel'"):
        grusym.cel  # noqa: B018


@pytest.mark.parametrize("name", command_names())
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([name, "--help"])
    assert stop.value.code == 0
    assert f"usage: grusym {name}" in capsys.readouterr().out


def test_cells_are_listed_and_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cells"]) == 0
    listed = capsys.readouterr().out
    assert all(name in listed for name in ("rnn", "lstm", "gru", "gru_reset_after"))
    assert main(["cells", "gru", "--json"]) == 0
    (gru,) = json.loads(capsys.readouterr().out)
    assert gru["states"] == ["h"]
    assert gru["parameters"]["U_c"] == ["n", "n"]


def test_counts_are_polynomials_and_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["count", "gru", "lstm"]) == 0
    out = capsys.readouterr().out
    assert "3*n*(m + n + 1)" in out
    assert "4*n*(m + n + 1)" in out
    assert main(["count", "gru", "--hidden", "5", "--input", "3", "--json"]) == 0
    (gru,) = json.loads(capsys.readouterr().out)
    assert gru["at"]["parameters"] == 135  # Keras 3 without reset_after, same sizes


def test_every_count_is_shown_and_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["count", "gru3", "--hidden", "5", "--input", "3"]) == 0
    out = capsys.readouterr().out
    for line in (
        "    recurrent weights     n**2 = 25",
        "  identifiable            n*(m + n + 2) = 50  (b_r, U_c are seen only as U_c diag(σ(b_r)))",
        "  products in sequence    1",
        "  kept for training       m + 4*n = 23  (x, h, r, z, c)",
    ):
        assert line in out.splitlines()
    assert main(["count", "lstm_projection", "--size", "p=2", "--hidden", "4", "--input", "3", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["at"]["parameters"] == 4 * (4 * 3 + 5 * 2 + 4)
    assert found["remarks"]["operations_in_sequence"] == ["h → f → c' → h'"]


def test_two_cells_are_compared(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["count", "gru", "lstm", "--compare"]) == 0
    assert "ratio             3/4\n" in capsys.readouterr().out
    assert main(["count", "min_gru", "lstm", "--compare", "--what", "multiply_adds", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["large_input"] == "1/2"


def test_hidden_sizes_are_fitted_to_a_budget(capsys: pytest.CaptureFixture[str]) -> None:
    budget = ["--parameters", "168900", "--input", "20"]
    assert main(["fit", "gru", "rnn", *budget]) == 0
    head, gru, rnn = (line.split() for line in capsys.readouterr().out.splitlines())
    assert head[0] == "cell"
    assert gru[:5] == ["gru", "227,", "m", "=", "20"] and "168,888" in gru
    assert rnn[0] == "rnn"
    assert main(["fit", "lstm", "--parameters", "269e3", "--input", "1", "--output", "10", "--json"]) == 0
    (lstm,) = json.loads(capsys.readouterr().out)
    assert (lstm["hidden"], lstm["parameters"]) == (257, 268832)
    assert main(["fit", "lstm_projection", "--parameters", "1e6", "--input", "n", "--size", "p=n/2"]) == 0
    assert "392, m = 392, p = 196" in capsys.readouterr().out


def test_a_jacobian_is_derived_in_every_format(capsys: pytest.CaptureFixture[str]) -> None:
    printed = {}
    for form in ("text", "latex", "mathml", "numpy", "json"):
        assert main(["derive", "gru", "--of", "h'", "--by", "h", "--format", form, "--steps"]) == 0
        printed[form] = capsys.readouterr().out
    assert printed["text"].rstrip().endswith("(diag(r) + diag(h ⊙ r ⊙ (1 - r)) U_r)")
    assert r"\odot" in printed["latex"]
    assert "<math" in printed["mathml"]
    compile(printed["numpy"], "derived", "exec")
    data = json.loads(printed["json"])
    assert len(data["terms"]) == 4
    assert data["steps"]
    for path in (["h", "h'"], ["h", "r", "c", "h'"]):
        assert path in [term["path"] for term in data["terms"]]


def test_a_cell_from_a_file_or_from_standard_input_is_as_good_as_a_known_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text(RNN)
    assert main(["derive", str(tmp_path / "mine.txt")]) == 0
    from_file = capsys.readouterr().out
    monkeypatch.setattr(sys, "stdin", io.StringIO(RNN))
    assert main(["derive", "-"]) == 0
    assert capsys.readouterr().out == from_file == "diag(1 - h'²) U\n"


def test_checks_pass_on_a_right_cell(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "rnn", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["failed"] == 0
    assert found["passed"] > 0
    assert found["cells"][0]["counts"]["proved"] > 0


def test_a_refuted_check_exits_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import dataclasses

    import grusym

    right = grusym.check(grusym.cell("rnn"))
    wrong = dataclasses.replace(right.verdicts[0], outcome="refuted", where="second term")
    monkeypatch.setitem(vars(grusym), "check", lambda _: dataclasses.replace(right, verdicts=(wrong,)))
    assert main(["check", "rnn"]) == 1
    printed = capsys.readouterr().out
    assert "1 failed" in printed
    assert "second term" in printed


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["derive", "gruu"], "did you mean 'gru'"),
        (["derive", "gru", "--by", "q"], "'q'"),
        (["derive", "bad.txt"], "line 1"),
        (["derive", "bytes.txt"], "UTF-8"),
        (["derive", "missing.txt"], "the file missing.txt does not exist"),
        (["derive", "folder/gru"], "the file folder/gru does not exist"),
        (["check", "analyses"], "analyses is a folder; name a file in it"),
        (["count", "/dev/null"], "the file /dev/null is empty"),
        (["report", "--out", "/proc/x.html"], "cannot write to the folder /proc"),
        (["report", "--out", "analyses"], "cannot write to analyses: it is a folder"),
        (["figures", "bar", "--out", "/proc"], "cannot write to the folder /proc"),
        (["figures", "bar", "--results", "bad.txt"], "cannot write to the folder bad.txt"),
        (["analyses", "run", "count", "--set", "count=foo"], "count='foo', but wants int"),
        (["count", "nope"], "there is no cell 'nope'"),
        (["count", "gru", "--compare"], "--compare was asked of 1 cells; name two"),
        (["count", "gru", "rnn", "--compare", "--what", "parameter"], "did you mean 'parameters'"),
        (["count", "gru", "--size", "q=3"], "size q was given, but the cells have m, n"),
        (["count", "gru", "--size", "p"], "write --size LETTER=SIZE"),
        (["count", "gru", "--size", "n=n/2"], "size n must be a whole number"),
        (["fit", "gru", "--parameters", "9"], "m was not given"),
        (["fit", "gru", "--parameters", "9", "--input", "k"], "no multiple of n"),
        (["fit", "gru", "--parameters", "9", "--input", "1", "--size", "p=3"], "size p was given"),
        (["cells", "--cells-from", "nowhere"], "nowhere, which is no folder"),
        (["figures", "nope"], "there is no figure 'nope'"),
        (["figures", "--venue", "nips"], "there is no venue 'nips'"),
        (["analyses", "run", "cuont"], "did you mean 'count'"),
        (["analyses", "run", "count", "--set", "width=3"], "its settings are count, word"),
        (["analyses", "run", "--set", "count=3"], "name the one"),
        (["analyses", "list", "--project", "analyses"], "--project DIR"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_gets_one_clear_line_and_exits_with_2(
    project: Path, arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "bad.txt").write_text("h' = tanh(W x + U h\n")
    (project / "bytes.txt").write_bytes(b"\xff\xfe\x00")
    if arguments[0] in ("report", "figures", "analyses") and "--project" not in arguments:
        arguments = [*arguments, "--project", str(project)]
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert complaint in printed.err
    assert printed.err.startswith("grusym ")
    assert printed.err.count("\n") == 1
    assert printed.out == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["fly"],
        ["count"],
        ["count", "gru", "--hidden", "0"],
        ["analyses"],
        ["fit", "gru"],
        ["fit", "gru", "--parameters", "1/2"],
    ],
)
def test_what_argparse_refuses_exits_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_no_command_prints_help_and_exits_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "commands:" in capsys.readouterr().err


def test_analyses_are_listed_and_run_with_other_settings(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["analyses", "list", "--project", "."]) == 0
    assert capsys.readouterr().out == "count  How many?\n"
    run = ["analyses", "run", "count", "--project", ".", "--json", "--quiet"]
    assert main([*run, "--set", "count=5", "--set", "word=b"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["status"] == "ran"
    assert "count,5" in (project / "results/count.csv").read_text()


def test_figures_run_what_they_need(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["figures", "--list", "--project", "."]) == 0
    assert main(["figures", "bar", "--project", ".", "--out", "out", "--quiet"]) == 0
    assert capsys.readouterr().err == ""
    assert {p.name for p in Path("out").iterdir()} == {"bar.pdf", "bar.svg", "bar.png", "bar.json"}


def test_a_failed_analysis_exits_with_1(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "analyses/count.py").write_text('"""What?"""\n')
    assert main(["analyses", "run", "--project", "."]) == 1
    assert "count.py was taken for an analysis, but has no Settings and no run" in capsys.readouterr().out


def test_a_closed_pipe_is_no_error() -> None:
    done = subprocess.run(
        f"'{sys.executable}' -m grusym analyses list --json | true; echo ${{PIPESTATUS[0]}}",
        shell=True, executable="/bin/bash", capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("0\n", "")


def test_a_disk_that_is_full_is_said_in_one_line(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import grusym

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "results/count.nc")

    monkeypatch.setitem(vars(grusym), "check", full)
    assert main(["check", "rnn"]) == 2
    assert capsys.readouterr().err.startswith(
        "grusym check: results/count.nc cannot be read or written: No sp"
    )
    monkeypatch.setitem(vars(grusym), "check", lambda _: (_ for _ in ()).throw(OSError("a bug")))
    with pytest.raises(OSError, match="a bug"):  # what names no file is no matter of the user's disk
        main(["check", "rnn"])


@pytest.mark.parametrize("busy", [True, False])
def test_sigterm_ends_the_workers_too_and_lets_go_of_the_output(project: Path, busy: bool) -> None:
    work = "time.sleep(60)" if busy else "None"
    after = "" if busy else "; time.sleep(60)"
    run = f"list(Parallel(n_jobs=2)(delayed(work)(i) for i in range(2))){after}\n    return"
    slow = ANALYSIS.replace("    return", f"    {run}")
    slow += f"\ndef work(i):\n    Path(f'started{{i}}').write_text(str(os.getpid()))\n    {work}\n"
    head = "import os, time\nfrom pathlib import Path\nfrom joblib import Parallel, delayed\nimport xarray"
    (project / "analyses/slow.py").write_text(slow.replace("import xarray", head))
    with subprocess.Popen(
        [sys.executable, "-m", "grusym", "analyses", "run", "--project", "."],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        deadline = time.monotonic() + 30
        while not (project / "started1").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.5)  # until the parent waits again
        process.send_signal(signal.SIGTERM)
        error = process.communicate(timeout=30)[1]  # returns once every holder of the pipes is gone
    assert process.returncode == 143
    assert "1 finished analyses are kept in results" in error
    assert "Traceback" not in error


def hears_ctrl_c() -> None:
    """A suite that was started in the background, with &, hands on that Ctrl-C is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(project: Path) -> None:
    slow = ANALYSIS.replace("    return", "    import time; open('started', 'w'); time.sleep(60)\n    return")
    (project / "analyses/slow.py").write_text(slow)
    with subprocess.Popen(
        [sys.executable, "-m", "grusym", "analyses", "run", "--project", "."],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=hears_ctrl_c,
    ) as process:  # fmt: skip
        deadline = time.monotonic() + 30
        while not (project / "started").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        error = process.communicate(timeout=30)[1]
    assert process.returncode == 130
    assert "1 finished analyses are kept in results" in error
    assert "goes on from there" in error
    assert "Traceback" not in error
    assert (project / "results/count.nc").exists()
