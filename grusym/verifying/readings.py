"""What a claim may mean: its layout, whose gradient a name is, slopes in an output; each is said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, product
from typing import Any

from grusym.checks.samples import Sample
from grusym.language.activations import ACTIVATIONS
from grusym.language.cell import Cell, Shape
from grusym.language.claim_text import ClaimText
from grusym.language.derivatives import LOSS, cotangents, derivative
from grusym.language.expression import (
    Activation,
    Expression,
    Name,
    Transpose,
    children,
    names_in,
    rebuilt,
    substituted,
    walk,
)
from grusym.verifying.truth import Meaning, derived, gradient, holding, slope_of

MOST = 96  # readings of one equality that are tried
LAYOUTS = {
    "numerator": "",
    "denominator": "denominator layout: every derivative by a vector transposed",
    "rows": "gradients of the loss written as rows",
}


@dataclass(frozen=True)
class Reading:
    """One meaning of every name and sign of an equality."""

    cell: Cell
    gradients: Mapping[str, Meaning]
    layout: str = "numerator"
    slopes_in_output: bool = False
    assumes: tuple[str, ...] = ()

    def plain(self, e: Expression, claim: ClaimText) -> Expression:
        """The formula with slopes and the text's own definitions written out."""
        return self._plain(e, claim)

    def _plain(self, e: Expression, claim: ClaimText) -> Expression:
        match e:
            case Name(name=name) if name in claim.definitions:
                return self._plain(claim.definitions[name], claim)
            case Name(name=name) if name in claim.arguments:
                activation = self.cell.equation(claim.arguments[name]).right
                assert isinstance(activation, Activation)
                return activation.operand
            case Activation(function=f, operand=u) if f.endswith("'"):
                return self._slope(f[:-1], self._plain(u, claim))
        parts = children(e)
        new = tuple(self._plain(child, claim) for child in parts)
        return e if all(a is b for a, b in zip(parts, new, strict=True)) else rebuilt(e, new)

    def _slope(self, function: str, u: Expression) -> Expression:
        entry = ACTIVATIONS[function]
        if self.slopes_in_output and isinstance(u, Name) and u.name in outputs(self.cell):
            activation = self.cell.equation(u.name).right
            if isinstance(activation, Activation) and activation.function == function:
                return entry.slope(activation.operand, u)
        for value in outputs(self.cell):  # σ'(W_z x + ...) is z ⊙ (1 - z)
            activation = self.cell.equation(value).right
            assert isinstance(activation, Activation)
            if activation.function == function and activation.operand == u:
                return slope_of(activation, Name(value))
        return entry.slope(u, Activation(function, u))

    def exact(self, e: Expression) -> Expression:
        """A plain formula with every derivative as the calculus has it."""
        known: dict[str, Expression] = {}
        for name in names_in(e):
            d = derivative(name)
            if name in self.gradients:
                known[name] = self._turned(gradient(self.cell, self.gradients[name]), LOSS)
            elif d is not None:
                known[name] = self._turned(derived(self.cell, d), d.of)
        return substituted(e, known) if known else e

    def _turned(self, e: Expression, of: str) -> Expression:
        flipped = of != LOSS if self.layout == "denominator" else of == LOSS and self.layout == "rows"
        return Transpose(e) if flipped else e

    def arrays(self, names: tuple[str, ...], sample: Sample) -> dict[str, Any]:
        """The names' arrays at a sample, derivatives found there without the calculus."""
        import numpy as np

        found = {}
        for name in names:
            d = derivative(name)
            meaning = self.gradients.get(name)
            if meaning is not None:
                array = {
                    "total": sample.gradient,
                    "argument": sample.argument_gradient,
                    "incoming": lambda value: sample.of(cotangents(self.cell)[value]),
                }[meaning.kind](meaning.value)
            elif d is None:
                array = sample.of(name)
            else:
                array = sample.gradient(d.by) if d.of == LOSS else sample.jacobian(d.of, d.by)
                if self.layout == "denominator" and d.of != LOSS:
                    array = np.swapaxes(array, 0, 1)
            found[name] = array
        return found


@dataclass(frozen=True)
class Readings:
    """The readings of one equality, likeliest first."""

    claim: ClaimText
    sides: tuple[Expression, ...]
    established: Mapping[str, Meaning]
    layouts: tuple[str, ...]
    held: frozenset[str] = frozenset()

    @property
    def cell(self) -> Cell:
        """The cell that is spoken of, in which what is held constant is given."""
        return holding(self.claim.cell, self.held)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All names of the equality, the text's own definitions written out."""
        reading = Reading(self.cell, {})
        found = [n for side in self.sides for n in names_in(reading.plain(side, self.claim))]
        return tuple(dict.fromkeys(found))

    def __iter__(self) -> Iterator[Reading]:
        return islice(self._all(), MOST)

    def _all(self) -> Iterator[Reading]:
        options = [self._options(name) for name in self.names]
        chosen = [(n, o) for n, o in zip(self.names, options, strict=True) if o]
        slopes = (False, True) if self._slopes() else (False,)
        for layout in self._layouts():
            for in_output in slopes:
                for picked in product(*(o for _, o in chosen)):
                    meanings = dict(self.established)
                    meanings |= zip((n for n, _ in chosen), picked, strict=True)
                    said = [self._said(n, m, o) for (n, o), m in zip(chosen, picked, strict=True)]
                    if in_output:
                        said.append(
                            "a slope of a gate's value is written in that value: σ'(z) is z ⊙ (1 - z)"
                        )
                    said.append(LAYOUTS[layout])
                    yield Reading(self.cell, meanings, layout, in_output, tuple(s for s in said if s))

    def _layouts(self) -> tuple[str, ...]:
        kinds = [d for n in self.names if (d := derivative(n)) is not None]
        turned = any(d.of != LOSS for d in kinds)
        return tuple(x for x in self.layouts if x == "numerator" or (x == "denominator" and turned))

    def _slopes(self) -> bool:
        nodes = [node for side in self.sides for node in walk(side)]
        return any(
            isinstance(node, Activation)
            and node.function.endswith("'")
            and isinstance(node.operand, Name)
            and node.operand.name in outputs(self.cell)
            for node in nodes
        )

    def _options(self, name: str) -> tuple[Meaning, ...]:
        """What gradient a name may be; nothing for other names."""
        if name in self.established:
            return (self.established[name],)
        d = derivative(name)
        if d is not None and d.of == LOSS and d.by in self.cell.next_states:
            return (Meaning("total", d.by), *(_incoming(self.cell, d.by)))
        if d is not None and d.of == LOSS and d.by in outputs(self.cell):
            return (Meaning("total", d.by), Meaning("argument", d.by))
        found: list[Meaning] = []
        for value in self.claim.gradients.get(name, ()):
            both = [Meaning("total", value)]
            if value in outputs(self.cell):
                argument = Meaning("argument", value)
                both = [argument, *both] if name.startswith("δ") else [*both, argument]
            found += [*both, *_incoming(self.cell, value)]
        return tuple(found)

    def _said(self, name: str, meaning: Meaning, options: tuple[Meaning, ...]) -> str:
        shown = self.claim.spellings.get(name, name)
        value = meaning.value
        if name in self.established:
            return ""
        if meaning.kind == "argument":
            return f"{shown} is the gradient at the argument of {value}"
        if meaning.kind == "incoming":
            onward = f"the paths from {value} within the step left out" if len(options) > 1 else ""
            return f"{shown} is what comes to {value} from the loss and later steps, {onward}"
        return "" if derivative(name) is not None or len(options) == 1 else f"{shown} is ∂L/∂{value}"


def outputs(cell: Cell) -> tuple[str, ...]:
    """The values that are an activation of something."""
    return tuple(e.left for e in cell.equations if isinstance(e.right, Activation))


def _incoming(cell: Cell, value: str) -> tuple[Meaning, ...]:
    """The other meaning of a gradient at a next state that the step itself goes on to use."""
    if value not in cell.next_states:
        return ()
    used = any(value in names_in(e.right) for e in cell.equations)
    return (Meaning("incoming", value),) if used else ()


def shapes_of(cell: Cell) -> dict[str, Shape]:
    """The shapes of a cell's names and of its cotangents."""
    return {**cell.shapes, **{g: cell.shapes[v] for v, g in cotangents(cell).items()}}
