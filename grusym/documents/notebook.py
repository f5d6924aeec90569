"""Jupyter notebooks: the Markdown and the code of their cells, each character at its place in the JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from grusym.documents.markdown import markdown
from grusym.documents.passages import Passage, Problem
from grusym.documents.python import source_code
from grusym.documents.text import Text, joined

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


def notebook(text: Text) -> Iterator[Passage | Problem]:
    """The passages of a notebook in order, `unit` the number of the cell from 1."""
    try:
        data = json.loads(text.chars)
    except (json.JSONDecodeError, RecursionError) as error:
        at = getattr(error, "pos", 0)
        yield Problem(min(at, max(len(text) - 1, 0)), "this is no notebook: its JSON cannot be read here")
        return
    cells = data.get("cells") if isinstance(data, dict) else None
    if not isinstance(cells, list):
        yield Problem(0, "this is no notebook of format 4: it has no list of cells")
        return
    places = _sources(text)
    for number, cell in enumerate(cells, 1):
        whole = _source(cell, places) if isinstance(cell, dict) else None
        if whole is None:
            continue
        if cell.get("cell_type") == "markdown":
            yield from markdown(whole, unit=f"cell {number}")
        elif cell.get("cell_type") == "code":
            yield from source_code(whole, unit=f"cell {number}")


def _sources(text: Text) -> Iterator[Text]:
    """The strings under each "source" of the JSON, joined, in order."""
    strings = list(_STRING.finditer(text.chars))
    i = 0
    while i < len(strings):
        m = strings[i]
        behind = re.compile(r"\s*:\s*").match(text.chars, m.end())
        if m.group() != '"source"' or behind is None:
            i += 1
            continue
        opened = text.chars[behind.end() : behind.end() + 1] == "["
        end = behind.end()
        found: list[Text] = []
        i += 1
        while i < len(strings):
            between = text.chars[end : strings[i].start()].strip().strip(",[").strip()
            if between or (found and not opened):
                break
            found.append(_unescaped(text.cut(strings[i].start() + 1, strings[i].end() - 1)))
            end = strings[i].end()
            i += 1
            if text.chars[end : end + 40].lstrip().startswith("]"):
                break
        yield joined(found)


def _source(cell: dict[str, Any], places: Iterator[Text]) -> Text | None:
    """A cell's source with its places; None where the two ways to read the file differ."""
    source = cell.get("source")
    if source is None:
        return None
    whole = "".join(source) if isinstance(source, list) else str(source)
    found = next(places, None)
    return found if found is not None and found.chars == whole else Text(whole, (0,) * len(whole))


def _unescaped(text: Text) -> Text:
    """What a JSON string says; surrogate pairs become one character."""
    chars: list[str] = []
    at: list[int] = []
    i = 0
    while i < len(text.chars):
        m = _ESCAPE.match(text.chars, i)
        new = text.chars[i] if m is None else chr(int(m[1], 16)) if m[1] else _SIMPLE.get(m[2], m[2])
        if "\udc00" <= new <= "\udfff" and chars and "\ud800" <= chars[-1] <= "\udbff":
            chars[-1] = chr(0x10000 + ((ord(chars[-1]) & 0x3FF) << 10) + (ord(new) & 0x3FF))
        else:
            chars.append(new)
            at.append(text.places[i])
        i = i + 1 if m is None else m.end()
    return Text("".join(chars), tuple(at))
