"""A file as a document: which reader takes it apart, by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from grusym.documents.html import html
from grusym.documents.latex import latex
from grusym.documents.markdown import markdown
from grusym.documents.notebook import notebook
from grusym.documents.passages import Document, Passage, Problem
from grusym.documents.python import python
from grusym.documents.restructured import restructured
from grusym.documents.text import Text
from grusym.errors import DataError

Reader = Callable[[Text], Iterator[Passage | Problem]]
READERS: dict[str, Reader] = {
    **dict.fromkeys((".md", ".markdown", ".mdx", ".qmd", ".rmd", ".txt"), markdown),
    **dict.fromkeys((".tex", ".ltx", ".sty"), latex),
    **dict.fromkeys((".html", ".htm", ".xhtml"), html),
    **dict.fromkeys((".rst", ".rest"), restructured),
    ".ipynb": notebook,
    ".py": python,
}
LARGEST = 20_000_000  # bytes


def read_document(path: str | Path, source: str | None = None) -> Document:
    """A document taken apart into mathematics, code, words and titles, each at its place.

    `path` names the file, whose suffix says what it is: Markdown, LaTeX, HTML, reStructuredText, a Jupyter
    notebook or Python; `source` is its text where that is at hand already.

    Raises: DataError if the file cannot be read, is no UTF-8, is too large, or is of no kind that is read.
    """
    path = Path(path)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(sorted(READERS))
        raise DataError(
            f"{path} was given to verify; its suffix {path.suffix!r} is none that is read: {known}"
        )
    text = _source(path) if source is None else source
    found = list(reader(Text.of(text)))
    passages = [p for p in found if isinstance(p, Passage) and p.text.chars.strip()]
    return Document(str(path), text, tuple(passages), tuple(p for p in found if isinstance(p, Problem)))


def _source(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}; give another file") from None
    if len(data) > LARGEST:
        raise DataError(f"{path} has {len(data)} bytes; at most {LARGEST} are read: split it")
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is no UTF-8: byte {error.start} cannot be read; save it as UTF-8") from None
