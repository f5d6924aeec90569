"""Draw the figures as PDF, SVG and PNG, running stale analyses they need.

grusym figures --out paper/figures --venue icml
grusym figures gradient_horizon --out .
"""

from __future__ import annotations

import argparse

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
    parser.add_argument("names", nargs="*", metavar="NAME", help="a figure (default: all)")
    parser.add_argument("--out", metavar="DIR", help="folder for the files (default: RESULTS/figures)")
    parser.add_argument("--venue", metavar="NAME", help="sizes of a venue: neurips, icml, tmlr, icml2022 ...")
    parser.add_argument("--list", action="store_true", help="list the figures and draw none")
    project_options(parser)
    answer_options(parser)


def run(options: argparse.Namespace) -> int:
    """Draw, or list."""
    from grusym.reports.discovery import find_project

    project = find_project(options.project)
    if options.list:
        entries = project.figures.values()
        wide = max((len(entry.name) for entry in entries), default=0)
        answer(
            options,
            "\n".join(f"{entry.name:{wide}}  {entry.headline}" for entry in entries),
            [{"name": e.name, "title": e.headline, "file": str(e.path)} for e in entries],
        )
        return 0
    from grusym.pictures.style import style
    from grusym.reports.drawing import draw_figures, needed
    from grusym.reports.progress import quiet
    from grusym.reports.runner import run_analyses

    look, names = style(options.venue), options.names or None
    results, out = folder(options.results), folder(options.out or f"{options.results}/figures")
    with quiet(options.quiet):
        ran = run_analyses(project, results, needed(project, names), force=options.force)
        drawn = draw_figures(project, results, out, look, names, force=options.force)
    answer(options, outcome_table(drawn), outcome_data(drawn))
    return exit_code((*ran, *drawn))
