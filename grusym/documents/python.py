"""Python: mathematics in docstrings and comments, and the assignments of code; parsed, never run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from grusym.documents.passages import Passage, Problem
from grusym.documents.restructured import restructured
from grusym.documents.text import Lines, Text, joined

_COMMENT = re.compile(r"#[ \t]?([^\n]*)")
_MATHEMATICAL = re.compile(r"[=∂∇δ≤∏∑]|\\frac|\\partial")


def python(text: Text) -> Iterator[Passage | Problem]:
    """The passages of a Python file in order: docstrings as reStructuredText, then code."""
    yield from source_code(text, "")


def source_code(text: Text, unit: str) -> Iterator[Passage | Problem]:
    """Docstrings, comments with formulas, and the assignments of each function; of broken code, its lines."""
    plain = re.sub(r"^[ \t]*[%!][^\n]*", lambda m: " " * len(m[0]), text.chars, flags=re.MULTILINE)
    try:
        tree = ast.parse(plain)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None) or 1
        starts = [0, *(m.end() for m in re.finditer("\n", text.chars))]
        at = min(starts[min(line, len(starts)) - 1], max(len(text) - 1, 0))
        if text.chars.strip():
            yield Problem(
                text.places[at] if text.places else 0,
                "this code cannot be parsed; its lines are read as formulas",
            )
            yield Passage("code", text, unit)
        return
    reader = _Code(text, unit)
    reader.body(tree, unit)
    yield from sorted(reader.found, key=lambda p: p.text.start if isinstance(p, Passage) else p.offset)


class _Code:
    """Walks a module; names what it finds by the function it stands in."""

    def __init__(self, text: Text, unit: str) -> None:
        self.text, self.found = text, list[Passage | Problem]()
        self.starts = [0, *(m.end() for m in re.finditer("\n", text.chars))]
        self.lines = Lines(text.chars)

    def offset(self, line: int, column: int) -> int:
        """The place of a line and a column in bytes, as ast counts them."""
        start = self.starts[line - 1]
        row = self.text.chars[start : self.starts[line] if line < len(self.starts) else None]
        return start + len(row.encode()[:column].decode(errors="ignore"))

    def cut(self, node: ast.AST) -> Text:
        """The source of a node."""
        first = self.offset(node.lineno, node.col_offset)  # type: ignore[attr-defined]
        last = self.offset(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]
        return self.text.cut(first, last)

    def body(self, node: ast.AST, unit: str) -> None:
        """The docstring and the assignments of a module, a class or a function, then what is in it."""
        statements: list[ast.stmt] = getattr(node, "body", [])
        first = statements[0] if statements else None
        if (
            isinstance(first, ast.Expr)
            and isinstance(first.value, ast.Constant)
            and isinstance(first.value.value, str)
        ):
            self._docstring(first.value, unit)
        self._assignments(statements, unit)
        for child in statements:
            self._inside(child, unit)

    def _inside(self, child: ast.stmt, unit: str) -> None:
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            self.body(child, f"{unit}.{child.name}".strip("."))
            return
        for name in ("body", "orelse", "finalbody"):
            inner = getattr(child, name, None)
            if isinstance(inner, list):
                for statement in inner:
                    self._inside(statement, unit)

    def _docstring(self, node: ast.Constant, unit: str) -> None:
        whole = self.cut(node)
        m = re.match(r"[rRuU]*(\"{3}|'{3}|\"|')", whole.chars)
        if m is None:
            return
        inner = whole.cut(m.end(), len(whole) - len(m[1]))
        if "r" not in m.group().lower():
            inner = inner.replaced(re.compile(r"\\\\"), r"\\\\")
        self.found += list(restructured(inner, unit))

    def _assignments(self, statements: list[ast.stmt], unit: str) -> None:
        """All assignments of one function in order, one a line; a comment behind one is left out."""
        pieces: list[Text] = []
        for node in _flat(statements):
            if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
                line = self.cut(node).replaced(_COMMENT, "").replaced(re.compile(r"[ \t]*\\?\n[ \t]*"), " ")
                pieces += [line, Text("\n", (line.end - 1,))]
        if pieces:
            self.found.append(Passage("code", joined(pieces), unit))


def _flat(statements: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements of loops and branches with the rest, not those of functions in them."""
    for node in statements:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        yield node
        for name in ("body", "orelse", "finalbody"):
            inner = getattr(node, name, None)
            if isinstance(inner, list):
                yield from _flat(inner)
