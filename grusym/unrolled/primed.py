"""Candidates that a document marks by a prime: h'_t beside h_t, which the language of cells writes h̃_t."""

from __future__ import annotations

import re
from collections.abc import Sequence

MARK = "\u0303"
_PRIME = r"(?:'|′|’|\^\{?\s*(?:'|\\prime)\s*\}?)"
_TIME = r"(?:_(?:t|\{t\})|\^\{?\(?t\)?\}?|\(t\))"


def without_primes(lines: Sequence[str]) -> tuple[list[str], str]:
    """The lines with an accent for each prime, and the letter that had it; the same lines if none had.

    A prime is a candidate's where both h_t and h'_t are given; elsewhere it marks the next state.
    """
    lefts = [line.partition("=")[0].strip().strip("$&") for line in lines if "=" in line]
    for left in lefts:
        m = re.fullmatch(rf"([a-zA-Z]){_PRIME}\s*{_TIME}|([a-zA-Z]){_TIME}\s*{_PRIME}", left.strip())
        letter = (m[1] or m[2]) if m is not None else ""
        if letter and any(re.fullmatch(rf"{letter}\s*{_TIME}", other.strip()) for other in lefts):
            return [_accented(line, letter) for line in lines], letter
    return list(lines), ""


def _accented(line: str, letter: str) -> str:
    """A line with h'_t, h_t' and W_{h'} as h̃_t, h̃_t and W_{h̃}."""
    before = rf"(?<![A-Za-z\\]){letter}"
    line = re.sub(rf"{before}{_PRIME}", letter + MARK, line)
    return re.sub(rf"{before}({_TIME}){_PRIME}", rf"{letter}{MARK}\1", line)
