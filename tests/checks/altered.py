"""Certificates altered on purpose: every step in many ways, each of which says something else than before."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

from grusym.checks.replay import Judge
from grusym.errors import GrusymError
from grusym.language.build import negative
from grusym.language.cell import Cell
from grusym.language.certificate import Certificate, _Writer
from grusym.language.changed import formula
from grusym.language.expression import (
    Activation,
    Columns,
    Diagonal,
    Expression,
    Hadamard,
    Identity,
    Name,
    Negative,
    Power,
    Product,
    Section,
    Sum,
    Transpose,
    children,
    rebuilt,
)
from grusym.language.filed import Filed, Line, from_text

Derivation = tuple[str, str, tuple[Line, ...], str]


class Altering:
    """A certificate, its judge, and the ways to alter its derivations."""

    def __init__(self, certificate: Certificate, seed: int = 0) -> None:
        self.filed: Filed = from_text(str(certificate))
        self.cell: Cell = certificate.cell
        self.judge = Judge(self.filed)
        self.rng = random.Random(seed)
        self.writer = _Writer(self.cell, self.filed.change)

    def accepts(self, derivation: Derivation) -> bool:
        """Whether the judge replays a derivation to its end."""
        try:
            for _ in self.judge.derivation(*derivation):
                pass
        except GrusymError:
            return False
        return True

    def of_steps(self, derivation: Derivation, each: int, most: int = 99) -> Iterator[tuple[str, Derivation]]:
        """Every step altered: `each` edits of its formula, and `most` other ways chosen at random."""
        of, by, lines, result = derivation
        for k, line in enumerate(lines):
            for kind, text in self.of_text(line.after, lines[:k], each):
                yield kind, (of, by, (*lines[:k], replace(line, after=text), *lines[k + 1 :]), result)
            others = list(self.of_place(derivation, k))
            yield from self.rng.sample(others, min(most, len(others)))
        for kind, other in self.of_text(result, lines, each):
            yield f"result: {kind}", (of, by, lines, other)

    def of_place(self, derivation: Derivation, k: int) -> Iterator[tuple[str, Derivation]]:
        """A step altered in its left side, its rule, its uses and its place."""
        of, by, lines, result = derivation
        for line in (lines[k],):
            for kind, other in self.of_line(lines, k):
                yield kind, (of, by, (*lines[:k], other, *lines[k + 1 :]), result)
            yield "step removed", (of, by, (*lines[:k], *lines[k + 1 :]), result)
            yield "step removed, the rest renumbered", (of, by, _without(lines, k), result)
            abbreviations = k and {line.rule, lines[k - 1].rule} == {
                "abbreviation"
            }  # those may stand in any order
            if k and not abbreviations:
                swapped = (*lines[: k - 1], line, lines[k - 1], *lines[k + 1 :])
                yield "two steps in the other order", (of, by, swapped, result)

    def of_line(self, lines: tuple[Line, ...], k: int) -> Iterator[tuple[str, Line]]:
        line = lines[k]
        if line.rule != "abbreviation":
            for kind, text in self.of_text(line.before, lines[:k], 1):
                yield f"left side: {kind}", replace(line, before=text)
        yield "rule", replace(line, rule=self.rng.choice([r for r in RULES if r != line.rule]))
        if line.uses:
            yield "use left out", replace(line, uses=line.uses[1:])
        others = [u for u in range(1, k + 1) if u not in line.uses]
        if others:
            yield "use added", replace(line, uses=(*line.uses, self.rng.choice(others)))
            if line.uses:
                yield "use exchanged", replace(line, uses=(*line.uses[1:], self.rng.choice(others)))
        yield "a later use", replace(line, uses=(*line.uses, k + 1))

    def of_text(self, text: str, before: tuple[Line, ...], each: int) -> Iterator[tuple[str, str]]:
        """A formula altered in some ways, chosen at random among all there are."""
        shapes = dict(self.judge.shapes)
        for line in before:
            if line.rule == "abbreviation":
                shapes[line.before] = self.cell.shapes[self.cell.states[0]]
        e = formula(text, shapes, self.filed.change)
        ways = list(self.of_expression(e))
        for kind, other in self.rng.sample(ways, min(each, len(ways))):
            if (written := self.writer.write(other)) != text:
                yield kind, written

    def of_expression(self, e: Expression) -> Iterator[tuple[str, Expression]]:
        """Every edit of one node."""
        for kind, other in self.of_node(e):
            yield kind, other
        parts = children(e)
        for i, part in enumerate(parts[:1] if isinstance(e, Columns | Section) else parts):  # sizes only
            for kind, other in self.of_expression(part):
                yield kind, rebuilt(e, (*parts[:i], other, *parts[i + 1 :]))

    def of_node(self, e: Expression) -> Iterator[tuple[str, Expression]]:
        shapes = self.judge.shapes
        match e:
            case Name(name=name) if name in shapes:
                alike = [n for n, s in shapes.items() if s == shapes[name] and n != name]
                if alike:
                    yield "name", Name(self.rng.choice(alike))
                if len(shapes[name]) == 2 and len({*shapes[name]}) == 1:
                    yield "transposed", Transpose(e)
            case Hadamard(left=u, right=v):
                yield "factor dropped", u
                yield "factor dropped", v
            case Product(left=Diagonal(), right=v):
                yield "factor dropped", v
            case Diagonal(vector=u):
                yield "sign", negative(e)
                if not (isinstance(u, Activation) and u.function == "step"):  # whose square it is itself
                    yield "power", Diagonal(Power(u, 2))
            case Identity():
                yield "sign", Negative(e)
            case Transpose(operand=Name(name=name)) if len(shapes.get(name, ())) == 2:
                yield "transposed", e.operand
            case Power(base=u):
                yield "power", u
            case Sum(terms=terms):
                for i, term in enumerate(terms):
                    rest = (*terms[:i], *terms[i + 1 :])
                    yield "term dropped", rest[0] if len(rest) == 1 else Sum(rest)
                    yield "sign", Sum((*terms[:i], negative(term), *terms[i + 1 :]))


RULES = (
    *(
        "chain rule",
        "sum rule",
        "product rule",
        "sum rule, matrix product",
        "constant factor",
        "abbreviation",
    ),
    *("sum rule, product rule, sign rule", "gradient of the loss", "chain rule through h", "equation", ""),
)


def _without(lines: tuple[Line, ...], k: int) -> tuple[Line, ...]:
    kept = (*lines[:k], *lines[k + 1 :])
    return tuple(replace(line, uses=tuple(u - (u > k + 1) for u in line.uses if u != k + 1)) for line in kept)


def with_derivation(filed: Filed, i: int, derivation: Derivation) -> Filed:
    """A certificate with one derivation in place of another."""
    return replace(filed, derivations=(*filed.derivations[:i], derivation, *filed.derivations[i + 1 :]))
