"""A cell's text to a Cell, and a formula in its names to an expression. Nothing of a text is evaluated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from grusym.errors import ReadError, read_error
from grusym.language.cell import Cell, Equation
from grusym.language.closing import Closing
from grusym.language.expression import Expression
from grusym.language.grammar import Grammar
from grusym.language.lexer import tokens
from grusym.language.roles import check_declared, declared_kinds, of_role, roles_of, shapes_of
from grusym.language.scanner import EXAMPLE, NameToken
from grusym.language.statements import Declarations, statements
from grusym.language.surface import resolved
from grusym.language.times import Names, written


def read_cell(
    text: str,
    name: str = "cell",
    title: str = "",
    source: str = "",
    inputs: Iterable[str] = (),
    parameters: Iterable[str] = (),
    constants: Iterable[str] = (),
) -> Cell:
    """Read a cell as a paper prints it: one equation a line, in the order of computing.

    Method: a next state is a primed name (`h'` from `h`) or, in a text with times, `h_t` from
    `h_{t-1}`. Inputs are what a matrix multiplies and no equation defines; all other undefined
    names are parameters. Sizes are inferred from n (states) and m (inputs). A line such as
    `x : n`, `γ : scalar`, `u : input` or `s : parameter` declares what the equations leave open;
    `Δt : constant` makes a name a setting, which is not trained and not counted (`a : n constant`
    also says its size).
    A text in rows, `x W + h U`, gives the same cell over columns: W keeps its m × n and stands
    transposed, and `Cell.rows` tells.

    Raises ReadError or ShapeError with line and column.
    """
    said = {"input": inputs, "parameter": parameters, "constant": constants}
    declarations = Declarations({n: role for role, given in said.items() for n in given}, {})
    found = statements(text, declarations)
    if not found:
        raise ReadError(f"the text of cell {name!r} holds no equation; write at least one, as in {EXAMPLE}")
    names = Names(found)
    lines = [(names.left(s), resolved(s.right, names.meaning), s) for s in found]
    kinds = Closing(
        [*names.states, *names.defined, *of_role(declarations, "input", "state")],
        declared_kinds(declarations),
        moving=names.moving - {*names.states, *names.defined},
        places={names.left(s): s.left.span for s in found},
        in_rows=True,
    )
    kinds.learn_all((left, right) for left, right, _ in lines)
    closed = [(left, kinds.close(right), s) for left, right, s in lines]
    _one_convention(kinds)
    roles = roles_of(closed, names, kinds, declarations)
    check_declared(declarations, names, roles)
    shapes = shapes_of(closed, names.states, roles, kinds, declarations)
    return Cell(
        name=name,
        title=title,
        source=source,
        equations=tuple(Equation(left, right, s.role) for left, right, s in closed),
        states=tuple(names.states),
        inputs=tuple(n for n, role in roles.items() if role == "input"),
        parameters=tuple(n for n, role in roles.items() if role == "parameter"),
        shapes=shapes,
        notation="times" if names.timed else "primes",
        constants=tuple(n for n, role in roles.items() if role == "constant"),
        rows=bool(kinds.row_products),
    )


def _one_convention(kinds: Closing) -> None:
    """Refuse a text that multiplies vectors from both sides: x W and U h."""
    if kinds.row_products and kinds.column_products:
        column = kinds.column_products[0]
        where = f" in line {column.line}, column {column.column}" if column is not None else ""
        raise read_error(
            kinds.row_products[0],
            "a vector stands before a matrix here, as a row does, but behind one, as a column does,"
            f"{where}; write x W throughout or W x throughout",
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
    for use in written(e):
        known = meaning_in(cell, use.name)
        if known is None:
            raise read_error(
                use.span, f"unknown name {use.name.canonical}; the cell has {', '.join(cell.shapes)}"
            )
        meaning[id(use)] = known
    declared = {n: ("scalar", "vector", "matrix")[len(s)] for n, s in cell.shapes.items()}
    return Closing((), declared, rows=True).close(resolved(e, meaning))


def meaning_in(cell: Cell, name: NameToken) -> str | None:
    """The cell's own name for a name as written with or without its time, or None."""
    bare = replace(name, time=None).canonical
    if name.time is not None and bare in cell.states:
        return cell.next_of(bare) if name.time == 0 else bare if name.time == -1 else None
    return bare if bare in cell.shapes else None
