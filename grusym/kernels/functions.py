"""The functions of a kernel, each written for one job from the same derived expressions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from grusym.kernels.factoring import factored
from grusym.kernels.forms import Forms
from grusym.kernels.loops import Loop
from grusym.kernels.lowering import FIXED, Lowering, factors, unknown
from grusym.kernels.names import Names
from grusym.kernels.operations import LOOP
from grusym.kernels.operators import coefficients, mapped, terms
from grusym.kernels.writer import Writer
from grusym.language.build import hadamard, negative, total
from grusym.language.cell import Cell, Equation
from grusym.language.expression import (
    ONE,
    ZERO,
    Expression,
    Hadamard,
    Name,
    Negative,
    Product,
    Quotient,
    Sum,
    Transpose,
    substituted,
)

STORED = 1  # the level of what is known for all steps before a loop begins


class Functions:
    """Writes the functions of one cell, each as a text of its own."""

    def __init__(
        self, cell: Cell, shapes: Mapping[str, Any], lines: tuple[Equation, ...], cotangents: tuple[str, ...]
    ):
        self.cell, self.shapes, self.lines, self.cotangents = cell, shapes, lines, cotangents
        self.names = Names(shapes, [s.name for s in cell.sizes])

    def _lowering(self, states: int, cotangents: int = STORED) -> Lowering:
        """Levels of all names, given that of the states and of the gradients at the next states."""
        levels = dict.fromkeys(self.cell.weights, FIXED) | dict.fromkeys(self.cell.inputs, STORED)
        levels |= dict.fromkeys(self.cell.states, states) | dict.fromkeys(self.cotangents, cotangents)
        lowering = Lowering(self.shapes, levels)
        for e in (*self.cell.equations, *self.lines):
            lowering.levels[e.left] = lowering.level(e.right)
        return lowering

    def _writer(
        self,
        lowering: Lowering,
        wanted: Iterable[Expression],
        given: tuple[str, ...],
        like: tuple[str, ...],
        lines: Iterable[Equation] = (),
        names: Names | None = None,
    ) -> tuple[Writer, dict[Expression, Expression]]:
        """A writer for lowered goals, and what each goal has become."""
        wanted = list(wanted)  # with repeats: what is needed twice gets a name
        equations = (*self.cell.equations, *lines)
        lowered = [lowering.vector(e.right) for e in equations]
        both = factored([*lowered, *wanted], lowering.level)
        values, goals = both[: len(lowered)], both[len(lowered) :]
        definitions = {e.left: v for e, v in zip(equations, values, strict=True)}
        writer = Writer(lowering, definitions, names or self.names.copy(), goals, given, like)
        return writer, dict(zip(wanted, goals, strict=True))

    # ---- one function each ----------------------------------------------------------------------

    def forward(self) -> str:
        """States of a whole sequence."""
        cell, lowering = self.cell, self._lowering(LOOP)
        given = (*cell.inputs, *cell.states)
        like = ("", self._code(cell.inputs[0]) if cell.inputs else "", self._code(cell.states[0]))
        goals = [Name(s) for s in cell.next_states]
        writer, _ = self._writer(lowering, goals, given, like)
        paths = [writer.names.fresh(f"{self._code(s)}_path") for s in cell.states]
        loop = Loop(writer, cell.states, goals, paths)
        about = (
            "Write the states after each step to the paths; what needs no state is computed before the loop."
        )
        return _function(self._head("forward", given, paths, about), loop.text(f"range(len({paths[0]}))"))

    def values(self) -> str:
        """All named values at many steps."""
        cell, lowering = self.cell, self._lowering(STORED)
        given = (*cell.inputs, *cell.states)
        goals = [Name(value) for value in cell.values]
        writer, _ = self._writer(lowering, goals, given, ("", self._code(cell.states[0])))
        results = [writer.vector(goal) for goal in goals]
        head = self._head("values", given, [], "Every value of the cell at many steps.")
        return _function(head, [*writer.before, f"return {', '.join(results)},"])

    def jacobians(self, function: str, blocks: Mapping[tuple[str, str], Expression]) -> str:
        """Jacobian blocks at many steps."""
        cell, lowering = self.cell, self._lowering(STORED)
        given = (*cell.inputs, *cell.states)
        found = {key: terms(e, lowering) for key, e in blocks.items()}
        wanted = [c for block in found.values() for c in coefficients(block)]
        writer, new = self._writer(lowering, wanted, given, ("", self._code(cell.states[0])))
        outs = [writer.names.fresh(f"d{self._code(of)}_d{self._code(by)}") for of, by in blocks]
        forms = Forms(writer, self._code(cell.states[0]))
        for out, block in zip(outs, found.values(), strict=True):
            forms.form(mapped(block, new), out)
        head = self._head(
            function,
            given,
            outs,
            "Jacobian blocks (steps, rows, columns) at many steps, written to the last arguments.",
        )
        return _function(head, writer.before)

    def adjoint(self, function: str, of: Mapping[str, Expression], wanted: tuple[str, ...]) -> str:
        """Gradients at each step from those at the next states; of parameters, summed over the steps."""
        cell, lowering = self.cell, self._lowering(STORED)
        given = (*cell.inputs, *cell.states, *self.cotangents)
        matrices = [n for n in wanted if len(self.shapes[n]) == 2]
        sides = {n: _outer_terms(of[n], lowering) for n in matrices}
        goals = [lowering.vector(of[n]) for n in wanted if n not in sides]
        goals += [v for pairs in sides.values() for pair in pairs for v in pair]
        writer, new = self._writer(lowering, goals, given, ("", self._code(cell.states[0])), self.lines)
        lines, results = writer.before, []
        outs = {n: writer.names.fresh(f"to_{self._code(n)}") for n in wanted if n not in cell.parameters}
        for name in wanted:
            if name in sides:
                results.append(self._summed_outers(writer, name, [(new[u], new[v]) for u, v in sides[name]]))
                continue
            code = writer.vector(new[lowering.vector(of[name])])
            if name in outs:
                lines.append(f"{outs[name]}[...] = {code}")
            else:
                like = f"w.{self._code(name)}"
                results.append(f"np.zeros_like({like})" if of[name] == ZERO else f"summed({code}, {like})")
        about = "Gradients at the states and inputs, written to the last arguments"
        if results:
            lines.append("return (")
            lines += [f"    {result}," for result in results] + [")"]
        about += ", and those of the parameters, summed over the steps." if results else "."
        return _function(self._head(function, given, list(outs.values()), about), lines)

    def _summed_outers(self, writer: Writer, name: str, pairs: list[tuple[Expression, Expression]]) -> str:
        like = f"w.{self._code(name)}"
        codes = [f"summed_outer({writer.vector(u)}, {writer.vector(v)}, {like})" for u, v in pairs]
        return " + ".join(codes) or f"np.zeros_like({like})"

    def pullback(self, of: Mapping[str, Expression]) -> str:
        """Gradients at all states, carried back from the last step to the first."""
        cell, lowering = self.cell, self._lowering(STORED, LOOP)
        direct = {s: f"direct {s}" for s in cell.states}  # a space: no name of a cell
        for s, name in direct.items():
            lowering.shapes, lowering.levels[name] = {**lowering.shapes, name: cell.shapes[s]}, STORED
        names = self.names.copy()
        codes = {name: names.fresh(f"direct_{self.names[s]}") for s, name in direct.items()}
        names.codes = {**names.codes, **codes}
        given = (*cell.inputs, *cell.states, *self.cotangents, *direct.values())
        lines, unfolded = _unfolded(self.lines, lowering)
        goals = [lowering.vector(total(Name(direct[s]), substituted(of[s], unfolded))) for s in cell.states]
        like = ("", self.names[cell.states[0]], self.names[self.cotangents[0]])
        writer, new = self._writer(lowering, goals, given, like, lines, names)
        paths = [writer.names.fresh(f"{self.names[g]}_path") for g in self.cotangents]
        loop = Loop(writer, self.cotangents, [new[g] for g in goals], paths)
        about = (
            "Write the gradients at the state before each step to the paths, from the last step to the first."
        )
        arguments = ["w", "size", *(writer.names[n] for n in given), *paths]
        head = [f"def pullback({', '.join(arguments)}):", f'    """{about}"""']
        return _function(head, loop.text(f"reversed(range(len({paths[0]})))"))

    def _code(self, name: str) -> str:
        return self.names[name]

    def _head(self, function: str, given: Iterable[str], outs: Iterable[str], about: str) -> list[str]:
        arguments = ", ".join(("w", "size", *(self._code(n) for n in given), *outs))
        return [f"def {function}({arguments}):", f'    """{about}"""']


def _function(head: list[str], lines: list[str]) -> str:
    return "\n".join([*head, *(f"    {line}" for line in lines)])


def _unfolded(lines: Iterable[Equation], lowering: Lowering) -> tuple[list[Equation], dict[str, Expression]]:
    """Lines written out in which another was only scaled by what is known before the loop, and these others.

    However many gates a gradient passes on its way, it is then scaled once.
    """
    scaled: dict[str, Expression] = {}
    done = []
    for line in lines:
        right = substituted(line.right, scaled)
        done.append(Equation(line.left, right, line.role))
        found = factors(lowering.vector(right))
        late = [f for f in found if lowering.level(f) == LOOP]
        if len(found) > 1 and len(late) == 1 and isinstance(late[0], Name):
            scaled[line.left] = right
    return done, scaled


def _outer_terms(e: Expression, lowering: Lowering) -> list[tuple[Expression, Expression]]:
    """The pairs (u, v) of a gradient Σ u vᵀ, lowered."""
    match e:
        case _ if e == ZERO:
            return []
        case Sum(terms=parts):
            return [pair for part in parts for pair in _outer_terms(part, lowering)]
        case Negative(operand=u):
            return [(negative(left), right) for left, right in _outer_terms(u, lowering)]
        case Hadamard(left=u, right=v) | Quotient(left=u, right=v) if (
            lowering.rank(u) == 0 or lowering.rank(v) == 0
        ):
            scalar, matrix = (u, v) if lowering.rank(u) == 0 else (v, u)
            scale = (
                lowering.vector(scalar) if isinstance(e, Hadamard) else Quotient(ONE, lowering.vector(scalar))
            )
            return [(hadamard(scale, left), right) for left, right in _outer_terms(matrix, lowering)]
        case Product(left=u, right=Transpose(operand=v)) if lowering.rank(u) < 2 and lowering.rank(v) < 2:
            return [(lowering.vector(u), lowering.vector(v))]
    raise unknown(e)
