"""A point with small rational entries, at which exact elements become numbers."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np

from grusym.checks.opaque import Element, Opaque
from grusym.language.activations import ACTIVATIONS

EIGHTHS = (*range(-12, -1), *range(2, 13))  # scale about 1, away from 0


class Point:
    """Numbers for every symbol: eighths for the entries given, true values for the activations."""

    def __init__(self, opaque: Opaque, seed: int) -> None:
        draw = random.Random(seed)
        self.opaque = opaque
        self.eighths = [draw.choice(EIGHTHS) for _ in opaque.given]
        self.numbers: dict[int, float] = {i: k / 8 for i, k in enumerate(self.eighths)}
        for i, out in opaque.outputs.items():
            with np.errstate(all="ignore"):
                self.numbers[i] = float(ACTIVATIONS[out.function].value(np.float64(self.value(out.argument))))

    def value(self, element: Element) -> float:
        """The element's value here."""
        numer, denom = self._polynomials(element)
        with np.errstate(all="ignore"):
            return float(np.float64(self._total(numer, 1)) / self._total(denom, 1))

    def magnitude(self, element: Element) -> float:
        """The sum of the sizes of the element's terms here."""
        numer, denom = self._polynomials(element)
        with np.errstate(all="ignore"):
            return float(np.float64(self._total(numer, 0)) / abs(self._total(denom, 1)))

    def _polynomials(self, element: Element) -> tuple[Any, Any]:
        return (element.numer, element.denom) if self.opaque.dividing else (element, None)

    def _total(self, polynomial: Any, signed: int) -> float:
        if polynomial is None:
            return 1.0
        total = 0.0
        for powers, coefficient in polynomial.iterterms():
            term = float(coefficient) * math.prod(self.numbers[i] ** e for i, e in enumerate(powers) if e)
            total += term if signed else abs(term)
        return total

    def shown(self) -> str:
        """The entries given, as eighths: h[0] = 3/8, ..."""
        symbols = self.opaque.domain.symbols
        return ", ".join(f"{s} = {k}/8" for s, k in zip(symbols, self.eighths, strict=False))
