"""Equations of a document as a cell is read of them: in the order of computing, without its outputs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from grusym.errors import GrusymError
from grusym.unrolled.fragments import Fragment, fragments

_INPUT = re.compile(r"[xXuUve]|inp\w*|x_\w+")
_SOFTMAX = re.compile(r"softmax|\\operatorname\*?\{softmax\}|log_softmax", re.IGNORECASE)


def tidied(lines: Sequence[str]) -> tuple[list[str], list[str]] | None:
    """The equations of a cell in the order of computing, and those that only give outputs.

    An output is a value that no other equation uses and whose old value none does either. None where an
    equation cannot be read, or a value of the step that is no input has none.
    """
    found: list[tuple[str, Fragment]] = []
    outputs = [line for line in lines if _SOFTMAX.search(line)]
    for line in lines:
        if line in outputs:
            continue
        try:
            inside = fragments(line)
        except GrusymError:
            return None
        found += [(f.text if len(inside) > 1 else line, f) for f in inside]
    used = {name for _, f in found for name in (*f.uses, *f.olds) if name != f.left or f.left in f.olds}
    defined = {f.left for _, f in found}
    given = {name for _, f in found for name in f.timed - defined}
    if any(_INPUT.fullmatch(name) is None for name in given):
        return None
    more = [line for line, f in found if f.left not in used]
    if len(more) == len(found):
        return None
    kept = [(line, f) for line, f in found if line not in more]
    return list(_ordered(kept)), [*outputs, *more]


def _ordered(found: list[tuple[str, Fragment]]) -> Iterator[str]:
    """Lines so that what a value uses at its own time stands before it, as far as that is possible."""
    waiting = list(found)
    defined = {f.left for _, f in found}
    done: set[str] = set()
    while waiting:
        ready = next((k for k, (_, f) in enumerate(waiting) if _now(f, defined) <= done), 0)
        line, f = waiting.pop(ready)
        done.add(f.left)
        yield line


def _now(f: Fragment, defined: set[str]) -> set[str]:
    """The values of the same step that an equation uses."""
    return {name for name in f.uses if name in defined and name not in f.olds and name != f.left}
