"""What a framework's arrays are called in a file: a prefix and a suffix around the names it stores."""

from __future__ import annotations

from collections.abc import Iterable

from grusym.errors import DataError
from grusym.models.conventions import Convention

OPTIONAL = "bd"  # a layer may have no biases


def layers_of(names: Iterable[str], convention: Convention, layer: str = "") -> list[str]:
    """The layers of a convention among `names`, as patterns: "encoder.*_l0"."""
    frames = (frame for frame in _frames(list(names), convention) if _is_meant(frame, layer))
    return [f"{prefix}*{suffix}" for prefix, suffix in frames]


def found_names(names: Iterable[str], convention: Convention, layer: str = "") -> dict[str, str]:
    """What the convention's arrays are called among `names`: {"weight_ih": "encoder.weight_ih_l0"}.

    Method: one prefix and one suffix, the same for all arrays of a layer, around the stored names. Where a
    file holds several such layers, `layer` says which is meant: a part of its names, or "encoder.*_l0".
    Raises: DataError where there is none, or more than one.
    """
    given = list(names)
    layers = [frame for frame in _frames(given, convention) if _is_meant(frame, layer)]
    if len(layers) == 1:
        (prefix, suffix) = layers[0]
        return {
            s.name: f"{prefix}{s.name}{suffix}"
            for s in convention.arrays
            if f"{prefix}{s.name}{suffix}" in given
        }
    wanted = ", ".join(s.name for s in convention.arrays if s.holds[0] not in OPTIONAL)
    if not layers:
        raise DataError(
            f"looked for the arrays of {convention}, {wanted}, but found {', '.join(given) or 'none'}; check "
            "the framework, or say what they are called: names={'" + convention.arrays[0].name + "': ...}"
        )
    shown = ", ".join(f"{prefix}*{suffix}" for prefix, suffix in layers)
    raise DataError(f"found {len(layers)} layers of {convention}: {shown}; say which of these is meant")


def _is_meant(frame: tuple[str, str], layer: str) -> bool:
    if "*" in layer:
        return layer == f"{frame[0]}*{frame[1]}"
    return layer in frame[0] or layer in frame[1]


def _frames(names: list[str], convention: Convention) -> list[tuple[str, str]]:
    """The prefixes and suffixes under which every array that a layer must have is there."""
    needed = [s.name for s in convention.arrays if s.holds[0] not in OPTIONAL]
    first = max(needed, key=len)
    frames: dict[tuple[str, str], None] = {}
    for name in names:
        start = name.find(first)
        while start >= 0:
            frames[name[:start], name[start + len(first) :]] = None
            start = name.find(first, start + 1)
    known = set(names)
    return [f for f in frames if all(f"{f[0]}{part}{f[1]}" in known for part in needed)]
