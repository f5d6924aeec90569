"""Claims about single entries: ∂h_{t,i}/∂h_{t-1,j} = (1 - h_{t,i}²) W_{ij}, sums over j, maxima over i."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from grusym.language.expression import Expression, Identity, children, rebuilt
from grusym.language.scanner import NameToken
from grusym.language.surface import Chain, Written
from grusym.language.times import surface
from grusym.unrolled.index import read_index
from grusym.unrolled.lexer import PARTED
from grusym.unrolled.meanings import Names
from grusym.unrolled.names import ALWAYS, parts, pieces
from grusym.unrolled.tree import Entry, GradientOf, Over, Partial, Relation, Repeated, SlopeAt

LETTERS = frozenset("ijklpqabrsuv")  # that number the entries of a vector in documents


def with_entries(relation: Relation, names: Names) -> Relation:
    """The relation with its entries marked; the same one where no name has a time and an entry beside it."""
    letters = entry_letters(relation, names)
    if not letters:
        return relation
    return replace(relation, sides=tuple(_marked(side, letters) for side in relation.sides))


def entry_letters(relation: Relation, names: Names) -> frozenset[str]:
    """The letters that number entries: those beside a time, as in h_{t,i}, and the pairs of W_{ij}."""
    beside: set[str] = set()
    pairs: set[str] = set()
    bound = {n.letter for side in relation.sides for n in surface(side) if isinstance(n, Repeated)}
    for w in _written(relation):
        if names.owns(parts(w.name, ALWAYS).key):
            continue
        found = pieces(w.name)
        timed = [p for p in found if _sure(p)]
        single = [p for p in found if p in LETTERS and not names.gates_in([p])]
        double = [p for p in found if re.fullmatch("[a-z]{2}", p) and set(p) <= LETTERS]
        if timed and len(single) == 1:
            beside |= set(single)
        if w.name.base[:1] in "WUVRJΘδ" and not timed and (double or len(single) == 2):
            pairs |= {c for p in (double or single) for c in p}
    return frozenset(beside | (pairs if beside & pairs or pairs <= bound else set()))


def free_letters(relation: Relation) -> tuple[str, ...]:
    """The letters of entries that no sum or maximum runs over."""
    found = {x for side in relation.sides for x in _free(side)}
    return tuple(sorted(found))


def numbered(e: Expression) -> tuple[str, ...]:
    """The letters that number a node's entries."""
    return e.letters if isinstance(e, Entry) else ()


def exchanged(e: Expression, letters: Mapping[str, str]) -> Expression:
    """A tree whose entries bear other letters."""
    if isinstance(e, Entry):
        return replace(e, letters=tuple(letters.get(x, x) for x in e.letters))
    if isinstance(e, Chain):
        return replace(e, factors=tuple(exchanged(f, letters) for f in e.factors))
    return rebuilt(e, tuple(exchanged(child, letters) for child in children(e)))


def plain(e: Expression) -> Expression:
    """A tree with its entries as names again."""
    if isinstance(e, Entry):
        return _named(e)
    if isinstance(e, Over):
        return Repeated(e.kind, e.letter, e.low, e.high, plain(e.body), span=e.span)
    if isinstance(e, Chain):
        return replace(e, factors=tuple(map(plain, e.factors)))
    return rebuilt(e, tuple(map(plain, children(e))))


def _named(e: Entry) -> Expression:
    target = e.operand
    if isinstance(target, Identity) and isinstance(e.written, Written):
        target = replace(e.written, name=_stripped(e.written.name, LETTERS)[0])
    if isinstance(target, Partial | GradientOf | Identity) or not isinstance(target, Written):
        return e.written if e.written is not None else plain(target)
    if isinstance(e.written, Written) and _stripped(e.written.name, frozenset(e.letters)) == (
        target.name,
        e.letters,
    ):
        return e.written
    bare = "".join(e.letters)
    old = e.written.name if isinstance(e.written, Written) else target.name
    if (
        sorted(_stripped(old, frozenset(bare))[1]) == sorted(bare) and bare[::-1] in old.subscript
    ):  # W_ji as W_ij
        return replace(target, name=replace(old, subscript=old.subscript.replace(bare[::-1], bare)))
    joined = PARTED.join(x for x in (target.name.subscript, *e.letters) if x)
    if isinstance(e.written, Written) and len(e.letters) == len(_stripped(old, LETTERS)[1]) == 1:
        before = _stripped(old, LETTERS)[1][0]
        below, above = (_lettered(script, before, bare) for script in (old.subscript, old.label))
        return replace(target, name=replace(old, subscript=below, label=above))
    return replace(target, name=replace(target.name, subscript=joined))


def _lettered(script: str, before: str, after: str) -> str:
    return re.sub(rf"(?<![A-Za-z]){re.escape(before)}(?![A-Za-z])", after, script)


def _written(relation: Relation) -> Iterable[Written]:
    return (n for side in relation.sides for n in surface(side) if isinstance(n, Written))


def _sure(piece: str) -> bool:
    """Whether a script is a time wherever it stands: t, t-1, T."""
    index = read_index(piece)
    if index is None or index.word:
        return False
    return any(x in ALWAYS for x, _ in index.letters) or bool(index.letters and index.constant)


def _free(e: Expression) -> set[str]:
    if isinstance(e, Entry):
        return set(e.letters)
    inner = {x for part in (e.factors if isinstance(e, Chain) else children(e)) for x in _free(part)}
    return inner - {e.letter} if isinstance(e, Over) else inner


def _marked(e: Expression, letters: frozenset[str]) -> Expression:
    match e:
        case Written():
            name, found = _stripped(e.name, letters)
            if not found:
                return e
            kronecker = name == NameToken("δ") and len(found) == 2
            return Entry(Identity() if kronecker else replace(e, name=name), found, e, span=e.span)
        case Partial(of=Written() as of, by=Written() as by):
            (a, first), (b, second) = _stripped(of.name, letters), _stripped(by.name, letters)
            inner = replace(e, of=replace(of, name=a), by=replace(by, name=b))
            return Entry(inner, (*first, *second), e, span=e.span) if first or second else e
        case GradientOf(target=Written() as w) | SlopeAt(value=Written() as w):
            name, found = _stripped(w.name, letters)
            if not found:
                return e
            bare = replace(w, name=name)
            whole = replace(e, target=bare) if isinstance(e, GradientOf) else SlopeAt(bare, span=e.span)
            return Entry(whole, found, e, span=e.span)
        case Repeated(letter=letter) if letter in letters:
            return Over(e.kind, letter, _marked(e.body, letters), e.low, e.high, span=e.span)
        case Chain():
            return replace(e, factors=tuple(_marked(f, letters) for f in e.factors))
    return rebuilt(e, tuple(_marked(child, letters) for child in children(e)))


def _stripped(name: NameToken, letters: frozenset[str]) -> tuple[NameToken, tuple[str, ...]]:
    """A name without its entries, and these."""
    found: list[str] = []
    scripts = []
    for script in (name.subscript, name.label):
        kept = []
        for part in script.split(PARTED):
            rest = []
            for piece in part.split(","):
                bare = piece.strip().strip("()")
                if bare and set(bare) <= letters and len(bare) <= 2:
                    found += bare
                else:
                    rest.append(piece)
            kept.append(",".join(rest))
        scripts.append(PARTED.join(k for k in kept if k.strip()))
    return replace(name, subscript=scripts[0], label=scripts[1]), tuple(found)
