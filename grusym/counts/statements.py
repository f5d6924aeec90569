"""A text to what it states of counts: chains of equal amounts, ratios, and the words beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from grusym.counts.joining import joined
from grusym.counts.ratio_reading import ratio_of
from grusym.counts.runs import is_unit, runs_of, segments
from grusym.counts.statement import Said, Statement
from grusym.counts.words import cells_named, parts, size_of
from grusym.language.amounts.grammar import amount
from grusym.language.amounts.tokens import Token, tokens
from grusym.language.amounts.tree import Amount, Letter, Number, Operation, Place, failure, letters, rebuilt

LONGEST = 4000  # characters of a text
LONGEST_RUN = 300  # tokens of one formula


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
    for segment, end in segments(joined(tokens(text))):
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


def _of_segment(segment: list[Token], text: str, label: tuple[str, ...]) -> Iterator[Statement]:
    ratio = ratio_of(segment, label, text)
    if ratio is not None:
        yield ratio
        return
    runs = list(runs_of(segment))
    inside = {id(t) for run in runs for t in run}
    inside |= {id(t) for i, t in enumerate(segment) if i and is_unit(segment, i)}
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
    for _ in names:  # a letter of a product stands alone in the next one: nm + mp + n
        alone |= {
            c
            for n in names
            if 2 <= len(n) <= 3 and n.isalpha() and set(n) & alone and not size_of(n)
            for c in n
        }
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
