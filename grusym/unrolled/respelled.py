"""A document's equations in spellings that the language of cells reads, as all its lines say what is meant.

σ_g for σ, σ_c and σ_h for tanh, g(...) for a function that is left open, b^z for a bias, ht-1 for h_{t-1}.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grusym.unrolled.fragments import UNNAMED

_LEFT = re.compile(
    r"\s*[&$]*\s*((?:\\(?:mathbf|boldsymbol|bm|tilde|hat|bar|overline|mathrm)\s*)*\{?\\?[^\W\d_]+)"
)
_SUBSCRIPTED = re.compile(
    r"(\\sigma|σ)_\{?(?:\\(?:text|mathrm)\{)?([a-z])\}{0,2}(?=\s*(?:\\left|\\big+l?|\\!|\())"
)
_OPEN = r"(?<![A-Za-z\\_^{{}}]){letter}(?=\s*(?:\\left|\\!|\\big+l?)?\s*\()"
_DOT = re.compile(r"\(\s*\.\s*\)")
_OLD = re.compile(r"(?<![A-Za-z\\_])([A-Za-z]~?)t\s?[-−–]\s?1(?![A-Za-z0-9])")
_NOW = re.compile(r"(?<![A-Za-z\\_])([A-Za-z]~?)t(?![A-Za-z0-9(_])")
CELLS = {"c": "tanh", "h": "tanh"}  # the σ_c and σ_h of many texts
OPEN = ("g", "s", "δ", "\\delta", "\\Phi", "Φ", "\\mathcal{F}")


def respelled(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """The lines as they can be read, and what was taken for what."""
    said: list[str] = []
    lefts = {_bare(m[1]) for line in lines if "=" in line and (m := _LEFT.match(line))}
    found = [_updated(_joined(line)) for line in lines]
    found = [_functions(line, said) for line in found]
    for letter in OPEN:
        if _bare(letter) not in lefts:
            pattern = re.compile(_OPEN.format(letter=re.escape(letter)))
            found = [_opened(line, pattern, letter, said) for line in found]
    for letter in sorted(lefts):
        if len(letter) == 1:
            found = [_labelled(line, letter) for line in found]
    return found, list(dict.fromkeys(said))


def _bare(left: str) -> str:
    """A name's letter without fonts and accents."""
    return re.sub(r"\\[a-z]+\s*|[{}\s]", "", left) or left.strip("\\")


def _joined(line: str) -> str:
    """Plain text in which times stand beside letters: `ct = Gu∗c~t` as `c_t = Gu * c̃_t`; (.) as ⊙."""
    line = _DOT.sub("⊙", line).replace(r"\*", "*")
    if "_" in line or "\\" in line or re.search(r"\b(?:np|torch|tf)\.|\bself\.|@", line):
        return line
    if not _OLD.search(line):
        return line.replace("c~", "c̃").replace("h~", "h̃")
    line = _NOW.sub(r"\1_t", _OLD.sub(r"\1_{t-1}", line))
    return re.sub(r"([a-z])~", "\\1\u0303", line)


def _updated(line: str) -> str:
    """`c = f * c + i * g` of code, where a new value takes the old one's place, with c_prev on the right."""
    left, sign, right = line.partition("=")
    name = left.strip()
    if not sign or "\\" in line or not re.fullmatch("[a-z]", name) or right.startswith("="):
        return line
    if re.fullmatch(rf"\s*[\w.]+\(\s*{name}\s*\)\s*", right):  # i = sigmoid(i) ends a value's computing
        return line
    return left + sign + re.sub(rf"(?<![\w.]){name}(?![\w(.\['])", f"{name}_prev", right)


def _functions(line: str, said: list[str]) -> str:
    """σ_g(...) as σ(...), σ_c(...) as tanh(...)."""

    def one(m: re.Match[str]) -> str:
        if m[2] in CELLS:
            said.append(f"σ_{m[2]} read as tanh")
            return r"\tanh" if m[1].startswith("\\") else "tanh"
        said.append(f"σ_{m[2]} read as the sigmoid σ")
        return m[1]

    return _SUBSCRIPTED.sub(one, line)


def _opened(line: str, pattern: re.Pattern[str], letter: str, said: list[str]) -> str:
    """A function without a formula as one that has no property anyone could use."""
    if pattern.search(line) is None or "=" not in line:
        return line
    left, sign, right = line.partition("=")
    new = rf"\operatorname{{{UNNAMED}}}" if "\\" in line else UNNAMED
    changed = pattern.sub(new.replace("\\", "\\\\"), right)
    if changed != right:
        said.append(f"{letter} read as a function that the document leaves open")
    return left + sign + changed


def _labelled(line: str, letter: str) -> str:
    """W^z and b^{z}, where z is a value, as W^{(z)} and b^{(z)}."""
    fonts = r"\\(?:mathbf|boldsymbol|bm|mathrm)\s*\{[WUVRbw]\}"
    base = rf"((?:{fonts}|(?<![A-Za-z\\{{_^])[WUVRbw](?![A-Za-z]))(?:_\{{?\w+\}}?)?)"
    script = re.escape(letter)
    pattern = rf"{base}\^(?:\{{\s*{script}\s*\}}|{script}(?![A-Za-z]))"
    return re.sub(pattern, rf"\1^{{({letter})}}", line)
