"""The main report: what it tells, and in which order. All numbers come from saved results."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from grusym.chapters import cells, checks, counts, flow, frameworks, identities, trained
from grusym.chapters.findings import Findings
from grusym.chapters.provenance import provenance
from grusym.chapters.summary import summary
from grusym.errors import GrusymError
from grusym.reports.page.content import Page, Section, Text
from grusym.reports.runner import Outcome

if TYPE_CHECKING:
    from grusym.reports.discovery import Project

CHAPTERS: dict[str, Callable[[Findings], Section]] = {
    "Cells": cells.chapter,
    "Parameters and operations": counts.chapter,
    "Layers of the frameworks": frameworks.chapter,
    "Identities": identities.chapter,
    "Gradient flow of untrained cells": flow.chapter,
    "A trained GRU": trained.chapter,
    "Checks": checks.chapter,
}


def report_page(project: Project, results: Path, figures: Path, outcomes: Iterable[Outcome]) -> Page:
    """The whole report as plain content, from saved results and drawn figures.

    What could not be had is said at its place; the rest of the report stands.
    """
    found = Findings(results, figures, tuple(outcomes))
    sections = [_written(title, chapter, found) for title, chapter in CHAPTERS.items()]
    sections.append(_others(found, project))
    return Page(
        title="Gated recurrent cells: derivatives, counts and gradient flow",
        subtitle=(
            "Everything below is derived from the printed equations of the cells, and "
            "checked by what did not derive it."
        ),
        summary=summary(found),
        sections=tuple(s for s in sections if s.blocks or s.sections),
        provenance=provenance(found),
    )


def _written(title: str, chapter: Callable[[Findings], Section], found: Findings) -> Section:
    """One chapter, or the reason why it cannot be written."""
    try:
        return chapter(found)
    except (GrusymError, LookupError, ValueError) as error:
        return Section(title, (Text(f"This chapter could not be written: {error}", "note"),))


def _others(found: Findings, project: Project) -> Section:
    """Figures that no chapter shows, such as those of a user's own project."""
    rest = [name for name in project.figures if name not in found.shown]
    return Section("More figures", tuple(block for name in rest for block in found.figure(name)))
