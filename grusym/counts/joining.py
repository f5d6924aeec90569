"""Tokens that belong together made one: names of several words, remarks in brackets, x for times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grusym.counts.words import is_size, joins, parts, size_of
from grusym.language.amounts.tokens import Token
from grusym.language.amounts.tree import Place


def joined(found: list[Token]) -> list[Token]:
    """Names of several words put together, and x between two operands taken for a sign."""
    found = [
        t for i, t in enumerate(found) if not (t.kind == "sign" and t.text in "*-+" and _bullet(found, i))
    ]
    out: list[Token] = []
    for token in found:
        last = out[-1] if out else None
        hyphen = out[-2:] and out[-1].text == "-" and len(out) > 1 and out[-2].kind == "name"
        if (
            hyphen
            and token.kind == "name"
            and not (out[-1].spaced or token.spaced)
            and len(token.text) > 2 < len(out[-2].text)
        ):
            whole = Place(out[-2].place.start, token.place.end)
            out[-2:] = [replace(out[-2], text=f"{out[-2].text}-{token.text}", place=whole)]
        elif (
            token.kind == "name" and last is not None and last.kind == "name" and joins(last.text, token.text)
        ):
            whole = Place(last.place.start, token.place.end)
            out[-1] = replace(last, text=f"{last.text} {token.text}", place=whole)
        elif token.kind == "name" and last is not None and last.text.endswith(" of") and size_of(token.text):
            out[-1] = replace(
                last, text=f"{last.text} {token.text}", place=Place(last.place.start, token.place.end)
            )
        elif (
            token.kind == "name"
            and token.text == "of"
            and last is not None
            and last.text.lower() in ("number", "no")
        ):
            out[-1] = replace(last, text=f"{last.text} of", place=Place(last.place.start, token.place.end))
        else:
            out.append(token)
    return _times(_remarks(out))


def _bullet(found: Sequence[Token], i: int) -> bool:
    """A star, or a dash before words or on several lines, that begins an entry of a list.

    Before a formula on a line of its own a dash is a minus.
    """
    heads = [j for j in range(len(found)) if j == 0 or found[j - 1].kind == "newline"]
    after = found[i + 1] if i + 1 < len(found) else None
    if i not in heads or after is None or not after.spaced:
        return False
    dashes = sum(found[j].text == "-" for j in heads)
    worded = after.kind == "name" and len(after.text) > 2 and not size_of(after.text)
    return found[i].text != "-" or dashes > 1 or worded


def _times(found: list[Token]) -> list[Token]:
    """x is a sign where it stands between operands and nowhere else: 4 x h x (h + d), 3x(n + m)."""
    places = [i for i, t in enumerate(found) if t.kind == "name" and t.text in ("x", "X")]
    between = [i for i in places if 0 < i < len(found) - 1 and _ends(found[i - 1]) and _starts(found[i + 1])]
    if not places or len(between) < len(places):
        return found
    return [replace(t, kind="sign", text="*") if i in between else t for i, t in enumerate(found)]


def _ends(token: Token) -> bool:
    return token.kind in ("number", "close", "power") or (token.kind == "name" and is_size(token.text))


def _starts(token: Token) -> bool:
    return token.kind in ("number", "open", "fraction") or (token.kind == "name" and is_size(token.text))


def _remarks(found: list[Token]) -> list[Token]:
    """Brackets with words in them that are no formula become one token each: (bidirectional), (None, 1)."""
    out: list[Token] = []
    i = 0
    while i < len(found):
        end = _closing(found, i) if found[i].kind == "open" else None
        if end is not None and _is_remark(found[i + 1 : end]) and not (out and _ends_sign(out[-1])):
            inside = found[i + 1 : end]
            words = " ".join(t.text for t in inside)
            out.append(Token("remark", words, Place(found[i].place.start, found[end].place.end)))
            i = end + 1
        else:
            out.append(found[i])
            i += 1
    return out


def _ends_sign(token: Token) -> bool:
    return token.kind == "sign"


def _closing(found: Sequence[Token], start: int) -> int | None:
    depth = 0
    for i in range(start, len(found)):
        depth += {"open": 1, "close": -1}.get(found[i].kind, 0)
        if depth == 0:
            return i
        if found[i].kind == "newline":
            return None
    return None


def _is_remark(inside: Sequence[Token]) -> bool:
    if not inside or any(t.kind in ("comma", "quote", "percent", "relation") for t in inside):
        return True
    prose = [i for i, t in enumerate(inside) if t.kind == "name" and not is_size(t.text)]
    if any(t.kind == "sign" for t in inside):
        near = {
            j for i, t in enumerate(inside) if t.kind in ("sign", "open", "close") for j in (i - 1, i + 1)
        }
        return any(i not in near for i in prose) and not any(t.kind == "power" for t in inside)
    if len(inside) == 1 and inside[0].kind == "name":
        return (len(inside[0].text) > 3 and not size_of(inside[0].text)) or inside[0].text.lower() in (
            "bias",
            "biases",
            "gates",
            "layers",
        )
    unknown = [i for i in prose if len(inside[i].text) > 3]
    return bool(unknown) or any(
        t.kind == "name" and size_of(t.text) in ("g", "L", "D", "bias") for t in inside if len(t.text) > 1
    )


def short(name: str) -> bool:
    """Whether a name is a letter, with a script or without: such names are multiplied side by side."""
    return is_size(name) and " " not in name and (len(parts(name)[0]) == 1 or len(name) == 2)
