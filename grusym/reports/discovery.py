"""Analyses and figures found by file name, and read without running them.

A project is a folder with `analyses/` and `figures/`. One file is one analysis or one figure; nothing
is registered. Listing reads only the text of a file, so it is quick and runs none of its code.
"""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType

import grusym
from grusym.errors import DataError, unknown

WANTED = {"analysis": ("Settings", "run"), "figure": ("NEEDS", "CAPTION", "draw")}


@dataclass(frozen=True)
class Entry:
    """One analysis or figure: its kind, its name and the file that says the rest."""

    kind: str
    name: str
    path: Path
    variant: str | None = None  # the member of a family of figures: a cell's name, say

    @cached_property
    def source(self) -> str:
        """The text of the file."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def question(self) -> str:
        """The file's docstring: for an analysis the question, the method and what to expect."""
        try:
            text = ast.get_docstring(ast.parse(self.source))
        except SyntaxError as error:
            raise DataError(f"{self.path}, line {error.lineno}: {error.msg}; mend the file") from error
        if not text:
            raise DataError(
                f"{self.path} has no docstring; open it with one that says what it answers or shows"
            )
        return text

    @property
    def headline(self) -> str:
        """The first line of the docstring, and which member of a family it is."""
        line = self.question.splitlines()[0]
        return line if self.variant is None else f"{line.rstrip('.')}: {self.variant}"

    @cached_property
    def module(self) -> ModuleType:
        """The file, run, as a module that has what its kind needs.

        Raises: DataError that names the file and what it lacks.
        """
        _ = self.question
        module = _loaded(f"{self.path.parent.name}.{self.name}", self.path)
        missing = [name for name in WANTED[self.kind] if not hasattr(module, name)]
        if missing:
            raise DataError(
                f"{self.path} was taken for {_a(self.kind)}, but has no {' and no '.join(missing)}; "
                f"define {_a(self.kind)}'s {', '.join(WANTED[self.kind])}, or move the file elsewhere"
            )
        return module


@dataclass(frozen=True)
class Project:
    """A folder with analyses and figures."""

    root: Path

    @property
    def analyses(self) -> dict[str, Entry]:
        """The analyses by name, in alphabetical order."""
        return {entry.name: entry for entry in _entries(self.root / "analyses", "analysis")}

    @property
    def figures(self) -> dict[str, Entry]:
        """The figures by name, in alphabetical order; a file that has `each` is a family of them."""
        entries = _entries(self.root / "figures", "figure")
        return {member.name: member for entry in entries for member in _members(entry)}

    def analysis(self, name: str) -> Entry:
        """One analysis by name."""
        return _chosen(self.analyses, name, "analysis")

    def figure(self, name: str) -> Entry:
        """One figure by name."""
        return _chosen(self.figures, name, "figure")


def find_project(root: Path | str | None = None) -> Project:
    """The project in the folder `root`, or else the one that came with grusym.

    An installed wheel carries its analyses and figures inside the package; in a checkout they lie
    beside it.
    """
    if root is not None:
        places = [Path(root)]
    else:
        package = Path(grusym.__file__).resolve().parent
        places = [package / "_project", package.parent]
    for place in places:
        if (place / "analyses").is_dir() or (place / "figures").is_dir():
            return Project(place)
    raise DataError(
        f"looked for analyses and figures in {' and '.join(map(str, places))}, and found neither folder; "
        "name the folder that holds analyses/ and figures/ with --project DIR"
    )


def _entries(folder: Path, kind: str) -> Iterator[Entry]:
    for path in sorted(folder.glob("*.py")):
        if path.stem.isidentifier() and not path.stem.startswith("_"):
            yield Entry(kind, path.stem, path)


def _members(entry: Entry) -> Iterator[Entry]:
    """The figures of one file: one, or NAME_VARIANT for each variant it lists."""
    if not re.search(r"^def each\(", entry.source, re.MULTILINE):
        yield entry
        return
    for variant in entry.module.each():
        yield Entry(entry.kind, f"{entry.name}_{variant}", entry.path, variant)


def _chosen(entries: dict[str, Entry], name: str, kind: str) -> Entry:
    if name not in entries:
        raise unknown(kind, name, entries)
    return entries[name]


def _loaded(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None  # a .py file always has both
    module = importlib.util.module_from_spec(spec)
    before = sys.modules.get(name)
    sys.modules[name] = module  # dataclasses look their module up while they are made
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name)
        if before is not None:
            sys.modules[name] = before
        raise
    _picklable(module)
    return module


def _picklable(module: ModuleType) -> None:
    # Worker processes cannot import a file that is on no path: joblib sends them its functions whole.
    import cloudpickle

    cloudpickle.register_pickle_by_value(module)


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"
