"""Progress: a bar on a terminal, after a while, and none anywhere else."""

from __future__ import annotations

import io
import sys
import time

import pytest

from grusym.reports import progress as module
from grusym.reports.progress import progress, quiet, say


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, patience: float = 0.0) -> str:
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(module, "PATIENCE", patience)
    items = []
    for item in progress([1, 2, 3], "steps"):
        time.sleep(0.15)  # tqdm draws every 0.1 s
        items.append(item)
    assert items == [1, 2, 3]
    return stream.getvalue()


def test_a_terminal_gets_a_bar_with_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    printed = shown(monkeypatch, Terminal())
    assert "steps" in printed
    assert "<00:0" in printed


def test_quick_work_gets_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, Terminal(), patience=30.0).strip() == ""


def test_a_file_gets_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, io.StringIO()) == ""


def test_quiet_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    with quiet():
        assert shown(monkeypatch, Terminal()) == ""
        say("nothing")
        with quiet(False):
            say("nothing either")
    assert sys.stderr.getvalue() == ""  # type: ignore[attr-defined]
    say("something")
    assert "something" in sys.stderr.getvalue()  # type: ignore[attr-defined]
