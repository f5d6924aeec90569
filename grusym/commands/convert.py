"""Carry trained weights from one framework's layer to another that computes the same function.

  grusym convert --from "torch gru" --to "keras gru"             the formulas, and their proof
  grusym convert model.npz --from torch --to keras -o keras.npz   and with numbers
  grusym convert model.npz --from "torch gru" --to gru_reset_after -o cell.npz

A layer is a framework and gru, lstm or rnn; a cell's name does as well. Where no weights of the target give
the same function the command says why and writes nothing. Exits with 1 if the proof fails.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from grusym.errors import DataError
from grusym.terminal import answer, answer_options, target_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from grusym.models.weight_map import WeightMap


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("file", nargs="?", metavar="FILE", help="a file of weights (.npz)")
    parser.add_argument("--from", dest="source", metavar="LAYER", help="what the weights are of: 'torch gru'")
    parser.add_argument("--to", dest="target", metavar="LAYER", help="what they are to be: 'keras gru'")
    parser.add_argument("--kind", metavar="KIND", help="gru, lstm or rnn, where LAYER is a framework alone")
    parser.add_argument("--layer", metavar="PART", default="", help="which of several: 'encoder.*_l0'")
    parser.add_argument("-o", "--out", metavar="FILE", help="where to write the new weights (.npz)")
    parser.add_argument("--list", action="store_true", help="list the layers and stop")
    answer_options(parser)


def run(options: argparse.Namespace) -> int:
    """Convert, or show the map."""
    if options.list:
        return _list(options)
    if not options.source or not options.target:
        raise DataError("--from and --to are needed: two layers or cells; `grusym convert --list` has them")
    if options.out and not options.file:
        raise DataError("-o was given, but no file of weights; name one, or leave -o out to see the formulas")
    if options.file:
        return _convert(options)
    from grusym.models.conversion import cell_of, proof, symbolic
    from grusym.models.fitting import no_map
    from grusym.models.sides import side, target_side

    source = side(options.source, options.kind)
    target = target_side(options.target, options.kind, source)
    found = symbolic(source, target)
    if found is None:
        raise DataError(no_map(cell_of(source), cell_of(target)))
    verdict = proof(found)
    answer(options, f"{_shown(found)}\n\n{verdict.outcome}: {verdict.method}", _data(found, verdict))
    return int(not verdict.holds)


def _convert(options: argparse.Namespace) -> int:
    import grusym
    from grusym.models.formats.npz import write
    from grusym.models.weight_file import read_arrays

    target = _target(options)
    arrays = read_arrays(options.file)
    found = grusym.convert(arrays, options.source, options.target, options.kind, options.layer)
    precision = _precision(arrays)
    stored_arrays = {name: array.astype(precision) for name, array in found.arrays.items()}
    stored = ", ".join(f"{name} {array.shape} {array.dtype}" for name, array in stored_arrays.items())
    lines = [_shown(found.map), "", f"{found.verdict.outcome}: {found.verdict.method}"]
    lines += [f"both run on random numbers: relative difference {found.difference:.0e}", f"arrays: {stored}"]
    if target is not None:
        write(target, stored_arrays)
        lines.append(f"written: {target}")
    data = _data(found.map, found.verdict) | {"difference": found.difference}
    data |= {"arrays": {name: list(array.shape) for name, array in found.arrays.items()}}
    answer(options, "\n".join(lines), data | ({"file": str(target)} if target else {}))
    return int(not found.verdict.holds)


def _target(options: argparse.Namespace) -> Path | None:
    """Where to write: a .npz file that is not the one that is read."""
    from pathlib import Path

    if not options.out:
        return None
    if not options.out.endswith(".npz"):
        raise DataError(
            f"-o {options.out} names no .npz file, and nothing else is written; write {options.out}.npz"
        )
    if (
        Path(options.out).exists()
        and Path(options.file).exists()
        and Path(options.out).samefile(options.file)
    ):
        raise DataError(f"-o {options.out} is the file that is read; name another, so that nothing is lost")
    return target_file(options.out)


def _precision(arrays: Mapping[str, Any]) -> Any:
    """The precision of what was read where it has one, else float64."""
    kinds = {array.dtype for array in arrays.values()}
    (first, *rest) = kinds or {None}
    return first if not rest and first is not None and first.kind == "f" else "float64"


def _list(options: argparse.Namespace) -> int:
    from grusym.models.conventions import conventions

    rows: list[dict[str, Any]] = [
        {
            "layer": f"{c.framework} {c.kind}",
            "order": list(c.gates),
            "old_state_kept_by": c.keeps_old,
            "reset": c.reset,
            "bias_inside_reset": c.bias_inside_reset,
            "bias_vectors": c.biases,
            "forget_offset": c.forget_offset,
            "arrays": [stored.name for stored in c.arrays],
            "cell": c.cell_name,
            "source": c.source,
        }
        for c in conventions()
    ]
    wide = max(len(row["layer"]) for row in rows)
    text = [
        f"{row['layer']:{wide}}  {', '.join(filter(None, row['order'])) or '-':10}  "
        f"{row['old_state_kept_by'] or '-':5}  {row['reset'] or '-':6}  {row['bias_vectors']}  "
        f"{', '.join(row['arrays'])}"
        for row in rows
    ]
    head = f"{'layer':{wide}}  {'order':10}  {'keeps':5}  {'reset':6}  b  arrays"
    answer(options, "\n".join([head, *text]), rows)
    return 0


def _shown(found: WeightMap) -> str:
    lines = [f"{found.target.name} computes what {found.source.name} does with"]
    lines += [f"  {line}" for line in str(found).splitlines()]
    lines += [f"only where {condition}" for condition in found.assumes]
    return "\n".join(lines)


def _data(found: WeightMap, verdict: Any) -> dict[str, Any]:
    return {
        "source": found.source.name,
        "target": found.target.name,
        "map": {name: str(e) for name, e in found.of.items()},
        "assumes": list(found.assumes),
        "outcome": verdict.outcome,
        "method": verdict.method,
    }
