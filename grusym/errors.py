"""The few kinds of error grusym raises: what was asked, what was found, what to do."""

from __future__ import annotations

from typing import Any


class GrusymError(Exception):
    """Base of every error that leaves a public function."""


class ReadError(GrusymError):
    """Text that cannot be read as a cell or a formula.

    `line` and `column` count from 1 and point at the offending character of the text given; `message` is
    what the error says without them.
    """

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        self.line, self.column = line, column
        self.message = message
        place = "" if line is None else f"line {line}, column {column}: "
        super().__init__(place + message)


class ShapeError(ReadError):
    """Two places of a text, or two arrays, whose sizes cannot both be right."""


class UnknownNameError(GrusymError):
    """A cell, a value, an analysis or a figure that was asked for by a name nobody has."""


class DataError(GrusymError):
    """Arrays or files that do not fit what was asked of them: missing, of the wrong size, not finite."""


def whole(what: str, value: Any, least: int = 0) -> int:
    """Return a whole number of at least that size (1e4 is one), or raise DataError saying what is none."""
    from numbers import Real

    number: Any = value if isinstance(value, Real) else None
    if number is None or not number % 1 == 0 or number < least:  # of NaN and infinity, % is NaN
        raise DataError(f"{what} must be a whole number from {least} on; found {value!r}; give one")
    return int(number)


def unknown(kind: str, name: str, known: object, owner: str = "") -> UnknownNameError:
    """Return the error for a name nobody has, or that its owner has not, with the nearest known names."""
    import difflib

    names = sorted(str(k) for k in known)  # type: ignore[attr-defined]
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    hint = f"; did you mean {near[0]!r}?" if near else "."
    asked = f"{owner} has no {kind} {name!r}" if owner else f"there is no {kind} {name!r}"
    return UnknownNameError(f"{asked}{hint} Known: {', '.join(names) or 'none'}.")


def read_error(span: Any, message: str, kind: type[ReadError] = ReadError) -> ReadError:
    """A ReadError at a span of the text, or without a place where there is none."""
    if span is None:
        return kind(message)
    return kind(message, span.line, span.column)
