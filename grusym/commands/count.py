"""Count parameters, multiply-adds and state of cells, for every size at once.

grusym count gru lstm                       polynomials in n (state) and m (input)
grusym count gru --hidden 64 --input 32     and their values there
"""

from __future__ import annotations

import argparse
from typing import Any

from grusym.terminal import CELL_HELP, answer, answer_options, given_cell

LABELS = {"parameters": "parameters", "multiply_adds": "multiply-adds per step", "state_size": "state size"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("cells", nargs="+", metavar="CELL", help=CELL_HELP)
    parser.add_argument("--hidden", type=_size, metavar="N", help="state width n")
    parser.add_argument("--input", type=_size, metavar="M", help="input width m")
    answer_options(parser)


def run(options: argparse.Namespace) -> int:
    """Print the counts."""
    import grusym
    from grusym.calculus.counting import state_size

    verbs = {
        "parameters": grusym.parameter_count,
        "multiply_adds": grusym.operation_count,
        "state_size": state_size,
    }
    sizes = {letter: v for letter, v in (("n", options.hidden), ("m", options.input)) if v is not None}
    lines, data = [], []
    for cell in map(given_cell, options.cells):
        counts = {what: count(cell) for what, count in verbs.items()}
        here = {symbol: sizes[symbol.name] for symbol in cell.sizes if symbol.name in sizes}
        values = {what: count.subs(here) for what, count in counts.items()}
        lines.append(cell.name)
        for what, count in counts.items():
            value = f" = {values[what]}" if sizes else ""
            lines.append(f"  {LABELS[what]:24}{count}{value}")
        found: dict[str, Any] = {"cell": cell.name, **{what: str(count) for what, count in counts.items()}}
        if sizes:
            found["at"] = {**sizes, **{what: _plain(value) for what, value in values.items()}}
        data.append(found)
    answer(options, "\n".join(lines), data)
    return 0


def _size(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a size is a whole number from 1 on, not {text!r}")
    return int(text)


def _plain(value: object) -> int | str:
    return int(str(value)) if str(value).isdecimal() else str(value)
