"""Brackets that a text leaves open: where they may be closed, for each place one text to judge."""

from __future__ import annotations

import re
from collections.abc import Iterator

PAIRS = {")": "(", "]": "[", "}": "{"}
MOST = 4  # places that are tried
_END = re.compile(r"(?<=[\w)\]}²³ᵀ'])\s*(?=[-+=,]|\\cdot|\\odot|⊙|·|\*|@|\s[A-Za-z\\(]|$)")


def balanced(text: str) -> Iterator[tuple[str, str]]:
    """The texts in which one bracket too many or too few is mended, and what was done; if all match, none.

    One opening bracket that is never closed is closed at the end of a term behind it, the last place first;
    one closing bracket that was never opened is left out.
    """
    open_, extra = _unmatched(text)
    if len(open_) + len(extra) != 1:
        return
    if extra:
        at = extra[0]
        yield (
            text[:at] + " " + text[at + 1 :],
            f"the {text[at]!r} of column {_column(text, at)}, never opened, left out",
        )
        return
    begun = open_[0]
    closing = {"(": ")", "[": "]"}.get(text[begun])
    if closing is None:
        return
    line_end = text.find("\n", begun)
    last = len(text) if line_end < 0 else line_end
    places = [m.start() for m in _END.finditer(text, begun + 2, last) if _level(text, begun, m.start())]
    for at in places[::-1][:MOST]:
        opened, closed = _column(text, begun), _column(text, at)
        said = f"the {text[begun]!r} of column {opened}, never closed, closed at column {closed}"
        yield f"{text[:at]}{closing}{text[at:]}", said


def _unmatched(text: str) -> tuple[list[int], list[int]]:
    """Where brackets stand that have no partner."""
    waiting: list[int] = []
    extra: list[int] = []
    for i, c in enumerate(text):
        if c in PAIRS.values():
            waiting.append(i)
        elif c in PAIRS:
            inner = next((k for k in range(len(waiting) - 1, -1, -1) if text[waiting[k]] == PAIRS[c]), None)
            if inner is None:
                extra.append(i)
            else:
                left = waiting[inner + 1 :]
                del waiting[inner:]
                waiting += [k for k in left if text[k] == "("]
    return waiting, extra


def _level(text: str, begun: int, at: int) -> bool:
    """Whether a place stands in no bracket opened behind the open one."""
    depth = 0
    for c in text[begun + 1 : at]:
        depth += (c in "([{") - (c in ")]}")
        if depth < 0:
            return False
    return depth == 0


def _column(text: str, at: int) -> int:
    return at - (text.rfind("\n", 0, at) + 1) + 1
