"""Count what cells hold and cost, for every size at once.

grusym count gru lstm                       polynomials in n (state) and m (input)
grusym count gru --hidden 64 --input 32     and their values there
grusym count gru lstm --compare             ratio, difference and limits of two cells' parameters
grusym count gru lstm --compare --what multiply_adds
grusym count gru lstm --framework keras     the layers of a framework, and why they have so many parameters
grusym count --check "3(n² + nm + n)" --cell gru     is a formula right, and in which convention
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from grusym.errors import DataError, whole
from grusym.terminal import (
    CELL_HELP,
    answer,
    answer_options,
    cell_options,
    check_letters,
    given_cell,
    given_cells,
    named_size,
    positive,
    size_option,
)

if TYPE_CHECKING:
    from grusym.language.cell import Cell


class Counted(NamedTuple):
    """What is counted: a cell, what it is called, and lines that explain its numbers."""

    label: str
    cell: Cell
    explained: tuple[str, ...] = ()


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("cells", nargs="*", metavar="CELL", help=CELL_HELP)
    parser.add_argument(
        "--check",
        metavar="TEXT",
        help="verify a formula, number or ratio that is said of a cell's count; - reads it",
    )
    parser.add_argument(
        "--cell", metavar="CELL", help="the cell that --check is about (default: every known cell)"
    )
    parser.add_argument(
        "--about", metavar="WORDS", default="", help='what is said around it: "bidirectional, 2 layers"'
    )
    parser.add_argument(
        "--output", type=positive, metavar="K", help="with --check: width of a read-out layer"
    )
    parser.add_argument("--hidden", type=positive, metavar="N", help="state width n")
    parser.add_argument("--input", type=positive, metavar="M", help="input width m")
    size_option(parser)
    parser.add_argument("--compare", action="store_true", help="compare exactly two cells by one count")
    parser.add_argument("--what", metavar="COUNT", help="the count to compare (default: parameters)")
    parser.add_argument(
        "--framework", metavar="NAME", help="count a framework's gru, lstm or rnn: torch, keras, onnx ..."
    )
    cell_options(parser)
    answer_options(parser)
    parser.set_defaults(refuse=parser.error)


def run(options: argparse.Namespace) -> int:
    """Print the counts, or the comparison."""
    sizes = {"n": options.hidden, "m": options.input, **dict(map(named_size, options.size))}
    given = {letter: whole(f"size {letter}", _number(size), 1) for letter, size in sizes.items() if size}
    if options.check is not None:
        return _checked(options)
    if not options.cells:
        options.refuse("no cell was named; name one, as in: grusym count gru")
    for option in ("cell", "about", "output"):
        if getattr(options, option):
            raise DataError(
                f"--{option} was given without --check TEXT; give a formula to check, or leave it out"
            )
    if options.compare and given:
        raise DataError(
            f"--compare is for all sizes, but {', '.join(given)} was given; leave the sizes out, or --compare"
        )
    if options.what and not options.compare:
        raise DataError(
            f"--what {options.what} names what --compare compares; add --compare, or leave it out"
        )
    if any(letter == "n" for letter, _ in map(named_size, options.size)) and options.hidden:
        raise DataError("n was given twice, by --hidden and by --size; give it once")
    if options.framework:
        things = _layers(options, given)
    else:
        things = [Counted(cell.name, cell) for cell in given_cells(options)]
    check_letters(given, [thing.cell for thing in things])
    if options.compare:
        return _compare(options, things)
    answer(options, "\n".join(_text(thing, given) for thing in things), [_data(t, given) for t in things])
    return 0


def _checked(options: argparse.Namespace) -> int:
    """Verify what is said of a count; 1 where it is refuted."""
    import sys

    from grusym.counts.judging import verify_count

    text = sys.stdin.read() if options.check == "-" else options.check
    names = [*options.cells, *([options.cell] if options.cell else [])]
    cells: list[Cell | None] = [given_cell(name, options.cells_from) for name in names]
    verdicts = [
        verify_count(
            cell,
            text,
            hidden=options.hidden,
            input=options.input,
            output=options.output,
            framework=options.framework,
            about=options.about,
        )
        for cell in cells or [None]
    ]
    answer(options, "\n".join(map(str, verdicts)), [verdict.to_json() for verdict in verdicts])
    return int(any(verdict.outcome == "refuted" for verdict in verdicts))


def _layers(options: argparse.Namespace, sizes: Mapping[str, int]) -> list[Counted]:
    """The layers of a framework; what explains the numbers of each, and the ratio of two."""
    from grusym.models.conventions import convention
    from grusym.models.explanation import explained, ratio_explained

    layers = [convention(options.framework, kind) for kind in options.cells]
    things = [Counted(str(layer), layer.cell, explained(layer)) for layer in layers]
    if len(layers) == 2:
        why = ratio_explained(*layers)
        numbers = [_counts(thing, sizes)["parameters"][1] for thing in things]
        if all(number.is_number for number in numbers):
            why = f"{layers[0]} has {numbers[0]}/{numbers[1]} of its parameters; {why}"
        things[1] = things[1]._replace(explained=(*things[1].explained, why))
    return things


def _counts(thing: Counted, sizes: Mapping[str, int]) -> dict[str, tuple[Any, Any]]:
    """Each count as a formula, and its value at the given sizes."""
    from grusym.calculus.measures import MEASURES, measured

    formulas = {what: measured(thing.cell, what) for what in MEASURES}
    here = {symbol: sizes[symbol.name] for symbol in thing.cell.sizes if symbol.name in sizes}
    return {what: (formula, formula.subs(here)) for what, formula in formulas.items()}


def _text(thing: Counted, sizes: Mapping[str, int]) -> str:
    from grusym.calculus.measures import MEASURES, remarks

    said = remarks(thing.cell)
    lines = [thing.label, *(f"  {line}" for line in thing.explained)]
    for what, (formula, value) in _counts(thing, sizes).items():
        measure = MEASURES[what]
        label = ("  " if measure.part else "") + measure.label
        shown = f"{formula} = {value}" if sizes and formula != value else str(formula)
        remark = f"  ({'; '.join(said[what])})" if what in said else ""
        lines.append(f"  {label:24}{shown}{remark}")
    return "\n".join(lines)


def _data(thing: Counted, sizes: Mapping[str, int]) -> dict[str, Any]:
    from grusym.calculus.measures import remarks

    counts = _counts(thing, sizes)
    found: dict[str, Any] = {"cell": thing.label, **{what: str(f) for what, (f, _) in counts.items()}}
    if thing.explained:
        found["explained"] = thing.explained
    found["remarks"] = remarks(thing.cell)
    if sizes:
        found["at"] = {**sizes, **{what: _plain(value) for what, (_, value) in counts.items()}}
    return found


def _compare(options: argparse.Namespace, things: list[Counted]) -> int:
    from grusym.calculus.comparing import compare

    if len(things) != 2:
        raise DataError(f"--compare was asked of {len(things)} cells; name two")
    a, b = things
    found = compare(a.cell, b.cell, options.what or "parameters", labels=(a.label, b.label))
    answer(options, str(found), found.to_json())
    return 0


def _number(size: str | int) -> int | str:
    return int(size) if str(size).isdecimal() else size


def _plain(value: object) -> int | str:
    return int(str(value)) if str(value).isdecimal() else str(value)
