"""Runs the analyses that are stale, saves each as soon as it is done, and keeps the rest.

A result is stale when its own source, its settings, its input files, the versions of the numerical
packages or a source file of grusym it can reach is not what it was (see `freshness`). The hash lies in the
result itself: there is no other record that could disagree with it.
"""

from __future__ import annotations

import dataclasses
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from grusym.errors import DataError, GrusymError
from grusym.reports import freshness, store
from grusym.reports.discovery import Entry, Project
from grusym.reports.progress import progress, say
from grusym.reports.settings import chosen

if TYPE_CHECKING:
    import xarray


@dataclass(frozen=True)
class Outcome:
    """What became of one analysis or figure: `status` is "ran", "fresh" or "failed"."""

    name: str
    status: str
    path: Path
    seconds: float = 0.0
    error: str = ""


@dataclass(frozen=True)
class Job:
    """An analysis with its settings, and the hash of all that its result depends on."""

    entry: Entry
    module: ModuleType
    settings: Any
    inputs: Mapping[str, str]
    sources: Mapping[str, str]

    @property
    def key(self) -> str:
        """The hash that the stored result must carry to be fresh."""
        return freshness.fingerprint([self.plain_settings, self.inputs, self.sources, freshness.versions()])

    @property
    def plain_settings(self) -> dict[str, Any]:
        """The settings by field name."""
        return dataclasses.asdict(self.settings)

    @property
    def attributes(self) -> dict[str, Any]:
        """What is written into the result beside the numbers."""
        settings = self.plain_settings
        return {
            "analysis": self.entry.name,
            "question": self.entry.question,
            "settings": settings,
            "seed": settings.get("seed", settings.get("seeds", "none")),
            "versions": {"python": sys.version.split()[0], **freshness.versions()},
            "inputs": dict(self.inputs),
            "source_hash": freshness.fingerprint(self.sources),
            store.KEY: self.key,
        }


def prepared(entry: Entry, overrides: Mapping[str, Any] | None = None) -> Job:
    """The job of an analysis, with some of its settings replaced.

    Raises: DataError where the file lacks something, or a setting is not one of its own.
    """
    module = entry.module
    settings = chosen(entry, module, overrides or {})
    inputs = getattr(module, "inputs", lambda _: ())(settings)
    own = {f"{entry.path.parent.name}/{entry.path.name}": freshness.fingerprint(entry.source)}
    sources = own | freshness.source_hashes(entry.path)
    return Job(entry, module, settings, freshness.file_hashes(inputs), sources)


def run_analyses(
    project: Project,
    results: Path,
    names: Iterable[str] | None = None,
    *,
    force: bool = False,
    overrides: Mapping[str, Any] | None = None,
) -> tuple[Outcome, ...]:
    """Run those of the named analyses (all, if none are named) whose stored result is stale.

    An analysis that grusym refuses (a missing input file, say) is reported as failed and the others go
    on. On Ctrl-C the finished ones are kept.
    """
    entries = [project.analysis(name) for name in (project.analyses if names is None else names)]
    outcomes: list[Outcome] = []
    try:
        for entry in progress(entries, "analyses"):
            outcomes.append(_outcome(entry, results / f"{entry.name}.nc", force, overrides or {}))
    except KeyboardInterrupt:
        left = len(entries) - len(outcomes)
        raise KeyboardInterrupt(
            f"stopped while running {entries[len(outcomes)].name}; {len(outcomes)} finished "
            f"analyses are kept in {results}, {left} are left: the same command goes on from there"
        ) from None
    return tuple(outcomes)


def load_results(results: Path, names: Iterable[str]) -> dict[str, xarray.Dataset]:
    """The stored results of some analyses, by name."""
    return {name: store.load(results / f"{name}.nc") for name in names}


def _outcome(entry: Entry, target: Path, force: bool, overrides: Mapping[str, Any]) -> Outcome:
    try:
        job = prepared(entry, overrides)
        if not force and store.key_of(target) == job.key:
            return Outcome(entry.name, "fresh", target)
        say(f"{entry.name}: {entry.headline}")
        start = time.perf_counter()
        dataset = _ran(job)
        seconds = time.perf_counter() - start
        store.save(dataset, target, {**job.attributes, "seconds": round(seconds, 3)})
    except GrusymError as error:
        say(f"{entry.name} failed: {error}")
        return Outcome(entry.name, "failed", target, error=str(error))
    return Outcome(entry.name, "ran", target, seconds)


def _ran(job: Job) -> xarray.Dataset:
    import xarray

    try:
        dataset = job.module.run(job.settings)
    except Exception as error:
        error.add_note(f"while running {job.entry.path} with {job.settings}")
        raise
    if not isinstance(dataset, xarray.Dataset):
        raise DataError(
            f"run() of {job.entry.path} was asked for an xarray.Dataset and returned "
            f"{type(dataset).__name__}; return a Dataset"
        )
    return dataset
