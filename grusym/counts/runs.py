"""Where formulas begin and end in a text: its segments, and the runs of tokens in them that are formulas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grusym.counts.joining import short
from grusym.counts.words import is_size, parts
from grusym.language.amounts.tokens import Token

PARTING = ("semicolon", "bar", "newline", "colon", "hash", "arrow", "comma", "other", "quote")


THINGS = {
    "layer",
    "layers",
    "gate",
    "gates",
    "directions",
    "cells",
    "units",
    "steps",
    "timesteps",
    "matrices",
    "classes",
    "biases",
}


NUMBERED = {"layer", "step", "equation", "eq", "table", "figure", "fig", "case", "example", "gate"}


UNITS = {
    "gate",
    "gates",
    "layers",
    "directions",
    "matrices",
    "maps",
    "sets",
    "weight",
    "weights",
    "bias",
    "biases",
}


UNITS |= {"parameters", "params"}


def segments(found: Sequence[Token]) -> Iterator[tuple[list[Token], str]]:
    """The text in pieces that no formula goes beyond, and the kind of what ends each."""
    piece: list[Token] = []
    depth = 0
    for i, token in enumerate(found):
        if token.kind == "newline" and _goes_on(found, i):
            continue
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        depth = max(depth, 0)
        if token.kind in PARTING and (
            depth == 0 or token.kind in ("semicolon", "bar", "other", "quote", "hash")
        ):
            yield piece, token.kind
            piece, depth = [], 0
        elif token.kind != "newline":
            piece.append(token)
    yield piece, "newline"


def _goes_on(found: Sequence[Token], i: int) -> bool:
    """Whether a formula goes on behind the end of a line: with = or a sign there, or one left open here."""
    after = next((t for t in found[i + 1 :] if t.kind != "newline"), None)
    before = found[i - 1] if i else None
    if before is not None and before.kind in ("relation", "sign"):
        return True
    return after is not None and (
        (after.kind == "relation" and after.text == "=") or (after.kind == "sign" and after.text in "+*")
    )


def runs_of(segment: list[Token]) -> Iterator[list[Token]]:
    """The stretches of a segment that are formulas: words neither sizes nor beside a sign end one."""
    run: list[Token] = []
    depth = 0
    for i, token in enumerate(segment):
        if token.kind == "remark" or (not run and _counts_things(segment, i)):
            continue
        if run and is_unit(segment, i):
            continue
        if _mathematical(segment, i, depth):
            depth += {"open": 1, "close": -1}.get(token.kind, 0)
            run.append(token)
        else:
            yield from _trimmed(run)
            run, depth = [], 0
    yield from _trimmed(run)


def _counts_things(segment: Sequence[Token], i: int) -> bool:
    """3 layers, 4 gates: words, not an amount."""
    after = segment[i + 1] if i + 1 < len(segment) else None
    if (
        i
        and segment[i].kind == "number"
        and segment[i - 1].text.lower() in NUMBERED
        and len(segment) == i + 1
    ):
        return True
    return (
        segment[i].kind == "number"
        and after is not None
        and after.kind == "name"
        and parts(after.text)[-1:] != ()
        and (parts(after.text)[-1] in THINGS)
    )


def is_unit(segment: Sequence[Token], i: int) -> bool:
    """gates in 3 gates × (...), biases in n biases: a word behind an amount that says of what."""
    token, before = segment[i], segment[i - 1]
    known = token.kind == "name" and token.text.lower() in UNITS and token.spaced
    if known and before.kind == "name" and before.text.lower() in UNITS:
        return True
    return known and (
        before.kind in ("number", "close", "power") or (before.kind == "name" and short(before.text))
    )


def _mathematical(segment: Sequence[Token], i: int, depth: int) -> bool:
    token = segment[i]
    if token.kind == "percent":
        return False
    if token.kind != "name" or depth > 0:
        return True
    others = [segment[j] for j in (i - 1, i + 1) if 0 <= j < len(segment)]
    if any(t.kind in ("sign", "power", "relation") for t in others):
        return True
    if i and segment[i - 1].kind in ("number", "close") and not token.spaced and len(token.text) <= 3:
        return True
    if not is_size(token.text) or len(segment) == 1:
        return False
    before = segment[i - 1] if i else None
    after = segment[i + 1] if i + 1 < len(segment) else None
    if before is not None and before.kind in ("number", "close", "power") and len(parts(token.text)[0]) == 1:
        return True
    if before is not None and before.kind == "name" and short(before.text) and short(token.text):
        return token.text != "a" or before.spaced
    if after is None or not short(token.text):
        return after is not None and after.kind == "open" and not after.spaced
    return after.kind == "open" or (after.kind == "name" and short(after.text))


def _trimmed(run: list[Token]) -> Iterator[list[Token]]:
    """A run without what cannot begin or end a formula; nothing where no formula is left."""
    while run and (run[0].kind == "relation" or (run[0].kind == "sign" and run[0].text in "*/^")):
        run = run[1:]
    if any(t.kind in ("number", "name") for t in run) and (len(run) > 1 or run[0].kind == "number"):
        yield run
