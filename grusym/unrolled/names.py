"""A name of a claim taken apart: its letter, its labels (names themselves) and its times."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from grusym.errors import GrusymError
from grusym.language.expression import Expression
from grusym.language.scanner import NameToken
from grusym.language.surface import Written
from grusym.language.times import surface
from grusym.unrolled.index import Index, read_index
from grusym.unrolled.lexer import PARTED, WideLexer
from grusym.unrolled.tree import Repeated

ALWAYS = frozenset({"t", "T", "τ"})  # letters that are times wherever they stand
MOVING = re.compile(r"[a-zA-Zα-ω]\Z")


@dataclass(frozen=True)
class Parts:
    """`letter` with accents; `labels` and `times` in order; `primes` after it."""

    letter: str
    labels: tuple[str, ...] = ()
    times: tuple[Index, ...] = ()
    primes: int = 0

    @property
    def key(self) -> str:
        """Letter and labels without the marks between them: `W_{h,z}` and `Whz` are one."""
        return plain(self.letter + "".join(self.labels)) + "'" * self.primes


def plain(text: str) -> str:
    """A name without brackets, underscores, commas and blanks."""
    return re.sub(r"[\s_{}()^,<>⟨⟩|;]", "", unicodedata.normalize("NFC", text))


def letters_of(e: Expression) -> Iterable[str]:
    """The letters that are surely times in a tree: with a sign beside a number, or an index of ∑ or ∏."""
    for node in _nodes(e):
        if isinstance(node, Repeated):
            yield node.letter
            for limit in (node.low, node.high):
                yield from (x for x, _ in limit.letters) if limit is not None else ()
        if isinstance(node, Written):
            for piece in pieces(node.name):
                index = read_index(piece)
                if index is not None and (len(index.letters) > 1 or (index.letters and index.constant)):
                    yield from (x for x, _ in index.letters)


def _nodes(e: Expression) -> Iterable[Expression]:
    return surface(e)


def pieces(name: NameToken) -> list[str]:
    """The scripts of a name, cut at commas."""
    scripts = [*name.subscript.split(PARTED), *name.label.split(PARTED)]
    return [p.strip() for s in scripts for p in _cut(s) if p.strip()]


def _cut(script: str) -> list[str]:
    depth, parts = 0, [""]
    for c in script:
        depth += (c in "{([") - (c in "})]")
        if c == "," and depth <= 0:
            parts.append("")
        else:
            parts[-1] += c
    return parts


@lru_cache(maxsize=65536)
def parts(name: NameToken, letters: frozenset[str], timeless: bool = False) -> Parts:
    """A name taken apart; `letters` are those that are times here, `timeless` that it has none."""
    labels: list[str] = []
    times: list[Index] = []
    primes = name.primes
    name = _word_behind(name)
    for piece in pieces(name):
        for word in _words(piece):
            index = read_index(word)
            single = index is not None and len(index.letters) == 1 and not index.constant
            if index is not None and not index.letters and name.base[:1] in "WUVRb":
                index = None  # W_1: a label
            sure = index is not None and (not single or index.letters[0][0] in letters or word[:1] in "(<")
            if sure and not timeless and index is not None:
                times.append(index)
            elif word in ("tilde", "hat", "bar"):
                accent = {"tilde": "\u0303", "hat": "\u0302", "bar": "\u0304"}[word]
                name = NameToken(name.base, name.accents + accent)
            else:
                found = _nested(word, letters)
                labels.append(found.letter + "".join(found.labels) + "'" * found.primes)
                times += found.times
    letter = unicodedata.normalize("NFC", name.base + name.accents)
    return Parts(letter, tuple(labels), tuple(times), primes)


def _word_behind(name: NameToken) -> NameToken:
    """h_prev of prev_h, and dh_prev of dprev_h."""
    m = re.fullmatch(r"(d|)(prev|next|curr|new|old)", name.base)
    if m is None or not name.subscript:
        return name
    first, _, rest = name.subscript.partition(PARTED)
    letter, _, more = first.partition("_")
    scripts = PARTED.join(x for x in (more, m[2], rest) if x)
    return replace(name, base=m[1] + letter, subscript=scripts)


def _words(piece: str) -> list[str]:
    """The words of a script of code: `C_curr` is C and curr; h_{t-1} stays whole."""
    if re.fullmatch(r"\w+", piece) and "_" in piece and not re.search(r"_t$", piece):
        return [w for w in piece.split("_") if w]
    m = re.fullmatch(r"([^\W\d_]+)(\([^()]+\)|<[^<>]+>)", piece)
    return [m[1], m[2]] if m else [piece]


@lru_cache(maxsize=4096)
def _nested(text: str, letters: frozenset[str]) -> Parts:
    """A script that is a name itself, with its own time: the h_{t-1} of δ_{h_{t-1}}."""
    lexer = WideLexer(text)
    try:
        if text and lexer.starts_name():
            lexer.latex = True
            name = lexer.name()
            if lexer.at >= len(lexer.text.rstrip()):
                if not (name.subscript or name.label):
                    return Parts(unicodedata.normalize("NFC", name.base + name.accents), (), (), name.primes)
                return parts(name, letters)
    except GrusymError:
        pass
    return Parts(plain(text))
