"""Weight files by format: every file of `formats/` that says its SUFFIXES and how to `read`."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

from grusym.errors import DataError, GrusymError, unknown
from grusym.models.arrays import MEMORY, Arrays, require_finite


@cache
def format_names() -> tuple[str, ...]:
    """The names of all formats, in alphabetical order."""
    import grusym.models.formats as folder

    return tuple(sorted(m.name for m in iter_modules(folder.__path__) if not m.name.startswith("_")))


def read_arrays(path: Path | str, format: str | None = None, limit: int = MEMORY) -> Arrays:
    """The arrays of a weight file by name, as they are stored; no code of the file is run.

    Without `format`, the end of the file's name decides. `limit` is in bytes.
    Raises: DataError where the file is missing, damaged, larger than `limit`, or holds NaN, infinities or
    anything but numbers; UnknownNameError for a format nobody reads.
    """
    path = Path(path)
    if not path.is_file():
        raise DataError(f"asked for the weights in {path}, but there is no such file; check the path")
    chosen = _by_suffix(path) if format is None else _format(format)
    try:
        arrays = chosen.read(path, limit)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}; check its permissions") from error
    require_finite(arrays, str(path))
    return arrays


def _format(name: str) -> ModuleType:
    if name not in format_names():
        raise unknown("format", name, format_names())
    module = import_module(f"grusym.models.formats.{name}")
    missing = [wanted for wanted in ("SUFFIXES", "read") if not hasattr(module, wanted)]
    if missing:
        raise GrusymError(
            f"grusym/models/formats/{name}.py was taken for a format but has no {' and no '.join(missing)}; "
            "define SUFFIXES = ('.end',) and read(path, limit) in it"
        )
    return module


def _by_suffix(path: Path) -> ModuleType:
    formats = [_format(name) for name in format_names()]
    for module in formats:
        if path.name.lower().endswith(tuple(module.SUFFIXES)):
            return module
    known = ", ".join(sorted(end for module in formats for end in module.SUFFIXES))
    raise DataError(
        f"{path.name} does not say its format; files that end in {known} are read, or name the format"
    )
