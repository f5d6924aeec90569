"""Derive a Jacobian of a cell, or the gradient of a loss, for every size at once.

grusym derive gru                                    dh'/dh
grusym derive lstm --of "h'" --by c --format latex
grusym derive gru --of L --by U_c                    the gradient of a loss L
grusym derive my_cell.txt --steps                    the derivation, as a lecturer hands it out
"""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from grusym.terminal import CELL_HELP, answer_options, cell_options, given_cell

if TYPE_CHECKING:
    from grusym.calculus.jacobian import Jacobian
    from grusym.language.cell import Cell
    from grusym.language.derivation import Derivation
    from grusym.language.expression import Expression

FORMATS = ("text", "latex", "mathml", "numpy", "json")
HANDOUTS = ("text", "latex")  # in which the derivation is set, ending in the result
LOSS = "L"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("cell", metavar="CELL", help=CELL_HELP)
    parser.add_argument(
        "--of",
        metavar="VALUE",
        help="what is differentiated: a value, or L for a loss (default: the next of the first state)",
    )
    parser.add_argument(
        "--by",
        metavar="NAME",
        help="by what: a state, input or gate; of a loss, a parameter too (default: the first state)",
    )
    parser.add_argument(
        "--format", choices=FORMATS, default="text", help="how to print it (default: %(default)s)"
    )
    parser.add_argument("--steps", action="store_true", help="print the derivation too")
    cell_options(parser)
    answer_options(parser)


def run(options: argparse.Namespace) -> int:
    """Print the Jacobian or the gradient."""
    import grusym

    cell = given_cell(options.cell, options.cells_from)
    if options.of == LOSS and LOSS not in cell.shapes:
        return _gradient(cell, options)
    found = grusym.jacobian(cell, of=options.of, by=options.by)
    if options.json or options.format == "json":
        data = _data(found) | (_told(found.cell, found.derivation) if options.steps else {})
        print(json.dumps(data, ensure_ascii=False, indent=1))
        return 0
    if options.steps:
        print(_steps(found.cell, found.derivation, options.format))
    if not options.steps or options.format not in HANDOUTS:
        print(_printed(found, options.format))
    return 0


def _gradient(cell: Cell, options: argparse.Namespace) -> int:
    from grusym.calculus.backward import derivation
    from grusym.errors import GrusymError

    found = derivation(cell, options.by or cell.states[0])
    if options.json or options.format == "json":
        data = _gradient_data(cell, found) | (_told(cell, found) if options.steps else {})
        print(json.dumps(data, ensure_ascii=False, indent=1))
        return 0
    if options.format == "numpy":
        raise GrusymError(
            "the NumPy source of one gradient was asked for, but a kernel computes all of them together; "
            "print(grusym.kernel(cell).source) shows it"
        )
    if options.steps:
        print(_steps(cell, found, options.format))
    if not options.steps or options.format not in HANDOUTS:
        print("\n".join(_lines(cell, found, options.format)))
    return 0


def _gradient_data(cell: Cell, found: Derivation) -> dict[str, Any]:
    return {
        "cell": cell.name,
        "of": found.loss,
        "by": found.by,
        "zero": not found.steps,
        "given": {g: f"∂{found.loss}/∂{value}" for value, g in found.cotangents.items()},
        "text": _lines(cell, found, "text"),
        "latex": _lines(cell, found, "latex"),
    }


def _lines(cell: Cell, found: Derivation, form: str) -> list[str]:
    """The abbreviations of a gradient, and the gradient."""
    from grusym.language.printers.latex import LatexPrinter
    from grusym.language.printers.mathml import mathml_equation
    from grusym.language.printers.order import Partial
    from grusym.language.printers.text import text_equation

    def write(left: str | Partial, right: Expression) -> str:
        if form == "latex":
            return LatexPrinter(cell.written).equation(left, right)
        return (mathml_equation if form == "mathml" else text_equation)(left, right, cell.written)

    lines = [write(str(s.before), s.after) for s in found.steps if s.rule == "abbreviation"]
    return [*lines, write(Partial(found.loss, found.by), found.result)]


def _printed(found: Jacobian, form: str) -> str:
    match form:
        case "latex":
            return found.latex()
        case "mathml":
            from grusym.language.printers.mathml import mathml

            return mathml(found.expression, found.cell.written)
        case "numpy":
            from grusym.assemble import numpy_source

            return numpy_source(found)
    return str(found)


def _steps(cell: Cell, derivation: Derivation, form: str) -> str:
    from grusym.language.handout import Handout

    shown = Handout(cell, derivation)
    if form in HANDOUTS:
        return shown.text() if form == "text" else shown.latex()
    # In a language for one formula, the derivation is a remark.
    mark = {"numpy": ("# ", ""), "mathml": ("<!-- ", " -->")}[form]
    return "\n".join(f"{mark[0]}{line.replace('--', '- -')}{mark[1]}" for line in shown.text().splitlines())


def _told(cell: Cell, derivation: Derivation) -> dict[str, Any]:
    from grusym.language.handout import Handout
    from grusym.language.printers.text import text

    shown = Handout(cell, derivation)
    return {
        "steps": [
            {
                "rule": step.rule,
                "before": text(step.before, cell.written),
                "after": text(step.after, cell.written),
                "uses": list(step.uses),
                "reason": shown.reason(k),
            }
            for k, step in enumerate(derivation.steps, 1)
        ]
    }


def _data(found: Jacobian) -> dict[str, Any]:
    return {
        "cell": found.cell.name,
        "of": found.of,
        "by": found.by,
        "zero": found.is_zero,
        "text": str(found),
        "latex": found.latex(),
        "terms": [{"path": term.path, "text": str(term.expression)} for term in found.terms],
    }
