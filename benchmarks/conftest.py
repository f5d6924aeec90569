"""Prints the ratios below the table of seconds."""

from __future__ import annotations

from typing import Any


def pytest_terminal_summary(terminalreporter: Any, config: Any) -> None:
    """Called by pytest at the end of a run."""
    session = getattr(config, "_benchmarksession", None)
    for found in session.benchmarks if session else ():
        for what, ratio in found.extra_info.items():
            terminalreporter.write_line(f"{found.name}: {what} = {ratio}")
