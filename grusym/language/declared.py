"""The declarations a printed cell needs, so that its text is read back as the same cell."""

from __future__ import annotations

from grusym.errors import GrusymError
from grusym.language.cell import Cell, Shape
from grusym.language.reader import read_cell
from grusym.language.statements import SIZE


def declarations(cell: Cell, equations: str) -> list[str]:
    """The lines that say what the equations of a cell leave open: `x : n`, `γ : scalar`, `Δt : constant`.

    Method: of all that could be declared, each line is left out without which the text still says the
    same. A size that is a sum cannot be declared and is left to the equations; there are no lines where
    those do not say it.
    """
    if _says(equations, cell):
        return []
    lines = [
        f"{name} : {_said(shape)}"
        for name, shape in cell.shapes.items()
        if name not in cell.next_states and all(SIZE.fullmatch(str(d)) for d in shape)
    ]
    roles = {"input": cell.inputs, "parameter": cell.parameters, "constant": cell.constants}
    lines += [f"{name} : {role}" for role, names in roles.items() for name in names]
    if not _says("\n".join([equations, *lines]), cell):
        return []
    for line in reversed(lines):
        fewer = [other for other in lines if other != line]
        if _says("\n".join([equations, *fewer]), cell):
            lines = fewer
    said: dict[str, list[str]] = {}
    for line in lines:
        name, words = line.split(" : ")
        said.setdefault(words, []).append(name)
    return [f"{', '.join(names)} : {words}" for words, names in said.items()]


def _says(text: str, cell: Cell) -> bool:
    """Whether a text is read as a cell, whatever it is called."""
    try:
        found = read_cell(text)
    except GrusymError:
        return False
    roles = [(set(c.inputs), set(c.parameters), set(c.constants)) for c in (found, cell)]
    return roles[0] == roles[1] and found.shapes == cell.shapes


def _said(shape: Shape) -> str:
    return " × ".join(map(str, shape)) or "scalar"
