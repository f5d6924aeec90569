"""Text of claims over steps to tokens: every script is kept as written, for times have any letter here."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from fractions import Fraction

from grusym.errors import ReadError
from grusym.language.lexer import Lexer, Token
from grusym.language.scanner import NameToken
from grusym.language.spelling import DASHES

PARTED = "\x1f"  # stands between the scripts of one name
RELATIONS = {"le": "≤", "leq": "≤", "leqslant": "≤", "ge": "≥", "geq": "≥", "approx": "≈", "simeq": "≈"}
RELATIONS |= {"equiv": "=", "sim": "∼", "propto": "∼", "triangleq": "=", "coloneqq": "=", "lesssim": "≲"}
IMMEDIATE = "⁺"  # of ∂⁺h/∂W, the derivative by W in the step itself (Werbos)
BIG = {"sum": "sum", "prod": "prod", "∑": "sum", "∏": "prod"}
DOTS = {"ldots", "dots", "cdots", "dotsc", "dotsb", "dotsm", "hdots"}
BARS = {"vert", "lvert", "rvert", "Vert", "lVert", "rVert", "|", "lVerti", "rVerti"}
_PATH = re.compile(r"(?:(?!T\.)[A-Za-z_]\w*\.)+(?!(?:T|dot|sum|matmul|mm)\b)(?=[A-Za-z_])")
_KEYED = re.compile(r"[A-Za-z_][\w.]*\[\s*(['\"])([^'\"\]\n]{1,40})\1\s*\]")
_STEP = re.compile(r"\[\s*([A-Za-z]\w?\s*(?:[+-]\s*\d{1,2})?)\s*\]|\(\s*(t\s*(?:[+-]\s*\d{1,2})?)\s*\)")
_CAST = re.compile(r"(?:T|float|np\.float\d+|double)\s*\(\s*(\d+(?:\.\d*)?)\s*\)")
_SWAPPED = re.compile(r"(\^(?:\d|\{\d\}))(_(?:\{[^{}\n]*\}|[A-Za-z0-9]))")  # h^2_t
_LOOP = re.compile(
    r"^[ \t]*(?:for|while|if|with)\b[^\n:]*:[ \t]*(?=\n|$)", re.MULTILINE
)  # for t in reversed(range(T)):
_PARTS = "¼½¾⅓⅔⅛"
_FUNCTION = re.compile(r"\{\s*(\\?(?:tanh|sigma|mathrm\{tanh\}))\s*\}(?=\s*(?:\^|\())")


def _prepared(text: str) -> str:
    r"""The text, as long as it was, with h^2_t as h_t^2, {tanh}^2 as tanh^2 and \' as a prime."""
    text = text.replace("\\'", "'\u200b").replace("\\_", "_\u200b").translate(DASHES)
    text = text.replace(r"\mathrel{+}=", "+=           ").replace(r"\partial^+", "\\partial⁺ ")
    text = _LOOP.sub(lambda m: " " * len(m[0]), text)
    text = _SWAPPED.sub(r"\2\1", text)
    return _FUNCTION.sub(lambda m: m[0].replace("{", " ", 1)[::-1].replace("}", " ", 1)[::-1], text)


class WideLexer(Lexer):
    """A lexer that reads what documents write of many steps and of code."""

    def __init__(self, text: str) -> None:
        super().__init__(_prepared(text))

    # ---- names ---------------------------------------------------------------------------------

    def name(self) -> NameToken:
        """A name whose scripts are kept as they stand."""
        name = self._base()
        while (longer := self._suffix(name)) is not None:
            name = longer
        return name

    def joined(self) -> NameToken | None:
        """The W of Wx_t, where no underscore says where a name ends."""
        m = re.compile(r"[A-Z](?=[a-z]_\{?t)").match(self.text, self.at)
        if m is None:
            return None
        self.at = m.end()
        return NameToken(m.group())

    def _suffix(self, name: NameToken) -> NameToken | None:
        if m := _STEP.match(self.text, self.at):
            self.at = m.end()
            return _scripted(name, (m[1] or m[2]).replace(" ", ""))
        return super()._suffix(name)

    def _subscript(self, name: NameToken) -> NameToken:
        start = self.at
        self.at += 1
        while self.text.startswith(" ", self.at) and self.latex:
            self.at += 1
        word = not self.latex or self.text.startswith("\u200b", self.at)  # grad\_h is a word of code
        self.at += self.text.startswith("\u200b", self.at)
        single = r"\([A-Za-z]\s*[+-]\s*\d\)|[^\W⁰¹²³⁴⁵⁶⁷⁸⁹ᵀ]+" if word else r"[A-Za-z0-9]"
        script = self._script(single)
        if script is None:
            raise self.error("a subscript was expected after '_'", start)
        return _scripted(name, script)

    def _with_subscript(self, name: NameToken, script: str, start: int) -> NameToken:
        return _scripted(name, script)

    def _label(self, name: NameToken) -> NameToken | None:
        start = self.at
        self.at += 1
        single = "[A-Za-z]" if self.latex else r"[A-SU-Za-z][A-Za-z]*|T(?![A-Za-z])"
        script = self._script(rf"{single}|\([^()\n]{{1,20}}\)|<[^<>\n]{{1,20}}>")
        plain = "" if script is None else re.sub(r"\s", "", script)
        if plain in ("T", "⊤", "ᵀ", r"\top") and not name.subscript and self.text.startswith("_", self.at):
            return replace(name, turned=True)  # W^T_{hi}
        if script is None or re.fullmatch(r"[+-]?\d+|⊙\d+|-?[T⊤ᵀ]|\\?(?:top|intercal)|\*", plain):
            self.at = start
            return None
        if plain in ("'", "′", "prime"):
            return replace(name, primes=name.primes + 1)
        turned = re.fullmatch(r"(.*[)>\d])(?:T|⊤|\\top|\\intercal)", plain)  # x^{(t) T}
        if turned is not None:
            name, script = replace(name, turned=True), turned[1]
        joined = f"{name.label}{PARTED}{script}" if name.label else script
        return replace(name, label=joined)

    def _script(self, single: str) -> str | None:
        """A script as it stands, so that names in it keep their accents; fonts and angle signs removed."""
        if not self.text.startswith("{", self.at):
            return super()._script(single)
        depth, start = 0, self.at
        for i in range(start, len(self.text)):
            depth += {"{": 1, "}": -1}.get(self.text[i], 0)
            if depth == 0:
                self.at = i + 1
                return _plain(self.text[start + 1 : i])
        raise self.error("'{' is never closed")

    # ---- tokens --------------------------------------------------------------------------------

    def _token(self, spaced: bool) -> None:
        start = self.at
        raised = self.latex and bool(self.tokens) and self.tokens[-1].text == "^"
        if raised and (m := re.compile("T(?=[A-Za-z])").match(self.text, self.at)):  # W^Tdiag(...)
            self.at = m.end()
            self._put("name", "T", start, spaced, NameToken("T"))
        elif m := re.compile(r"\\(?:nabla|triangledown)(?![A-Za-z])|∇").match(self.text, self.at):
            self.at = m.end()
            name = NameToken("∇")
            while (longer := self._suffix(name)) is not None:
                name = longer
            self._put("name", "∇", start, spaced, name)
        elif self.text[self.at] == "⁺" and self.tokens and self.tokens[-1].text == "∂":
            self.at += 1
            self._put("operator", IMMEDIATE, start, spaced)
        elif self.text.startswith("⊗", self.at):
            self.at += 1
            self._put("operator", "⊗", start, spaced)
        elif m := re.compile(r"\.{3}|…|⋯").match(self.text, self.at):
            self.at = m.end()
            self._put("dots", m.group(), start, spaced)
        elif m := re.compile(r"\+=|-=|<=|>=|≤|≥|≈|∼|≲").match(self.text, self.at):
            self.at = m.end()
            sign = {"<=": "≤", ">=": "≥"}.get(m.group(), m.group())
            self._put("operator", sign, start, spaced)
        elif self.text[self.at] in _PARTS:
            self.at += 1
            self._put("number", self.text[start], start, spaced)
            exact = Fraction(unicodedata.numeric(self.text[start])).limit_denominator(8)
            self.tokens[-1] = replace(self.tokens[-1], value=exact)
        elif self.text[self.at] == "|" and not self.text.startswith("||", self.at):
            self.at += 1
            self._put("operator", "|", start, spaced)
        elif m := re.compile(r"‖|\|\||∥").match(self.text, self.at):
            self.at = m.end()
            self._bar(start, spaced)
        elif m := re.compile(r"[∑∏]|[ΣΠ](?=_)").match(self.text, self.at):
            self.at = m.end()
            self._big("sum" if m.group() in "∑Σ" else "prod", start, spaced)
        elif not self.latex and (m := _CAST.match(self.text, self.at)):
            self.at = m.end()
            self._put("number", m[1], start, spaced)
        elif not self.latex and (m := _KEYED.match(self.text, self.at)):
            self.at = m.end()
            self._put("name", m[2], start, spaced, WideLexer(m[2]).name())
        elif not self.latex and (m := _PATH.match(self.text, self.at)):
            self.at = m.end()
        else:
            super()._token(spaced)

    def _command(self, spaced: bool) -> None:
        start = self.at
        m = re.compile(r"\\([A-Za-z]+|\|)\*?").match(self.text, self.at)
        word = m[1] if m is not None else ""
        if m is not None and (word in BIG or word in RELATIONS or word in DOTS or word in BARS):
            self.at = m.end()
            if word in BIG:
                self._big(BIG[word], start, spaced)
            elif word in DOTS:
                self._put("dots", "…", start, spaced)
            elif word in ("vert", "lvert", "rvert"):
                self._put("operator", "|", start, spaced)
            elif word in BARS:
                self._bar(start, spaced)
            else:
                self._put("operator", RELATIONS[word], start, spaced)
        elif word == "otimes" and m is not None:
            self.at = m.end()
            self._put("operator", "⊗", start, spaced)
        elif word == "prime" and m is not None:
            self.at = m.end()
            self._put("operator", "'", start, spaced)
        elif (
            m is not None
            and word in ("max", "sup")
            and re.match(r"\s*(?:\\limits)?\s*_", self.text[m.end() : m.end() + 20])
        ):
            self.at = m.end()
            self._big("max", start, spaced)
        elif m is not None and word in ("infty", "max", "sup", "min", "det", "Tr"):
            self.at = m.end()
            self._put("name", word, start, spaced, NameToken({"infty": "∞", "sup": "max"}.get(word, word)))
        else:
            super()._command(spaced)

    def _bar(self, start: int, spaced: bool) -> None:
        """‖, with the kind of norm after the closing one."""
        which = ""
        if m := re.compile(r"_(\{\s*\\?\w+\s*\}|\\infty|\w|∞)").match(self.text, self.at):
            self.at = m.end()
            which = m[1].strip("{} ").replace("\\infty", "∞")
        self._put("operator", "‖", start, spaced, NameToken(which))

    def _big(self, kind: str, start: int, spaced: bool) -> None:
        """A sum or product sign with its limits."""
        limits = NameToken(kind)
        while True:
            if m := re.compile(r"\s*\\limits").match(self.text, self.at):
                self.at = m.end()
            m = re.compile(r"\s*([_^])\s*").match(self.text, self.at)
            if m is None:
                break
            self.at = m.end()
            script = self._script(r"[A-Za-z0-9]|\([^()\n]{1,20}\)")
            if script is None:
                raise self.error("a limit of the sum or product was expected", start)
            limits = replace(limits, subscript=script) if m[1] == "_" else replace(limits, label=script)
        self._put("big", kind, start, spaced, limits)

    def _role(self) -> bool:
        return False


def _plain(script: str) -> str:
    """A script without fonts and spacing, angle signs as < and >."""
    script = re.sub(r"\\(?:langle|lt)(?![A-Za-z])", "<", re.sub(r"\\(?:rangle|gt)(?![A-Za-z])", ">", script))
    script = re.sub(r"\\tau(?![A-Za-z])", "τ", script)
    script = re.sub(r"\\(?:left|right)(?![A-Za-z])|\\[,;!: ]", "", script)
    script = re.sub(
        r"\\(?:text|textrm|mathrm|mathbf|boldsymbol|bm|operatorname)\s*\{([^{}]*)\}", r"\1", script
    )
    return "'" if script.strip() in ("\\prime", "′") else script.strip()


def _scripted(name: NameToken, script: str) -> NameToken:
    return replace(name, subscript=f"{name.subscript}{PARTED}{script}" if name.subscript else script)


def wide_tokens(text: str) -> list[Token]:
    """The tokens of a claim over steps; ReadError at what none has."""
    try:
        return WideLexer(text).run()
    except RecursionError:
        raise ReadError("brackets and scripts nested too deeply to read; write fewer", 1, 1) from None
