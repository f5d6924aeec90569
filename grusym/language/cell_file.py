"""A cell from a file of its equations, or of a Python file like those of grusym/cells, which is never run.

A text file holds equations as `read_cell` reads them; comments that begin with "title:" or "source:"
before the first equation say what the cell is and where it comes from:

    # title: Light gated unit
    # source: my notes, eqs. 1-3
    z  = σ(W_z x + U_z h + b_z)    # update gate
    ...
"""

from __future__ import annotations

import ast
from pathlib import Path

from grusym.errors import DataError, ReadError
from grusym.language.cell import Cell

SUFFIXES = (".txt", ".cell", ".py")
LARGEST = 1_000_000  # bytes; no cell is as long, a file taken for one may be
FIELDS = ("name", "title", "source", "equations")


def read_cell_file(path: str | Path) -> Cell:
    """The cell in a file, called after the file unless a Python file says otherwise.

    Of a Python file only the text in `CELL = Cell.read(...)` is read: nothing in it is run.
    Raises DataError for a file that cannot be read, ReadError for text that is no cell.
    """
    path = Path(path)
    text = _text(path)
    if path.suffix == ".py":
        return _from_python(path, text)
    return _read(path, name=path.stem, equations=text, **_header(text))


def _text(path: Path) -> str:
    if path.is_dir():
        raise DataError(f"{path} is a folder; name a file in it, with the equations of a cell")
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
        if len(raw) > LARGEST:
            raise DataError(f"the file {path} has more than {LARGEST:,} bytes; name one that holds one cell")
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"the file {path} cannot be read as text: {error}; save it as UTF-8") from error
    except OSError as error:
        raise DataError(f"the file {path} cannot be read: {error.strerror}; make it readable") from error
    if not text.strip():
        raise DataError(f"the file {path} is empty; write equations, such as h' = tanh(W x + U h + b)")
    return text


def _header(text: str) -> dict[str, str]:
    """The title and the source that the comments at the head of a text give; a source may have many lines."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            break
        word, colon, rest = line.strip().lstrip("#").partition(":")
        if colon and word.strip().lower() in ("title", "source"):
            found.setdefault(word.strip().lower(), []).append(rest.strip())
    return {word: " ".join(lines) for word, lines in found.items()}


def _read(path: Path, *, name: str, equations: str, title: str = "", source: str = "") -> Cell:
    try:
        return Cell.read(name=name, equations=equations, title=title, source=source)
    except ReadError as error:
        where = "its equations, " if path.suffix == ".py" else ""
        raise type(error)(f"the file {path}: {where}{error}") from error


def _from_python(path: Path, text: str) -> Cell:
    asked = f"the file {path} was asked for a cell"
    shape = "write CELL = Cell.read(name=..., title=..., source=..., equations=...) with plain text in it"
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ReadError(f"{asked}, but is not Python: {error}; {shape}") from error
    calls = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        and [t.id for t in _targets(node) if isinstance(t, ast.Name)] == ["CELL"]
    ]
    if len(calls) != 1 or not _is_read(calls[0]):
        raise ReadError(f"{asked}, but has {len(calls) or 'no'} CELL that is Cell.read(...); {shape}")
    call = calls[0]
    assert isinstance(call, ast.Call)
    found = {
        word.arg: word.value.value
        for word in call.keywords
        if word.arg in FIELDS and isinstance(word.value, ast.Constant) and isinstance(word.value.value, str)
    }
    if call.args or len(found) != len(call.keywords) or "equations" not in found:
        raise ReadError(
            f"{asked}, but its Cell.read is given more than text, or no equations; it is not run, so {shape}"
        )
    return _read(path, **{"name": path.stem, **found})


def _targets(node: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    return node.targets if isinstance(node, ast.Assign) else [node.target]


def _is_read(node: ast.expr | None) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "read"):
        return False
    owner = node.func.value
    return getattr(owner, "id", getattr(owner, "attr", "")) == "Cell"
