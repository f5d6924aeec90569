"""A certificate: the derivations of a cell as a file that says all there is to judge them by.

The file is JSON, one step a line. Its fields:

- `format` and `version`: "grusym certificate" and 1;
- `cell`, `equations`: the cell's name and its text, line by line; `shapes`: the shape of every name, as the
  text itself implies it;
- `letters`: what stands for a small change (`d`), for the loss (`L`) and for its gradient at each next state;
- `derivations`: of every Jacobian block of one step and every gradient of the loss: what is derived (`of`,
  `by`), the `steps` and the `result`.

A step says that by its `rule`, `before` equals `after`, once the earlier steps numbered in `uses` are
inserted; one of the rule "abbreviation" gives its right side a name. Formulas are text as every cell is
written. Beside that, d(u) is the change of u; columns(W, [u, v], 1) are the columns of W that meet part 1 of
the concatenation, and entries(g, [u, v], 1) are those entries of g; only the sizes of u and v count there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from grusym.errors import GrusymError
from grusym.files import write_whole
from grusym.language.cell import Cell
from grusym.language.derivation import Derivation
from grusym.language.expression import Columns, Concatenation, Increment, Section
from grusym.language.printers.text import TextPrinter
from grusym.language.reader import read_cell

FORMAT, VERSION = "grusym certificate", 1
CHANGES = ("d", "D", "δ", "Δ", "∆")  # the first that no name of the cell takes
PLACES = ("columns", "entries")


@dataclass(frozen=True)
class Certificate:
    """The derivations of a cell. Raises GrusymError where the cell's own text does not say what it is."""

    cell: Cell
    derivations: tuple[Derivation, ...]

    def __post_init__(self) -> None:
        found = read_cell(str(self.cell), name=self.cell.name)
        if found.equations != self.cell.equations or found.shapes != self.cell.shapes:
            raise GrusymError(
                f"a certificate of cell {self.cell.name!r} was asked for, but its printed text does not say "
                "all its shapes; declare them in its text, as in 'x : n'"
            )
        taken = [place for place in PLACES if place in self.cell.shapes]
        if taken:
            raise GrusymError(
                f"cell {self.cell.name!r} has a value {taken[0]}, a word with a meaning of its own in a "
                "certificate; call the value otherwise"
            )

    @cached_property
    def letters(self) -> dict[str, Any]:
        """What stands for a change, for the loss, and for its gradient at each next state."""
        cotangents: dict[str, str] = {}
        for derivation in self.derivations:
            cotangents |= derivation.cotangents
        cotangents = {value: cotangents[value] for value in self.cell.next_states if value in cotangents}
        change = next(c for c in CHANGES if c not in self.cell.shapes)
        loss = next((d.loss for d in self.derivations if d.of is None), "L")
        return {"change": change, "loss": loss, "cotangents": cotangents}

    def to_json(self) -> dict[str, Any]:
        """The certificate as plain data."""
        write = _Writer(self.cell, self.letters["change"]).write
        return {
            "format": FORMAT,
            "version": VERSION,
            "cell": self.cell.name,
            "equations": str(self.cell).splitlines(),
            "shapes": {name: said(shape) for name, shape in self.cell.shapes.items()},
            "letters": self.letters,
            "derivations": [
                {
                    "of": d.of or d.loss,
                    "by": d.by,
                    "steps": [
                        {
                            "rule": s.rule,
                            "before": write(s.before),
                            "after": write(s.after),
                            "uses": list(s.uses),
                        }
                        for s in d.steps
                    ],
                    "result": write(d.result),
                }
                for d in self.derivations
            ],
        }

    def __str__(self) -> str:
        return written(self.to_json())

    def write(self, path: str | Path) -> Path:
        """Write the certificate to a file, all of it or nothing.

        Raises DataError where the folder cannot be written to.
        """
        return write_whole(path, str(self), "the certificate")


def said(shape: tuple[Any, ...]) -> str:
    """A shape as a declaration writes it: `n × m`."""
    return " × ".join(map(str, shape)) or "scalar"


def written(data: dict[str, Any]) -> str:
    """A certificate's data as the text of its file, one step a line."""
    one = lambda value: json.dumps(value, ensure_ascii=False)  # noqa: E731
    head = [f"{one(name)}: {one(value)}" for name, value in data.items() if name != "derivations"]
    head = [line.replace('", "', '",\n  "') if line.startswith('"equations"') else line for line in head]
    derivations = []
    for d in data["derivations"]:
        steps = ",\n".join(f"   {one(step)}" for step in d["steps"])
        inside = f"[\n{steps}\n  ]" if steps else "[]"
        goal, result = f'"of": {one(d["of"])}, "by": {one(d["by"])}', f'"result": {one(d["result"])}'
        derivations.append(f'  {{{goal}, "steps": {inside},\n   {result}}}')
    body = ",\n".join(derivations)
    return "{\n" + ",\n".join(f" {line}" for line in head) + f',\n "derivations": [\n{body}\n ]\n}}\n'


class _Writer(TextPrinter):
    """The notation of cells, with changes and parts of concatenations that can be read back."""

    def __init__(self, cell: Cell, change: str) -> None:
        super().__init__(scalars=[name for name, shape in cell.shapes.items() if shape == ()])
        self.change = change

    def increment(self, e: Increment) -> str:
        """du as d(u)."""
        return f"{self.change}({self.write(e.operand)})"

    def columns(self, e: Columns) -> str:
        """What is printed W[:, u] elsewhere."""
        return self._place("columns", self.write(e.matrix), e.stacked, e.index)

    def section(self, e: Section) -> str:
        """What is printed g[u] elsewhere."""
        return self._place("entries", self.write(e.vector), e.stacked, e.index)

    def _place(self, word: str, whole: str, stacked: Concatenation, index: int) -> str:
        return f"{word}({whole}, {self.write(stacked)}, {index + 1})"
