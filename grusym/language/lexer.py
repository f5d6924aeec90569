"""Text to tokens: Unicode, LaTeX and NumPy-like spellings of a formula become one stream."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction

from grusym.language.activations import SPELLINGS, unknown_function
from grusym.language.expression import Span
from grusym.language.extrema import EXTREMA_SPELLINGS
from grusym.language.scanner import DIGIT, NameToken, Scanner
from grusym.language.spelling import (
    COMMANDS,
    ENTRY,
    GAP,
    LIBRARIES,
    MODULE,
    NUMBERED,
    OPERATORS,
    OWNER,
    SKIPPED,
    SUPERSCRIPTS,
    WRAPPERS,
)

EQUATIONS = re.compile(r"\s*\\(?:displaystyle\b|textstyle\b|begin\s*\{(?!.?matrix))")
MATRIX = re.compile(r"\\(begin|end)\s*\{(?:[pb]?matrix\}|array\}\s*\{\s*[lcr]\s*\}|array\}(?!\s*\{))")
SUMS = "sums and products over an index are not read; write whole vectors and matrices, as in W x"


@dataclass(frozen=True)
class Token:
    """One token: kind is name, number, command, operator, power, comment, line or end."""

    kind: str
    text: str
    span: Span
    name: NameToken | None = None
    spaced: bool = False  # white space stood before it
    value: Fraction | None = None  # of a number put together from two, as 1/3 is


class Lexer(Scanner):
    """Reads a text once, left to right, keeping every position."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.depth = 0
        self.columns: list[int] = []  # the depths inside which two backslashes part the entries of a column
        self.outer: list[int] = []  # the depths at which braces stand around whole equations
        self.tokens: list[Token] = []

    def run(self) -> list[Token]:
        """All tokens of the text, ending with one of kind `end`."""
        while self.at < len(self.text):
            spaced = self.skip_space()
            if self.at < len(self.text):
                self._token(spaced)
        self._put("line", "\n", self.at)
        self._put("end", "", self.at)
        return self.tokens

    def _put(
        self, kind: str, text: str, start: int, spaced: bool = False, name: NameToken | None = None
    ) -> None:
        self.tokens.append(Token(kind, text, self.span(start), name, spaced))

    def _token(self, spaced: bool) -> None:
        start, c = self.at, self.text[self.at]
        if c == "\n" or self.text.startswith("\\\\", self.at):
            self._line_break()
        elif c in "#%" or self.text.startswith("//", self.at):
            self._comment()
        elif (spaced and self._role()) or (c == "(" and self._number_of_equation()):
            return
        elif m := re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+").match(self.text, self.at):
            self.at = m.end()
            if re.compile(r"\.\d").match(self.text, self.at):
                raise self.error(f"{m.group()} is followed by a second decimal point; write one", start)
            self._put("number", m.group(), start, spaced)
        elif c == "\\" and not self.starts_name():
            self._command(spaced)
        elif self.starts_name():
            if m := LIBRARIES.match(self.text, self.at):
                self.at = m.end()
                self._elementwise(start)
            if m := OWNER.match(self.text, self.at):
                self.at = m.end()
            name = self._in_code() or self.joined() or self.name()
            self._put("name", self.text[start : self.at], start, spaced, replace(name, turned=False))
            if name.turned:
                self._put("operator", "ᵀ", start)
        else:
            self._operator(spaced)

    def _line_break(self) -> None:
        start = self.at
        if self.text[self.at] == "\\":
            self.at += 2
            if m := re.compile(r"\*?\s*\[[\d.\s]*(?:pt|em|ex|mm|cm)\]").match(self.text, self.at):
                self.at = m.end()
            if self.columns and self.columns[-1] == self.depth:
                self._put("operator", ",", start)
        else:
            self.at += 1
        if self.depth == 0:
            self._put("line", "\n", start)

    def _comment(self) -> None:
        start = self.at
        end = self.text.find("\n", start)
        self.at = len(self.text) if end < 0 else end
        words = self.text[start : self.at].lstrip("#%/ ").strip()
        self._put("comment", words, start)

    def _role(self) -> bool:
        """Plain words after a wide gap name the value's role, as a printed cell shows them."""
        last = self.tokens[-1] if self.tokens else None
        closed = last is not None and (last.kind not in ("line", "operator") or last.text in (")", "]", "'"))
        if self.depth or not closed or not self.text[: self.at].endswith("   "):
            return False
        end = self.text.find("\n", self.at)
        rest = self.text[self.at : len(self.text) if end < 0 else end].strip()
        if not re.fullmatch(r"[a-z][a-z,\- ]*[a-z]{3,}[a-z,\- ]*", rest):
            return False
        start, self.at = self.at, len(self.text) if end < 0 else end
        self._put("comment", rest, start)
        return True

    def _number_of_equation(self) -> bool:
        """(3) after a wide gap at the end of a line, which numbers the equation."""
        m = NUMBERED.match(self.text, self.at)
        if m is None or self.depth or not GAP.search(self.text, max(0, self.at - 20), self.at):
            return False
        self.at = m.end()
        return True

    def _command(self, spaced: bool) -> None:
        start = self.at
        m = re.compile(r"\\([A-Za-z]+)\*?|\\(.)", re.DOTALL).match(self.text, self.at)
        if m is None:
            raise self.error("a lone backslash at the end of the text")
        self.at = m.end()
        word = m[1] or m[2]
        if word in SKIPPED or word in ",;:!> ()[]":
            if self.text.startswith(".", self.at) and word in ("left", "right"):
                self.at += 1
            return
        if (m := MATRIX.match(self.text, start)) and (m[1] == "begin" or self.columns):
            self.at = m.end()
            self._column(m[1] == "begin", start, spaced)
            return
        if word in ("begin", "end"):
            if n := re.compile(r"\s*\{\w+\*?\}(?:\{[lcr@{}|\s]*\}|\[[tbc]\])?").match(self.text, self.at):
                self.at = n.end()
            if word == "begin" or self.depth == 0:
                self._put("line", "\n", start)
            return
        if word in ("tag", "label"):
            if n := re.compile(r"\*?\s*\{[^{}]*\}").match(self.text, self.at):
                self.at = n.end()
            return
        if word in WRAPPERS and (m := DIGIT.match(self.text, start)):
            self.at = m.end()
            self._put("number", m[1], start, spaced)
        elif word in ("sum", "prod"):
            raise self.error(SUMS, start)
        elif word in SPELLINGS or word in EXTREMA_SPELLINGS:
            self._put("name", word, start, spaced, NameToken(word))
        elif word in COMMANDS:
            self._symbol(COMMANDS[word], start, spaced)
        elif word in "{}|":
            self._symbol(word, start, spaced)
        else:
            raise self.error(f"unknown command \\{word}; {unknown_function(word)}", start)

    def _in_code(self) -> NameToken | None:
        """The W_z of P['W_z'], the tanh of nn.Tanh()(u); None elsewhere."""
        start = self.at
        if m := MODULE.match(self.text, self.at):
            self.at = m.end()
            return NameToken(m["name"].lower())
        if m := ENTRY.match(self.text, self.at):
            inner = Scanner(m["name"])
            if inner.starts_name():
                name = inner.name()
                if inner.at == len(inner.text):
                    self.at = m.end()
                    return name
            raise self.error(f"{m.group()} must hold one name between its quotes, as in P['W_z']", start)
        return None

    def _elementwise(self, start: int) -> None:
        """Refuse np.max(u, 0), the maximum of all entries along an axis, which looks like max(u, 0)."""
        if m := re.compile(r"(max|min)\s*\(").match(self.text, self.at):
            whole = f"{self.text[start : self.at]}{m[1]}"
            raise self.error(f"{whole} is one over an axis; write {whole}imum(u, v) for two vectors", start)

    def _operator(self, spaced: bool) -> None:
        start = self.at
        if m := re.compile(r"\*\*|:=|<-|;").match(self.text, self.at):
            self.at = m.end()
            text = {"**": "^", ":=": "=", "<-": "=", ";": ";"}[m.group()]
            if text == ";" and self.depth == 0:
                self._put("line", ";", start)
                return
            self._symbol(text, start, spaced)
            return
        c = self.text[self.at]
        self.at += 1
        if c in SUPERSCRIPTS:
            self._put("power", str(SUPERSCRIPTS[c]), start, spaced)
            return
        if c in "∑∏":
            raise self.error(SUMS, start)
        c = OPERATORS.get(c, c)
        if c not in "+-*⊙·×/@=^()[]{},.ᵀ'′’|:∂~":
            raise self.error(f"cannot read the character {c!r} (U+{ord(c):04X})", start)
        if c != "~":  # a tie in LaTeX is a space
            self._symbol(c, start, spaced)

    def _column(self, begins: bool, start: int, spaced: bool) -> None:
        r"""[u, v] written as \begin{pmatrix} u \\ v \end{pmatrix}."""
        self._symbol("[" if begins else "]", start, spaced)
        if begins:
            self.columns.append(self.depth)
        elif self.columns:
            self.columns.pop()

    def _around_equations(self, text: str) -> bool:
        r"""Whether a brace stands around whole equations, as in {\displaystyle ...}, and says nothing."""
        if text == "{" and EQUATIONS.match(self.text, self.at):
            self.outer.append(self.depth)
            return True
        if text == "}" and self.outer and self.outer[-1] == self.depth:
            self.outer.pop()
            return True
        return False

    def _symbol(self, text: str, start: int, spaced: bool) -> None:
        if self._around_equations(text):
            return
        if text in "([{" and len(text) == 1:
            self.depth += 1
        elif text in ")]}" and len(text) == 1:
            self.depth = max(0, self.depth - 1)
        self._put("operator", text, start, spaced)


def tokens(text: str) -> list[Token]:
    """The tokens of a text.

    Raises ReadError with line and column at a character or command that no formula has.
    """
    return Lexer(text).run()
