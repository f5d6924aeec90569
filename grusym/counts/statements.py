"""A text to what it states of counts: chains of equal amounts, ratios, and the words beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from grusym.counts.words import cells_named, is_size, joins, parts, size_of
from grusym.language.amounts.grammar import amount
from grusym.language.amounts.tokens import Token, tokens
from grusym.language.amounts.tree import Amount, Letter, Number, Operation, Place, failure, letters, rebuilt

LONGEST = 4000  # characters of a text
LONGEST_RUN = 300  # tokens of one formula
PARTING = ("semicolon", "bar", "newline", "colon", "hash", "arrow", "comma", "other", "quote")
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
ABOUT = {"about", "approximately", "roughly", "around", "nearly", "almost", "approx"}
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
MORE = {"more", "larger", "increase", "increases", "greater"}


@dataclass(frozen=True)
class Said:
    """One amount of a chain: its tree, its words in the text, and whether it is equal or about equal."""

    tree: Amount
    text: str
    relation: str = ""  # to the one before it: =, ≈ or nothing

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.tree.place


@dataclass(frozen=True)
class Statement:
    """A chain of amounts, or a ratio: then `ratio` is its value.

    `words` are those beside it, `label` those before it;

    `name` is what the first equality defines: params in params = 4 (...).
    """

    chain: tuple[Said, ...] = ()
    name: str = ""
    label: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    ratio: Fraction | None = None
    slack: Fraction = Fraction(0)  # how far a ratio may be off, as it is rounded
    about: bool = False
    order: bool = False  # an order of growth: O(n² + nm)
    place: Place = field(default_factory=lambda: Place(0, 0))

    @property
    def all_words(self) -> str:
        """Label and words in one."""
        return " ".join((*self.label, self.name, *self.words))


def statements(text: str) -> tuple[Statement, ...]:
    """Everything a text states of counts.

    Raises ReadError with line and column where a formula cannot be read.
    """
    if len(text) > LONGEST:
        raise failure(
            text, LONGEST, f"a text of {len(text)} characters; give the formula alone, up to {LONGEST}"
        )
    found: list[Statement] = []
    label: list[str] = []
    used = False
    for segment, end in _segments(_joined(tokens(text))):
        mine = list(_of_segment(segment, text, tuple(label)))
        behind = _behind(segment, mine) if end == "colon" else []
        if behind:
            found, label, used = found + mine, behind, False
        elif mine:
            found += mine
            used = True
        else:
            words = [t.text for t in segment if t.kind in ("name", "remark", "number")]
            if words and used and end in ("newline", "semicolon") and found:
                found[-1] = replace(found[-1], words=(*found[-1].words, *words))
            elif words or end == "newline":
                label = (label if not used else []) + words
                used = False
        if mine and end in ("newline",):
            label, used = [], False
    return tuple(found)


def _behind(segment: Sequence[Token], mine: Sequence[Statement]) -> list[str]:
    """The words after the last formula of a segment, which label the next one: 3 (...) vs LSTM: 4 (...)."""
    last = max((statement.place.end for statement in mine), default=0)
    return [t.text for t in segment if t.kind == "name" and t.place.start >= last] if mine else []


def _joined(found: list[Token]) -> list[Token]:
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


def _segments(found: Sequence[Token]) -> Iterator[tuple[list[Token], str]]:
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


def _of_segment(segment: list[Token], text: str, label: tuple[str, ...]) -> Iterator[Statement]:
    ratio = _ratio(segment, label, text)
    if ratio is not None:
        yield ratio
        return
    runs = list(_runs(segment))
    inside = {id(t) for run in runs for t in run}
    inside |= {id(t) for i, t in enumerate(segment) if i and _is_unit(segment, i)}
    within = [(run[0].place.start, run[-1].place.end) for run in runs]
    words = tuple(
        t.text
        for t in segment
        if t.kind == "remark"
        or (t.kind == "name" and id(t) not in inside and not any(a <= t.place.start < b for a, b in within))
    )
    last = 0
    for run in runs:
        between = tuple(
            t.text for t in segment if t.kind == "name" and last <= t.place.start < run[0].place.start
        )
        mine = between if last and cells_named(" ".join(between)) else label
        last = run[-1].place.end
        statement = _chain(run, text, mine, words)
        if statement is not None:
            yield statement


def _runs(segment: list[Token]) -> Iterator[list[Token]]:
    """The stretches of a segment that are formulas: words neither sizes nor beside a sign end one."""
    run: list[Token] = []
    depth = 0
    for i, token in enumerate(segment):
        if token.kind == "remark" or (not run and _counts_things(segment, i)):
            continue
        if run and _is_unit(segment, i):
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


def _is_unit(segment: Sequence[Token], i: int) -> bool:
    """gates in 3 gates × (...), biases in n biases: a word behind an amount that says of what."""
    token, before = segment[i], segment[i - 1]
    known = token.kind == "name" and token.text.lower() in UNITS and token.spaced
    if known and before.kind == "name" and before.text.lower() in UNITS:
        return True
    return known and (
        before.kind in ("number", "close", "power") or (before.kind == "name" and _short(before.text))
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
    if before is not None and before.kind == "name" and _short(before.text) and _short(token.text):
        return token.text != "a" or before.spaced
    if after is None or not _short(token.text):
        return after is not None and after.kind == "open" and not after.spaced
    return after.kind == "open" or (after.kind == "name" and _short(after.text))


def _short(name: str) -> bool:
    """Whether a name is a letter, with a script or without: such names are multiplied side by side."""
    return is_size(name) and " " not in name and (len(parts(name)[0]) == 1 or len(name) == 2)


def _trimmed(run: list[Token]) -> Iterator[list[Token]]:
    """A run without what cannot begin or end a formula; nothing where no formula is left."""
    while run and (run[0].kind == "relation" or (run[0].kind == "sign" and run[0].text in "*/^")):
        run = run[1:]
    if any(t.kind in ("number", "name") for t in run) and (len(run) > 1 or run[0].kind == "number"):
        yield run


def _chain(run: list[Token], text: str, label: tuple[str, ...], words: tuple[str, ...]) -> Statement | None:
    if len(run) > LONGEST_RUN:
        raise failure(
            text,
            run[LONGEST_RUN].place.start,
            f"a formula of {len(run)} signs; give one of up to {LONGEST_RUN}",
        )
    order = (
        len(run) > 3 and run[0].text in ("O", "Θ", "Theta") and run[1].kind == "open" and run[1].text == "("
    )
    order = order and not any(t.text == run[0].text for t in run[1:])
    run = run[1:] if order else run
    pieces: list[tuple[str, list[Token]]] = [("", [])]
    depth = 0
    for token in run:
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if token.kind == "relation" and depth <= 0:
            pieces.append((token.text, []))
        else:
            pieces[-1][1].append(token)
    chain: list[Said] = []
    for relation, piece in pieces:
        if not piece:
            if relation == "=" or chain:
                raise failure(
                    text,
                    run[-1].place.end,
                    "nothing stands beside the sign of equality; write an amount there",
                )
            continue
        tree = _thousands(piece) if chain or len(pieces) == 1 else None
        if tree is not None:
            relation = "≈" if relation else ""
        tree = tree or apart(amount(piece, text))
        start, end = piece[0].place.start, piece[-1].place.end
        chain.append(Said(tree, text[start:end], relation if chain else ""))
    place = Place(run[0].place.start, run[-1].place.end)
    name = ""
    of_cells = all(cells_named(" ".join(parts(n))) for said in chain[1:] for n in letters(said.tree))
    of_cells = of_cells and any(letters(said.tree) for said in chain[1:])
    if len(chain) > 1 and isinstance(chain[0].tree, Letter) and not _binds(chain) and not of_cells:
        name, chain = chain[0].tree.name, [replace(chain[1], relation=""), *chain[2:]]
    about = any(said.relation == "≈" for said in chain)
    return Statement(tuple(chain), name, label, words, about=about, order=order, place=place)


def _thousands(piece: list[Token]) -> Amount | None:
    """98.8K and 1.2M: rounded numbers."""
    if len(piece) != 2 or piece[0].value is None or piece[1].text not in ("K", "k", "M") or piece[1].spaced:
        return None
    place = Place(piece[0].place.start, piece[1].place.end)
    return Number(piece[0].value * (1_000_000 if piece[1].text == "M" else 1000), place)


def apart(tree: Amount) -> Amount:
    """The tree with nm taken for n m where one of its letters stands alone too, or only such names stand."""
    names = letters(tree)
    alone = {name for name in names if len(name) == 1}
    short = [n for n in names if 2 <= len(n) <= 3 and n.isalpha() and not cells_named(n)]

    def product(node: Amount) -> Amount | None:
        if not isinstance(node, Letter) or node.name not in short:
            return None
        known = bool(size_of(node.name))
        if not (set(node.name) & alone) and (alone or known or len(short) < len(names)):
            return None
        start = node.place.start + (1 if node.place.end - node.place.start > len(node.name) else 0)
        found: Amount | None = None
        for i, c in enumerate(node.name):
            letter = Letter(c, Place(start + i, start + i + 1))
            gap = Place(start + i, start + i)
            found = (
                letter if found is None else Operation("*", found, letter, Place(start, start + i + 1), gap)
            )
        return found

    return rebuilt(tree, product) if short else tree


def _binds(chain: Sequence[Said]) -> bool:
    """Whether letter = number gives a size its value."""
    assert isinstance(chain[0].tree, Letter)
    name = chain[0].tree.name
    return len(chain) == 2 and isinstance(chain[1].tree, Number) and (len(name) <= 2 or bool(size_of(name)))


def _ratio(segment: list[Token], label: tuple[str, ...], text: str) -> Statement | None:
    """75 % of, 4x, reduces by 25 %: a number with a percent sign or a lone x behind it."""
    for i, token in enumerate(segment):
        if token.kind == "remark" and (inner := _ratio(_joined(tokens(token.text)), label, text)):
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
