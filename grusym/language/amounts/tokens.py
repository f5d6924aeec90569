r"""Text with amounts in it to tokens: Unicode, LaTeX, code, tables and the words between.

Nothing is refused here: a character that belongs to no amount becomes a token of kind `other`, at which an
amount ends.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction

from grusym.language.amounts.tree import Place
from grusym.language.spelling import DASHES, GREEK, LETTERS, SUPERSCRIPTS, WRAPPERS

SIGNS = {"×": "*", "·": "*", "⋅": "*", "∙": "*", "•": "*", "∗": "*", "⨯": "*", "✕": "*", "÷": "/", "⁄": "/"}
SIGNS |= {"+": "+", "-": "-", "*": "*", "/": "/", "^": "^"}
COMMANDS = {"times": "*", "cdot": "*", "ast": "*", "div": "/", "star": "*"}
RELATIONS = {"=": "=", "≈": "≈", "≃": "≈", "≅": "≈", "~": "≈", "∼": "≈", "≡": "="}
RELATION_COMMANDS = {"approx": "≈", "sim": "≈", "simeq": "≈", "equiv": "=", "eq": "="}
ARROWS = re.compile(
    r"->|=>|-->|⇒|→|⟶|⟹|\\(?:Rightarrow|rightarrow|to|implies|Longrightarrow|longrightarrow)\b"
)
NUMBER = re.compile(
    r"""\d{1,3}(?:(?:,|_|\{,\}|\\,|'|’|\u00a0|\u2009|\u202f)\d{3})+(?![\d])
    | \d{1,3}(?:[ ]\d{3})+(?![\d.]|\s*[*×x^²(\[])
    | \d+(?:_\d+)+ | \d+(?:\.\d+)?(?:[eE][+-]?\d+)? | \.\d+""",
    re.VERBOSE,
)
LONGEST_NUMBER = 30  # digits: beyond, no count
OPEN, CLOSE = {"(": ")", "[": "]", "{": "}"}, {")": "(", "]": "[", "}": "{"}
BREAKS = {
    ";": "semicolon",
    "|": "bar",
    "\n": "newline",
    ":": "colon",
    "#": "hash",
    ",": "comma",
    "?": "other",
}
BREAKS |= {"。": "semicolon", "；": "semicolon", "，": "comma", "：": "colon", "、": "comma", "！": "other"}
WRAPPED = "|".join(sorted(WRAPPERS, key=len, reverse=True))
WORDS = re.compile(rf"\\(?:{WRAPPED})\s*\{{((?:[^{{}}]|\\_)*)\}}")
SUBSCRIPT = re.compile(
    rf"\s?_\s?(?:\{{\s*(?:\\(?:{WRAPPED})\s*\{{([^{{}}]*)\}}|([^{{}}]*))\s*\}}|\\(?:{WRAPPED})\s*\{{([^{{}}]*)\}}|(\w))"
)
SPACES = re.compile(
    r"\\(?:,|;|:|!|>|\s|quad\b|qquad\b|left\b\.?|right\b\.?|[bB]ig+[lr]?\b|displaystyle\b|&)|[&$`]"
)
TAG = re.compile(r"<(?P<script>sup|sub)>(?P<inner>\w+)</(?P=script)>|</?(?P<tag>[a-zA-Z]+)(?:\s[^<>]*)?/?>")
ENTITIES = {
    "&times;": "×",
    "&sup2;": "²",
    "&middot;": "·",
    "&nbsp;": " ",
    "&#215;": "×",
    "&sdot;": "⋅",
    "&asymp;": "≈",
}


@dataclass(frozen=True)
class Token:
    """One token; `text` is normalised, `place` says where it stands.

    The kinds are number, name, sign, power, open, close, relation, percent, fraction, quote, arrow, other and
    the values of BREAKS.
    """

    kind: str
    text: str
    place: Place
    value: Fraction | None = None
    spaced: bool = False  # white space stood before it


def tokens(text: str) -> list[Token]:
    """The tokens of a text; places count its own characters."""
    return _Scanner(text).run()


def plain(text: str) -> str:
    """The text with other spellings of one character exchanged for it, one for one."""
    found = TAG.sub(_untagged, text.translate(DASHES).translate(LETTERS))
    for entity, sign in ENTITIES.items():
        found = found.replace(entity, sign.ljust(len(entity)))
    return "".join(_narrow(c) for c in found)


def _untagged(m: re.Match[str]) -> str:
    """<sup>2</sup> is ^2, <sub>h</sub> is _h, the end of a table's field a bar; other tags say nothing."""
    if m["script"]:
        return (("^" if m["script"] == "sup" else "_") + m["inner"]).ljust(len(m.group()))
    sign = (
        "|"
        if m["tag"].lower() in ("td", "th")
        else ";"
        if m["tag"].lower() in ("tr", "br", "li", "p")
        else " "
    )
    return sign.ljust(len(m.group()))


def _narrow(c: str) -> str:
    """（ is (, ＋ is +: the wide forms of East Asian type."""
    other = unicodedata.normalize("NFKC", c) if 0xFF01 <= ord(c) <= 0xFF5E else c
    return other if len(other) == 1 else c


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = plain(text)
        self.at = 0
        self.spaced = False
        self.found: list[Token] = []

    def run(self) -> list[Token]:
        while self.at < len(self.text):
            self._next()
        return self.found

    def _put(self, kind: str, text: str, end: int, value: Fraction | None = None) -> None:
        self.found.append(Token(kind, text, Place(self.at, end), value, self.spaced))
        self.at, self.spaced = end, False

    def _next(self) -> None:
        text, at = self.text, self.at
        c = text[at]
        if c != "\n" and c.isspace():
            self.at, self.spaced = at + 1, True
        elif m := ARROWS.match(text, at):
            self._put("arrow", "→", m.end())
        elif c == "\\":
            self._command()
        elif c in "&$`":
            self.at, self.spaced = at + 1, True
        elif m := NUMBER.match(text, at):
            self._number(m)
        elif _begins_name(c):
            self._name()
        elif text.startswith("**", at):
            self._stars()
        elif c in SUPERSCRIPTS:
            self._superscript()
        elif c in SIGNS:
            self._put("sign", SIGNS[c], at + 1)
        elif c == "." and text[at + 1 : at + 2] in ("(", "[") and not self.spaced and self.found:
            self._put("sign", "*", at + 1)  # 3.(n + m)
        else:
            self._mark(c)

    def _mark(self, c: str) -> None:
        end = self.at + 1
        if self.text.startswith("==", self.at):
            end += 1
        if c in RELATIONS:
            self._put("relation", RELATIONS[c], end)
        elif c in OPEN:
            self._put("open", c, end)
        elif c in CLOSE:
            self._put("close", c, end)
        elif c in BREAKS:
            self._put(BREAKS[c], c, end)
        elif c in "'\"‘’“”":
            self._put("quote", c, end)
        else:
            self._put("percent" if c == "%" else "other", c, end)

    def _number(self, m: re.Match[str]) -> None:
        digits = re.sub(r"[,_{}\\'’\s]", "", m.group())
        if len(digits) > LONGEST_NUMBER or re.search(r"[eE]\+?\d{3}|[eE]-", digits):
            self._put("other", m.group(), m.end())
        else:
            self._put("number", m.group(), m.end(), Fraction(digits))

    def _stars(self) -> None:
        """** is a power before a number or a bracket, else the mark of bold type."""
        after = self.text[self.at + 2 :].lstrip()[:1]
        if (
            self.found
            and self.found[-1].kind in ("name", "number", "close")
            and (after.isdigit() or after == "(")
        ):
            self._put("sign", "^", self.at + 2)
        else:
            self.at, self.spaced = self.at + 2, True

    def _superscript(self) -> None:
        end = self.at
        digits = ""
        while end < len(self.text) and self.text[end] in SUPERSCRIPTS:
            digits += str(SUPERSCRIPTS[self.text[end]])
            end += 1
        if digits.isdigit() and len(digits) < 3:
            self._put("power", digits, end)
        else:
            self._put("other", self.text[self.at : end], end)

    def _command(self) -> None:
        text, at = self.text, self.at
        if text.startswith("\\\\", at):
            self._put("newline", "\n", at + 2)
        elif m := WORDS.match(text, at):
            self._words(m)
        elif m := SPACES.match(text, at):
            self.at, self.spaced = m.end(), True
        elif m := re.compile(r"\\([A-Za-z]+)").match(text, at):
            word = m[1]
            if word in COMMANDS:
                self._put("sign", COMMANDS[word], m.end())
            elif word in RELATION_COMMANDS:
                self._put("relation", RELATION_COMMANDS[word], m.end())
            elif word in ("frac", "dfrac", "tfrac"):
                self._put("fraction", word, m.end())
            elif word == "ell" or word in GREEK:
                self._name()
            elif word in ("begin", "end"):
                n = re.compile(r"\s*\{\w+\*?\}").match(text, m.end())
                self._put("newline", word, n.end() if n else m.end())
            else:
                self._put("other", m.group(), m.end())
        elif text[at + 1 : at + 2] in ("*", "_", "#"):
            self.at += 1
        elif text[at + 1 : at + 2] in "%{}" and at + 1 < len(text):
            self.at += 1
            self._mark(text[self.at])
        elif text[at + 1 : at + 2] in ("(", ")", "[", "]") and at + 1 < len(text):
            self.at, self.spaced = at + 2, True
        else:
            self._put("other", "\\", at + 1)

    def _words(self, m: re.Match[str]) -> None:
        r"""\text{hidden size} and \mathrm{dim}: a name, or a number or a sign in upright type."""
        inner = m[1].replace("\\_", "_").strip()
        if inner and all(_within_name(c) or c in " -" for c in inner) and _begins_name(inner[0]):
            self._scripted(inner, m.end())
        elif inner:
            start = self.at
            for token in _Scanner(inner).run():
                self.found.append(Token(token.kind, token.text, Place(start, m.end()), token.value, True))
            self.at = m.end()
        else:
            self.at, self.spaced = m.end(), True

    def _name(self) -> None:
        text, end = self.text, self.at
        if text[end] == "\\":
            m = re.compile(r"\\([A-Za-z]+)").match(text, end)
            assert m is not None
            self._scripted(m[1], m.end())
            return
        while end < len(text) and (_within_name(text[end]) or self._joins(end)):
            end += 1
        if text.startswith("\\_", end):  # code in LaTeX: hidden\_size
            m = re.compile(r"(?:\\?[\w])+").match(text, end)
            end = m.end() if m else end
        name = text[self.at : end].replace("\\_", "_")
        while name.endswith("_"):
            name, end = name[:-1], end - 1
        self._scripted(name, end)

    def _joins(self, at: int) -> bool:
        """A dot inside a name of code: self.hidden_dim."""
        return self.text[at] == "." and self.text[at + 1 : at + 2].isalpha() and at - self.at > 1

    def _scripted(self, name: str, end: int) -> None:
        if (m := SUBSCRIPT.match(self.text, end)) and "," not in m.group():
            script = next(part for part in m.groups() if part is not None)
            name, end = f"{name}_{script.strip()}", m.end()
        self._put("name", name, end)


def _begins_name(c: str) -> bool:
    return c.isalpha() and c not in SUPERSCRIPTS


def _within_name(c: str) -> bool:
    return (c.isalnum() or c == "_" or "₀" <= c <= "₉") and c not in SUPERSCRIPTS
