"""Inputs, parameters and sizes: what the names are that no equation defines."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from grusym.errors import ShapeError, read_error
from grusym.language.activations import unknown_function
from grusym.language.expression import Concatenation, Expression, Name, Product, Transpose, children, walk
from grusym.language.kinds import MATRIX, SCALAR, Kinds
from grusym.language.shapes import Clash, Shapes, Size, Sizes, unify
from grusym.language.statements import Declarations, Statement
from grusym.language.times import Names, as_written

# Letters that papers give to learned vectors; any other bare letter that no equation defines is a slip.
PARAMETER_LETTERS = frozenset("abdkpqvw")


def roles_of(
    lines: list[tuple[str, Expression, Statement]], names: Names, kinds: Kinds, declarations: Declarations
) -> dict[str, str]:
    """Each name that no equation defines, as input, parameter or constant, in order of appearance."""
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
                if node.name not in kinds.bound:
                    _not_joined(node, kinds, bound | multiplied | {"x"})
                roles[node.name] = declarations.roles.get(node.name) or _role(node, multiplied, kinds)
    return roles


def _not_joined(node: Name, kinds: Kinds, bound: set[str]) -> None:
    """Refuse `Wx` for `W x`, and a misspelled function read as a matrix."""
    name, kind = node.name, kinds.known.get(node.name)
    joined = re.fullmatch(r"(.(?:.*\d)?)(\D+)", name) if name[0].isupper() else None
    if kind != MATRIX and joined and joined[2] in bound:
        raise read_error(
            node.span, f"{name} is one name here; write a space to multiply: {joined[1]} {joined[2]}"
        )
    parts = _parts(name, bound)
    if len(parts) > 1:
        raise read_error(node.span, f"{name} is one name here; write a space to multiply: {' '.join(parts)}")
    if kind == MATRIX and re.fullmatch(r"[a-z]{2,}|[A-Z]{2,}|[A-Z][A-Za-z]*[a-z][A-Za-z]+", name):
        raise read_error(node.span, unknown_function(name))


def _parts(name: str, bound: set[str]) -> list[str]:
    """The other names a name is put together from, or none."""
    if not name or len(name) > 12:
        return []
    for i in range(1, len(name) + 1):
        rest = _parts(name[i:], bound)
        if name[:i] in bound and i < len(name) and rest:
            return [name[:i], *rest]
    return [name] if name in bound else []


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
        raise read_error(
            node.span,
            f"unknown name {node.name}: it is used but never defined; add its equation, or "
            "declare it with a line "
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


def check_declared(declarations: Declarations, names: Names, inputs: Iterable[str]) -> None:
    """Refuse declarations that the equations contradict."""
    for name, role in declarations.roles.items():
        place = declarations.places.get(name)
        if role == "state" and name not in names.states:
            raise read_error(
                place,
                f"{name} is declared a state, but no equation defines {name}'; add one, or drop the line",
            )
        if role != "state" and name in {*names.states, *names.defined}:
            what = "a state" if name in names.states else "defined by an equation"
            raise read_error(place, f"{name} is declared as {role}, but it is {what}; drop one of the two")
    for name, shape in declarations.shapes.items():
        if len(shape) != 1 and name in {*names.states, *names.next_states, *inputs}:
            raise read_error(
                declarations.places.get(name),
                f"{name} is declared {' × '.join(shape) or 'a scalar'}, but states and inputs are vectors; "
                f"declare one size, as in '{name} : 1'",
                ShapeError,
            )


def of_role(declarations: Declarations, *roles: str) -> list[str]:
    """The names declared to have one of the roles."""
    return [name for name, role in declarations.roles.items() if role in roles]


def declared_kinds(declarations: Declarations) -> dict[str, str]:
    """The kinds of the names whose shapes are declared."""
    return {name: ("scalar", "vector", "matrix")[len(shape)] for name, shape in declarations.shapes.items()}


def shapes_of(
    lines: list[tuple[str, Expression, Statement]],
    states: Sequence[str],
    roles: dict[str, str],
    kinds: Kinds,
    declarations: Declarations,
) -> dict[str, tuple[object, ...]]:
    """The shape of every name, in the order inputs and parameters, states, values."""
    known = dict.fromkeys(states, ("n",))
    known |= {name: ("m",) for name, role in roles.items() if role == "input"}
    shapes = Shapes(kinds.known, known | declarations.shapes)
    for left, right, s in lines:
        sizes = shapes.of(right)
        if left in declarations.shapes:
            sizes = _as_declared(left, sizes, shapes, s)
        elif sizes is None:
            sizes = shapes.names.get(left[:-1]) if left[:-1] in states else (Size(),)
        shapes.names[left] = sizes or ()
        if left[:-1] in states and left.endswith("'"):
            _same_as_state(left, right, shapes, s)
    order = [*roles, *states, *(left for left, _, _ in lines)]
    result = shapes.result()
    return {name: result[name] for name in order}


def _as_declared(left: str, sizes: Sizes, shapes: Shapes, s: Statement) -> Sizes:
    """What a value's declaration and its formula say together."""
    declared = shapes.of_name(left)
    try:
        if sizes is not None and len(sizes) != len(declared):
            raise Clash
        for a, b in zip(declared, sizes or declared, strict=True):
            unify(a, b)
    except Clash:
        said, found = _said(declared), _said(sizes or ())
        raise read_error(
            s.left.span,
            f"shape clash: {left} is declared {said}, but its formula is {found}; change one of the two",
            ShapeError,
        ) from None
    return declared


def _said(sizes: tuple[Size, ...]) -> str:
    known = " × ".join(map(str, sizes))
    return ("a scalar", "a vector", "a matrix")[len(sizes)] + (f" of {known}" if known.strip("? ×") else "")


def _same_as_state(left: str, right: Expression, shapes: Shapes, s: Statement) -> None:
    """The right-hand side of a next state must have the state's own size."""
    state, sizes = left[:-1], shapes.names[left]
    if len(sizes) == 1:
        try:
            return unify(shapes.of_name(state)[0], sizes[0])
        except Clash:
            pass
    found = f"size {sizes[0]}" if len(sizes) == 1 else ("no size", "", "two sizes")[len(sizes)]
    cause = next(
        (e for e in _elementwise(right) if isinstance(e, Name) and _has_size(e, sizes, shapes)), None
    )
    place = cause.span if cause else s.left.span
    by = (
        f"by {cause} (line {place.line}, column {place.column})"
        if cause and place
        else "by its right-hand side"
    )
    own = s.left.span
    here = f" (line {own.line}, column {own.column})" if own else ""
    raise read_error(
        place,
        f"shape clash: the next state {as_written(s.left.name)}{here} is given {found} {by}, but "
        f"the state {state} has size {shapes.of_name(state)[0]}",
        ShapeError,
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
