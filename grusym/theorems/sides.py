"""What stands on a side of an identity: a value of a cell, a block of its Jacobian, or a formula.

All texts are read in the names of one cell, the context, in which every value means what that cell
computes. Parameters of another cell that go by the same name are the same arrays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeAlias

from grusym.algebra.inlining import inlined, replaced, values_inlined
from grusym.calculus.jacobian import jacobian
from grusym.cells.library import cell as named
from grusym.errors import GrusymError, unknown
from grusym.language.cell import Cell, Equation, Shape
from grusym.language.expression import Activation, Expression, children, names_in, rebuilt, renamed
from grusym.language.reader import read_expression
from grusym.language.sizes import size_symbol

MARK = "·"
Swap = tuple[str, str]  # an elementwise function, and what stands in its place; "" is nothing


@dataclass(frozen=True)
class Context:
    """The cell whose names the texts are written in, and further names with their sizes.

    `names` maps a further name to its size: "" a scalar, "n" a vector, "n n" a matrix. `within` says
    between which numbers the entries of a name lie.
    """

    about: str | Cell
    names: Mapping[str, str] = field(default_factory=dict)
    within: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @cached_property
    def cell(self) -> Cell:
        """The cell alone."""
        return found(self.about)

    @cached_property
    def shapes(self) -> dict[str, Shape]:
        """The shapes of all names, those of the cell first."""
        taken = self.names.keys() & self.cell.shapes.keys()
        if taken:
            raise GrusymError(
                f"{', '.join(sorted(taken))} was asked for as a further name, but cell {self.cell.name!r} "
                "has it; take another letter"
            )
        further = {name: tuple(map(size_symbol, text.split())) for name, text in self.names.items()}
        return {**self.cell.shapes, **further}

    def with_names(self, shapes: Mapping[str, Shape]) -> Context:
        """The same with further names."""
        sizes = {name: " ".join(map(str, shape)) for name, shape in shapes.items()}
        return replace(self, names={**self.names, **sizes})

    def read(self, text: str) -> Expression:
        """A formula as it is written."""
        return read_expression(text, replace(self.cell, shapes=self.shapes))

    def meant(self, text: str) -> Expression:
        """A formula with the cell's values written in what the cell is given."""
        return replaced(self.read(text), values_inlined(self.cell))


@dataclass(frozen=True)
class Value:
    """A value of a cell; `where` puts formulas in place of names, `instead` other functions in equations.

    `where={"z": "1"}` sets a gate; `instead={"h'": ("tanh", "")}` leaves out the tanh in the equation
    of h'.
    """

    cell: str | Cell
    of: str
    where: Mapping[str, str] = field(default_factory=dict)
    instead: Mapping[str, Swap] = field(default_factory=dict)

    @cached_property
    def changed(self) -> Cell:
        """The cell with other functions in its equations."""
        return swapped(found(self.cell), self.instead)

    def expression(self, context: Context) -> Expression:
        """The value in the names of the context."""
        e = inlined(self.changed, self.of, _replacements(self.where, self.changed, context))
        return _unmarked(e, self.of, self.changed, context)

    def shape(self) -> Shape:
        """The value's shape."""
        return self.changed.shapes[self.of]

    def __str__(self) -> str:
        swaps = [f"{new or 'no function'} for the {old} of {v}" for v, (old, new) in self.instead.items()]
        return _described(f"{self.of} of {self.changed.name}", self.where, swaps)


@dataclass(frozen=True)
class Block:
    """A block of a cell's Jacobian, ∂of/∂by, in which formulas then stand in place of names."""

    cell: str | Cell
    of: str
    by: str
    where: Mapping[str, str] = field(default_factory=dict)

    def expression(self, context: Context) -> Expression:
        """The block in the names of the context."""
        c = found(self.cell)
        by = values_inlined(c, _replacements(self.where, c, context))
        return _unmarked(replaced(jacobian(c, self.of, self.by).expression, by), self.of, c, context)

    def shape(self) -> Shape:
        """The block's shape."""
        shapes = found(self.cell).shapes
        return (*shapes[self.of], *shapes[self.by])

    def __str__(self) -> str:
        return _described(f"∂{self.of}/∂{self.by} of {found(self.cell).name}", self.where, [])


Side: TypeAlias = Value | Block | str


def expression(side: Side, context: Context, let: Mapping[str, Value] | None = None) -> Expression:
    """A side in what the context's cell is given; `let` gives names to values, to use in formulas."""
    if not isinstance(side, str):
        return side.expression(context)
    let = let or {}
    inner = context.with_names({name: value.shape() for name, value in let.items()})
    return replaced(inner.meant(side), {name: value.expression(context) for name, value in let.items()})


def shown(side: Side, context: Context, let: Mapping[str, Value] | None = None) -> Expression:
    """A side as it is written: a formula keeps the names of the cell's values."""
    if not isinstance(side, str):
        return side.expression(context)
    return context.with_names({name: value.shape() for name, value in (let or {}).items()}).read(side)


def in_words(side: Side, let: Mapping[str, Value] | None = None) -> str:
    """A side that is no formula in words, and what the names in a formula are."""
    known = [f"{name} is {value}" for name, value in (let or {}).items()]
    return "; ".join(known if isinstance(side, str) else [str(side), *known])


def found(cell: str | Cell) -> Cell:
    """A cell of the library by its name, or the cell itself."""
    return named(cell) if isinstance(cell, str) else cell


def swapped(cell: Cell, instead: Mapping[str, Swap]) -> Cell:
    """The cell with other elementwise functions in some of its equations."""
    for value, (old, _) in instead.items():
        e = cell.equation(value).right
        if not any(isinstance(part, Activation) and part.function == old for part in _walk(e)):
            raise GrusymError(
                f"another function was asked for in place of {old}, but {value} = {e} of cell "
                f"{cell.name!r} applies no {old}; name one it applies"
            )
    equations = tuple(
        Equation(e.left, _with(e.right, *instead[e.left]), e.role) if e.left in instead else e
        for e in cell.equations
    )
    return replace(cell, equations=equations) if instead else cell


def _walk(e: Expression) -> list[Expression]:
    return [e, *(inner for child in children(e) for inner in _walk(child))]


def _with(e: Expression, old: str, new: str) -> Expression:
    inner = rebuilt(e, tuple(_with(child, old, new) for child in children(e)))
    if isinstance(inner, Activation) and inner.function == old:
        return replace(inner, function=new) if new else inner.operand
    return inner


def _replacements(where: Mapping[str, str], cell: Cell, context: Context) -> dict[str, Expression]:
    """The formulas in place of names, their own names marked, so that they are told from the cell's."""
    for name in where:
        if name not in cell.shapes:
            raise unknown("name", name, cell.shapes, f"cell {cell.name!r}")
    marks = {name: MARK + name for name in context.shapes}
    return {name: renamed(context.meant(text), marks) for name, text in where.items()}


def _unmarked(e: Expression, what: str, cell: Cell, context: Context) -> Expression:
    """The expression without marks; every name of the cell that stayed must be one of the context.

    What the cell says for all sizes it says for its m equal to the context's n, so a letter of the cell
    may be any size of the context, the same one everywhere: an n × m may stand for an n × n, no n × n for
    an n × m.
    """
    sizes: dict[Any, Any] = {}
    for name in names_in(e):
        there = context.shapes.get(name.removeprefix(MARK))
        if not name.startswith(MARK) and (there is None or not _meets(cell.shapes[name], there, sizes)):
            raise GrusymError(
                f"{what} of cell {cell.name!r} uses {name}, which is no such name of "
                f"{context.cell.name!r}, of sizes that fit, in "
                "whose names the identity is written; say in `where` what stands for it"
            )
    return renamed(e, {MARK + name: name for name in context.shapes})


def _meets(here: Shape, there: Shape, sizes: dict[Any, Any]) -> bool:
    """Whether one shape is the other with `sizes` in place of letters, to which new letters are added."""
    if len(here) != len(there):
        return False
    for own, other in zip(here, there, strict=True):
        if getattr(own, "is_Symbol", False):
            sizes.setdefault(own, other)
        elif own != other and getattr(own, "free_symbols", set()) - sizes.keys():
            return False  # a sum of letters not met before
        if (own.subs(sizes, simultaneous=True) if hasattr(own, "subs") else own) != other:
            return False
    return True


def _described(what: str, where: Mapping[str, str], swaps: list[str]) -> str:
    remarks = [f"{name} = {text}" for name, text in where.items()] + swaps
    return f"{what} with {', '.join(remarks)}" if remarks else what
