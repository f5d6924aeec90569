"""The formulas of a certificate read: those of cells, with changes d(u) and places in concatenations."""

from __future__ import annotations

from collections.abc import Mapping

from grusym.errors import ReadError
from grusym.language.cell import Shape
from grusym.language.closing import Closing
from grusym.language.expression import (
    Columns,
    Concatenation,
    Expression,
    Increment,
    Number,
    Section,
    Transpose,
    substituted,
    unplaced,
    walk,
)
from grusym.language.grammar import Grammar
from grusym.language.kinds import ROW, SCALAR, Kind
from grusym.language.lexer import Token, tokens
from grusym.language.scanner import NameToken
from grusym.language.shapes import shape_of
from grusym.language.surface import resolved
from grusym.language.times import written

KINDS = ("scalar", "vector", "matrix")


def formula(text: str, shapes: Mapping[str, Shape], change: str) -> Expression:
    """A formula in names of known shapes. Raises ReadError at what is none."""
    line = [t for t in tokens(text) if t.kind != "line"][:-1]
    if any(t.kind == "comment" for t in line):
        raise ReadError("a formula holds a comment")
    return unplaced(_Reader(shapes, change).tree(line))


class _Reader:
    def __init__(self, shapes: Mapping[str, Shape], change: str) -> None:
        self.shapes, self.change = shapes, change
        self.known = {name: KINDS[len(shape)] for name, shape in shapes.items()}
        self.nodes: dict[str, Expression] = {}

    def tree(self, line: list[Token]) -> Expression:
        """The expression of tokens, each d(...) and columns(...) read on its own."""
        kept, i = [], 0
        while i < len(line):
            name = line[i].name
            word = name.canonical if name and name.time is None else ""
            special = word in (self.change, "columns", "entries") and word not in self.shapes
            if special and line[i + 1 : i + 2] and line[i + 1].text == "(":
                end = _closing(line, i + 1)
                node = self.special(word, line[i + 2 : end])
                found = NameToken(f"node{len(self.nodes)}")
                while found.canonical in self.known:
                    found = NameToken(found.base + "x")
                self.nodes[found.canonical] = node
                self.known[found.canonical] = self._kind(node)
                kept.append(Token("name", found.base, line[i].span, found, line[i].spaced))
                i = end
            else:
                kept.append(line[i])
            i += 1
        if not kept:
            raise ReadError("a formula is empty")
        e = Grammar(kept).whole()
        for use in written(e):
            if use.name.time is not None or use.name.canonical not in self.known:
                raise ReadError(f"unknown name {use.name.canonical}")
        e = resolved(e, {id(use): use.name.canonical for use in written(e)})
        return substituted(_Closing((), self.known, rows=True).close(e), self.nodes)

    def special(self, word: str, inside: list[Token]) -> Expression:
        """The node of d(u), columns(W, [u, v], 1) or entries(g, [u, v], 1)."""
        if word == self.change:
            node: Expression = Increment(self.tree(inside))
        else:
            parts = [self.tree(part) for part in _split(inside)]
            match parts:
                case [whole, Concatenation(parts=p) as stacked, Number(value=k)] if k in range(1, len(p) + 1):
                    place = Columns if word == "columns" else Section
                    node = place(whole, stacked, int(k) - 1)
                case _:
                    raise ReadError(f"{word} takes a whole, a concatenation and the number of a part")
        return node

    def _kind(self, node: Expression) -> str:
        if not isinstance(node, Increment):
            return "matrix" if isinstance(node, Columns) else "vector"
        if any(isinstance(e, Increment) for e in walk(node.operand)):
            raise ReadError("a change of a change")
        return KINDS[len(shape_of(node.operand, self.shapes))]


class _Closing(Closing):
    """In a gradient a scalar may be transposed: 1ᵀ g is the sum of the entries of g."""

    def _kind(self, e: Expression, wanted: Kind) -> Kind:
        if isinstance(e, Transpose) and self.kind(e.operand) == SCALAR:
            return ROW
        return super()._kind(e, wanted)

    def _may_turn(self, e: Expression) -> None:
        pass


def _closing(line: list[Token], opened: int) -> int:
    depth = 0
    for i, token in enumerate(line[opened:], opened):
        if token.kind == "operator":
            depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
        if depth == 0:
            return i
    raise ReadError("a bracket is never closed")


def _split(line: list[Token]) -> list[list[Token]]:
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in line:
        if token.kind == "operator":
            depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
        if depth == 0 and token.kind == "operator" and token.text == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return parts
