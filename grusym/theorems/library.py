"""Identities by theme: every file of `grusym/theorems/themes/` holds IDENTITIES."""

from __future__ import annotations

from collections import Counter
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from grusym.errors import GrusymError, unknown
from grusym.theorems.statement import Identity


@cache
def themes() -> dict[str, tuple[Identity, ...]]:
    """The identities of each theme, by its title: what its file's first line says before a colon.

    Raises GrusymError for a theme without IDENTITIES, for an id used twice, and for an identity without
    a false neighbour.
    """
    import grusym.theorems.themes as folder

    found: dict[str, tuple[Identity, ...]] = {}
    for theme in sorted(m.name for m in iter_modules(folder.__path__)):
        module = import_module(f"{folder.__name__}.{theme}")
        listed = getattr(module, "IDENTITIES", None)
        if not isinstance(listed, tuple) or not all(isinstance(i, Identity) for i in listed):
            raise GrusymError(
                f"grusym/theorems/themes/{theme}.py was asked for identities but holds no tuple IDENTITIES "
                "of Identity; define one in it"
            )
        found[(module.__doc__ or theme).splitlines()[0].split(":")[0].rstrip(".")] = listed
    everything = [i for listed in found.values() for i in listed]
    twice = [name for name, times in Counter(i.id for i in everything).items() if times > 1]
    if twice:
        raise GrusymError(
            f"identities are asked for by id, but {', '.join(twice)} is used twice; use a new one"
        )
    alone = [i.id for i in everything if not i.false]
    if alone:
        raise GrusymError(
            f"{', '.join(alone)} has no false neighbour; give it one that its judge must refuse"
        )
    return found


def identities() -> tuple[Identity, ...]:
    """All identities, theme by theme."""
    return tuple(i for listed in themes().values() for i in listed)


def identity(id: str) -> Identity:
    """The identity of that id, such as gru-01.

    Raises UnknownNameError with the nearest known id.
    """
    by_id = {i.id: i for i in identities()}
    if id not in by_id:
        raise unknown("identity", str(id), by_id)
    return by_id[id]
