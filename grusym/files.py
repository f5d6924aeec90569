"""Files written whole or not at all: beside their target, then renamed."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from grusym.errors import DataError


def write_whole(path: str | Path, text: str, what: str = "the file") -> Path:
    """Write a text to a file; what stood there stays until all of it is written.

    `what` names it in the error. Raises DataError where the folder cannot be made or written to.
    """
    target = Path(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise _unwritten(what, target, error) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        os.chmod(beside, _mode(target))
        os.replace(beside, target)
    except OSError as error:
        Path(beside).unlink(missing_ok=True)
        raise _unwritten(what, target, error) from None
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
    return target


def _mode(target: Path) -> int:
    """The rights that a file has, or that any other new file would have."""
    if target.exists():
        return target.stat().st_mode & 0o777
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask


def _unwritten(what: str, target: Path, error: OSError) -> DataError:
    return DataError(f"{what} cannot be written to {target}: {error.strerror}; name another file")
