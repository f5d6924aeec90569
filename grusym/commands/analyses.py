"""List the analyses, or run those that are stale.

grusym analyses list
grusym analyses run                                run every stale one
grusym analyses run gradient_horizon --set width=32
"""

from __future__ import annotations

import argparse
from typing import Any

from grusym.errors import DataError
from grusym.terminal import (
    answer,
    answer_options,
    exit_code,
    folder,
    outcome_data,
    outcome_table,
    project_options,
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    verbs = parser.add_subparsers(dest="verb", metavar="list|run", required=True)
    listing = verbs.add_parser("list", help="the question each one answers")
    listing.add_argument(
        "--project", metavar="DIR", help="folder with analyses/ and figures/ (default: grusym's own)"
    )
    answer_options(listing)
    running = verbs.add_parser("run", help="run those that are stale")
    running.add_argument("names", nargs="*", metavar="NAME", help="an analysis (default: all)")
    running.add_argument(
        "--set", action="append", default=[], metavar="FIELD=VALUE", help="change a setting, of one analysis"
    )
    project_options(running)
    answer_options(running)


def run(options: argparse.Namespace) -> int:
    """List or run."""
    from grusym.reports.discovery import find_project

    project = find_project(options.project)
    if options.verb == "list":
        entries = project.analyses.values()
        wide = max((len(entry.name) for entry in entries), default=0)
        answer(
            options,
            "\n".join(f"{entry.name:{wide}}  {entry.headline}" for entry in entries),
            [{"name": e.name, "question": e.question, "file": str(e.path)} for e in entries],
        )
        return 0
    from grusym.reports.progress import quiet
    from grusym.reports.runner import prepared, run_analyses

    if options.set and len(options.names) != 1:
        raise DataError(
            f"--set was given for {len(options.names) or 'all'} analyses; name the one it is meant for"
        )
    overrides = dict(_setting(text) for text in options.set)
    if overrides:
        prepared(project.analysis(options.names[0]), overrides)  # a wrong setting is wrong usage
    names = options.names or None
    with quiet(options.quiet):
        outcomes = run_analyses(
            project, folder(options.results), names, force=options.force, overrides=overrides
        )
    answer(options, outcome_table(outcomes), outcome_data(outcomes))
    return exit_code(outcomes)


def _setting(text: str) -> tuple[str, Any]:
    import ast

    name, equals, value = text.partition("=")
    if not equals:
        raise DataError(f"--set {text} has no =; write --set FIELD=VALUE")
    try:
        return name, ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return name, value  # a bare word is text: --set cell=lstm
