"""Names: what a canonical name is made of, and the Python identifier it becomes in code.

A canonical name is the author's symbol in Unicode: a base with combining accents, then a subscript, a
superscript label and primes, each only if it has one: `h'`, `h̃`, `U_hz`, `W_{h,z}`, `W^{(z)}`, `δ_c`.
"""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

ACCENTS = {
    "\u0303": "tilde",
    "\u0302": "hat",
    "\u0304": "bar",
    "\u0305": "overline",
    "\u0307": "dot",
    "\u0308": "ddot",
    "\u030c": "check",
    "\u0306": "breve",
    "\u0301": "acute",
    "\u0300": "grave",
    "\u030a": "ring",
    "\u20d7": "vec",
}
MARKS = {word: mark for mark, word in ACCENTS.items()}

# Names that emitted code gives a meaning of its own.
_TAKEN = frozenset({*keyword.kwlist, *keyword.softkwlist, *dir(builtins)}) | {
    *("np", "numpy", "math", "self", "I", "diag"),
    *("sigmoid", "relu", "step", "softplus", "maximum", "minimum"),
}


@dataclass(frozen=True, slots=True)
class NameParts:
    """The parts of a name; `accents` are words from the inside out: ("tilde",)."""

    base: str
    accents: tuple[str, ...] = ()
    subscript: str = ""
    superscript: str = ""
    primes: int = 0

    def __str__(self) -> str:
        marks = "".join(MARKS[accent] for accent in self.accents)
        stem = unicodedata.normalize("NFC", self.base + marks)
        return stem + _script("_", self.subscript) + _script("^", self.superscript) + "'" * self.primes


def parts(name: str) -> NameParts:
    """The parts of a canonical name, whatever the order its scripts and primes stand in."""
    stem, rest = re.match(r"([^_^']*)(.*)", name, re.DOTALL).groups()  # type: ignore[union-attr]
    base, accents = _unaccented(stem)
    scripts = {"_": [], "^": []}  # type: dict[str, list[str]]
    primes = 0
    for mark, braced, plain in re.findall(r"([_^'])(?:\{((?:[^{}]|\{[^{}]*\})*)\}|([^_^'{}]*))", rest):
        if mark == "'":
            primes += 1
        else:
            scripts[mark].append(braced or plain)
    return NameParts(base, accents, ",".join(scripts["_"]), ",".join(scripts["^"]), primes)


def code_name(name: str) -> str:
    """The ASCII Python identifier for a canonical name: `h_new` for h', `delta_c` for δ_c."""
    words = "".join(_spoken(character) for character in unicodedata.normalize("NFKD", name))
    code = re.sub(r"_+", "_", words).strip("_") or "v"
    if code[0].isdigit():
        code = f"v_{code}"
    return f"{code}_" if code in _TAKEN else code


def code_names(names: Iterable[str]) -> dict[str, str]:
    """An identifier for each name, no two alike; of names that would clash, the first keeps its own."""
    wanted = {name: code_name(name) for name in names}
    used: set[str] = set()
    result: dict[str, str] = {}
    for name, code in wanted.items():
        choice, count = code, 1
        while choice in used or (count > 1 and choice in wanted.values()):
            count += 1
            choice = f"{code}_{count}"
        used.add(choice)
        result[name] = choice
    return result


def _script(mark: str, script: str) -> str:
    """A script as a canonical name carries it: bare when it is one word, else in braces."""
    if not script:
        return ""
    word = re.fullmatch(r"(?:\w|[\u0300-\u036f\u20d7])+", script) and "_" not in script
    return f"{mark}{script}" if word and mark == "_" else f"{mark}{{{script}}}"


def _unaccented(stem: str) -> tuple[str, tuple[str, ...]]:
    """A single letter and its accents; a longer word keeps its spelling."""
    letter, *marks = list(unicodedata.normalize("NFD", stem) or " ")
    if all(mark in ACCENTS for mark in marks):
        return letter.strip(), tuple(ACCENTS[mark] for mark in marks)
    return unicodedata.normalize("NFC", stem), ()


def _spoken(character: str) -> str:
    """One character of a name as it is spelled in code."""
    if character in ACCENTS:
        return f"_{ACCENTS[character]}"
    if character in "'\u2032":
        return "_new"
    if character.isascii():
        return character if character.isalnum() else "_"
    return _letter_name(character)


def _letter_name(character: str) -> str:
    """`delta` for δ, `Delta` for Δ, `u2202` for what is no letter of an alphabet."""
    said = unicodedata.name(character, "")
    found = re.search(r"(SMALL|CAPITAL) (?:LETTER )?(?:FINAL )?(?:LETTER )?([A-Z]+)", said)
    if not found:
        return f"u{ord(character):04x}"
    spelled = {"LAMDA": "LAMBDA"}.get(found[2], found[2])
    return spelled.lower() if found[1] == "SMALL" else spelled.capitalize()
