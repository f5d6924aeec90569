"""Gradients of the loss: of all paths, at an argument, from later steps alone, the share of a step."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from grusym.errors import read_error
from grusym.language.expression import (
    Activation,
    Expression,
    Name,
)
from grusym.language.surface import Written
from grusym.unrolled.arrays import Thing
from grusym.unrolled.choices import Option
from grusym.unrolled.fused import part, sides
from grusym.unrolled.jacobians import Jacobians
from grusym.unrolled.lexer import PARTED
from grusym.unrolled.meaning import Meaning
from grusym.unrolled.scene import Outside
from grusym.unrolled.targets import gradient_target
from grusym.unrolled.tree import (
    GradientOf,
    Partial,
)
from grusym.unrolled.world import FREE, Held, product_in

WRITTEN_OUT = ("∂", "∇")  # marks that say themselves by what is differentiated


class Gradients(Jacobians):
    """Reads ∂L/∂v and named gradients."""

    def _gradient(self, target: Expression, mark: str, only: int | None = None) -> Thing:
        if not isinstance(target, Written):
            raise read_error(target.span, "a gradient is taken by a name")
        p = self._parts(target)
        found = self.names.meanings(p)
        if not self.names.owns(p.key) and p.key in ("tanh", "raw", "pre", "net", "σ", "a"):
            found = [Meaning("argument", self.names.activations[-1], p.times)]
        if not found or p.letter == "g":
            found = sides(p, self.names) or found
        if not found and p.letter in ("y", "o", "ŷ", "z"):
            found = [Meaning("logit", "", p.times)]
        if not found:
            deeper = gradient_target(p, self.names)
            if deeper is not None:
                return self._gradient_at(*deeper, target, only)
            raise read_error(target.span, self._unknown(p))
        if len(found) > 1:
            m = self.meaning(target)
        else:
            m = replace(found[0], times=p.times)
        if m.kind in ("target", "prediction"):
            m = Meaning("logit", "", p.times)
        return self._gradient_at([m], mark, target, only)

    def _gradient_at(self, meanings: list[Meaning], mark: str, w: Written, only: int | None = None) -> Thing:
        if only is not None and self.world.point.last and only != self.scene.point.steps:
            raise Outside("the loss of a step that has none")  # all its gradients are 0, and any claim holds
        key = f"{mark} {_shown(w)} {' '.join(map(str, meanings[0].times))}"
        options: list[Option] = []
        for k, m in enumerate(meanings):
            found = self._kinds(m, mark, _shown(w))
            options += [replace(o, cost=o.cost + 0.4 * k) for o in found] if k else found
        sized = len({m.name for m in meanings}) > 1 or meanings[0].kind == "weights"
        picked: Any = self.choices.pick(f"gradient {key}", options, sized).value
        self.handed_back = True
        try:
            thing: Thing = self._inside(lambda: self._gradient_of(picked[0], picked[1], only))
        finally:
            self.handed_back = False
        if (only is not None or picked[0] == "incoming") and not np.any(thing.array):
            self.choices.sized.add(f"gradient {key}")
            raise Outside("a gradient that is nothing at all")  # with any sign the claim would hold
        return thing

    def _kinds(self, m: Meaning, mark: str, shown: str) -> list[Option]:
        """Which gradients a name of one may be: of all paths, at the argument, from later steps alone."""
        cell = self.names.cell
        if m.kind in ("weight", "weights", "fused", "biases"):
            said = f"{shown} is the share of one step, which is summed over the steps"
            return [Option(("total", m)), Option(("step", m), said, 0.3)]
        if m.kind == "output_weight":
            said = f"{shown} is the share of one step, which is summed over the steps"
            return [Option(("output_weight", m)), Option(("output_share", m), said, 0.3)]
        if m.kind != "value":
            return [Option((m.kind, m))]
        value = cell.next_of(m.name) if m.name in cell.states else m.name
        found = self._at_value_or_argument(m, value, mark, shown)
        at_argument = found[0].value[0] == "argument"  # type: ignore[index]
        if m.name in cell.states and not at_argument:
            said = f"{shown} is what comes to {m.name} from later steps, paths within the step left out"
            next_ = any(index.word == "next" for index in m.times)  # what code hands back is dc_next
            named = next_ or any(index.word or index.constant for index in m.times)  # dc_prev, δ_{t-1}
            onward = m.name != self.world.out or mark not in WRITTEN_OUT
            if onward and (self.right or named or mark != "d"):  # dc of code: all
                found.append(Option(("incoming", m), said, 0.15 if next_ else 0.5))
        if m.name == self.world.out and self.names.perturbed == "*":
            said = f"{shown} read as a small change of {m.name}, carried along"
            found.append(Option(("perturbation", m), said, 0.6))
        return found

    def _at_value_or_argument(self, m: Meaning, value: str, mark: str, shown: str) -> list[Option]:
        """The gradient at a value, or at the argument of the activation that gives it.

        One mark means the same for all gates, unless a gate's name is read otherwise; for a state it means
        the same at all times.
        """
        cell = self.names.cell
        total = Option(("total", m))
        if value not in self.names.activations or mark in WRITTEN_OUT:
            return [total]
        if m.name in self.names.cell.states and mark != "δ" and not self.scene.raw:  # dh is that at h
            return [total]
        said = f"{shown} is the gradient at the argument"
        argument = Option(("argument", replace(m, name=value)), said)
        state = m.name in cell.states
        own = cell.equation(value).right
        named = isinstance(own, Activation) and isinstance(own.operand, Name)  # the argument has a name
        kinds = [Option("total"), Option("argument", "", 0.4 if state else 0.3)]
        key = f"{mark} of {m.name}" if state else f"gates {mark}"
        first = self.choices.pick(key, kinds[::-1] if mark == "δ" else kinds).value
        if named and mark != "δ":
            first = "total"
        order = [total, argument] if first == "total" else [argument, total]
        return order[:1] if state else [order[0], replace(order[1], cost=0.4)]

    def _gradient_of(self, kind: str, m: Meaning, only: int | None) -> Thing:
        w = self.world
        match kind:
            case "perturbation":
                return self._vector(self._perturbed(m))
            case "logit":
                return self._vector(w.errors[self._step(m)], True)
            case "output_weight":
                out = w.out
                outer = [np.outer(w.errors[i], w.at(out, i)) for i in range(1, self.scene.point.steps + 1)]
                whole = sum(outer[1:], start=outer[0])
                return Thing("matrix", whole.T if self.rows and not self.batch else whole, loss=True)
            case "arguments" | "parts":
                return self._vector(self._part_gradients(m, self._step(m), only), True)
            case "total" if m.kind in ("fused", "biases"):
                return self._weight_gradient(self._together(m, None, only))
            case "step" if m.kind in ("fused", "biases"):
                return self._weight_gradient(self._together(m, self._when(Meaning("value")), only))
            case "total" if m.kind in ("weight", "weights"):
                found = [w.gradient(name, None, only=only) for name in m.name.split()]
                return self._weight_gradient(
                    found[0] if len(found) == 1 else self._beside(found, m.name.split()[0])
                )
            case "step":
                i = self._when(Meaning("value", "", ()))
                found = [w.gradient(name, i) for name in m.name.split()]
                return self._weight_gradient(
                    found[0] if len(found) == 1 else self._beside(found, m.name.split()[0])
                )
            case "output_share":
                i = self._when(Meaning("value"))
                share = np.outer(w.errors[i], w.at(w.out, i))
                return Thing("matrix", share.T if self.rows and not self.batch else share, loss=True)
            case "product":
                return self._product_gradient(m)
            case "argument":
                time = self._step(m)
                return self._vector(w.gradient(m.name, time, kind="argument", only=only), True)
            case "incoming":
                time = self._when(m)
                value = self.names.cell.next_of(m.name)
                found = w.gradient(m.name, time, w.later(value, time), only=only)
                if m.name == w.out:
                    found = found - w.local(time) * (only in (None, time))
                return self._vector(found, True)
        time = self._when(m, m.name in self.names.cell.states)
        cut = frozenset((v, time + k) for v, k in self.scene.cut) if not self.right else FREE
        return self._vector(w.gradient(m.name, time, cut, only=only), True)

    def _product_gradient(self, m: Meaning) -> Thing:
        """The gradient at r ⊙ h: through the matrix behind it, from the argument it is part of."""
        w, time = self.world, self._step(m)
        after = w.gradient(m.block, time, kind="argument") if m.block in self.names.activations else None
        if after is None:
            after = w.gradient(m.block, time)
        part = product_in(w.cell.equation(m.block).right, frozenset(m.name.split()))
        assert part is not None
        return self._vector(after @ w.by_part(m.block, part, time), True)

    def _part_gradients(self, m: Meaning, time: int, only: int | None) -> Any:
        """The gradients at what the input or the state brings to each pre-activation, one after another."""
        w, key = self.world, ("parts", m.name, m.block, time, only)
        if key not in w.kept:
            w.kept[key] = np.concatenate([self._at_part(g, m.block, time, only) for g in m.name.split()])
        return w.kept[key]

    def _at_part(self, gate: str, block: str, time: int, only: int | None) -> Any:
        inner = part(self.names, gate, block) if block else None
        after = self.world.gradient(gate, time, kind="argument", only=only)
        return after if inner is None else after @ self.world.by_part(gate, inner, time)

    def _together(self, m: Meaning, time: int | None, only: int | None) -> Any:
        """The gradient by all gates' weights as one matrix, of one step or of all."""
        if m.kind == "biases":
            steps = range(1, self.scene.point.steps + 1) if time is None else (time,)
            return sum(self._part_gradients(m, i, only) for i in steps)
        return self._one_matrix(
            {name: self.world.gradient(name, time, only=only) for name in m.name.split()}, m.block
        )

    def shares(self, e: Expression) -> list[Any] | None:
        """What each value that uses a state adds to its gradient; None if no state's gradient is meant."""
        found = self.shares_by_value(e)
        return None if found is None else list(found.values())

    def shares_by_value(self, e: Expression) -> dict[str, Any] | None:
        """What comes through each value that uses what a derivative is taken by; None for other sides."""
        if isinstance(e, Partial) and isinstance(e.of, Written) and self.names.meanings_of(e.of):
            return self._jacobian_shares(e)
        m = self._differentiated_value(e)
        if m is None:
            return None
        w, cell = self.world, self.names.cell
        j = self._when(m, True)
        result = w.shares.get((m.name, j))
        if result is not None:
            return result
        result = w.shares[m.name, j] = {}
        for u, k, name in self._users(m.name, j):
            rest: Held = frozenset((v, k) for v in cell.values if v not in (u, name))
            direct = w.jacobian(u, k, m.name, j, rest)
            after = u[:-1] if u in cell.next_states else u
            result[f"{u}_{k}"] = np.tensordot(w.gradient(after, k), direct, 1)
        return result

    def _differentiated_value(self, e: Expression) -> Meaning | None:
        """The state whose gradient a side is."""
        target = e.target if isinstance(e, GradientOf) else e.by if isinstance(e, Partial) else e
        if not isinstance(target, Written):
            return None
        p = self._parts(target)
        if isinstance(e, GradientOf | Partial):
            meanings = self.names.meanings(p)
        else:
            meanings = (gradient_target(p, self.names) or ([], ""))[0]
        m = replace(meanings[0], times=meanings[0].times or p.times) if meanings else None
        return m if m is not None and m.kind == "value" and m.name in self.names.cell.states else None

    def _users(self, state: str, j: int) -> list[tuple[str, int, str]]:
        """The values that use a state, at its own step and the next: (value, step, name in its equation)."""
        cell = self.names.cell
        found = []
        for k, name in ((j, cell.next_of(state)), (j + 1, state)):
            if 1 <= k <= self.scene.point.steps:
                found += [(u, k, name) for u in self.names.users.get(name, ())]
        return found

    def _jacobian_shares(self, e: Partial) -> dict[str, Any] | None:
        """The parts of a Jacobian of one step, by the value that the paths enter first."""
        of, by = self._changed(e.of), self._changed(e.by)
        if of.kind != "value" or by.kind != "value" or by.name not in self.names.cell.states:
            return None
        w, cell = self.plain, self.names.cell
        i, j = self._when(of), self._when(by)
        last = cell.next_of(of.name) if of.name in cell.states else of.name
        result = {}
        for u, k, name in self._users(by.name, j):
            if k != i:
                continue
            rest: Held = frozenset((v, k) for v in cell.values if v not in (u, name))
            direct = w.jacobian(u, k, by.name, j, rest)
            onward = np.eye(direct.shape[0]) if u == last else w.jacobian(of.name, i, u, k)
            result[f"{u}_{k}"] = np.tensordot(onward, direct, 1)
        return result

    def _weight_gradient(self, array: Any) -> Thing:
        if np.ndim(array) < 2:
            return self._vector(array, True)
        return replace(self._weight(array), loss=True)


def _shown(w: Written) -> str:
    scripts = (f"_{w.name.subscript}" if w.name.subscript else "") + (
        f"^{w.name.label}" if w.name.label else ""
    )
    return w.name.base + w.name.accents + scripts.replace(PARTED, ",")
