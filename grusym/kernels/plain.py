"""One derived matrix as a NumPy function to copy: plain names, one vector at a time."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterable
from typing import Any

from grusym.kernels.names import Names
from grusym.language.activations import ACTIVATIONS
from grusym.language.cell import Cell
from grusym.language.expression import (
    ZERO,
    Activation,
    Columns,
    Concatenation,
    Diagonal,
    Expression,
    Hadamard,
    Identity,
    Name,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Section,
    Sum,
    Transpose,
    names_in,
    walk,
)
from grusym.language.shapes import shape_of

TIGHT = (Name, Activation, Diagonal, Identity, Concatenation, Columns, Section)


def plain_source(cell: Cell, of: str, by: str, matrix: Expression) -> str:
    """A NumPy module with one function that returns the matrix ∂of/∂by.

    Method: the cell's equations are written out as far as the matrix needs them, then the matrix itself;
    the function takes the inputs, states and weights that these use.
    """
    return _Plain(cell).module(of, by, matrix)


class _Plain:
    """Expressions of one cell as Python text."""

    def __init__(self, cell: Cell) -> None:
        self.cell = cell
        self.names = Names(cell.shapes, [s.name for s in cell.sizes])

    def module(self, of: str, by: str, matrix: Expression) -> str:
        """The whole text."""
        needed = self._needed(names_in(matrix))
        equations = [e for e in self.cell.equations if e.left in needed]
        used = {by} | {name for e in equations for name in names_in(e.right)} | set(names_in(matrix))
        body = [f"{self.names[e.left]} = {self.code(e.right)}" for e in equations]
        rows, columns = (self._size(self.cell.shapes[name][0]) for name in (of, by))
        result = f"np.zeros(({rows}, {columns}))" if matrix == ZERO else self._result(matrix, str(rows))
        text = "\n".join([*body, f"return {result}"])
        sizes, used = self._sizes(text, used)
        given = [n for n in (*self.cell.inputs, *self.cell.states, *self.cell.weights) if n in used]
        head = f"def jacobian({', '.join(self.names[n] for n in given)}):"
        about = f'"""The matrix of derivatives of {self.names[of]} (rows) by {self.names[by]} (columns)."""'
        functions = self._functions([*(e.right for e in equations), matrix])
        function = "\n".join([head, textwrap.indent("\n".join([about, *sizes, text]), "    ")])
        return "\n\n\n".join(["import numpy as np", *functions, function])

    def _result(self, matrix: Expression, rows: str) -> str:
        return f"np.eye({rows})" if isinstance(matrix, Identity) else self.code(matrix, rows)

    def _needed(self, names: Iterable[str]) -> set[str]:
        right = {e.left: names_in(e.right) for e in self.cell.equations}
        needed: set[str] = set()
        waiting = [n for n in names if n in right]
        while waiting:
            value = waiting.pop()
            if value not in needed:
                needed.add(value)
                waiting += [n for n in right[value] if n in right]
        return needed

    def _size(self, dimension: Any) -> str:
        return str(dimension.subs({s: self._letter(s) for s in dimension.free_symbols}))

    def _letter(self, symbol: Any) -> Any:
        import sympy

        return sympy.Symbol(self.names.sizes[symbol.name])

    def _sizes(self, text: str, used: set[str]) -> tuple[list[str], set[str]]:
        """Lines that read the sizes the text mentions off the arrays that have them."""
        import re

        lines = []
        for letter, code in self.names.sizes.items():
            if not re.search(rf"\b{code}\b", text):
                continue
            holders = [
                n
                for n in (*self.cell.inputs, *self.cell.states, *self.cell.weights)
                if self._axis(n, letter) is not None
            ]
            holder = next((n for n in holders if n in used), holders[0])
            used = used | {holder}
            lines.append(f"{code} = {self.names[holder]}.shape[{self._axis(holder, letter)}]")
        return lines, used

    def _axis(self, name: str, letter: str) -> int | None:
        return next((i for i, d in enumerate(self.cell.shapes[name]) if str(d) == letter), None)

    def _functions(self, expressions: Iterable[Expression]) -> list[str]:
        found = dict.fromkeys(n.function for e in expressions for n in walk(e) if isinstance(n, Activation))
        own = [ACTIVATIONS[f] for f in found if "." not in ACTIVATIONS[f].numpy]
        return [_without_extras(inspect.getsource(entry.value)) for entry in own]

    def code(self, e: Expression, size: str = "") -> str:
        """An expression as Python; every factor is an atom or in brackets, because @ and * bind alike."""
        match e:
            case Number(value=value):
                return (
                    str(value.numerator)
                    if value.denominator == 1
                    else f"({value.numerator} / {value.denominator})"
                )
            case Name(name=name):
                return self.names[name]
            case Negative(operand=u):
                return f"-{self.tight(u, size)}"
            case Sum(terms=terms):
                return self._sum(terms, size)
            case Hadamard(left=u, right=v):
                return f"{self._left(u, Hadamard, size)} * {self.tight(v, size)}"
            case Quotient(left=u, right=v):
                return f"{self.tight(u, size)} / {self.tight(v, size)}"
            case Power(base=u, exponent=k):
                return f"{self.tight(u, size)}**{k}"
            case Activation(function=f, operand=u):
                return f"{ACTIVATIONS[f].numpy}({self.code(u, size)})"
            case Product(left=u, right=v):
                return self._product(u, v, size)
            case Transpose(operand=u):
                return f"{self.tight(u, size)}.T"
            case Diagonal(vector=u):
                return f"np.diag({self.code(u)})"
            case Identity():
                return f"np.eye({size})"
            case Concatenation(parts=parts):
                return f"np.concatenate([{', '.join(self.code(p) for p in parts)}])"
            case Columns(matrix=u, stacked=stacked, index=i):
                whole, start, stop = self._slice(stacked, i)
                return f"{self.tight(u, whole)}[:, {start}:{stop}]"
            case Section(vector=u, stacked=stacked, index=i):
                _, start, stop = self._slice(stacked, i)
                return f"{self.tight(u)}[{start}:{stop}]"
        raise TypeError(f"no NumPy text for {type(e).__name__}")

    def tight(self, e: Expression, size: str = "") -> str:
        """An expression in brackets unless it is an atom."""
        whole = isinstance(e, Number) and e.value.denominator == 1
        return self.code(e, size) if isinstance(e, TIGHT) or whole else f"({self.code(e, size)})"

    def _left(self, e: Expression, kind: type[Expression], size: str) -> str:
        return self.code(e, size) if isinstance(e, kind) else self.tight(e, size)

    def _sum(self, terms: tuple[Expression, ...], size: str) -> str:
        text = ""
        for term in terms:
            inner = term.operand if isinstance(term, Negative) else term
            code = (
                f"({self.code(inner, size)})" if isinstance(inner, Sum | Negative) else self.code(inner, size)
            )
            sign = (" - " if text else "-") if isinstance(term, Negative) else (" + " if text else "")
            text += sign + code
        return text

    def _product(self, u: Expression, v: Expression, size: str) -> str:
        """Products read left to right in Python; a chain is written flat only to the left."""
        inner = self._rows(v) or self._columns(u) or size
        return f"{self.tight(u, inner)} @ {self.tight(v, inner)}"

    def _rows(self, e: Expression) -> str:
        shape = () if any(isinstance(n, Identity) for n in walk(e)) else shape_of(e, self.cell.shapes)
        return self._size(shape[0]) if shape else ""

    def _columns(self, e: Expression) -> str:
        shape = () if any(isinstance(n, Identity) for n in walk(e)) else shape_of(e, self.cell.shapes)
        return self._size(shape[-1]) if shape else ""

    def _slice(self, stacked: Concatenation, index: int) -> tuple[str, str, str]:
        sizes = [shape_of(p, self.cell.shapes)[0] for p in stacked.parts]
        zero = sizes[0] - sizes[0]
        ends = (sum(sizes, zero), sum(sizes[:index], zero), sum(sizes[: index + 1], zero))
        whole, start, stop = (self._size(d) for d in ends)
        return whole, "" if start == "0" else start, stop


def _without_extras(source: str) -> str:
    """A function's text without its docstring, its annotations and its import of NumPy."""
    import ast

    tree = ast.parse(source)
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    function.returns = None
    for argument in function.args.args:
        argument.annotation = None
    function.body = [
        s for s in function.body if not isinstance(s, ast.Import) and not isinstance(s, ast.Expr)
    ]
    return ast.unparse(function)
