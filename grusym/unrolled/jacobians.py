"""Derivatives of values by values and weights, with what is held fixed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from grusym.errors import read_error
from grusym.language.claim_grammar import LOSSES
from grusym.language.expression import (
    Expression,
    names_in,
)
from grusym.language.surface import Written
from grusym.language.times import written
from grusym.unrolled.arrays import Misfit, Thing
from grusym.unrolled.choices import Option
from grusym.unrolled.index import NOW
from grusym.unrolled.meaning import Meaning
from grusym.unrolled.scene import Outside
from grusym.unrolled.slopes import Slopes
from grusym.unrolled.tree import Partial, Vectorised
from grusym.unrolled.world import FREE, Held


class Jacobians(Slopes):
    """Reads ∂u/∂v."""

    def _partial(self, e: Partial) -> Thing:
        if isinstance(e.of, Written):
            p = self._parts(e.of)
            if p.letter in LOSSES and self.names.own(p.key) is None:
                only = self._time(p.times[-1]) if p.times else None
                if isinstance(e.by, Vectorised):
                    whole = self._gradient(e.by.operand, "∂", only)
                    order = "C" if self.rows_first(e.by.rows) else "F"
                    return replace(whole, kind="col", array=whole.array.ravel(order))
                return self._gradient(e.by, "∂", only)
        if isinstance(e.of, Vectorised):  # vec of a vector
            e = replace(e, of=e.of.operand)
        if not isinstance(e.of, Written):
            return self._of_product(e)
        return self._jacobian(self._changed(e.of), self._changed(e.by), e.kind)

    def _of_product(self, e: Partial) -> Thing:
        """∂(W s)/∂W, s held fixed."""
        by = self._changed(e.by)
        others = [w for w in _names_of(e.of) if self._weight_name(w) != by.name]
        if by.kind != "weight" or len(others) != 1 or len(_names_of(e.of)) != 2:
            raise read_error(e.span, "derivatives of expressions other than W s by W are not read")
        s = self.of(others[0])
        rows = self.plain.shape(by.name)[0]
        self.choices.pick("product", [Option(None, "the vector in a product W s is held fixed")])
        return Thing("matrix", np.kron(np.eye(rows), s.array), derivative=True, weight=(rows, s.size))

    def rows_first(self, rows: bool) -> bool:
        """Whether a vec takes a matrix row by row: where code says so, or in a reading."""
        said = "vec takes a matrix row by row"
        return rows or bool(self.choices.pick("vec", [Option(False), Option(True, said, 1.5)]).value)

    def _changed(self, e: Expression) -> Meaning:
        """What is differentiated, or by what."""
        if isinstance(e, Vectorised):
            m = self._changed(e.operand)
            return replace(m, block="rows" if e.rows else "vec") if m.kind == "weight" else m
        if isinstance(e, Written):
            p = self._parts(e)
            if not self.names.meanings(p) and p.letter in ("y", "o", "ŷ"):
                return Meaning("logit", "", p.times)
            m = self.meaning(e)
            if m.kind in ("target", "prediction"):
                return Meaning("logit", "", p.times)
            if m.kind in ("value", "argument", "weight", "weights"):
                return m
            raise read_error(e.span, f"{p.letter} cannot be differentiated here")
        return self._summand(e)

    def _summand(self, e: Expression) -> Meaning:
        """A product W s_{t-1} that stands in an argument, by which the argument is differentiated."""
        weights = [w for w in _names_of(e) if self._weight_name(w) is not None]
        others = [w for w in _names_of(e) if w not in weights]
        if len(weights) == 1 and others:
            name = self._weight_name(weights[0])
            for value in self.names.activations:
                if name in names_in(self.names.cell.equation(value).right):
                    time = max((i for w in others for i in self._parts(w).times), key=str, default=NOW)
                    return Meaning("argument", value, (time.shifted(1),), block="summand")
        raise read_error(e.span, "derivatives by expressions other than W s are not read; give it a name")

    def _weight_name(self, w: Written) -> str | None:
        found = self.names.meanings(self._parts(w))
        return found[0].name if found and found[0].kind == "weight" else None

    def _jacobian(self, of: Meaning, by: Meaning, form: str = "") -> Thing:
        if of.kind == "logit":
            if by.kind == "value":
                return self._matrix_of(self.plain.V)
            raise Misfit("the outputs are differentiated by the hidden state alone")
        if of.kind == "weight":
            raise Misfit("a weight is differentiated")
        w, i = self.plain, self._when(of, of.name in self.names.cell.states and not by.times)
        if by.kind == "weight":
            array = self._inside(lambda: self._by_weight(of, i, by, form))
            if by.block in ("vec", "rows"):
                if array.ndim > 2 and not self.rows_first(by.block == "rows"):
                    array = array.swapaxes(1, 2)
                return self._matrix(array.reshape(array.shape[0], -1))
            if self.entrywise:
                return Thing("matrix", array, derivative=True)
            flat = array.reshape(array.shape[0], -1)
            return Thing("matrix", flat, derivative=True, weight=array.shape[1:])
        j = self._when(by)
        if by.name in self.names.cell.states and not by.times:
            j = i - 1
        if of.kind == "argument":
            return self._matrix(self._inside(lambda: self._argument_jacobian(of, i, by, j)))
        held = self._held(of, i, by, j)
        kind = "argument" if by.kind == "argument" else ""
        if j > i:
            raise Outside("a derivative by a later value")
        found = self._inside(lambda: w.jacobian(of.name, i, by.name, j, held, kind))
        nothing = held and self.right and not np.any(found)  # any sign before it would do
        if nothing and np.any(w.jacobian(of.name, i, by.name, j, FREE, kind)):
            self.choices.sized |= {key for key in self.choices.met if key.startswith("paths ")}
            raise Outside("a derivative that is nothing, for what is held fixed")
        return self._matrix(found)

    def _matrix_of(self, array: Any) -> Thing:
        return self._matrix(array)

    def _argument_jacobian(self, of: Meaning, i: int, by: Meaning, j: int) -> Any:
        """∂a_i/∂by_j, from the value that the argument gives."""
        w = self.plain
        kind = "argument" if by.kind == "argument" else ""
        whole = w.jacobian(of.name, i, by.name, j, frozenset(), kind)
        return whole / w.slope(of.name, i)[:, None]

    def _by_weight(self, of: Meaning, i: int, by: Meaning, form: str) -> Any:
        """The derivative by a weight: through all steps, or in the step alone as ∂⁺ says."""
        said = f"∂{of.name}/∂{by.name} is the immediate derivative, the old state held fixed"
        immediate = self.scene.old_fixed
        if form == "immediate":
            immediate = True
        elif form == "total":
            immediate = False
        elif (self.right or of.kind == "argument") and not immediate:  # a claim on a value is of the whole
            immediate = bool(self.choices.pick("immediate", [Option(False), Option(True, said, 0.3)]).value)
        found = self.plain.jacobian(of.name, i, by.name, i if immediate else None)
        if of.kind == "argument":
            slope = self.plain.slope(of.name, i)
            found = found / slope.reshape(*slope.shape, *(1,) * (found.ndim - 1))
        return found

    def _held(self, of: Meaning, i: int, by: Meaning, j: int) -> Held:
        """What a derivative of a state by one of several holds fixed in this reading."""
        states = self.names.cell.states
        others = [s for s in states if s != by.name]
        options = []
        if by.kind == "value" and by.name in states and others:
            fixed = ", ".join(others)
            one: Held = frozenset((s, j) for s in others)
            every: Held = frozenset((s, k) for s in others for k in range(j, i))
            if i == j:
                options = [Option(frozenset())]
            else:
                options = [Option("one", f"{fixed} of the same step held fixed")]
                if i - j > 1:
                    options = [Option("every", f"{fixed} held fixed at every step"), Option("one", "", 0.2)]
                options.append(Option("all", "", 0.3))
            kind = self.choices.pick(f"paths {'one' if i - j <= 1 else 'many'}", options).value
            found = {"one": one, "every": every, "all": frozenset()}.get(kind, frozenset())  # type: ignore[call-overload]
        else:
            found = frozenset()
        inside = [b for a, b in self.scene.derivatives if a == of.name and b != by.name]
        if inside and by.kind == "value":
            said = f"∂{of.name}/∂{by.name} with {', '.join(inside)} held fixed, whose paths stand beside it"
            option = self.choices.pick("beside", [Option(False), Option(True, said, 0.8)])
            if option.value:
                names = [self.names.cell.next_of(b) if b in states else b for b in inside]
                found = found | frozenset((b, i) for b in names if b in self.names.cell.values)
        return found

    def _gradient(self, target: Expression, mark: str, only: int | None = None) -> Thing:
        raise NotImplementedError


def _names_of(e: Expression) -> list[Written]:
    return list(written(e))
