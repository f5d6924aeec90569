"""Activations and their slopes: tanh(u), σ'(z_t), f'(·), σ'_{i_t}."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from grusym.errors import read_error
from grusym.language.activations import ACTIVATIONS
from grusym.language.expression import (
    Activation,
    Expression,
    Sum,
)
from grusym.language.surface import Written
from grusym.unrolled.arrays import Misfit, Thing
from grusym.unrolled.choices import Option
from grusym.unrolled.meaning import Meaning
from grusym.unrolled.naming import Naming
from grusym.unrolled.scene import SLOPE_IN_OUTPUT
from grusym.unrolled.tree import (
    Dots,
    Rest,
)
from grusym.unrolled.world import World


class Slopes(Naming):
    """Reads functions."""

    def _activation(self, e: Activation) -> Thing:
        function = e.function
        if not function.endswith("'") and _left_out(e.operand):
            value = self._applying(function)
            return self._vector(self._inside(lambda: self.plain.at(value, self._latest(e.operand))))
        if not function.endswith("'"):
            inner = self.of(e.operand)
            if inner.kind == "matrix":
                raise Misfit(f"{function} acts on vectors, not on a matrix")
            return replace(inner, array=np.real(ACTIVATIONS[function].value(inner.array)), loss=False)
        return self._slope(function[:-1], e.operand)

    def _slope(self, function: str, u: Expression) -> Thing:
        generic = function in ("?", "")
        if _left_out(u):
            value = self._applying(function)
            return self._vector(self._inside(lambda: self.plain.slope(value, self._latest(u))))
        if isinstance(u, Written):
            p = self._parts(u)
            m = self.meaning(u) if self.names.meanings(p) else None
            if m is not None and m.kind == "argument":
                return self._vector(self._inside(lambda: self.plain.slope(m.name, self._argument_step(m))))
            value = self._output(m)
            if m is not None and value:
                own = self.names.cell.equation(value).right.function  # type: ignore[attr-defined]
                literal = self._literal(function, u) if not generic else None
                in_output = self._vector(
                    self._inside(
                        lambda: self.plain.slope(value, self._when(m, m.name in self.names.cell.states))
                    )
                )
                options = [Option(literal)] if literal is not None else []
                if generic or function in (own, "σ"):  # σ stands for any function in many texts
                    options.append(Option(in_output, SLOPE_IN_OUTPUT, 0.5 * len(options)))
                found = self.choices.pick("slope", options).value
                assert isinstance(found, Thing)
                return found
        if generic:
            inner = self.of(u)
            return self._like(inner)
        return self._literal(function, u)

    def _literal(self, function: str, u: Expression) -> Thing:
        inner = self.of(u)
        return replace(inner, array=World.slope_of(function, inner.array))

    def _like(self, inner: Thing) -> Thing:
        """The slope of the cell's activation whose argument this is."""
        for value in self.names.activations:
            for time in range(1, self.scene.point.steps + 1):
                argument = self.plain.argument(value, time)
                if argument.shape == inner.array.shape and np.allclose(argument, inner.array, atol=1e-12):
                    return replace(inner, array=self.plain.slope(value, time))
        function = self.names.cell.equation(self._applying("")).right.function  # type: ignore[attr-defined]
        return replace(inner, array=World.slope_of(function, inner.array))

    def _output(self, m: Meaning | None) -> str:
        """The value of a meaning if an activation gives it."""
        if m is None or m.kind != "value":
            return ""
        name = self.names.cell.next_of(m.name) if m.name in self.names.cell.states else m.name
        return name if name in self.names.activations else ""

    def _applying(self, function: str) -> str:
        """The last value that a function gives; any activation if it is unnamed."""
        cell = self.names.cell
        fitting = [
            v
            for v in self.names.activations
            if function in ("", "?", cell.equation(v).right.function)  # type: ignore[attr-defined]
        ]
        if not fitting:
            fitting = list(self.names.activations)
        if not fitting:
            raise Misfit("the cell applies no function")
        return fitting[-1]

    def _latest(self, u: Expression) -> int:
        """The step whose argument has these names: that of its inputs, else the innermost index."""
        times = self._signature(u) if isinstance(u, Sum) else ()
        if times:
            w = self.plain
            moving = [t + 1 for t in times]
            return min(max(moving), w.point.steps)
        return self.times[self.inner] if self.inner in self.times else self.scene.head[1]

    def _slope_at(self, value: Expression) -> Thing:
        assert isinstance(value, Written)
        p = self._parts(value)
        name = self.names.own(p.key) if p.key else None
        if name is None:
            raise read_error(value.span, self._unknown(p))
        target = self.names.cell.next_of(name) if name in self.names.cell.states else name
        m = Meaning("value", target, p.times)
        return self._vector(self._inside(lambda: self.plain.slope(target, self._step(m))))


def _left_out(u: Expression) -> bool:
    """Whether an argument is not written out: tanh'(·), tanh(...), tanh(W h + ...)."""
    return isinstance(u, Rest | Dots) or (isinstance(u, Sum) and any(isinstance(t, Dots) for t in u.terms))
