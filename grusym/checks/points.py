"""A point with small rational entries, at which exact elements become numbers."""

from __future__ import annotations

import math
import random

import numpy as np

from grusym.checks.opaque import RECIPROCAL, Element, Opaque
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
            argument = np.float64(self.value(out.argument))
            with np.errstate(all="ignore"):
                value = (
                    1 / argument if out.function == RECIPROCAL else ACTIVATIONS[out.function].value(argument)
                )
            self.numbers[i] = float(value)

    def value(self, element: Element) -> float:
        """The element's value here."""
        return math.fsum(self._terms(element))

    def magnitude(self, element: Element) -> float:
        """The sum of the sizes of the element's terms here."""
        return math.fsum(map(abs, self._terms(element)))

    def _terms(self, element: Element) -> list[float]:
        terms = []
        for powers, coefficient in element.iterterms():
            factors = (self.numbers[i] ** e for i, e in enumerate(powers) if e)
            terms.append(float(coefficient) * math.prod(factors))
        return terms

    def shown(self) -> str:
        """The entries given, as eighths: h[0] = 3/8, ..."""
        symbols = self.opaque.ring.symbols
        return ", ".join(f"{s} = {k}/8" for s, k in zip(symbols, self.eighths, strict=False))
