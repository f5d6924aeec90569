"""The settings of an analysis: its own defaults, with some replaced by values of the same types."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import ModuleType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from grusym.errors import DataError
from grusym.reports.discovery import Entry


def chosen(entry: Entry, module: ModuleType, overrides: Mapping[str, Any]) -> Any:
    """The settings of an analysis with some of them replaced.

    Raises: DataError where a setting is not one of its own, or a value is not of the setting's type.
    """
    kind: Any = module.Settings
    if not getattr(getattr(kind, "__dataclass_params__", None), "frozen", False):
        raise DataError(
            f"Settings of {entry.path} is not a frozen dataclass; write @dataclass(frozen=True) above it"
        )
    known = {field.name for field in dataclasses.fields(kind)}
    if strange := [name for name in overrides if name not in known]:
        raise DataError(
            f"{entry.name} was given the setting {strange[0]!r}, which it does not have; "
            f"its settings are {', '.join(sorted(known)) or 'none'}"
        )
    try:
        plain = kind()
    except TypeError as error:
        raise DataError(
            f"Settings of {entry.path} cannot be made: {error}; give every field a default"
        ) from error
    types = _types(kind, module)
    fitted = {
        name: _fitted(f"{entry.name} was given {name}=", types.get(name, Any), value, getattr(plain, name))
        for name, value in overrides.items()
    }
    try:
        return dataclasses.replace(plain, **fitted)
    except (TypeError, ValueError) as error:  # their own __post_init__ refuses them
        raise DataError(f"{entry.name} was given settings it refuses: {error}; give others") from error


def _types(kind: Any, module: ModuleType) -> dict[str, Any]:
    try:
        return get_type_hints(kind, vars(module))
    except NameError:  # a type that is imported for the type checker only
        return {}


def _fitted(given: str, wanted: Any, value: Any, default: Any) -> Any:
    value = _converted(wanted, value)
    if not _is(wanted, value):
        shown = wanted if get_args(wanted) else wanted.__name__
        raise DataError(f"{given}{value!r}, but wants {shown}; give one such as its default, {default!r}")
    return value


def _converted(wanted: Any, value: Any) -> Any:
    """A whole number as the float, a list as the tuple that is wanted."""
    if wanted is float and type(value) is int:
        return float(value)
    if get_origin(wanted) is tuple and isinstance(value, list | tuple):
        item = (*get_args(wanted), Any)[0]
        return tuple(_converted(item, one) for one in value)
    return value


def _is(wanted: Any, value: Any) -> bool:
    """Whether a value is of a type, as far as its form tells; of a type of another kind it may be."""
    origin, inner = get_origin(wanted), get_args(wanted)
    if origin in (Union, UnionType):
        return any(_is(one, value) for one in inner)
    if origin is tuple and inner[-1:] == (Ellipsis,):
        return isinstance(value, tuple) and all(_is(inner[0], item) for item in value)
    if wanted in (int, float, str, bool, type(None)):
        return type(value) is wanted
    return True
