"""Ratios in words: 75 % of, 4x, reduces by 25 %, 3/4 of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from grusym.counts.joining import joined
from grusym.counts.statement import Statement
from grusym.counts.words import cells_named, is_size, parts
from grusym.language.amounts.tokens import Token, tokens
from grusym.language.amounts.tree import Place

FEWER = {
    "cut",
    "cuts",
    "cutting",
    "lower",
    "lowers",
    "shrinks",
    "save",
    "fewer",
    "less",
    "reduce",
    "reduces",
    "reduction",
    "reducing",
    "smaller",
    "saves",
    "saving",
    "drop",
}


ABOUT = {"about", "approximately", "roughly", "around", "nearly", "almost", "approx"}


MORE = {"more", "larger", "increase", "increases", "greater"}


def ratio_of(segment: list[Token], label: tuple[str, ...], text: str) -> Statement | None:
    """75 % of, 4x, reduces by 25 %: a number with a percent sign or a lone x behind it."""
    for i, token in enumerate(segment):
        if token.kind == "remark" and (inner := ratio_of(joined(tokens(token.text)), label, text)):
            own = tuple(t.text for t in segment if t.kind in ("name", "remark"))
            return replace(inner, words=own, place=token.place)
        if token.kind != "number" or token.value is None:
            continue
        read = _ratio_at(segment, i)
        if read is None:
            continue
        value, last, percent = read
        words = [t.text for t in segment if t.kind in ("name", "remark")]
        small = {w for word in (*label, *words) for w in parts(word)}
        after = segment[last + 1].text.lower() if last + 1 < len(segment) else ""
        before = segment[i - 1] if i else None
        whole = after == "of" or (before is not None and before.text.lower() == "to")
        if percent and not whole and small & (FEWER | MORE):
            value = 1 - value if small & FEWER else 1 + value
        loose = (before is not None and before.text == "≈") or bool(small & ABOUT)
        slack = (
            Fraction(1, 100) if loose else Fraction(1, 200) if percent or "." in token.text else Fraction(0)
        )
        place = Place(token.place.start, segment[last].place.end)
        return Statement((), "", label, tuple(words), value, slack, place=place)
    return None


def _ratio_at(segment: Sequence[Token], i: int) -> tuple[Fraction, int, bool] | None:
    """The ratio that begins at a number, the last token of it, and whether it is in percent."""
    value = segment[i].value
    assert value is not None
    after = segment[i + 1] if i + 1 < len(segment) else None
    if (fraction := _fraction(segment, i)) is not None:
        return fraction, i + 2, False
    if after is not None and (after.kind == "percent" or after.text.lower() == "percent"):
        return value / 100, i + 1, True
    if after is not None and _times_word(segment, i + 1):
        return value, i + 1, False
    return None


def _fraction(segment: Sequence[Token], i: int) -> Fraction | None:
    """3/4 of the parameters of an LSTM: two numbers, with words and no sign around them."""
    three = segment[i : i + 3]
    if len(three) < 3 or three[1].text != "/" or three[2].kind != "number" or not three[2].value:
        return None
    after = segment[i + 3] if i + 3 < len(segment) else None
    first = i == 0 or segment[i - 1].kind in ("name", "remark", "relation")
    if not first or after is None or after.text.lower() not in ("of", "the", "as", "that", "times"):
        return None
    assert three[0].value is not None
    return three[0].value / three[2].value


def _times_word(segment: Sequence[Token], i: int) -> bool:
    """x or times behind a number, with no operand after it."""
    token = segment[i]
    if token.text not in ("x", "X", "*", "times", "fold"):
        return False
    after = segment[i + 1] if i + 1 < len(segment) else None
    if after is None:
        return True
    if after.kind == "remark":
        return i + 2 >= len(segment)
    return after.kind == "name" and (not is_size(after.text) or bool(cells_named(after.text)))
