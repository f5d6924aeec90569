"""A bar with the time left on long work: on standard error, and none when that is not a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

Item = TypeVar("Item")

_quiet: ContextVar[bool] = ContextVar("quiet", default=False)

PATIENCE = 2.0  # seconds: work that is over sooner needs no bar


def progress(items: Iterable[Item], label: str, total: int | None = None) -> Iterator[Item]:
    """The items, one by one, with a bar that appears once the work has taken two seconds.

    `total` is needed for the time left where `items` has no length.
    """
    if _quiet.get() or not sys.stderr.isatty():
        yield from items
        return
    from tqdm import tqdm

    yield from tqdm(items, desc=label, total=total, delay=PATIENCE, leave=False, dynamic_ncols=True)


@contextmanager
def quiet(on: bool = True) -> Iterator[None]:
    """No bars inside the `with` block, unless `on` is false."""
    token = _quiet.set(on or _quiet.get())
    try:
        yield
    finally:
        _quiet.reset(token)


def say(line: str) -> None:
    """One line on standard error, above any bar; none inside `quiet`."""
    if _quiet.get():
        return
    if sys.stderr.isatty() and "tqdm" in sys.modules:
        from tqdm import tqdm

        tqdm.write(line, file=sys.stderr)
    else:
        print(line, file=sys.stderr, flush=True)
