"""Equation and Cell: a recurrent cell as the equations a paper prints, checked when it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from grusym.language.expression import Expression

if TYPE_CHECKING:
    import sympy

Dimension = Any  # a SymPy integer symbol or a sum of such: n, m, n + m
Shape = tuple[Any, ...]  # () a scalar, (rows,) a vector, (rows, columns) a matrix


@dataclass(frozen=True)
class Equation:
    """left = right; `role` says in a word or two what it is: "update gate"."""

    left: str
    right: Expression
    role: str = ""

    def __str__(self) -> str:
        return f"{self.left} = {self.right}"


@dataclass(frozen=True)
class Cell:
    """A recurrent cell.

    `states`, `inputs` and `parameters` are found in the equations, in order of appearance; `shapes`
    maps every name to its shape in the symbols n (state) and m (input). `next_of` maps a state to
    the name of its next value.
    """

    name: str
    equations: tuple[Equation, ...]
    states: tuple[str, ...]
    inputs: tuple[str, ...]
    parameters: tuple[str, ...]
    shapes: Mapping[str, Shape]
    title: str = ""
    source: str = ""
