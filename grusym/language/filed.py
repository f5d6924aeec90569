"""A certificate as found in a file: plain text in its fields, nothing of it believed and nothing of it run.

The format is described in `grusym.language.certificate`. What does not have it raises DataError.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grusym.errors import DataError
from grusym.language.certificate import FORMAT, VERSION

LONGEST_FILE, LONGEST, MOST = 32_000_000, 20_000, 2_000  # characters; of a formula; steps of a derivation


@dataclass(frozen=True)
class Line:
    """A step as filed, and the line of the file it stands in."""

    rule: str
    before: str
    after: str
    uses: tuple[int, ...]
    place: int


@dataclass(frozen=True)
class Filed:
    """A certificate as filed: each derivation is what is derived, by what, the steps, the result."""

    cell: str
    equations: str
    shapes: dict[str, str]
    change: str
    loss: str
    cotangents: dict[str, str]
    derivations: tuple[tuple[str, str, tuple[Line, ...], str], ...]


def filed(path: str | Path) -> Filed:
    """The certificate in a file."""
    try:
        with open(path, "rb") as file:
            raw = file.read(LONGEST_FILE + 1)
        return from_text(raw.decode("utf-8"))
    except (OSError, ValueError) as error:  # of text that is no UTF-8, of a path with a null in it
        reason = getattr(error, "strerror", None) or "it is no UTF-8 text"
        raise DataError(
            f"the certificate {path} cannot be read: {reason}; name a file of `grusym certify`"
        ) from None


def from_text(text: str) -> Filed:
    """The certificate in a text."""
    if len(text) > LONGEST_FILE:
        raise _other(f"it has more than {LONGEST_FILE:,} characters")
    try:
        data = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise _other(f"it is not JSON ({str(error)[:80]})") from None
    if _field(data, "format", str) != FORMAT:
        raise _other(f"its format is {str(data['format'])[:40]!r}")
    if (version := _field(data, "version", int)) != VERSION:
        raise _other(f"it is of version {str(version)[:9]}, and version {VERSION} is read here")
    _fields(data, "format version cell equations shapes letters derivations")
    letters = _fields(_field(data, "letters", dict), "change loss cotangents")
    places = [text.count("\n", 0, m.start()) + 1 for m in re.finditer(r'(?<!\\)"before"\s*:', text)]
    derivations = [_derivation(d, places) for d in _field(data, "derivations", list)]
    return Filed(
        _text(data, "cell"),
        "\n".join(_texts(data, "equations")),
        _named(data, "shapes"),
        _text(letters, "change"),
        _text(letters, "loss"),
        _named(letters, "cotangents"),
        tuple(derivations),
    )


def _derivation(data: Any, places: list[int]) -> tuple[str, str, tuple[Line, ...], str]:
    _fields(data, "of by steps result")
    steps = _field(data, "steps", list)
    if len(steps) > MOST:
        raise _other(f"a derivation has more than {MOST} steps")
    lines = []
    for step in steps:
        _fields(step, "rule before after uses")
        uses = _field(step, "uses", list)
        if not all(type(k) is int for k in uses):
            raise _other("the uses of a step are not numbers")
        place = places.pop(0) if places else 0
        rule, before, after = (_text(step, name) for name in ("rule", "before", "after"))
        lines.append(Line(rule, before, after, tuple(uses), place))
    return _text(data, "of"), _text(data, "by"), tuple(lines), _text(data, "result")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise _other("a field is given twice")
    return dict(pairs)


def _fields(data: Any, names: str) -> Any:
    if not isinstance(data, dict) or set(data) != set(names.split()):
        found = ", ".join(map(str, data))[:80] if isinstance(data, dict) else type(data).__name__
        raise _other(f"the fields {names} were expected, but {found or 'none'} found")
    return data


def _field(data: Any, name: str, kind: type) -> Any:
    if not isinstance(data, dict) or type(data.get(name)) is not kind:
        raise _other(f"its field {name!r} is missing or no {kind.__name__}")
    return data[name]


def _text(data: Any, name: str) -> str:
    text = _field(data, name, str)
    if len(text) > LONGEST:
        raise _other(f"the text of {name!r} is longer than {LONGEST:,} characters")
    return str(text)


def _texts(data: Any, name: str) -> list[str]:
    lines = [_text({name: line}, name) for line in _field(data, name, list)]
    if sum(map(len, lines)) > LONGEST or any("\n" in line for line in lines):
        raise _other(
            f"the text of {name!r} is longer than {LONGEST:,} characters, or one line of it is several"
        )
    return lines


def _named(data: Any, name: str) -> dict[str, str]:
    return {key: _text({key: value}, key) for key, value in _field(data, name, dict).items()}


def _other(found: str) -> DataError:
    return DataError(f"a certificate was asked for, but {found}; give a file written by `grusym certify`")
