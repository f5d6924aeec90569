"""Surface nodes: what the grammar leaves open until it is known what is multiplied by what."""

from __future__ import annotations

from dataclasses import dataclass

from grusym.language.expression import Expression, Name, children, rebuilt
from grusym.language.scanner import NameToken


@dataclass(frozen=True, slots=True)
class Written(Expression):
    """A name as the author wrote it, time included."""

    name: NameToken


@dataclass(frozen=True, slots=True)
class Chain(Expression):
    """Factors side by side, or joined by @, · or ×: matrix products or scalings."""

    factors: tuple[Expression, ...]
    signs: tuple[str, ...]  # the sign before factor 2, 3, ...; "" for juxtaposition


@dataclass(frozen=True, slots=True)
class Starred(Expression):
    """left * right: elementwise in NumPy, a matrix product in many papers."""

    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Call(Expression):
    """name(argument) without a space: a product if the name is bound, else an unknown function."""

    function: Written
    argument: Expression


def resolved(e: Expression, names: dict[int, str]) -> Expression:
    """The tree with every name as written replaced by the name it stands for."""
    if isinstance(e, Written):
        return Name(names[id(e)], span=e.span)
    if isinstance(e, Call):
        function = resolved(e.function, names)
        return Call(function, resolved(e.argument, names), span=e.span)  # type: ignore[arg-type]
    if isinstance(e, Chain):
        return Chain(tuple(resolved(f, names) for f in e.factors), e.signs, span=e.span)
    return rebuilt(e, tuple(resolved(child, names) for child in children(e)))
