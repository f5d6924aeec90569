"""Names at another time, or another name at the same time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from grusym.language.expression import Expression
from grusym.language.scanner import NameToken
from grusym.language.surface import Written
from grusym.language.times import written
from grusym.unrolled import kinds
from grusym.unrolled.lexer import PARTED
from grusym.unrolled.meanings import Names
from grusym.unrolled.names import ALWAYS, parts
from grusym.unrolled.sites import Edit, Rebuild, gradientlike, sites
from grusym.unrolled.targets import gradient_target
from grusym.unrolled.tree import GradientOf, Partial, Repeated

_INDEX = re.compile(r"(?<![A-Za-z\\])([tkijnsT])\s*([+-]\s*\d)?(?![A-Za-z])")
_WORD = re.compile(r"(?:(?<=_)|(?<=\x1f)|^)(prev|next|curr)$")
MISFITTING = 3  # the tier of names of another size: tried where a claim does not fit as it stands
SIDES = {"x": "h", "h": "x", "ih": "hh", "hh": "ih", "i": "h", "input": "hidden", "hidden": "input"}
_SIDE = re.compile(r"(?:ih|hh|hidden|input|[xhi])$")
SCRIPTS = ("subscript", "label")


def time_of(name: NameToken) -> tuple[str, str]:
    """A name's time as it is written and which script it stands in; empty where it has none."""
    for part in SCRIPTS:
        text = getattr(name, part)
        found = [*_INDEX.finditer(text), *_WORD.finditer(text)]
        if found:
            return re.sub(r"\s", "", found[-1].group()), part
    return "", ""


def retimed(name: NameToken, time: str) -> NameToken | None:
    """A name at another time; None if it has no time that could be changed."""
    _, part = time_of(name)
    if not part:
        return None
    text = getattr(name, part)
    last = [*_INDEX.finditer(text), *_WORD.finditer(text)][-1]
    new = text[: last.start()] + time + text[last.end() :]
    return replace(name, **{part: new if time else new.strip(PARTED + "_,")})


def shifted(name: NameToken, by: int) -> NameToken | None:
    """A name so many steps later; None if its time is no letter."""
    time, _ = time_of(name)
    m = _INDEX.fullmatch(time)
    if m is None:
        return None
    offset = int(m[2] or "0") + by
    return retimed(name, m[1] + (f"{offset:+d}" if offset else ""))


def times(name: NameToken, words: bool) -> Iterator[NameToken]:
    """A name a step later and earlier; where times are words, at the other times."""
    m = re.fullmatch(r"(d?)(prev|next)", name.base)
    if m is not None and name.subscript:  # dnext_c
        yield replace(name, base=m[1] + {"prev": "next", "next": "prev"}[m[2]])
        return
    for by in (1, -1):
        new = shifted(name, by)
        if new is not None:
            yield new
    time, _ = time_of(name)
    if time in ("prev", "next"):
        yield from (n for w in ("", "prev", "next") if w != time and (n := retimed(name, w)) is not None)
    elif words and not time and not name.label:
        for word in ("prev", "next"):
            yield replace(name, subscript=PARTED.join(x for x in (name.subscript, word) if x))


def slips(e: Expression, names: Names, left: Expression) -> Iterator[Edit]:
    """Times one step off; where words are times, the word beside."""
    words = any(time_of(w.name)[0] in ("prev", "next") for w in (*written(left), *written(e)))
    words = words or not any(time_of(w.name)[0] for w in (*written(left), *written(e)))
    for node, put in sites(e):
        if isinstance(node, GradientOf) and isinstance(node.target, Written):
            for new in times(node.target.name, words):
                yield Edit(kinds.SLIP, put(replace(node, target=replace(node.target, name=new))), node)
        elif isinstance(node, Partial):
            for field in ("by", "of"):
                inner = getattr(node, field)
                if isinstance(inner, Written) and (field == "by" or not gradientlike(node, names)):
                    for new in times(inner.name, words):
                        moved = replace(inner, name=new)
                        changed = replace(node, by=moved) if field == "by" else replace(node, of=moved)
                        yield Edit(kinds.SLIP, put(changed), node)
        elif isinstance(node, Written) and _moving(node, names):
            for new in times(node.name, words):
                yield Edit(kinds.SLIP, put(replace(node, name=new)), node)
        elif isinstance(node, Repeated):
            for limit in ("low", "high"):
                index = getattr(node, limit)
                for by in (1, -1) if index is not None else ():
                    yield Edit(kinds.SLIP, put(replace(node, **{limit: index.shifted(by)})), node)


def _moving(w: Written, names: Names) -> bool:
    """Whether a name is of something that moves over the steps."""
    p = parts(w.name, ALWAYS)
    found = names.meanings(p) or (names.meanings(replace(p, labels=())) if time_of(w.name)[0] else [])
    return (not found and gradient_target(p, names) is not None) or (
        bool(found) and found[0].kind not in ("weight", "weights", "output_weight", "block")
    )


def renamed(e: Expression, names: Names) -> Iterator[Edit]:
    """Another value or weight in the place of a name, at the same time."""
    for node, put in sites(e):
        if isinstance(node, Written):
            yield from _others(node, put, names)


def _others(node: Written, put: Rebuild, names: Names) -> Iterator[Edit]:
    p = parts(node.name, ALWAYS)
    found = names.meanings(p)
    together = found[0].kind if found else next((m.kind for m in (gradient_target(p, names) or ([],))[0]), "")
    if together in ("fused", "parts", "biases") and (new := _other_side(node.name)) is not None:
        yield Edit(kinds.SLIP, put(replace(node, name=new)), node, 2)
    if not found or found[0].kind not in ("value", "weight"):
        return
    cell, own = names.cell, found[0].name
    shape = cell.shapes[own]
    pool = (*cell.states, *cell.values, *cell.inputs) if found[0].kind == "value" else cell.weights
    for other in pool:
        if other != own and other not in cell.next_states and len(cell.shapes[other]) == len(shape):
            time, part = time_of(node.name)
            if re.fullmatch(r"\([^()]*\)|<[^<>]*>", getattr(node.name, part) if part else ""):
                time = getattr(node.name, part)  # with the brackets of h^{(t)}
            tier = 2 if cell.shapes[other] == shape else MISFITTING
            yield Edit(kinds.SLIP, put(replace(node, name=named(other, time, part))), node, tier)
            later = shifted(node.name, 1) if own in cell.states and other not in cell.states else None
            if later is not None:  # c_{t-1} for the g_t of the same step
                time, part = time_of(later)
                yield Edit(kinds.SLIP, put(replace(node, name=named(other, time, part))), node, tier)
            if other in cell.states and not time:  # the c_prev of code
                old = named(other, "prev", "subscript")
                yield Edit(kinds.SLIP, put(replace(node, name=old)), node, tier)


def _other_side(name: NameToken) -> NameToken | None:
    """The name of what the state brings for that of what the input does, and the other way: W_ih and W_hh."""
    for part in ("subscript", "base"):
        text = getattr(name, part)
        m = _SIDE.search(text)
        if m is not None and (part == "subscript" or m.start()):
            return replace(name, **{part: text[: m.start()] + SIDES[m[0]] + text[m.end() :]})
    return None


def named(value: str, time: str, part: str) -> NameToken:
    """A name of the cell with a time in one of its scripts."""
    base, _, script = value.rstrip("'").partition("_")
    m = re.fullmatch(r"(.)([\u0302\u0303\u0304]*)", base)
    letter, accents = (m[1], m[2]) if m else (base, "")
    name = NameToken(letter, accents=accents, subscript=script.strip("{}"))
    if not time:
        return name
    old = name.label if part == "label" else name.subscript
    new = f"{old}{PARTED}{time}" if old else time
    return replace(name, label=new) if part == "label" else replace(name, subscript=new)
