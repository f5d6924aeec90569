"""Derive a Jacobian of a cell, for every size at once.

grusym derive gru                                    dh'/dh
grusym derive lstm --of "h'" --by c --format latex
grusym derive my_cell.txt --steps                    the derivation, rule by rule
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from grusym.terminal import CELL_HELP, answer_options, cell_options, given_cell

if TYPE_CHECKING:
    from grusym.calculus.jacobian import Jacobian

FORMATS = ("text", "latex", "mathml", "numpy", "json")


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("cell", metavar="CELL", help=CELL_HELP)
    parser.add_argument(
        "--of", metavar="VALUE", help="what is differentiated (default: the next of the first state)"
    )
    parser.add_argument(
        "--by", metavar="NAME", help="by what: a state, input or gate (default: the first state)"
    )
    parser.add_argument(
        "--format", choices=FORMATS, default="text", help="how to print it (default: %(default)s)"
    )
    parser.add_argument("--steps", action="store_true", help="print the derivation too")
    cell_options(parser)
    answer_options(parser)


def run(options: argparse.Namespace) -> int:
    """Print the Jacobian."""
    import grusym

    cell = given_cell(options.cell, options.cells_from)
    found = grusym.jacobian(cell, of=options.of, by=options.by)
    if options.json or options.format == "json":
        import json

        print(json.dumps(_data(found, options.steps), ensure_ascii=False, indent=1))
        return 0
    if options.steps:
        print(_steps(found, options.format), end="\n\n")
    print(_printed(found, options.format))
    return 0


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


def _steps(found: Jacobian, form: str) -> str:
    if form == "text":
        return str(found.derivation)
    if form == "latex":
        from grusym.language.printers.latex import latex

        shown = found.cell.written
        lines = [
            f"{latex(step.before, shown)} &= {latex(step.after, shown)} && \\text{{{_escaped(step.rule)}}}"
            for step in found.derivation.steps
        ]
        return "\\begin{align*}\n" + " \\\\\n".join(lines) + "\n\\end{align*}"
    # In a language for one formula, the derivation is a remark.
    mark = {"numpy": ("# ", ""), "mathml": ("<!-- ", " -->")}[form]
    return "\n".join(
        f"{mark[0]}{line.replace('--', '- -')}{mark[1]}" for line in str(found.derivation).splitlines()
    )


def _escaped(words: str) -> str:
    return "".join(f"\\{character}" if character in "_&%#${}" else character for character in words)


def _data(found: Jacobian, steps: bool) -> dict[str, Any]:
    data: dict[str, Any] = {
        "cell": found.cell.name,
        "of": found.of,
        "by": found.by,
        "zero": found.is_zero,
        "text": str(found),
        "latex": found.latex(),
        "terms": [{"path": term.path, "text": str(term.expression)} for term in found.terms],
    }
    if steps:
        data["steps"] = [
            {"rule": step.rule, "before": str(step.before), "after": str(step.after)}
            for step in found.derivation.steps
        ]
    return data
