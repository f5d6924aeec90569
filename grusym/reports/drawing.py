"""Draws the figures that are stale from stored results; a figure computes nothing.

Beside its files every figure gets NAME.json: its caption, the results it shows, and the hash of all that
it depends on. That file is written last, so a figure that has one is complete.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from grusym.errors import DataError, GrusymError, unknown
from grusym.reports import freshness, store
from grusym.reports.discovery import Entry, Project
from grusym.reports.progress import progress, say
from grusym.reports.runner import Outcome

if TYPE_CHECKING:
    import xarray

STYLE_SOURCE = "grusym.pictures.style"  # reaches a figure as an argument: no import of the figure names it


class Style(Protocol):
    """What a figure is drawn with: `grusym.pictures.style.Style` is one."""

    @property
    def venue(self) -> str:
        """The venue's name."""

    def applied(self, name: str) -> AbstractContextManager[None]:
        """Matplotlib set up for the figure of that name."""

    def write(self, figure: Any, stem: Path) -> tuple[Path, ...]:
        """Save the figure as files that differ in their endings."""


class Results(dict[str, "xarray.Dataset"]):
    """Stored results by analysis name; a figure sees those it says it needs, and no others."""

    def __missing__(self, name: str) -> xarray.Dataset:
        raise unknown("result in NEEDS", name, self)


def needed(project: Project, names: Iterable[str] | None = None) -> tuple[str, ...]:
    """The analyses that some figures (all, if none are named) are drawn from."""
    entries = [project.figure(name) for name in (project.figures if names is None else names)]
    return tuple(dict.fromkeys(need for entry in entries for need in _needs(entry)))


def draw_figures(
    project: Project,
    results: Path,
    out: Path,
    style: Style,
    names: Iterable[str] | None = None,
    *,
    force: bool = False,
) -> tuple[Outcome, ...]:
    """Draw those of the named figures (all, if none are named) that are stale, into the folder `out`."""
    entries = [project.figure(name) for name in (project.figures if names is None else names)]
    return tuple(
        _outcome(entry, results, out / entry.name, style, force) for entry in progress(entries, "figures")
    )


def card(out: Path, name: str) -> dict[str, Any]:
    """What is known of a drawn figure: `caption`, `title`, `needs`, `files`, `venue`; {} if not drawn."""
    path = out / f"{name}.json"
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _outcome(entry: Entry, results: Path, stem: Path, style: Style, force: bool) -> Outcome:
    start = time.perf_counter()
    try:
        needs = _needs(entry)
        key = _key(entry, needs, results, style)
        known = card(stem.parent, entry.name)
        if (
            not force
            and known.get("key") == key
            and all((stem.parent / file).exists() for file in known["files"])
        ):
            return Outcome(entry.name, "fresh", stem)
        data = Results({need: store.load(results / f"{need}.nc") for need in needs})
        stem.parent.mkdir(parents=True, exist_ok=True)
        with style.applied(entry.name):
            files = style.write(_drawn(entry, data, style), stem)
        text = {
            "title": entry.headline, "caption": _caption(entry), "needs": needs, "venue": style.venue,
            "files": [file.name for file in files], "key": key,
        }  # fmt: skip
        with store.replacing(stem.with_name(f"{entry.name}.json")) as path:
            path.write_text(json.dumps(text, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    except GrusymError as error:
        say(f"{entry.name} failed: {error}")
        return Outcome(entry.name, "failed", stem, error=str(error))
    return Outcome(entry.name, "ran", stem, time.perf_counter() - start)


def _caption(entry: Entry) -> str:
    caption = entry.module.CAPTION
    return str(caption if entry.variant is None else caption(entry.variant))


def _drawn(entry: Entry, results: Results, style: Style) -> Any:
    from matplotlib.figure import Figure

    try:
        member = () if entry.variant is None else (entry.variant,)
        figure = entry.module.draw(results, style, *member)
    except Exception as error:
        error.add_note(f"while drawing {entry.path}")
        raise
    if not isinstance(figure, Figure):
        raise DataError(
            f"draw() of {entry.path} was asked for a matplotlib Figure and returned "
            f"{type(figure).__name__}; return the Figure"
        )
    return figure


def _needs(entry: Entry) -> tuple[str, ...]:
    needs = entry.module.NEEDS
    if isinstance(needs, str):
        raise DataError(f'NEEDS of {entry.path} is the text {needs!r}; write a tuple: NEEDS = ("{needs}",)')
    return tuple(needs)


def _key(entry: Entry, needs: tuple[str, ...], results: Path, style: Style) -> str:
    missing = [need for need in needs if store.key_of(results / f"{need}.nc") is None]
    if missing:
        raise DataError(
            f"{entry.name} needs the result of {missing[0]}, which is not in {results}; "
            f"run it first: grusym analyses run {missing[0]}"
        )
    return freshness.fingerprint(
        [
            [entry.variant, freshness.fingerprint(entry.source)],
            freshness.source_hashes(entry.path, also=(STYLE_SOURCE,)),
            {need: store.key_of(results / f"{need}.nc") for need in needs},
            style.venue,
            freshness.versions(freshness.DRAWING),
        ]
    )
