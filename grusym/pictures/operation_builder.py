"""Equations taken apart into operations: which box, circle or wire each part of them becomes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from grusym.language.activations import ACTIVATIONS
from grusym.language.cell import Cell
from grusym.language.expression import (
    ONE,
    Activation,
    Concatenation,
    Expression,
    Extremum,
    Hadamard,
    Name,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Transpose,
    children,
    names_in,
)
from grusym.language.printers.latex import latex
from grusym.language.printers.text import text

if TYPE_CHECKING:
    import networkx

HOLE = Name("·")  # stands for the signal in a label such as U_c · + d_c
SIGNS = {"⊙": r"\odot", "+": "+", "-": "-", "=": "=", "[·, ·]": r"[\cdot,\cdot]"}

Weighted = tuple[Expression | None, Expression]  # what multiplies a signal (None for nothing), and the signal


@dataclass
class Builder:
    """Adds the operations of one expression after the other; equal sub-expressions share a node."""

    cell: Cell
    g: networkx.DiGraph

    def end(self, key: str, kind: str, name: str, role: str) -> None:
        """A node where a wire begins or ends outside the cell."""
        label, math = self.cell.written.get(name, name), latex(Name(name), self.cell.written)
        self.g.add_node(key, kind=kind, label=label, latex=math, value=name, name=math, role=role, bias="")

    def equation(self, left: str, right: Expression, role: str) -> None:
        """All operations of one equation."""
        leaves = left in self.cell.next_states
        used = any(left in names_in(e.right) for e in self.cell.equations)
        source = left
        if leaves and not used and isinstance(right, Name) and not self.constant(right):
            source = right.name  # h' = c: nothing is computed, c itself leaves the cell
        else:
            self.add(right, left)
            self.g.nodes[left].update(value=left, role=role, name=latex(Name(left), self.cell.written))
        if leaves:
            self.end(f"out {left}", "next", left, role)
            self.g.add_edge(source, f"out {left}", weight="", weight_latex="")

    def constant(self, e: Expression) -> bool:
        """Whether an expression is made of parameters and numbers alone."""
        return not any(name in self.g for name in names_in(e))

    def learnt(self, weight: Expression) -> bool:
        """Whether a weight holds a parameter; else it is a plain number."""
        return any(name in self.cell.parameters for name in names_in(weight))

    def node(self, e: Expression) -> str:
        """The node that computes an expression, added if it is new."""
        if isinstance(e, Name) and e.name in self.g:
            return e.name
        key = text(e)
        if key not in self.g:
            self.add(e, key)
        return key

    def add(self, e: Expression, key: str) -> None:
        """The node `key` for the outermost operation of an expression, after those inside it."""
        match e:
            case _ if self.constant(e):
                self.put(key, "constant", Name(key) if key in self.cell.values else e, ())
            case Activation():
                self.activation(e, key)
            case Sum():
                self.sum(e, key)
            case Negative() | Hadamard() | Product() | Quotient() if pair := self.weighted(e):
                kind = "linear" if self.learnt(pair[0]) else "unary"
                self.put(key, kind, _tidy(pair[0]), (pair[1],))
            case Hadamard(left=a, right=b) if a == b:
                self.put(key, "unary", Power(HOLE, 2), (a,))
            case Hadamard(left=a, right=b):
                self.put(key, "times", "⊙", (a, b))
            case Quotient(left=a, right=b) if self.constant(a):
                self.put(key, "unary", Quotient(a, HOLE), (b,))
            case Quotient(left=a, right=b):
                self.put(key, "times", "⊙", (a, Quotient(ONE, b)))
            case Negative(operand=a):
                self.put(key, "unary", "-", (a,))
            case Power(base=a, exponent=k):
                self.put(key, "unary", Power(HOLE, k), (a,))
            case Extremum(left=a, right=b) if self.constant(a) or self.constant(b):
                left, right = (x if self.constant(x) else HOLE for x in (a, b))
                self.put(key, "unary", Extremum(e.function, left, right), (a, b))
            case Extremum(left=a, right=b):
                self.put(key, "function", e.function, (a, b))
            case Transpose(operand=a):
                self.put(key, "unary", Transpose(HOLE), (a,))
            case Concatenation(parts=parts):
                self.put(key, "concatenation", "[·, ·]", parts)
            case Name():
                self.put(key, "unary", "=", (e,))
            case _:
                self.put(key, "other", type(e).__name__, children(e))

    def put(self, key: str, kind: str, label: Expression | str, sources: Sequence[Expression]) -> None:
        """A node whose inputs carry no weights."""
        self.join(key, kind, label, [(None, source) for source in sources if not self.constant(source)])

    def join(
        self,
        key: str,
        kind: str,
        label: Expression | str,
        inputs: Sequence[Weighted],
        bias: Sequence[Expression] = (),
    ) -> None:
        """A node and the wires into it."""
        sources = [(weight, self.node(source)) for weight, source in inputs]
        shown, math = _written(label)
        note = text(_sum(bias)) if bias else ""
        self.g.add_node(key, kind=kind, label=shown, latex=math, value="", name="", role="", bias=note)
        for weight, source in sources:
            plain, math = _written(_tidy(weight)) if weight is not None else ("", "")
            if self.g.has_edge(source, key):  # W h + V h: one wire, both weights
                old = self.g.edges[source, key]
                plain = f"{old['weight'] or '1'} + {plain or '1'}"
                math = f"{old['weight_latex'] or '1'} + {math or '1'}"
            self.g.add_edge(source, key, weight=plain, weight_latex=math)

    # ---- layers and sums -----------------------------------------------------------------------

    def activation(self, e: Activation, key: str) -> None:
        """A layer if it has weights of its own, else a function of one signal."""
        terms = e.operand.terms if isinstance(e.operand, Sum) else (e.operand,)
        inputs: list[Weighted] = [self.weighted(t) or (None, t) for t in terms if not self.constant(t)]
        if any(weight is not None and self.learnt(weight) for weight, _ in inputs):
            self.join(key, "layer", e.function, inputs, [t for t in terms if self.constant(t)])
        else:
            self.put(key, "function", e.function, (e.operand,))

    def weighted(self, e: Expression) -> tuple[Expression, Expression] | None:
        """(the expression with a hole, the signal in the hole) if it is a fixed multiple of one signal."""
        match e:
            case Negative(operand=a):
                inner = self.weighted(a)
                return inner and (Negative(inner[0]), inner[1])
            case Product(left=a, right=b) | Hadamard(left=a, right=b) if self.only_second(a, b):
                weight, source = self.weighted(b) or (HOLE, b)
                return type(e)(a, weight), source
            case Hadamard(left=a, right=b) | Quotient(left=a, right=b) if self.only_second(b, a):
                weight, source = self.weighted(a) or (HOLE, a)
                return type(e)(weight, b), source
        return None

    def only_second(self, a: Expression, b: Expression) -> bool:
        """Whether b is a signal and a is none."""
        return self.constant(a) and not self.constant(b)

    def sum(self, e: Sum, key: str) -> None:
        """Matrix products and biases make one linear box; all other terms are joined by +."""
        fixed = [t for t in e.terms if self.constant(t)]
        matrix = [t for t in e.terms if (pair := self.weighted(t)) and _has_product(pair[0])]
        rest = [t for t in e.terms if t not in fixed and t not in matrix]
        if matrix and not rest:
            self.linear(key, e.terms)
        elif matrix:
            box = [t for t in e.terms if t in matrix or t in fixed]
            name = text(_sum(box))
            if name not in self.g:
                self.linear(name, box)
            kept = [t for t in e.terms if t is matrix[0] or t in rest]
            self.chain(key, [Name(name) if t is matrix[0] else t for t in kept])
        elif not fixed:
            self.chain(key, rest)
        elif len(rest) == 1 and isinstance(rest[0], Negative):
            self.put(key, "unary", _sum([*fixed, Negative(HOLE)]), (rest[0].operand,))
        else:
            label = [*fixed, HOLE] if e.terms[0] in fixed else [HOLE, *fixed]
            self.put(key, "unary", _sum(label), (_sum(rest),))

    def linear(self, key: str, terms: Sequence[Expression]) -> None:
        """W x + U h + b without a function around it."""
        pairs = [pair for t in terms if (pair := self.weighted(t))]
        fixed = [t for t in terms if self.constant(t)]
        label = _sum([weight for weight, _ in pairs] + fixed)
        inputs: list[Weighted] = list(pairs) if len(pairs) > 1 else [(None, pairs[0][1])]
        self.join(key, "linear", _tidy(label), inputs, fixed)

    def chain(self, key: str, terms: Sequence[Expression]) -> None:
        """a + b + c as (a + b) + c: a circle joins two wires."""
        if len(terms) == 1:
            self.add(terms[0], key)
        elif len(terms) == 2 and terms[0] == terms[1]:
            self.put(key, "unary", Number(Fraction(2)), (terms[0],))
        else:
            self.put(key, "plus", "+", (_sum(terms[:-1]), terms[-1]))


def _sum(terms: Sequence[Expression]) -> Expression:
    return terms[0] if len(terms) == 1 else Sum(tuple(terms))


def _has_product(weight: Expression) -> bool:
    """Whether a matrix stands anywhere between a weight's root and its hole."""
    below = [child for child in children(weight) if HOLE.name in names_in(child)]
    return isinstance(weight, Product) or any(_has_product(child) for child in below)


def _tidy(weight: Expression) -> Expression:
    """A weight without its hole where nothing is lost: W for W ·, 2 for 2 ⊙ ·."""
    match weight:
        case Product(left=a, right=Name(name=HOLE.name)):
            return a
        case Product(left=a, right=Product() as b) if _tidy(b) is not b:
            return Product(a, _tidy(b))
        case Hadamard(left=Number() as a, right=Name(name=HOLE.name)):
            return a
        case Negative(operand=a) if _tidy(a) is not a:
            return Negative(_tidy(a))
    return weight


def _written(label: Expression | str) -> tuple[str, str]:
    """A label as text and in LaTeX, without a hole at either end: 1 - for 1 - ·, + b for · + b."""
    if isinstance(label, str):
        known = ACTIVATIONS.get(label)
        return label, known.latex if known else SIGNS.get(label, rf"\mathrm{{{label}}}")
    plain, math = text(label), latex(label)
    if isinstance(label, Quotient):  # a fraction with a hole in it would be too small to read
        math = f"{latex(label.left)}/{latex(label.right)}"
    math = re.sub(" +", " ", math.replace("·", r"\cdot "))
    plain = re.sub(r"^·(?=[⁰¹²³⁴⁵⁶⁷⁸⁹ᵀ^])", "(·)", plain)
    math = re.sub(r"^\\cdot *(?=\^)", r"(\\cdot)", math)
    plain = re.sub(r"^· (?=[-+⊙])|(?<=[-+⊙]) ·$", "", plain)
    math = re.sub(r"^\\cdot *(?=[-+]|\\odot)|(?<=[-+]) *\\cdot *$|(?<=\\odot) *\\cdot *$", "", math)
    return plain, math.strip()
