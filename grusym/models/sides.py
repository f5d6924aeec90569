"""What a name of a framework's layer or of a cell stands for, alone or beside the arrays it should have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grusym.cells.library import cell, cell_names
from grusym.errors import DataError, GrusymError, UnknownNameError, unknown
from grusym.language.cell import Cell
from grusym.models.array_names import found_names, layers_of
from grusym.models.conventions import KINDS, Convention, convention, conventions, frameworks
from grusym.models.packing import opened
from grusym.models.weight_map import weight_maps

Side = Convention | Cell


def side(name: str | Side, kind: str | None = None) -> Side:
    """The layer or cell of a name: "torch gru", or "torch" with a kind, or a cell's name.

    Raises: UnknownNameError with the nearest known name; DataError where the kind is not said.
    """
    if isinstance(name, Convention | Cell):
        return name
    if not isinstance(name, str):
        raise GrusymError(
            f"a layer or cell was asked for by {type(name).__name__}; give a name such as 'torch gru'"
        )
    framework, _, last = name.rpartition(" ")
    if last in KINDS and framework:
        return convention(framework, last)
    if name in frameworks():
        if kind is None:
            own = " or ".join(repr(f"{c.framework} {c.kind}") for c in conventions() if c.framework == name)
            raise DataError(f"{name} has several layers; say which: {own}")
        return convention(name, kind)
    if name in cell_names():
        return cell(name)
    raise unknown("layer or cell", name, [*(f"{c.framework} {c.kind}" for c in conventions()), *cell_names()])


def side_of(
    arrays: Mapping[str, Any], name: str | Side, kind: str | None = None, layer: str = ""
) -> tuple[Side, dict[str, str]]:
    """The layer or cell that has these arrays, and what its arrays are called there.

    Without a kind, the arrays decide: of a framework's layers, one fits them.
    Raises: as `side`; DataError where none fits or more than one does.
    """
    if isinstance(name, str) and name in frameworks() and kind is None:
        return _fitting(arrays, name, layer)
    found = side(name, kind)
    if isinstance(found, Cell):
        return found, {}
    return found, found_names(arrays, found, layer)


def target_side(name: str | Side, kind: str | None, source: Side) -> Side:
    """The layer or cell to carry weights into; of a framework's layers the one of the source's kind.

    Raises: as `side`; DataError where no layer of the framework computes what the source does.
    """
    if not isinstance(name, str) or name not in frameworks() or kind is not None:
        return side(name, kind)
    if isinstance(source, Convention):
        return convention(name, source.kind)
    own = [c for c in conventions() if c.framework == name]
    fits = [c for c in own if weight_maps(source, c.cell)]
    if not fits:
        raise DataError(
            f"no layer of {name} computes what cell {source.name!r} does; it has "
            f"{', '.join(c.kind for c in own)}"
        )
    return fits[0]


def _fitting(arrays: Mapping[str, Any], framework: str, layer: str) -> tuple[Side, dict[str, str]]:
    fits, reasons = [], []
    for candidate in conventions():
        if candidate.framework != framework:
            continue
        try:
            names = found_names(arrays, candidate, layer)
            opened(arrays, candidate, names, str(candidate))
            fits.append((candidate, names))
        except UnknownNameError:
            raise
        except GrusymError as error:
            reasons.append(str(error))
    if len(fits) == 1:
        return fits[0]
    own = [layers_of(arrays, c, layer) for c in conventions() if c.framework == framework]
    several = max(own, key=len, default=[])
    if not fits and len(several) > 1:
        raise DataError(
            f"there are {len(several)} layers of {framework} here: {', '.join(several)}; say which is meant: "
            f"layer={several[0]!r}, or --layer '{several[0]}'"
        )
    if not fits:
        raise DataError(f"no layer of {framework} has these arrays: {'; '.join(reasons)}")
    shown = " or ".join(repr(f"{c.framework} {c.kind}") for c, _ in fits)
    raise DataError(f"the arrays fit more than one layer of {framework}; say which: {shown}")
