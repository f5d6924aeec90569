"""Cell definitions as they stand in public documents: how many are read as they stand.

    python -m tests.wild.cells        prints the table by what a document says of its cell

The collection is not part of the project: it is read from $GRUSYM_WILD, else from ../shared/corpus.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator

from grusym.documents.formulas import formulas
from grusym.documents.passages import Passage
from grusym.documents.reader import read_document
from grusym.documents.text import Text
from grusym.errors import GrusymError
from grusym.unrolled.setting import settings
from tests.wild.claims import FOLDER

STATES = ("read", "read, with what was added said", "some lines not read", "no cell")


def lines_of(texts: list[str]) -> Iterator[str]:
    """The equations of an entry, found as in a document."""
    for text in texts:
        bare = "\\begin" in text and "$" not in text and "\\[" not in text
        document = read_document("a.md", f"\\[{text}\\]" if bare else text)
        found = [f for passage in document.passages for f in formulas(passage)]
        if not found:
            found = list(formulas(Passage("display" if "\\" in text else "code", Text.of(text))))
        yield from (" ".join(f.text.chars.split()) for f in found)


def state_of(texts: list[str]) -> str:
    """How an entry is read."""
    try:
        frames = settings(list(lines_of(texts)))
    except GrusymError:
        return STATES[3]
    if not frames:
        return STATES[3]
    return STATES[2] if frames[0].unused else STATES[1] if frames[0].said else STATES[0]


def main() -> int:
    path = FOLDER / "cells.jsonl"
    if not path.exists():
        print(f"skipped: no collection of cells at {path}; GRUSYM_WILD names its folder")
        return 0
    entries = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    table = Counter((bool(e["complete"]), bool(e["errors"]), state_of(e["text"])) for e in entries)
    print(f"{'complete':10}{'defects':9}" + "".join(f"{s:>32}" for s in STATES))
    for complete in (True, False):
        for defects in (False, True):
            row = [table[complete, defects, s] for s in STATES]
            print(f"{complete!s:10}{defects!s:9}" + "".join(f"{n:32d}" for n in row))
    return 0


if __name__ == "__main__":
    sys.exit(main())
