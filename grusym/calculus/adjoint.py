"""Gradients of a loss: the transposed differentials of a cell's equations, read from last to first.

Every line dy = Σ diag(a) dv + Σ diag(c) A (...) + Σ diag(c) (dA) u of the forward differential gives,
transposed, v̄ += a ⊙ ȳ, the cotangent Aᵀ (c ⊙ ȳ) of what stands in the brackets, and the outer
product ∂L/∂A += (c ⊙ ȳ) uᵀ. So there is no second set of rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grusym.algebra.differential import Change, Differential, Passage
from grusym.calculus.jacobian import local_in, own_name, scalars
from grusym.errors import DataError
from grusym.language.build import hadamard, negative, product, total, transpose
from grusym.language.cell import Cell, Equation
from grusym.language.derivation import Derivation
from grusym.language.expression import (
    ZERO,
    Columns,
    Expression,
    Identity,
    Name,
    Negative,
    Product,
    Section,
    Transpose,
)
from grusym.language.shapes import shape_of

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Gradients:
    """The gradient of a loss L with respect to all a cell is given, from its gradient at the next states.

    `cotangents` names ∂L/∂h' for each next state; `lines` are computed top to bottom; `of` maps every
    parameter, state and input to its gradient: vectors elementwise, matrices in outer-product form. The
    cell's constants are held fixed and have none.
    """

    cell: Cell
    cotangents: Mapping[str, str]
    lines: tuple[Equation, ...]
    of: Mapping[str, Expression]

    def __str__(self) -> str:
        given = [f"{name} = ∂L/∂{value}" for value, name in self.cotangents.items()]
        shown = [f"∂L/∂{name} = {e}" for name, e in self.of.items()]
        return "\n".join([f"given {', '.join(given)}", *map(str, self.lines), *shown])

    def evaluate(self, values: Mapping[str, Any]) -> dict[str, np.ndarray]:
        """The gradients as numbers.

        Shapes: `values` maps the cell's inputs, states, parameters and constants, and the cotangents by their
        names (or by the next states' names), to arrays of one consistent set of sizes.
        Raises DataError naming an array that is missing or does not fit.
        """
        import numpy as np

        from grusym.language.evaluation import evaluate, evaluate_cell, evaluate_equations

        given, cotangents = {}, {}
        for name, value in values.items():
            if name in self.cotangents or name in self.cotangents.values():
                cotangents[self.cotangents.get(name, name)] = np.asarray(value)
            else:
                given[own_name(self.cell, name, DataError)] = np.asarray(value)
        missing = set(self.cotangents.values()) - set(cotangents)
        if missing:
            raise DataError(
                f"the gradients need {', '.join(sorted(missing))}, the loss's gradient at the "
                "next state; add it to the values"
            )
        arrays = {**given, **evaluate_cell(self.cell, given), **cotangents}
        arrays |= evaluate_equations(self.lines, arrays, self.shapes)
        ranks = {name: len(shape) for name, shape in self.cell.shapes.items()}
        own = {name: np.shape(arrays[name])[np.ndim(arrays[name]) - ranks[name] :] for name in self.of}
        return {name: evaluate(e, arrays, self.shapes, result=own[name]) for name, e in self.of.items()}

    def derivation(self, by: str) -> Derivation:
        """The steps that lead to the gradient with respect to one name, all that is not on its way held."""
        from grusym.calculus.backward import derivation

        return derivation(self.cell, by)

    @property
    def shapes(self) -> dict[str, tuple[Any, ...]]:
        """Shapes of the cell's names, the cotangents and the lines."""
        extra = {name: self.cell.shapes[value] for value, name in self.cotangents.items()}
        shapes = {**self.cell.shapes, **extra}
        for line in self.lines:
            shapes[line.left] = shape_of(line.right, shapes)
        return shapes


class Reverse:
    """One walk through the equations from last to first; all but the `active` names are held constant."""

    def __init__(self, cell: Cell, active: Iterable[str]) -> None:
        self.cell, self.active = cell, frozenset(active)
        self.scalars = scalars(cell)
        self.used = {*cell.shapes}
        self.lines: list[Equation] = []
        self.matrices: dict[str, Expression] = {}
        self.cotangents = {
            value: self.fresh(f"g_{state}")
            for state, value in zip(cell.states, cell.next_states, strict=True)
        }
        self.adjoints: dict[str, Expression] = {value: Name(g) for value, g in self.cotangents.items()}

    def fresh(self, name: str) -> str:
        """A name nobody uses yet, written so that it can be read: `δ_c`, and `δ_{h̃}` for the script h̃."""
        stem, _, script = name.partition("_")
        script = re.sub(r"[^\w,\u0300-\u036f]", "", script)
        scripts = [script, *(f"{script},{i}" if script else str(i) for i in range(2, 1000))]
        words = [re.fullmatch(r"\w+", s) for s in scripts]  # as a name that is read carries it
        candidates = [
            f"{stem}_{s}" if word else f"{stem}_{{{s}}}" if s else stem
            for s, word in zip(scripts, words, strict=True)
        ]
        found = next(c for c in candidates if c not in self.used)
        self.used.add(found)
        return found

    def shared(self, e: Expression, uses: int, name: str, role: str) -> Expression:
        """The expression itself, or the name of a line that holds it if it is used more than once."""
        core = e.operand if isinstance(e, Negative) else e
        if uses < 2 or isinstance(core, Name):
            return e
        line = Equation(self.fresh(name), e, role)
        self.lines.append(line)
        return Name(line.left)

    def value(self, value: str) -> None:
        """Hand the cotangent of one value on to all it was computed from."""
        adjoint = self.adjoints.pop(value, ZERO)
        if adjoint == ZERO:
            return
        step = local_in(self.cell, value, self.active)
        state = value.rstrip("'")
        ways = {_magnitude(c) for c in _coefficients(step)}
        adjoint = self.shared(adjoint, len(ways), f"δ_{state}", f"gradient at {value}")
        self.pull(step, adjoint, state, self.cell.shapes[value] == ())

    def pull(self, step: Differential, adjoint: Expression, about: str, scalar: bool = False) -> None:
        """Transpose one differential: give each variable and matrix its share of the cotangent.

        `scalar` says that the value whose differential it is has no axes.
        """
        counts: dict[Expression, int] = {}
        for c in _coefficients(step):
            counts[_magnitude(c)] = counts.get(_magnitude(c), 0) + 1
        weighted: dict[Expression, Expression] = {}

        def share(c: Expression) -> Expression:
            size = _magnitude(c)
            if size not in weighted:
                e = hadamard(adjoint, size)
                weighted[size] = self.shared(
                    e, counts[size], f"δ_{about}", f"gradient at the argument of {about}"
                )
            return _signed(c, weighted[size])

        for variable, c in step.diagonals:
            self._give(variable, c, adjoint, share, scalar)
        for ch in step.changes:
            self._give_matrix(ch, share(ch.coefficient))
        for p in step.passages:
            self._pass(p, share(p.coefficient), about)

    def _give(
        self, variable: Expression, c: Expression, adjoint: Expression, share: Any, scalar: bool
    ) -> None:
        assert isinstance(variable, Name)
        name = variable.name
        if name in self.scalars and not scalar:  # it acted on every entry of a vector: their sum comes back
            part: Expression = Product(transpose(c), adjoint)
        else:
            part = share(c)
        target = self.matrices if name in self.cell.parameters else self.adjoints
        target[name] = total(target.get(name, ZERO), part)

    def _give_matrix(self, ch: Change, delta: Expression) -> None:
        left, right = (ch.operand, delta) if ch.transposed else (delta, ch.operand)
        sign = isinstance(left, Negative) != isinstance(right, Negative)
        left, right = _magnitude(left), _magnitude(right)
        outer: Expression = Product(left, Transpose(right))
        self.matrices[ch.matrix] = total(
            self.matrices.get(ch.matrix, ZERO), Negative(outer) if sign else outer
        )

    def _pass(self, p: Passage, delta: Expression, about: str) -> None:
        back = _transposed(p.matrix, delta)
        uses = len(set(map(_magnitude, _coefficients(p.inner)))) if len(_coefficients(p.inner)) > 1 else 1
        back = self.shared(back, uses, f"ε_{about}", f"gradient behind {p.matrix}")
        self.pull(p.inner, back, about)


def _coefficients(step: Differential) -> list[Expression]:
    found = [c for _, c in step.diagonals]
    return found + [p.coefficient for p in step.passages] + [ch.coefficient for ch in step.changes]


def _magnitude(e: Expression) -> Expression:
    return e.operand if isinstance(e, Negative) else e


def _signed(c: Expression, e: Expression) -> Expression:
    return negative(e) if isinstance(c, Negative) else e


def _transposed(matrix: Expression, delta: Expression) -> Expression:
    """matrixᵀ delta; for the columns of a concatenation, the rows that meet its part."""
    sign = isinstance(delta, Negative)
    delta = _magnitude(delta)
    if isinstance(matrix, Columns) and isinstance(matrix.matrix, Identity):
        back: Expression = Section(delta, matrix.stacked, matrix.index)
    else:
        back = product(transpose(matrix), delta)
    return Negative(back) if sign else back


def gradients(cell: Cell) -> Gradients:
    """Gradients of a loss through one step, with respect to every parameter, state and input.

    Method: reverse accumulation by transposing each equation's differential; `g_h` stands for
    ∂L/∂h', all that reaches the next state from the loss and from later steps.
    """
    walk = Reverse(cell, frozenset(cell.shapes).difference(cell.constants))
    for value in reversed(cell.values):
        walk.value(value)
    found = {**{n: walk.matrices.get(n, ZERO) for n in cell.parameters}}
    found |= {n: walk.adjoints.get(n, ZERO) for n in (*cell.states, *cell.inputs)}
    return Gradients(cell, walk.cotangents, tuple(walk.lines), found)
