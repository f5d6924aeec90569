"""Names as written: base, accents, subscript, label, primes and time are read as one thing.

So `h_{t-1}`, `h^{(t-1)}`, `h(t-1)`, `hₜ₋₁` and `h_prev` are told apart from products once, here.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass, replace

from grusym.errors import ReadError
from grusym.language.activations import SPELLINGS
from grusym.language.expression import Span
from grusym.language.spelling import (
    ACCENTS,
    ARGUMENT,
    DASHES,
    GREEK,
    LETTERS,
    SUBSCRIPTS,
    SUPERSCRIPTS,
    SWITCH,
    TIME,
    WORD,
    WORDS_OF_TIME,
    WRAPPERS,
)

EXAMPLE = "h' = tanh(W x + U h + b)"
LONGEST = 2_000_000
DIGIT = re.compile(r"\\[A-Za-z]+\s*\{\s*([01])\s*\}")  # \mathbf{1}
BLANK = re.compile("[ \t\r\u00a0\u2009\u202f&\u200b\ufeff]+")
# A dollar sign may open or close a formula: at a line's ends, beside =, before a remark or a number.
BORDER = re.compile(r"[ \t\r$&]+")
BORDER_AFTER = re.compile(r"[$& \t]*[.,;:]?(?:[ \t]{2}|[ \t]*(?:\n|=|#|%|//|\\\\|\(\d|$))")
BRACED = re.compile(r"\{\s*(?:\\[A-Za-z]+\s*(?:\{\s*\\?[A-Za-z]+\s*\})?|[A-Za-z])\s*\}(?=\s*[_^'])")  # {c}_t
_TIMED = r"[a-z](?:_\{?\(?t(?![A-Za-z0-9])|ₜ|\(t[-+)]|\^\{?[(<]t)"  # x_t, h_{t-1}, hₜ, h(t-1), h^{(t)}
JOINED = re.compile(rf"(?:[A-Z]_[A-Za-z0-9]|[a-z]_t|[A-Z])(?={_TIMED})")
JOINED_IN_LATEX = re.compile(r"[A-Z](?=[A-Z]*[a-z](?![A-Za-z0-9]))")
MARKS = 20  # wrappers and accents around one letter
FURTHEST = 99  # steps between now and a time that is written


@dataclass(frozen=True)
class NameToken:
    """A name as written; `time` is its offset from step t, or None where the text gives none."""

    base: str
    accents: str = ""
    subscript: str = ""
    label: str = ""
    primes: int = 0
    time: int | None = None
    turned: bool = False  # W^T_x: the transpose stands before the subscript
    raised: bool = False  # W^z: the label stands without brackets, as a power would
    fresh: bool = False  # h_new: a word says what the prime of h' says

    @property
    def canonical(self) -> str:
        """The name without its time: `h̃`, `W_r`, `W_{h,z}`, `W^{(z)}`, `h'`."""
        script = self.subscript
        if script:
            script = f"_{script}" if re.fullmatch(r"\w+", script) else f"_{{{script}}}"
        label = f"^{{({self.label})}}" if self.label else ""
        base = unicodedata.normalize("NFC", self.base + self.accents)
        return base + script + label + "'" * self.primes


class Scanner:
    """A place in a text, and the names that can be read from it."""

    def __init__(self, text: str) -> None:
        if not isinstance(text, str):
            raise ReadError(
                f"a text was asked for, but {type(text).__name__} was given; pass a string, as in {EXAMPLE!r}"
            )
        if len(text) > LONGEST:
            raise ReadError(f"a text of {len(text)} characters is too long to read; the limit is {LONGEST}")
        self.text = SWITCH.sub(r"\2{\1", text.translate(DASHES).translate(LETTERS))
        self.at = 0
        self.depth_of_marks = 0
        self.latex = re.search(r"\\[A-Za-z]", text) is not None
        self.starts = [0, *(m.end() for m in re.finditer("\n", text))]

    def span(self, start: int, end: int | None = None) -> Span:
        """The span from one index of the text to another."""
        line = bisect_right(self.starts, start)
        column = start - self.starts[line - 1] + 1
        return Span(line, column, column + max(1, (self.at if end is None else end) - start))

    def error(self, message: str, start: int | None = None) -> ReadError:
        """A ReadError at an index of the text."""
        place = self.span(self.at if start is None else start)
        return ReadError(message, place.line, place.column)

    def skip_space(self) -> bool:
        """Move past blanks and alignment marks; whether there were any."""
        start = self.at
        while m := (BORDER if self._at_border() else BLANK).match(self.text, self.at):
            self.at = m.end()
        return self.at > start

    def _at_border(self) -> bool:
        """Whether a dollar sign stands here, and at the border of a formula: not in the midst of one."""
        if not self.text.startswith("$", self.at):
            return False
        before = self.at - 1
        while before >= 0 and self.text[before] in " \t$&":
            before -= 1
        opens = before < 0 or self.text[before] in "\n=" or self.text[before - 1 : before + 1] == "\\\\"
        return opens or BORDER_AFTER.match(self.text, self.at) is not None

    def starts_name(self) -> bool:
        """Whether a name starts here."""
        c = self.text[self.at]
        if c == "\\":
            m = re.compile(r"\\([A-Za-z]+)").match(self.text, self.at)
            if m is not None and m[1] in WRAPPERS:
                return DIGIT.match(self.text, self.at) is None
            return m is not None and (m[1] in GREEK or m[1] in ACCENTS)
        if c == "{":
            return BRACED.match(self.text, self.at) is not None
        return c.isalpha() and c not in "ᵀ∂" and c not in SUPERSCRIPTS

    def name(self) -> NameToken:
        """Read a name with all its scripts, primes and its time."""
        name = self._base()
        while True:
            longer = self._suffix(name)
            if longer is None:
                return _with_words(name)
            name = longer

    def joined(self) -> NameToken | None:
        """The W of Wx_t, where x_t shows that two names are written without a space; None elsewhere."""
        text = self.text
        if m := JOINED_IN_LATEX.match(text, self.at) if self.latex else JOINED.match(text, self.at):
            self.at = m.end()
            base, _, script = m.group().partition("_")
            return NameToken(base, time=0) if script == "t" else NameToken(base, subscript=script)
        return None

    def _base(self) -> NameToken:
        if self.text[self.at] == "{":
            return self._wrapped(self.at, "")
        m = re.compile(r"\\([A-Za-z]+)\s*").match(self.text, self.at)
        if m is None:
            return self._plain_base()
        start, word = self.at, m[1]
        self.at = m.end()
        if word in GREEK:
            return self._increment(GREEK[word])
        if word in ACCENTS or word in WRAPPERS:
            inner = self._wrapped(start, word)
            return replace(inner, accents=inner.accents + ACCENTS[word]) if word in ACCENTS else inner
        if word in SPELLINGS:
            return NameToken(word)
        raise self.error(f"\\{word} is not a name here; a letter was expected", start)

    def _wrapped(self, start: int, word: str) -> NameToken:
        r"""The name inside \word{...}, or the single letter after \word."""
        if not self.text.startswith("{", self.at):
            if self.at >= len(self.text) or not self.starts_name():
                raise self.error(f"\\{word} needs a letter after it, as in \\{word}{{h}}", start)
            return self._base() if self.text[self.at] == "\\" else self._letter()
        self.at += 1
        self.skip_space()
        if self.at >= len(self.text) or not (self.starts_name() or self.text[self.at] == "\\"):
            raise self.error(f"\\{word}{{...}} must hold a name", start)
        self.depth_of_marks += 1
        if self.depth_of_marks > MARKS:
            raise self.error(f"more than {MARKS} accents and fonts inside one another; write fewer", start)
        inner = self.name()
        self.depth_of_marks -= 1
        self.skip_space()
        if not self.text.startswith("}", self.at):
            raise self.error(
                f"\\{word}{{...}} must hold one name; found {self.text[self.at : self.at + 1]!r} in it"
            )
        self.at += 1
        return inner

    def _letter(self) -> NameToken:
        c = unicodedata.normalize("NFD", self.text[self.at])
        self.at += 1
        marks = c[1:]
        while self.at < len(self.text) and unicodedata.combining(self.text[self.at]):
            marks += self.text[self.at]
            self.at += 1
        return NameToken(c[0], marks)

    def _increment(self, letter: str) -> NameToken:
        """Δt is one name, as dt is; any other Greek letter stands alone."""
        m = re.compile(r"[A-Za-zα-ω](?![A-Za-z0-9\u0300-\u036f(])").match(self.text, self.at)
        if letter != "Δ" or m is None:
            return NameToken(letter)
        self.at = m.end()
        return NameToken(letter + m.group())

    def _plain_base(self) -> NameToken:
        if self.text[self.at] == "Δ":
            self.at += 1
            return self._increment("Δ")
        m = re.compile(r"[A-Za-z][A-Za-z0-9]*(?![\u0300-\u036f\u20d0-\u20ff])").match(self.text, self.at)
        if m is None or (self.at + 1 < len(self.text) and unicodedata.combining(self.text[self.at + 1])):
            return self._letter()
        self.at = m.end()
        return NameToken(m.group())

    def _suffix(self, name: NameToken) -> NameToken | None:
        """The name with one more script, prime or time read onto it, or None if none follows."""
        if self.at >= len(self.text):
            return None
        c = self.text[self.at]
        if c in "'′’" and not name.primes:
            m = re.compile("['′’]+").match(self.text, self.at)
            assert m is not None
            self.at = m.end()
            return replace(name, primes=len(m.group()))
        if c == "_":
            return self._subscript(name)
        if c == "^" and not self.text.startswith("^^", self.at):
            return self._label(name)
        if m := re.compile("[₀₁₂₃₄₅₆₇₈₉₊₋ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧ]+").match(self.text, self.at):
            self.at = m.end()
            return self._with_subscript(name, m.group().translate(SUBSCRIPTS), m.start())
        if c in "([" and name.time is None and (m := ARGUMENT.match(self.text, self.at)):
            self.at = m.end()
            return replace(name, time=self._shift(m[1] or m[2], m.start()))
        return None

    def _subscript(self, name: NameToken) -> NameToken:
        start = self.at
        self.at += 1
        while self.at < len(self.text) and self.text[self.at] == " " and self.latex:
            self.at += 1
        if m := re.compile(r"t([+-]\d+)(?![\w.])").match(self.text, self.at):
            raise self.error(
                f"_{m.group()} can be read in two ways; write _{{t{m[1]}}} for a time, or blanks around "
                "the sign",
                start,
            )
        script = self._script(r"[A-Za-z0-9]" if self.latex else rf"{WORD}(?:_{WORD})*")
        if script is None:
            raise self.error("a subscript was expected after '_'", start)
        return self._with_subscript(name, script, start)

    def _label(self, name: NameToken) -> NameToken | None:
        """A superscript that is a time or a label; powers and transposes are left to the grammar."""
        start = self.at
        self.at += 1
        script = self._script(r"[A-Za-z]+|\([^()\n]{1,20}\)|<[^<>\n]{1,20}>")
        bare = "" if script is None else re.sub(r"\s", "", script)
        turned = bare in ("T", "⊤", "ᵀ", "top")
        if turned and not name.subscript and self.text.startswith("_", self.at):
            return replace(name, turned=True)
        if script is None or turned or re.fullmatch(r"[+-]?\d+|⊙\d+|-[T⊤]", bare):
            self.at = start
            return None
        if bare in ("'", "′", "prime"):
            return replace(name, primes=name.primes + 1)
        m = TIME.fullmatch(script)
        if m and not m["label"]:
            return replace(name, time=self._shift(m["shift"], start))
        marked, label = bare[:1] in "(<⟨", bare.strip("()<>⟨⟩")
        if not re.fullmatch(r"[\w,]+" if marked else r"[^\W\d_][^\W_]*(?:,[^\W_]+)*", label) or (
            not marked and re.search(r"\s", script.strip())
        ):
            raise self.error(
                f"cannot read the superscript {script!r}; a whole power, T, a time or a label in brackets, "
                "as in W^{(z)}, was expected; write exp(...) for any other power",
                start,
            )
        return replace(name, label=label, raised=not marked)

    def _script(self, single: str) -> str | None:
        """The text of a script: {...} with wrappers removed, a parenthesis, or one bare piece."""
        if self.text.startswith("{", self.at):
            depth, i = 0, self.at
            while i < len(self.text) and self.text[i] != "\n":
                depth += {"{": 1, "}": -1}.get(self.text[i], 0)
                i += 1
                if depth == 0:
                    script = _unwrapped(self.text[self.at + 1 : i - 1])
                    self.at = i
                    return script
            raise self.error("'{' is never closed")
        if m := re.compile(r"\\([A-Za-z]+)").match(self.text, self.at):
            if m[1] in GREEK or m[1] in ("top", "prime", "intercal"):
                self.at = m.end()
                return {"intercal": "T", "top": "T", "prime": "'"}.get(m[1]) or GREEK[m[1]]
            if m[1] in WRAPPERS and self.text.startswith("{", m.end()):
                self.at = m.end()
                return self._script(single)
            return None
        if m := re.compile(rf"\(\s*t\s*(?:[+-]\s*\d+)?\s*\)|{single}|[α-ωΑ-Ω]|⊤").match(self.text, self.at):
            self.at = m.end()
            return m.group()
        return None

    def _shift(self, text: str | None, start: int) -> int:
        shift = int(re.sub(r"\s", "", text or "0")[:9])
        if abs(shift) > FURTHEST:
            raise self.error(
                f"a time more than {FURTHEST} steps away; a step knows t-1 and t, as in h_{{t-1}}", start
            )
        return shift

    def _with_subscript(self, name: NameToken, script: str, start: int) -> NameToken:
        script = script.strip()
        m = TIME.fullmatch(script)
        if m and name.time is None:
            name, script = replace(name, time=self._shift(m["shift"], start)), m["label"] or ""
        script = unicodedata.normalize("NFC", re.sub(r"\s", "", script))
        if not re.fullmatch(r"(?:[\w,|]|[\u0300-\u036f])*", script):
            raise self.error(
                f"cannot read the subscript {script[:20]!r} of {name.base}; letters, digits, commas or a "
                "time such as t-1 were expected",
                start,
            )
        joined = f"{name.subscript}_{script}" if name.subscript and script else name.subscript or script
        return replace(name, subscript=joined)


def _unwrapped(script: str) -> str:
    r"""The plain text of a LaTeX script: `\\text{new}` -> `new`, `\\langle t \\rangle` -> `<t>`."""
    script = re.sub(r"\\(?:" + "|".join(sorted(WRAPPERS)) + r")\s*(?=[{\s])", "", script)
    script = re.sub(r"\\(?:langle|lt)\b", "<", re.sub(r"\\(?:rangle|gt)\b", ">", script))
    script = re.sub(r"\\(?:left|right|,|;|!)", "", script).replace("\\prime", "'")
    script = re.sub(r"\\(?:top|intercal)\b", "T", script).replace("\\odot", "⊙")
    script = re.sub(r"\\([A-Za-z]+)", lambda m: GREEK.get(m[1], m[1]), script)
    return script.replace("{", "").replace("}", "").strip()


def _with_words(name: NameToken) -> NameToken:
    """Words in a subscript that are an accent or a time: `h_tilde`, `h_prev`, `h_new`."""
    words = name.subscript.split("_") if re.fullmatch(r"\w+", name.subscript) else []
    kept = []
    for word in words:
        if word in ("tilde", "hat", "bar"):
            name = replace(name, accents=name.accents + ACCENTS[word])
        elif word in WORDS_OF_TIME and name.time is None and (word != "t" or len(words) > 1):
            name = replace(name, time=WORDS_OF_TIME[word], fresh=word in ("new", "next"))
        else:
            kept.append(word)
    return replace(name, subscript="_".join(kept)) if words else name
