"""Run what is stale and write the report: one HTML file that opens from disk.

  grusym report                      results/report.html, with its data and figures beside it
  grusym report --out report.html

Exits with 1 if a check was refuted or an analysis failed; the report is written all the same.
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
    target_file,
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--out", metavar="FILE", help="where to write it (default: RESULTS/report.html)")
    parser.add_argument(
        "--venue", metavar="NAME", help="sizes of a venue for the figures: neurips, icml, tmlr ..."
    )
    project_options(parser)
    answer_options(parser)


def run(options: argparse.Namespace) -> int:
    """Run, draw, check, write."""
    from grusym.main_report import report_page
    from grusym.pictures.style import style
    from grusym.reports.discovery import find_project
    from grusym.reports.drawing import draw_figures
    from grusym.reports.page.render import write
    from grusym.reports.page.verdicts import counted, verdicts_of
    from grusym.reports.progress import quiet
    from grusym.reports.runner import run_analyses

    project, look = find_project(options.project), style(options.venue)
    results = folder(options.results)
    target = target_file(options.out or str(results / "report.html"))
    with quiet(options.quiet):
        outcomes = run_analyses(project, results, force=options.force)
        outcomes += draw_figures(project, results, results / "figures", look, force=options.force)
        page = report_page(project, results, results / "figures", outcomes)
    target = write(page, target).resolve()
    counts = counted(verdicts_of(page))
    judged = ", ".join(f"{count} {outcome}" for outcome, count in counts.by_outcome.items())
    answer(
        options,
        str(target) if options.quiet else f"{outcome_table(outcomes)}\n\nchecks: {judged}\nreport: {target}",
        {"report": str(target), "checks": counts.by_outcome, "runs": outcome_data(outcomes)},
    )
    return int(counts.failed > 0) or exit_code(outcomes)
