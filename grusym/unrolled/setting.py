"""The cell that a document speaks of, whole: from its equations, fragments of them, shapes or mere words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from grusym.errors import GrusymError
from grusym.language.cell import Cell
from grusym.language.reader import read_cell
from grusym.unrolled.fragments import Fragment, fragments, prepared
from grusym.unrolled.primed import without_primes
from grusym.unrolled.respelled import respelled
from grusym.unrolled.standard import completed, kind_of
from grusym.unrolled.tidied import tidied
from grusym.unrolled.unsplit import unsplit
from grusym.unrolled.verdict import PREVIOUS, Frame

ROWS = re.compile(
    r"row[- ]vector|rows\b|batch[- ]first|\[\s*(?:I|in\w*|D|d)\s*,\s*\d*\s*\*?\s*(?:H|h\w*|n)\s*\]"
)
SHAPE = re.compile(r"\\in\b|∈|\bshape\b")
DIMENSIONS = re.compile(r"R(?:\}|)\s*\^\s*\{?\s*([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}?")
NAMED = re.compile(r"\s*(?:\w+ )?(?:LSTM|GRU|RNN)\b", re.IGNORECASE)
BESIDE = re.compile(
    r"(.*\S)\s*[,;]\s+([a-z]+(?:[ -][a-z]+)*)\s*|([a-z]+(?:[ -][a-z]+)*)\s*[,;:]\s+(.*)", re.IGNORECASE
)
KNOWN = re.compile(r"lstm|gru|rnn|recurrent|vanilla|elman|echo[- ]state|gated|memory|scalar", re.IGNORECASE)
SMALL = re.compile(r"(?<![A-Za-z\\_^])(?:\\mathbf\s*\{)?([uvw])(?:\})?(?=\s*(?:\\odot|\\circ|⊙|∘))")  # u ⊙ h
NUMBERS = "the document works with numbers: n = 1"
EQUATION = re.compile(r"(?<![<>!=:])=(?!=)|←|\\leftarrow")


def settings(lines: Sequence[str], names: Collection[str] = ()) -> tuple[Frame, ...]:
    """The cells that a document's lines may mean, likeliest first; `names` are those that its claims use.

    A whole cell is read as it stands. What a fragment uses but does not define gets the standard equation
    of the role it has there, in the document's letters; of the GRU's two conventions both are given
    where nothing says which is meant. What was added is said.
    """
    lines, meant = respelled(lines)
    lines, said, together = unsplit(lines)
    lines, primed = without_primes([piece for line in lines for piece in _pieces(line)])
    found = _settings(lines, names)
    prev = any(PREVIOUS.search(line) for line in lines)
    return tuple(
        replace(f, said=(*meant, *said, *f.said), primed=primed, together=together, prev=prev) for f in found
    )


def _settings(lines: Sequence[str], names: Collection[str]) -> tuple[Frame, ...]:
    """The cells that lines may mean, each line an equation or words."""
    words = " ".join(line for line in lines if not _is_equation(line))
    equations = [prepared(line) for line in lines if _is_equation(line) and not SHAPE.search(line)]
    scalar = re.search(r"\bscalar\b|hidden_size\s*=\s*1|one[- ]dimensional", " ".join(lines)) is not None
    rows = _rows(lines, words)
    with suppress(GrusymError):
        return (_whole(equations, scalar, rows),)
    tidy = tidied(equations)
    if tidy is not None:
        with suppress(GrusymError):
            said = tuple(f"no part of the cell: {line.strip()}" for line in tidy[1])
            return (replace(_whole(tidy[0], scalar, rows), said=said),)
    numbers = _numbers(equations)
    if numbers is not None:
        return (replace(Frame.whole(numbers), scalar=True, said=(NUMBERS,)),)
    return _completed(equations, lines, words, frozenset(names), rows, scalar)


def _whole(equations: Sequence[str], scalar: bool, rows: bool | None) -> Frame:
    """The cell of whole equations; GrusymError where they are none."""
    cell = _read_with_vectors(equations)
    if not any(len(cell.shapes[w]) == 2 for w in cell.weights) and not scalar:
        raise GrusymError("a cell without a matrix is a fragment")
    frame = Frame.whole(cell)
    if rows and not cell.rows:
        return replace(frame, open=True, scalar=scalar)
    return replace(frame, scalar=scalar or _small(cell))


def _read_with_vectors(equations: Sequence[str]) -> Cell:
    """The cell of equations; where small letters stand elementwise beside a state, u ⊙ h, as weights."""
    text = "\n".join(equations)
    try:
        return read_cell(text)
    except GrusymError:
        small = sorted(set(SMALL.findall(text)))
        if not small:
            raise
        return read_cell("\n".join([text, *(f"{name} : parameter" for name in small)]))


def _pieces(line: str) -> list[str]:
    """An equation and the words beside it: `h_t = ..., row vectors`, `In our notation, $h_t = ...$.`"""
    inside = re.findall(r"\$+([^$]*=[^$]*)\$+", line)
    if inside:
        return [*inside, re.sub(r"\$[^$]*\$", "", line)]
    m = BESIDE.fullmatch(line)
    if m is None or NAMED.match(line) or EQUATION.search(line) is None:
        return [line]
    return [piece for piece in m.groups() if piece]


def _numbers(equations: list[str]) -> Cell | None:
    """The cell of equations whose weights are small letters before a dot: w · h."""
    plain = [re.sub(r"\\cdot(?![A-Za-z])|[·⋅*]", " ⊙ ", e) for e in equations]
    bare = [re.sub(r"\\[A-Za-z]+", "", e) for e in equations]
    small = {m for e in equations for m in re.findall(r"(?<![A-Za-z])([wu](?:_\{?\w+\}?)?)\s*[·⋅*]", e)}
    if not small or any(re.search("[A-Z]", e) for e in bare):
        return None
    return _read("\n".join([*plain, *(f"{name} : parameter" for name in sorted(small))]))


def _completed(
    equations: list[str],
    lines: Sequence[str],
    words: str,
    names: frozenset[str],
    rows: bool | None,
    scalar: bool,
) -> tuple[Frame, ...]:
    found: list[Fragment] = []
    dropped: list[str] = []
    for equation in equations:
        try:
            found += fragments(equation)
        except GrusymError:
            dropped.append(equation)
    for equation in _inside_words(lines):
        with suppress(GrusymError):
            found += fragments(equation)
    if not found and not dropped and KNOWN.search(words) is None:
        return ()
    in_rows = rows if rows is not None else any(f.rows for f in found)
    result = list(_frames(found, " ".join(lines), names, bool(in_rows), rows, scalar))
    if not result:  # the fragments do not fit together: the standard cell of their kind
        result = list(_frames([], _kind_words(lines), names, bool(in_rows), rows, scalar))
        dropped = [f.text for f in found if f.text in equations] + dropped
    unused = tuple(f"not read and not used: {line.strip()}" for line in dict.fromkeys(dropped))
    return tuple(replace(f, unused=unused, said=(*unused, *f.said)) for f in result)


def _frames(
    found: list[Fragment], words: str, names: frozenset[str], in_rows: bool, rows: bool | None, scalar: bool
) -> Iterator[Frame]:
    for _, text, said in completed(found, words, names, in_rows):
        cell = _read(text)
        if cell is not None:
            given = frozenset(n for n in cell.shapes if any(_has(f, n) for f in found))
            yield Frame(
                cell,
                rows=cell.rows,
                given=given,
                scalar=scalar,
                said=said,
                open=rows is None or (rows and not cell.rows),
            )


def _read(text: str) -> Cell | None:
    """The cell of a text; of one that joins input and state elementwise, over inputs of the state's size."""
    for more in ("", "\nx : n", "\nx : n input"):
        with suppress(GrusymError):
            return read_cell(text + more)
    return None


def _kind_words(lines: Sequence[str]) -> str:
    """The kind of cell that equations resemble, as a word."""
    return kind_of([], " ".join(lines), frozenset(re.findall(r"[A-Za-z]", " ".join(lines))))


def _has(fragment: Fragment, name: str) -> bool:
    return name.rstrip("'") in fragment.names


def _is_equation(line: str) -> bool:
    """Whether a line is an equation, not words that hold one."""
    if EQUATION.search(line) is None or NAMED.match(line):
        return False
    plain = re.sub(r"\\[A-Za-z]+", "", line)
    return len(re.findall(r"(?<![\w_.])[A-Za-z]{4,}(?![\w_(.])", plain)) < 3


def _inside_words(lines: Sequence[str]) -> list[str]:
    """The equations among words: 'GRU, h_t = (1-z) h_{t-1} + z h~'."""
    found = []
    for line in lines:
        if not _is_equation(line):
            found += re.findall(r"[a-z]_?\{?t?\}?\s*=\s*[^;,]*(?:[-+(][^;,]*)+", line)
    return [prepared(e.replace("h~", "h̃").rstrip(" )") if e.count("(") < e.count(")") else e) for e in found]


def _rows(lines: Sequence[str], words: str) -> bool | None:
    """Whether vectors are rows, as words or shapes say; None where nothing does."""
    if ROWS.search(words):
        return True
    for line in lines:
        if not SHAPE.search(line):
            continue
        m = DIMENSIONS.search(line)
        sizes = re.split(r"\\times|×|,", m[1]) if m else []
        if len(sizes) != 2:
            continue
        first, second = (re.sub(r"\\\w+|[\s{}_]", "", s) for s in sizes)
        if first in ("B", "N", "b", "batch") and re.match(r"\s*(?:\\\w+\{)*[a-zH]", line):
            return True
        inputs = ("in", "din", "dx", "m", "d", "D", "I", "input")
        if first in inputs and second not in inputs:
            return True
        if second in inputs and first not in inputs:
            return False
    return None


def _small(cell: Cell) -> bool:
    """Whether all matrices have small letters, w_hh h: the document works with numbers."""
    matrices = [w for w in cell.weights if len(cell.shapes[w]) == 2]
    return bool(matrices) and all(w[0].islower() for w in matrices) and not cell.rows
