"""A cell's text to a Cell: statements, times, roles, kinds and sizes, each checked.

Nothing of the text is ever evaluated.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from grusym.errors import ReadError, ShapeError
from grusym.language.activations import ACTIVATIONS, SPELLINGS
from grusym.language.cell import Cell, Equation
from grusym.language.expression import (
    Concatenation,
    Expression,
    Name,
    Product,
    Span,
    Transpose,
    children,
    walk,
)
from grusym.language.grammar import Call, Grammar, Written
from grusym.language.kinds import MATRIX, SCALAR, Kinds, resolved
from grusym.language.lexer import NameToken, Token, tokens
from grusym.language.shapes import Clash, Shapes, Size, unify

CONTINUING = ("+", "-", "⊙", "*", "·", "×", "/", "@", "=")
# Letters that papers give to learned vectors; any other bare letter that no equation defines is a slip.
PARAMETER_LETTERS = frozenset("abdkpqvw")
EXAMPLE = "h' = tanh(W x + U h + b)"


@dataclass(frozen=True)
class Statement:
    """left = right as written, with the role its comment gives."""

    left: Written
    right: Expression
    role: str


@dataclass
class Declarations:
    """What a text or a caller says outright: `x : n`, `γ : scalar`, `u : input`."""

    roles: dict[str, str]
    shapes: dict[str, tuple[str, ...]]


def read_cell(
    text: str,
    name: str = "cell",
    title: str = "",
    source: str = "",
    inputs: Iterable[str] = (),
    parameters: Iterable[str] = (),
) -> Cell:
    """Read a cell as a paper prints it: one equation a line, in the order of computing.

    Method: a next state is a primed name (`h'` from `h`) or, in a text with times, `h_t` from
    `h_{t-1}`. Inputs are what a matrix multiplies and no equation defines; all other undefined
    names are parameters. Sizes are inferred from n (states) and m (inputs). A line such as
    `x : n`, `γ : scalar`, `u : input` or `s : parameter` declares what the equations leave open.

    Raises ReadError or ShapeError with line and column.
    """
    declarations = Declarations(dict.fromkeys(inputs, "input") | dict.fromkeys(parameters, "parameter"), {})
    statements = _statements(text, declarations)
    if not statements:
        raise ReadError(f"the text of cell {name!r} holds no equation; write at least one, as in {EXAMPLE}")
    names = _Names(statements, declarations)
    lines = [(names.left(s), resolved(s.right, names.meaning), s) for s in statements]
    kinds = Kinds([*names.states, *names.defined, *_of_role(declarations, "input", "state")], _declared(declarations))
    kinds.learn_all(right for _, right, _ in lines)
    closed = [(left, kinds.close(right), s) for left, right, s in lines]
    found = _roles(closed, names, kinds, declarations)
    shapes = _shapes(closed, names.states, found, kinds, declarations)
    return Cell(
        name=name,
        title=title,
        source=source,
        equations=tuple(Equation(left, right, s.role) for left, right, s in closed),
        states=tuple(names.states),
        inputs=tuple(n for n, role in found.items() if role == "input"),
        parameters=tuple(n for n, role in found.items() if role == "parameter"),
        shapes=shapes,
        notation="times" if names.timed else "primes",
    )


def read_expression(text: str, cell: Cell) -> Expression:
    """Read one formula in the names of a cell: a value, a gradient or a Jacobian's matrix.

    Raises ReadError at a name the cell does not have.
    """
    line = [t for t in tokens(text) if t.kind not in ("line", "comment", "end")]
    if not line:
        raise ReadError("an empty text holds no formula; write one in the names of the cell")
    e = Grammar(line).whole()
    meaning = {}
    for written in _written(e):
        known = meaning_in(cell, written.name)
        if known is None:
            raise _error(written.span, f"unknown name {written.name.canonical}; the cell has {', '.join(cell.shapes)}")
        meaning[id(written)] = known
    declared = {n: ("scalar", "vector", "matrix")[len(s)] for n, s in cell.shapes.items()}
    return Kinds((), declared).close(resolved(e, meaning))


def meaning_in(cell: Cell, name: NameToken) -> str | None:
    """The cell's own name for a name as written with or without its time, or None."""
    bare = replace(name, time=None).canonical
    if name.time is not None and bare in cell.states:
        return cell.next_of(bare) if name.time == 0 else bare if name.time == -1 else None
    return bare if bare in cell.shapes else None


# ---- statements ---------------------------------------------------------------------------------


def _statements(text: str, declarations: Declarations) -> list[Statement]:
    statements: list[Statement] = []
    for line, role in _lines(tokens(unicodedata.normalize("NFC", text))):
        signs = [t.text for t in line if t.kind == "operator"]
        if ":" in signs and "=" not in signs:
            _declare(line, declarations)
        else:
            statements.append(_statement(line, role))
    return statements


def _lines(stream: Sequence[Token]) -> Iterable[tuple[list[Token], str]]:
    """The tokens of each line with its comment; a line that begins with an operator continues."""
    line: list[Token] = []
    role = ""
    for i, token in enumerate(stream):
        if token.kind == "comment":
            role = token.text if line else role
        elif token.kind in ("line", "end"):
            following = next((t for t in stream[i:] if t.kind not in ("line", "comment")), token)
            if line and (following.kind == "operator" and following.text in CONTINUING and following.text != "("):
                continue
            if line:
                yield line, role
            line, role = [], ""
        elif token.text not in (",", ".") or token.kind != "operator" or not _ends_line(stream, i):
            line.append(token)


def _ends_line(stream: Sequence[Token], i: int) -> bool:
    return stream[i + 1].kind in ("line", "end", "comment")


def _statement(line: list[Token], role: str) -> Statement:
    equals = [i for i in _outside_brackets(line) if line[i].kind == "operator" and line[i].text == "="]
    if not equals:
        raise _error(line[0].span, f"no '=' in this line; an equation was expected, as in {EXAMPLE}")
    if len(equals) > 1:
        raise _error(line[equals[1]].span, "a second '=' in one line; give each value its own equation")
    left, right = line[: equals[0]], line[equals[0] + 1 :]
    if len(left) != 1 or left[0].name is None:
        raise _error(line[0].span, f"one name must stand before '=', as in {EXAMPLE}")
    if replace(left[0].name, primes=0).canonical in SPELLINGS:
        raise _error(left[0].span, f"{left[0].text} is a function and cannot be defined; choose another name")
    if not right:
        raise _error(line[equals[0]].span, "nothing stands after '='; write the value's formula there")
    return Statement(Written(left[0].name, span=left[0].span), Grammar(right).whole(), role)


def _outside_brackets(line: list[Token]) -> Iterable[int]:
    depth = 0
    for i, token in enumerate(line):
        depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
        if depth == 0:
            yield i


def _declare(line: list[Token], declarations: Declarations) -> None:
    """Read `x : n`, `W : n × m`, `γ : scalar`, `u, v : input`."""
    colon = next(i for i, t in enumerate(line) if t.text == ":")
    subjects = [t for t in line[:colon] if t.name is not None]
    words = [t.text for t in line[colon + 1 :] if t.text not in (",", "×", "·", "(", ")")]
    if not subjects or not words:
        raise _error(line[0].span, "a declaration needs a name and what it is, as in 'x : n' or 'γ : scalar'")
    for token in subjects:
        assert token.name is not None
        subject = replace(token.name, time=None).canonical
        if words[0] in ("input", "parameter", "state"):
            declarations.roles[subject] = words[0]
        elif words[0] == "scalar":
            declarations.shapes[subject] = ()
        elif len(words) <= 2 and all(len(w) == 1 and w.isalpha() or w.isdigit() for w in words):
            declarations.shapes[subject] = tuple(words)
        else:
            raise _error(line[colon].span, f"cannot read {' '.join(words)!r}; write input, parameter, scalar, n or n × m")


# ---- names and times ----------------------------------------------------------------------------


class _Names:
    """What each name as written stands for, and which names are states."""

    def __init__(self, statements: list[Statement], declarations: Declarations) -> None:
        self.statements, self.declarations = statements, declarations
        self.timed = any(
            w.name.time is not None for s in statements for w in [s.left, *_written(s.right)]
        ) and not any(s.left.name.primes for s in statements)
        self.times: dict[str, int] = {}
        self.first: dict[str, Statement] = {}
        self._definitions()
        self.states = self._states()
        if not self.states:
            raise _error(statements[-1].left.span, self._no_state())
        self.defined = [self.left(s) for s in statements]
        self.meaning: dict[int, str] = {}
        self._uses()

    def left(self, s: Statement) -> str:
        """The canonical name a statement defines."""
        base = _bare(s.left.name)
        return f"{base}'" if self.timed and base in self.states else s.left.name.canonical

    def _definitions(self) -> None:
        for s in self.statements:
            key = _bare(s.left.name) if self.timed else s.left.name.canonical
            if key in self.first:
                place = self.first[key].left.span
                assert place is not None
                raise _error(
                    s.left.span,
                    f"{_as_written(s.left.name)} is defined twice, first in line {place.line}; keep one definition or rename one",
                )
            self.first[key] = s
            self.times[key] = s.left.name.time or 0

    def _states(self) -> list[str]:
        if not self.timed:
            return self._primed_states()
        states = []
        for s in self.statements:
            for w in _written(s.right):
                key, time = _bare(w.name), w.name.time
                if key in self.times and time is not None and time == self.times[key] - 1:
                    states.append(key)
        return [key for key in self.times if key in states]

    def _primed_states(self) -> list[str]:
        states = []
        for s in self.statements:
            if s.left.name.primes > 1:
                raise _error(s.left.span, f"{_as_written(s.left.name)} has several primes; h' is the next value of h")
            if s.left.name.primes:
                states.append(replace(s.left.name, primes=0).canonical)
        for state in states:
            if state in self.first:
                raise _error(self.first[state].left.span, f"{state} is a state ({state}' is defined) and cannot be defined as well; rename one")
        return states

    def _no_state(self) -> str:
        for s in self.statements:
            for w in _written(s.right):
                if self.timed and w.name.time == -1 and _bare(w.name) not in self.times:
                    raise _error(w.span, self._never_updated(w))
        shown = _as_written(self.statements[-1].left.name)
        if self.timed:
            return f"no state is updated: no value at t is defined from its own value at t-1; did you mean {shown} to use its value at t-1?"
        return f"no state is updated: no equation defines the next value of a state, as h' = ... does; is {shown} meant to be {shown}'?"

    def _uses(self) -> None:
        seen: set[str] = set()
        for s in self.statements:
            self._known_functions(s.right)
            for w in _written(s.right):
                self.meaning[id(w)] = self._timed_use(w, seen, s) if self.timed else self._use(w, seen, s)
            seen.add(_bare(s.left.name) if self.timed else s.left.name.canonical)

    def _known_functions(self, e: Expression) -> None:
        """Refuse f(u) where f is neither a function nor a matrix."""
        for node in _surface(e):
            if isinstance(node, Call):
                name = _bare(node.function.name)
                if name not in self.times and name not in self.states and name[0].islower() and len(name) != 2:
                    raise _error(node.span, unknown_function(name))

    def _use(self, w: Written, seen: set[str], s: Statement) -> str:
        name = w.name.canonical
        if name in self.times:
            self._after_definition(w, name, seen, s)
        elif w.name.primes:
            raise _error(w.span, f"unknown name {name}: no equation defines it; add one, or drop the prime")
        return name

    def _timed_use(self, w: Written, seen: set[str], s: Statement) -> str:
        key, time = _bare(w.name), w.name.time
        if key not in self.times:
            return self._undefined_at(w, key, time)
        defined = self.times[key]
        if time is None:
            time = defined
        if time == defined - 1:
            return key
        if time != defined:
            raise _error(w.span, f"unknown name {_as_written(w.name)}: a step knows its state at t-1 and its values at t only")
        self._after_definition(w, key, seen, s)
        return f"{key}'" if key in self.states else key

    def _undefined_at(self, w: Written, key: str, time: int | None) -> str:
        others = {u.name.time for s in self.statements for u in _written(s.right) if _bare(u.name) == key}
        if len(others - {None}) > 1:
            raise _error(w.span, f"{key} is used at several times but never defined; if it is a state, add its equation")
        latest = max(self.times.values())
        if time is not None and time < min(self.times.values()) and latest == min(self.times.values()):
            raise _error(w.span, self._never_updated(w))
        return key

    def _never_updated(self, w: Written) -> str:
        key = _bare(w.name)
        return f"the state {_as_written(w.name)} is never updated: add an equation for {key}_t, or use a state that has one"

    def _after_definition(self, w: Written, key: str, seen: set[str], s: Statement) -> None:
        if key in seen:
            return
        here, there = _as_written(w.name), self.first[key].left.span
        place = "the same line" if self.first[key] is s else f"line {there.line if there else '?'}"
        hint = "its old value is meant" if self.first[key] is s else f"move the equation for {here} above it"
        raise _error(w.span, f"{here} is used before it is defined in {place}; {hint}")


def _bare(name: NameToken) -> str:
    return replace(name, time=None).canonical


def _as_written(name: NameToken) -> str:
    if name.time is None:
        return name.canonical
    return f"{_bare(name)}_{{t{name.time:+d}}}" if name.time else f"{_bare(name)}_t"


def _written(e: Expression) -> Iterable[Written]:
    for node in _surface(e):
        if isinstance(node, Written):
            yield node


def _surface(e: Expression) -> Iterable[Expression]:
    yield e
    parts = e.factors if hasattr(e, "factors") else children(e)
    for part in parts:
        yield from _surface(part)


# ---- roles and sizes ----------------------------------------------------------------------------


def _roles(
    lines: list[tuple[str, Expression, Statement]], names: _Names, kinds: Kinds, declarations: Declarations
) -> dict[str, str]:
    """Each name that no equation defines, as an input or a parameter, in order of appearance."""
    multiplied = {
        name
        for _, right, _ in lines
        for node in walk(right)
        if isinstance(node, Product)
        for name in _multiplied(node.right)
    }
    roles: dict[str, str] = {}
    bound = {*names.states, *names.defined}
    for _, right, _ in lines:
        for node in walk(right):
            if isinstance(node, Name) and node.name not in bound and node.name not in roles:
                _not_joined(node, kinds, bound)
                roles[node.name] = declarations.roles.get(node.name) or _role(node, multiplied, kinds)
    return roles


def _not_joined(node: Name, kinds: Kinds, bound: set[str]) -> None:
    """Refuse `Wx` for `W x`, and a misspelled function read as a matrix."""
    name, kind = node.name, kinds.known.get(node.name)
    if kind != MATRIX and name[0].isupper() and (name[1:] in bound or name[1:] == "x"):
        raise _error(node.span, f"{name} is one name here; write a space to multiply: {name[0]} {name[1:]}")
    if kind == MATRIX and re.fullmatch(r"[a-z]{3,}|[A-Z][A-Za-z]*[a-z][A-Za-z]+", name):
        raise _error(node.span, unknown_function(name))


def _role(node: Name, multiplied: set[str], kinds: Kinds) -> str:
    kind = kinds.known.get(node.name)
    if kind in (MATRIX, SCALAR):
        return "parameter"
    letter = unicodedata.normalize("NFD", node.name)
    if node.name in multiplied or letter[0] == "x":
        return "input"
    plain = len(letter) == 1 and letter.isascii() and letter.islower()
    accented = any(unicodedata.combining(c) for c in letter)
    if accented or (plain and letter not in PARAMETER_LETTERS):
        raise _error(
            node.span,
            f"unknown name {node.name}: it is used but never defined; add its equation, or declare it with a line "
            f"'{node.name} : parameter' or '{node.name} : input'",
        )
    return "parameter"


def _multiplied(e: Expression) -> Iterable[str]:
    if isinstance(e, Name):
        yield e.name
    elif isinstance(e, Concatenation):
        for part in e.parts:
            yield from _multiplied(part)
    elif isinstance(e, Product | Transpose):
        yield from _multiplied(children(e)[-1])


def _of_role(declarations: Declarations, *roles: str) -> list[str]:
    return [name for name, role in declarations.roles.items() if role in roles]


def _declared(declarations: Declarations) -> dict[str, str]:
    return {name: ("scalar", "vector", "matrix")[len(shape)] for name, shape in declarations.shapes.items()}


def _shapes(
    lines: list[tuple[str, Expression, Statement]],
    states: Sequence[str],
    roles: dict[str, str],
    kinds: Kinds,
    declarations: Declarations,
) -> dict[str, tuple[object, ...]]:
    known = {state: ("n",) for state in states}
    known |= {name: ("m",) for name, role in roles.items() if role == "input"}
    shapes = Shapes(kinds.known, known | declarations.shapes)
    for left, right, s in lines:
        sizes = shapes.of(right)
        if sizes is None:
            sizes = shapes.names.get(left[:-1]) if left[:-1] in states else (Size(),)
        shapes.names[left] = sizes or ()
        if left[:-1] in states and left.endswith("'"):
            _same_as_state(left, right, shapes, s)
    order = [*roles, *states, *(left for left, _, _ in lines)]
    result = shapes.result()
    return {name: result[name] for name in order}


def _same_as_state(left: str, right: Expression, shapes: Shapes, s: Statement) -> None:
    """The right-hand side of a next state must have the state's own size."""
    state, sizes = left[:-1], shapes.names[left]
    if len(sizes) == 1:
        try:
            return unify(shapes.of_name(state)[0], sizes[0])
        except Clash:
            pass
    found = f"size {sizes[0]}" if len(sizes) == 1 else ("no size", "", "two sizes")[len(sizes)]
    cause = next((e for e in _elementwise(right) if isinstance(e, Name) and _has_size(e, sizes, shapes)), None)
    place = cause.span if cause else s.left.span
    by = f"by {cause} (line {place.line}, column {place.column})" if cause and place else "by its right-hand side"
    raise ShapeError(
        f"shape clash: the next state {_as_written(s.left.name)} (line {s.left.span.line}, column {s.left.span.column}) "  # type: ignore[union-attr]
        f"is given {found} {by}, but the state {state} has size {shapes.of_name(state)[0]}",
        place and place.line,
        place and place.column,
    )


def _elementwise(e: Expression) -> Iterable[Expression]:
    """The nodes that share the size of e: what stands under matrix products does not."""
    yield e
    if not isinstance(e, Product | Concatenation):
        for child in children(e):
            yield from _elementwise(child)


def _has_size(e: Name, sizes: tuple[Size, ...], shapes: Shapes) -> bool:
    own = shapes.of_name(e.name)
    return len(own) == len(sizes) == 1 and own[0].letter != "" and str(own[0]) == str(sizes[0])


def unknown_function(name: str) -> str:
    """What to say of a function nobody has."""
    near = difflib.get_close_matches(name, SPELLINGS, n=1, cutoff=0.6)
    hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(ACTIVATIONS)}"
    return f"unknown function {name}; {hint} A matrix is written with a capital letter, as in W x"


def _error(span: Span | None, message: str) -> ReadError:
    return ReadError(message, span and span.line, span and span.column)


