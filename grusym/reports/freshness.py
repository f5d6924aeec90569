"""What a result depends on, as one hash: a result is stale when its hash is no longer the present one.

It covers the file's own source, the settings, the input files, the versions of the numerical packages,
and those source files of grusym that the file can reach through imports.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import grusym
from grusym.errors import DataError

PACKAGE = Path(grusym.__file__).resolve().parent
# Files that no import names, by the module that finds them.
FOUND_BY_NAME = {
    "cells/library.py": "cells",
    "models/weight_file.py": "models/formats",
    "pictures/template.py": "pictures/templates",
    "models/conventions.py": "models/frameworks",
    "theorems/library.py": "theorems/themes",
}
NUMERICAL = ("numpy", "scipy", "sympy", "xarray")
DRAWING = ("matplotlib", "networkx", "numpy", "tueplots", "ziamath")


def fingerprint(parts: Any) -> str:
    """The SHA-256 of any nest of dicts, lists, text and numbers; the order of dict keys does not count."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def versions(packages: Iterable[str] = NUMERICAL) -> dict[str, str]:
    """Installed versions by package; "none" for one that is not installed."""
    found = {}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "none"
    return found


def file_hashes(paths: Iterable[Path | str]) -> dict[str, str]:
    """The SHA-256 of input files, by file name.

    Raises: DataError naming the first file that cannot be read.
    """
    hashes = {}
    for path in map(Path, paths):
        try:
            hashes[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError as error:
            raise DataError(
                f"the input file {path} cannot be read: {error.strerror}; put it there"
            ) from error
    return hashes


def source_hashes(path: Path, also: Iterable[str] = ()) -> dict[str, str]:
    """The SHA-256 of every source file of grusym that `path` can reach, by path in the package.

    `also` names modules that the file is handed without importing them.
    """
    waiting = [*_files(_imported(path.read_text(encoding="utf-8"))), *_files(also)]
    seen: dict[str, str] = {}
    while waiting:
        file = waiting.pop()
        name = file.relative_to(PACKAGE).as_posix()
        if name in seen:
            continue
        text = file.read_text(encoding="utf-8")
        seen[name] = hashlib.sha256(text.encode()).hexdigest()
        waiting.extend(_files(_imported(text)))
        if name in FOUND_BY_NAME:
            waiting.extend((PACKAGE / FOUND_BY_NAME[name]).glob("*.py"))
    return seen


@lru_cache(maxsize=1024)
def _imported(text: str) -> tuple[str, ...]:
    """Dotted names that may be modules of grusym, from every import anywhere in a source text."""
    names: list[str] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            # `import grusym` may be followed by any public name as an attribute.
            names += [name for alias in node.names for name in _with_public_names(alias.name)]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return tuple(name for name in names if name.startswith("grusym."))


def _with_public_names(module: str) -> list[str]:
    return [module, *(f"grusym.{name}" for name in grusym.HOMES)] if module == "grusym" else [module]


def _files(names: Iterable[str]) -> Iterator[Path]:
    for name in names:
        module = grusym.HOMES.get(name.removeprefix("grusym."), name)
        stem = PACKAGE.joinpath(*module.split(".")[1:])
        for file in (stem.with_suffix(".py"), stem / "__init__.py"):
            if file.is_file():
                yield file
