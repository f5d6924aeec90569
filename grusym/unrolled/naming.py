"""Names of a claim over steps as arrays: times found, meanings picked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from grusym.errors import read_error
from grusym.language.activations import SPELLINGS
from grusym.language.expression import (
    Activation,
    Expression,
)
from grusym.language.scanner import NameToken
from grusym.language.surface import Written
from grusym.language.times import written
from grusym.unrolled.arrays import Algebra, Misfit, Thing, scalar
from grusym.unrolled.choices import Choices, Option
from grusym.unrolled.fused import part
from grusym.unrolled.index import NOW, Index, read_index
from grusym.unrolled.lexer import PARTED
from grusym.unrolled.meaning import Meaning
from grusym.unrolled.names import Parts, parts
from grusym.unrolled.scene import OUTSIDE, TURNED, Outside, Scene, world
from grusym.unrolled.targets import gradient_target
from grusym.unrolled.world import World


class Naming:
    """What a name stands for in one world and under one reading."""

    def __init__(self, scene: Scene, choices: Choices) -> None:
        self.scene, self.choices = scene, choices
        self.names = scene.names
        self.times = dict(scene.times)
        self.rows = scene.rows
        self.flipped = False
        if scene.flipped and not scene.rows:
            option = choices.pick(
                "rows",
                [Option(False), Option(True, "vectors read as rows, the cell as x W", 2.0)],
                sized=True,
            )
            self.flipped = bool(option.value)
            self.rows = self.flipped
        elif scene.code and not scene.rows:
            said = "vectors read as rows, one for each example of a batch; weights as the cell has them"
            self.rows = bool(
                choices.pick("batch", [Option(False), Option(True, said, 1.5)], sized=True).value
            )
        self.batch = self.rows and not scene.rows and not self.flipped
        self.algebra = Algebra(choices, self.rows, scene.code, self.batch)
        self.inner = "t"
        self.handed_back = False  # whether a gradient is evaluated
        self.right = False  # whether a side after the first is evaluated
        self.shift = 0
        self.entries = {
            x: k % 2 for k, x in enumerate(scene.entries)
        }  # the numbers of the entries that letters stand for
        self.entrywise = False  # whether an array is evaluated for one of its entries

    # ---- the world -----------------------------------------------------------------------------

    @property
    def world(self) -> World:
        """The world whose loss this reading takes."""
        last = False
        if not self.scene.local:
            said = "the loss depends on the state of a step through later steps alone"
            last = bool(self.choices.pick("loss", [Option(False), Option(True, said, 0.1)]).value)
        return self._ending if last else self.plain

    @cached_property
    def plain(self) -> World:
        """The world where the loss does not matter."""
        return world(self.names.cell, self.scene.point)

    @cached_property
    def _ending(self) -> World:
        return world(self.names.cell, replace(self.scene.point, last=True))

    def of(self, e: Expression) -> Thing:
        """The value of a node."""
        raise NotImplementedError

    def _gradient_at(self, meanings: list[Meaning], mark: str, w: Written, only: int | None = None) -> Thing:
        raise NotImplementedError

    # ---- names ---------------------------------------------------------------------------------

    def _parts(self, w: Written) -> Parts:
        return parts(w.name, self.scene.letters)

    def _signature(self, e: Expression) -> tuple[int, ...]:
        found = []
        for w in written(e):
            for index in self._parts(w).times:
                found.append(self._time(index))
        return tuple(found)

    def _time(self, index: Index) -> int:
        if index.word:
            return self._word(index.word)
        found = index.at(self.times)
        if found is None:
            unknown = next(x for x, _ in index.letters if x not in self.times)
            raise Misfit(f"no time is known for {unknown}")
        return found + (self.shift if index.letters else 0)

    def _word(self, word: str) -> int:
        t = self.times.get("t", 2)
        if word == "prev":
            return t - 1
        if word == "next":
            options = [Option(1), Option(0)] if self.scene.curr else [Option(0), Option(1, "", 0.5)]
            back = (
                [Option(-1, "", 0.6)] if self.handed_back and not self.scene.paired else []
            )  # the dhnext of a backward pass
            return t + int(self.choices.pick(f"next{len(back)}", [*options, *back]).value)  # type: ignore[call-overload]
        return t

    def _when(self, meaning: Meaning, state: bool = False) -> int:
        """The time of a value; one without a time is that of the step."""
        if meaning.times:
            return self._time(meaning.times[-1])
        t = self._time(NOW) if "t" in self.times else self.scene.head[1]
        if state and not self.scene.prev:
            options = [Option(0), Option(-1, f"{meaning.name} without a time is the old one", 0.6)]
            return t + int(self.choices.pick(f"time of {meaning.name}", options).value)  # type: ignore[call-overload]
        return t

    def meaning(self, w: Written) -> Meaning:
        """What a name stands for in this reading."""
        p = self._parts(w)
        found = self.names.meanings(p)
        if not found:
            raise read_error(w.span, self._unknown(p))
        found = self._in_style(found)
        options = self.names.kept.get(("options", *found))
        if options is None:
            options = self.names.kept["options", *found] = [Option(m, m.said, m.cost) for m in found]
        meaning = self.choices.pick(f"name {p.key}", options, sized=True).value
        assert isinstance(meaning, Meaning)
        return meaning if meaning.times == p.times else replace(meaning, times=p.times)

    def _in_style(self, found: list[Meaning]) -> list[Meaning]:
        """The weights of all gates are one by one, or side by side, or those of the state alone."""
        if self.scene.point.bound:  # any matrix that is larger makes a bound wider
            return [m for m in found if m.kind not in ("weights", "fused")] or found
        if not any(m.kind == "weights" for m in found):
            return found
        styles = [Option("")]
        for order, what in (("hx", "[h, x]"), ("xh", "[x, h]")):
            styles.append(Option(order, f"a gate's weights read as one matrix, which multiplies {what}", 0.5))
        styles.append(Option("h", "a gate's weights read as those of the state", 0.6))
        picked = self.choices.pick("weights", styles, sized=True).value
        single = [m for m in found if m.kind != "weights"]
        if picked == "h":
            return [m for m in single if m.kind == "weight" and self.names.hint(m.name) == "h"] or single
        return [m for m in found if m.kind == "weights" and m.block == picked] or single

    def _unknown(self, p: Parts) -> str:
        shown = p.letter + ("_" + ",".join(p.labels) if p.labels else "")
        known = ", ".join((*self.names.cell.values, *self.names.cell.weights, *self.names.cell.inputs))
        return f"unknown name {shown}; cell {self.names.cell.name!r} has {known}"

    def _named(self, w: Written) -> Thing:
        p = self._parts(w)
        if not self.names.meanings(p):
            target = gradient_target(p, self.names)
            if target is not None and self._kept(target[0], w):
                return self._slope_at(Written(NameToken(target[0][0].name.rstrip("'")), span=w.span))
            if target is not None:
                return self._gradient_at(*target, w)
            one = _loose_word(p)
            if one is not None:
                return self.of(one)
        meaning = self.meaning(w)
        power = (
            read_index(w.name.label) if meaning.kind == "weight" and w.name.label[:1] not in "(<" else None
        )
        if power is not None and power.letters:  # W^{t-k}
            base, exponent = self.thing(meaning), self._time(power)
            if exponent < 0:
                raise Outside("a negative power")
            return replace(base, array=np.linalg.matrix_power(base.array, exponent))
        return self.thing(meaning)

    def _kept(self, meanings: list[Meaning], w: Written) -> bool:
        """Whether dz on the right of dz = ... dz is the slope of z, kept under the name until then."""
        m = meanings[0]
        if not self.right or w.name != self.scene.assigned or m.name not in self.names.activations:
            return False
        said = f"{w.name.base} on the right is the slope that is kept under that name"
        return bool(self.choices.pick("kept", [Option(True, said), Option(False, "", 0.5)]).value)

    def _slope_at(self, value: Expression) -> Thing:
        raise NotImplementedError

    def thing(self, m: Meaning) -> Thing:
        """The array of a meaning."""
        w = self.plain
        match m.kind:
            case "value":
                time = self._when(m, m.name in self.names.cell.states)
                return self._vector(self._inside(lambda: w.at(m.name, time)))
            case "weight":
                return self._weight(w.weights[m.name])
            case "block":
                return self._weight(self._section(m))
            case "weights":
                weights = m.name.split()
                return self._weight(self._beside([w.weights[name] for name in weights], weights[0]))
            case "arguments":
                time = self._argument_step(m)
                found = [w.argument(gate, time) for gate in m.name.split()]
                return self._vector(self._inside(lambda: np.concatenate(found)))
            case "parts":
                return self._vector(self._inside(lambda: self._parts_of(m)))
            case "fused":
                return self._weight(
                    self._one_matrix({name: w.weights[name] for name in m.name.split()}, m.block)
                )
            case "product":
                time = self._step(m)
                known = [w.at(x, time - (x in self.names.cell.states)) for x in m.name.split()]
                return self._vector(known[0] * known[1])
            case "stack":
                return self._vector(self._inside(lambda: self._stacked(m)))
            case "argument":
                return self._vector(self._inside(lambda: w.argument(m.name, self._argument_step(m))))
            case "output_weight":  # p × n, or n × p where outputs are h V
                return Thing("matrix", w.V.T if self.rows and not self.batch else w.V)
            case "logit":
                return self._vector(w.V @ self._inside(lambda: w.at(w.out, self._step(m))))
            case "prediction":
                return self._vector(
                    self._inside(lambda: w.errors[self._step(m)] + w.targets[self._step(m)]), True
                )
            case "target":
                return self._vector(self._inside(lambda: w.targets[self._step(m)]), True)
            case "local":
                return self._vector(self._inside(lambda: self.world.local(self._step(m))), True)
            case "slopes":
                return Thing("matrix", np.diag(self._inside(lambda: w.slope(m.name, self._argument_step(m)))))
            case "perturbation":
                return self._vector(self._inside(lambda: self._perturbed(m)))
            case "step_jacobian":
                i = self._step(m)
                return self._matrix(self._inside(lambda: w.jacobian(w.out, i, w.out, i - 1)))
        raise Misfit(f"{m.kind} has no value")

    def _perturbed(self, m: Meaning) -> Any:
        """What a small change of the first state has become at a time: v_t = ∂h_t/∂h_0 v_0."""
        w, time = self.plain, self._when(m)
        first = w.errors[0] @ w.V
        return first if time == 0 else w.jacobian(w.out, time, w.out, 0) @ first

    def _section(self, m: Meaning) -> Any:
        """The part of a weight that multiplies the input or the state."""
        w, cell = self.plain, self.names.cell
        sizes = {"x": w.shape(cell.inputs[0])[0], "h": w.shape(cell.next_of(w.out))[0]}
        start = 0
        for tag in self.names.sections(m.name):
            if tag == m.block:
                part = slice(start, start + sizes[tag])
                return w.weights[m.name][part] if cell.rows else w.weights[m.name][:, part]
            start += sizes[tag]
        raise Misfit(f"{m.name} has no part for {m.block}")

    def _beside(self, arrays: list[Any], weight: str) -> Any:
        """Matrices as one: side by side, or one above the other where they stand as in x W."""
        return np.concatenate(arrays, axis=0 if weight in self.names.turned else 1)

    def _parts_of(self, m: Meaning) -> Any:
        """What the input or the state brings to each pre-activation, one after another."""
        time = self._step(m)
        inner = [(gate, part(self.names, gate, m.block)) for gate in m.name.split()]
        found = [self.plain.evaluate(e, time, self.plain.shape(g)) for g, e in inner if e is not None]
        return np.concatenate(found)

    def _one_matrix(self, arrays: Mapping[str, Any], block: str) -> Any:
        """The matrices of all gates as one; of each gate's two side by side first, where it is for [h, x]."""
        first = next(iter(arrays))
        found = list(arrays.values())
        if len(block) > 1:
            found = [self._beside(list(pair), first) for pair in zip(found[::2], found[1::2], strict=True)]
        return np.concatenate(found, axis=1 if first in self.names.turned else 0)

    def _stacked(self, m: Meaning) -> Any:
        """[h, x] as one vector."""
        time = self._when(m)
        h = self.plain.at(self.plain.out, time - 1)
        x = self.plain.at(self.names.cell.inputs[0], time)
        return np.concatenate([h, x] if m.name == "hx" else [x, h])

    def _argument_step(self, m: Meaning) -> int:
        """The step of a pre-activation, which some name by the step before."""
        if not m.times or m.name in self.names.given:
            return self._step(m)
        said = "a pre-activation bears the time of the state it uses, not of the one it gives"
        late = self.choices.pick("pre-activation", [Option(0), Option(1, said, 1.2)]).value
        time = self._when(m) + int(late)  # type: ignore[call-overload]
        if not 1 <= time <= self.scene.point.steps:
            raise Outside(OUTSIDE)
        return time

    def _step(self, m: Meaning) -> int:
        time = self._when(m)
        if not 1 <= time <= self.scene.point.steps:
            raise Outside(OUTSIDE)
        return time

    def _inside(self, value: Callable[[], Any]) -> Any:
        try:
            return value()
        except (KeyError, IndexError):
            raise Outside(OUTSIDE) from None

    def _vector(self, array: Any, loss: bool = False) -> Thing:
        array = np.asarray(array)
        if array.ndim == 0:
            return scalar(array)
        return Thing("row" if self.rows else "col", array, loss=loss)

    def _weight(self, array: Any) -> Thing:
        if np.ndim(array) < 2:
            return self._vector(array)
        return Thing("matrix", array.T if self.flipped else array)

    def _matrix(self, array: Any) -> Thing:
        """A Jacobian in the layout of this reading."""
        if np.ndim(array) < 2:
            return scalar(array) if np.ndim(array) == 0 else self._vector(array)
        if self.entrywise:  # an entry says which index is whose
            return Thing("matrix", array, derivative=True)
        options = [Option(False), Option(True, TURNED, 1.0)]
        turned = self.choices.pick("layout", options, sized=True).value
        return Thing("matrix", array.T if turned else array, derivative=True)


def _loose_word(p: Parts) -> Expression | None:
    """tanh_c_t of code is tanh(c_t)."""
    for function in ("tanh", "sigmoid", "sigma"):
        if p.letter == function and p.labels:
            inner = Written(
                NameToken(p.labels[0], subscript=PARTED.join([*p.labels[1:], *map(str, p.times)]))
            )
            return Activation(SPELLINGS[function], inner)
    return None
