"""One BLAS thread inside long loops of small products, and the former setting afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any


@lru_cache(maxsize=1)
def _controller() -> Any:
    # Finding the libraries takes milliseconds, limiting them microseconds; SciPy brings its own BLAS, so it
    # is loaded before the search.
    import scipy.linalg  # noqa: F401
    from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

    return ThreadpoolController()


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Run the body with one BLAS thread.

    Products of a few microseconds lose by a second thread, and lose badly (14 times slower was seen) when the
    other core is busy. Whatever was set before is set again, also after an error or an interruption.
    """
    with _controller().limit(limits=1, user_api="blas"):
        yield
