"""Names and times: what each name as written stands for, and which names are states."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from grusym.errors import read_error
from grusym.language.activations import unknown_function
from grusym.language.expression import Expression, children
from grusym.language.scanner import NameToken
from grusym.language.statements import Statement
from grusym.language.surface import Call, Written


class Names:
    """What each name as written stands for, and which names are states."""

    def __init__(self, statements: list[Statement]) -> None:
        self.statements = statements
        self.timed = any(
            w.name.time is not None for s in statements for w in [s.left, *written(s.right)]
        ) and not any(s.left.name.primes for s in statements)
        self._marks()
        self._labels()
        self.fresh = {bare(s.left.name) for s in statements if s.left.name.fresh}
        self.times: dict[str, int] = {}
        self.first: dict[str, Statement] = {}
        self._definitions()
        self.states = self._states()
        if not self.states:
            raise read_error(statements[-1].left.span, self._no_state())
        self.defined = [self.left(s) for s in statements]
        self.next_states = [f"{state}'" for state in self.states]
        self.meaning: dict[int, str] = {}
        self._uses()
        self.moving = {bare(w.name) for s in statements for w in written(s.right) if w.name.time is not None}

    def _marks(self) -> None:
        """Refuse h'_t, which says twice when it is."""
        for s in self.statements:
            for w in (s.left, *written(s.right)):
                if w.name.primes and w.name.time is not None:
                    plain = replace(w.name, primes=0, time=None).canonical
                    raise read_error(
                        w.span,
                        f"{plain} has both a prime, which marks the next state, and a time; write "
                        f"{plain}' or {plain}_t for the next state, and an accent, as in h̃_t, for "
                        "a candidate",
                    )

    def _labels(self) -> None:
        """Refuse λ^r, h^k and e^h, where a power is meant that a label would hide; b^z beside W^z is none."""
        uses = [w for s in self.statements for w in (s.left, *written(s.right))]
        raised = [w for w in uses if w.name.raised]
        used = {bare(w.name) for w in uses} if raised else set()
        used -= {w.name.label for w in raised if w.name.base.isascii() and w.name.base.isupper()}
        for w in raised:
            base, label = w.name.base, w.name.label
            matrix = base.isascii() and base.isupper()
            if label in ("k", "n") or (not matrix and (base == "e" or label in used)):
                raise read_error(
                    w.span,
                    f"{base}^{label} can be read as a power; only whole powers are read: write exp(...) for "
                    f"a power, or brackets for a label, as in {base}^{{({label})}}",
                )

    def left(self, s: Statement) -> str:
        """The canonical name a statement defines."""
        base = bare(s.left.name)
        return f"{base}'" if self.timed and base in self.states else s.left.name.canonical

    def _definitions(self) -> None:
        for s in self.statements:
            key = bare(s.left.name) if self.timed else s.left.name.canonical
            if key in self.first:
                place = self.first[key].left.span
                assert place is not None
                raise read_error(
                    s.left.span,
                    f"{as_written(s.left.name)} is defined twice, first in line {place.line}; "
                    "keep one definition or rename one",
                )
            self.first[key] = s
            self.times[key] = s.left.name.time or 0

    def _states(self) -> list[str]:
        if not self.timed:
            return self._primed_states()
        states = []
        for s in self.statements:
            for w in written(s.right):
                key, time = bare(w.name), self._time(w)
                if key in self.times and time is not None and time == self.times[key] - 1:
                    states.append(key)
        return [key for key in self.times if key in states]

    def _time(self, w: Written) -> int | None:
        """The time of a use: beside h_new, a plain h is the old value, as it is beside h'."""
        key = bare(w.name)
        return self.times[key] - 1 if w.name.time is None and key in self.fresh else w.name.time

    def _primed_states(self) -> list[str]:
        states = []
        for s in self.statements:
            if s.left.name.primes > 1:
                raise read_error(
                    s.left.span, f"{as_written(s.left.name)} has several primes; h' is the next value of h"
                )
            if s.left.name.primes:
                states.append(replace(s.left.name, primes=0).canonical)
        for state in states:
            if state in self.first:
                raise read_error(
                    self.first[state].left.span,
                    f"{state} is a state ({state}' is defined) and cannot be defined as well; rename one",
                )
        return states

    def _no_state(self) -> str:
        for s in self.statements:
            for w in written(s.right):
                if self.timed and w.name.time == -1 and bare(w.name) not in self.times:
                    raise read_error(w.span, self._never_updated(w))
        shown = as_written(self.statements[-1].left.name)
        if self.timed:
            return (
                "no state is updated: no value at t is defined from its own value at t-1; did "
                f"you mean {shown} to use its value at t-1?"
            )
        return (
            "no state is updated: no equation defines the next value of a state, as h' = ... "
            f"does; is {shown} meant to be {shown}'?"
        )

    def _uses(self) -> None:
        seen: set[str] = set()
        for s in self.statements:
            self._known_functions(s.right)
            for w in written(s.right):
                self.meaning[id(w)] = self._timed_use(w, seen, s) if self.timed else self._use(w, seen, s)
            seen.add(bare(s.left.name) if self.timed else s.left.name.canonical)

    def _known_functions(self, e: Expression) -> None:
        """Refuse f(u) where f is neither a function nor a matrix."""
        for node in surface(e):
            if isinstance(node, Call):
                f = node.function.name
                name = bare(f)
                known = name in self.times or name in self.states or re.fullmatch(r"[a-z]\d", name)
                word = re.match(r"[A-Z]{2}", name) or (not f.subscript and re.fullmatch("[A-Za-z]{2,}", name))
                if not known and (name[0].islower() or word or f.base == "Φ"):  # w1(x) may be a product
                    raise read_error(node.span, unknown_function(name))

    def _use(self, w: Written, seen: set[str], s: Statement) -> str:
        name, time = w.name.canonical, w.name.time
        if time is not None and time != (-1 if name in self.states else 0):
            raise read_error(w.span, self._other_time(w, name in self.states))
        if name in self.times:
            self._after_definition(w, name, seen, s)
        elif w.name.primes:
            raise read_error(
                w.span, f"unknown name {name}: no equation defines it; add one, or drop the prime"
            )
        return name

    def _other_time(self, w: Written, state: bool) -> str:
        known = "its states at t-1" if state else "its inputs and values at t"
        use = f"write {bare(w.name)} for the old value" if state else "make a past value a state of its own"
        return (
            f"unknown name {as_written(w.name)}: where primes mark the next states, a step knows {known} "
            f"only; {use}"
        )

    def _timed_use(self, w: Written, seen: set[str], s: Statement) -> str:
        key, time = bare(w.name), self._time(w)
        if w.name.primes == 1 and time is None and key[:-1] in self.states:  # h' in a text with h_new
            key, time = key[:-1], self.times[key[:-1]]
        if key not in self.times:
            return self._undefined_at(w, key, time)
        defined = self.times[key]
        if time is None:
            time = defined
        if time == defined - 1:
            return key
        if time != defined:
            raise read_error(
                w.span,
                f"unknown name {as_written(w.name)}: a step knows its state at t-1 and its values at t only",
            )
        self._after_definition(w, key, seen, s)
        return f"{key}'" if key in self.states else key

    def _undefined_at(self, w: Written, key: str, time: int | None) -> str:
        others = {u.name.time for s in self.statements for u in written(s.right) if bare(u.name) == key}
        if len(others - {None}) > 1:
            raise read_error(
                w.span,
                f"{key} is used at several times but never defined; if it is a state, add its equation",
            )
        first, latest = min(self.times.values()), max(self.times.values())
        if time is None or time in (first, latest):
            return key
        if time not in (first - 1, latest - 1):
            raise read_error(
                w.span,
                f"unknown name {as_written(w.name)}: a step knows the time before it and its own only; make "
                "a past value a state of its own",
            )
        if first == latest and (latest == 0 or self._inputs_at(latest)):
            raise read_error(w.span, self._never_updated(w))
        return key

    def _inputs_at(self, time: int) -> bool:
        """Whether an input is used at a time; that of h_{t+1} = U h_t + W x_t is not used at t+1."""
        used = (w.name for s in self.statements for w in written(s.right))
        return any(name.time == time and bare(name) not in self.times for name in used)

    def _never_updated(self, w: Written) -> str:
        key = bare(w.name)
        return (
            f"the state {as_written(w.name)} is never updated: add an equation for {key}_t, or "
            "use a state that has one"
        )

    def _after_definition(self, w: Written, key: str, seen: set[str], s: Statement) -> None:
        if key in seen:
            return
        here, there = as_written(w.name), self.first[key].left.span
        place = "the same line" if self.first[key] is s else f"line {there.line if there else '?'}"
        hint = "its old value is meant" if self.first[key] is s else f"move the equation for {here} above it"
        raise read_error(w.span, f"{here} is used before it is defined in {place}; {hint}")


def bare(name: NameToken) -> str:
    """A name's canonical text without its time."""
    return replace(name, time=None).canonical


def as_written(name: NameToken) -> str:
    """A name with its time, for an error message."""
    if name.time is None:
        return name.canonical
    return f"{bare(name)}_{{t{name.time:+d}}}" if name.time else f"{bare(name)}_t"


def written(e: Expression) -> Iterable[Written]:
    """The names as written in a surface tree, in order."""
    for node in surface(e):
        if isinstance(node, Written):
            yield node


def surface(e: Expression) -> Iterable[Expression]:
    """Every node of a surface tree, parents first."""
    yield e
    parts = e.factors if hasattr(e, "factors") else children(e)
    for part in parts:
        yield from surface(part)
