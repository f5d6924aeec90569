"""Identities by theme: every file of `grusym/theorems/themes/` holds IDENTITIES."""

from __future__ import annotations

from collections import Counter
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from grusym.errors import GrusymError, unknown
from grusym.theorems.statement import Identity


@cache
def identities() -> tuple[Identity, ...]:
    """All identities, theme by theme, in the order of their ids within each.

    Raises GrusymError for a theme without IDENTITIES, for an id used twice, and for an identity without
    a false neighbour.
    """
    import grusym.theorems.themes as folder

    found: list[Identity] = []
    for theme in sorted(m.name for m in iter_modules(folder.__path__)):
        listed = getattr(import_module(f"{folder.__name__}.{theme}"), "IDENTITIES", None)
        if not isinstance(listed, tuple) or not all(isinstance(i, Identity) for i in listed):
            raise GrusymError(
                f"grusym/theorems/themes/{theme}.py was asked for identities but holds no tuple "
                f"IDENTITIES of "
                "Identity; define one in it"
            )
        found += listed
    twice = [name for name, times in Counter(i.id for i in found).items() if times > 1]
    if twice:
        raise GrusymError(
            f"identities are asked for by id, but {', '.join(twice)} is used twice; use a new one"
        )
    alone = [i.id for i in found if not i.false]
    if alone:
        raise GrusymError(
            f"{', '.join(alone)} has no false neighbour; give it one that its judge must refuse"
        )
    return tuple(found)


def identity(id: str) -> Identity:
    """The identity of that id, such as gru-01.

    Raises UnknownNameError with the nearest known id.
    """
    by_id = {i.id: i for i in identities()}
    if id not in by_id:
        raise unknown("identity", str(id), by_id)
    return by_id[id]
