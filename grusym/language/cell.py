"""Equation and Cell: a recurrent cell as the equations a paper prints, checked when it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from grusym.language.expression import Expression
from grusym.language.fixed import Fixed
from grusym.language.printable import printable

if TYPE_CHECKING:
    import sympy

Dimension = Any  # a SymPy integer symbol or a sum of such: n, m, n + m
Shape = tuple[Any, ...]  # () a scalar, (rows,) a vector, (rows, columns) a matrix


@dataclass(frozen=True)
class Equation:
    """left = right; `role` says in a word or two what it is: "update gate"."""

    left: str
    right: Expression
    role: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "role", printable(self.role))

    def __str__(self) -> str:
        return f"{self.left} = {self.right}"


@dataclass(frozen=True)
class Cell:
    """A recurrent cell.

    `states`, `inputs`, `parameters` (trained) and `constants` (settings, declared in the text) are in
    order of appearance; `shapes` maps every name to its shape in the symbols n (state) and m (input).
    `next_of` maps a state to the name of its next value.
    """

    name: str
    equations: tuple[Equation, ...]
    states: tuple[str, ...]
    inputs: tuple[str, ...]
    parameters: tuple[str, ...]
    shapes: Mapping[str, Shape] = field(hash=False)  # equations, states and inputs decide it
    title: str = ""
    source: str = ""
    notation: str = "primes"
    constants: tuple[str, ...] = ()
    rows: bool = False  # whether the text has vectors as rows, x W, which stand here as Wᵀ x

    def __post_init__(self) -> None:
        object.__setattr__(self, "shapes", Fixed(self.shapes))
        for field_ in ("name", "title", "source"):
            object.__setattr__(self, field_, printable(getattr(self, field_)))

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        """Hashing all equations takes longer than much that is kept by cell."""
        return hash((self.name, self.equations, self.states, self.inputs, self.parameters, self.constants))

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_hash"}  # another process's

    @classmethod
    def read(cls, *, name: str, equations: str, title: str = "", source: str = "") -> Cell:
        """Read a cell from its text; see `grusym.language.reader.read_cell`."""
        from grusym.language.reader import read_cell

        return read_cell(equations, name=name, title=title, source=source)

    def next_of(self, state: str) -> str:
        """The name of a state's next value: `h'` for `h`."""
        return f"{state}'"

    @cached_property
    def weights(self) -> tuple[str, ...]:
        """The names of what is the same at every step: parameters, then constants."""
        return (*self.parameters, *self.constants)

    @cached_property
    def values(self) -> tuple[str, ...]:
        """The names of all values the cell computes, in order."""
        return tuple(e.left for e in self.equations)

    @cached_property
    def next_states(self) -> tuple[str, ...]:
        """The names of the next states, in the order of `states`."""
        return tuple(self.next_of(s) for s in self.states)

    def equation(self, value: str) -> Equation:
        """The equation that defines a value."""
        for e in self.equations:
            if e.left == value:
                return e
        from grusym.errors import unknown

        raise unknown("value", value, self.values, f"cell {self.name!r}")

    @cached_property
    def sizes(self) -> tuple[sympy.Symbol, ...]:
        """The size symbols that occur in the cell's shapes: n first, then m, then any others."""
        found = {s for shape in self.shapes.values() for d in shape for s in getattr(d, "free_symbols", ())}
        return tuple(sorted(found, key=lambda s: ("nm".find(s.name) % 3, s.name)))

    @cached_property
    def written(self) -> dict[str, str]:
        """Each name as the cell's own text writes it: with times where the text has them."""
        if self.notation != "times":
            return {}
        shown = {name: _timed(name, "t") for name in (*self.inputs, *self.values)}
        for state in self.states:
            shown[state], shown[self.next_of(state)] = _timed(state, "t-1"), _timed(state, "t")
        return shown

    def __str__(self) -> str:
        from grusym.language.declared import declarations
        from grusym.language.printers.text import text

        left = [self.written.get(e.left, e.left) for e in self.equations]
        scalars = [name for name, shape in self.shapes.items() if shape == ()]
        right = [text(e.right, self.written, scalars) for e in self.equations]
        wide, long = max(map(_width, left)), max(map(_width, right))
        lines = []
        for a, b, e in zip(left, right, self.equations, strict=True):
            role = " " * (long - _width(b) + 4) + e.role if e.role else ""
            lines.append(f"{a}{' ' * (wide - _width(a))} = {b}{role}")
        return "\n".join([*lines, *declarations(self, "\n".join(lines))])

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(str(self))}</pre>"


def _timed(name: str, time: str) -> str:
    base, mark, script = name.partition("_")
    if mark:
        return f"{base}_{{{script.strip('{}')},{time}}}"
    return f"{name}_{time}" if len(time) == 1 else f"{name}_{{{time}}}"


def _width(text: str) -> int:
    """Columns a text takes on a screen: a combining accent takes none."""
    import unicodedata

    return sum(not unicodedata.combining(c) for c in text)
