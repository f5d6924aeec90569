"""A certificate judged step by step, by a checker that does not know the calculus that wrote it.

A change d(u) is linear in the changes of what u is made of. Each step is judged exactly, by the checker's own
rules, and in numbers (`grusym.checks.opening`). Every step must serve a later one, the last must give the
result, and the results must be every Jacobian block of one step and every gradient of the cell whose text the
certificate holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from grusym.checks.directions import SIZES, Direction
from grusym.checks.opening import Known, Opening, Sides, changes_in, must
from grusym.errors import GrusymError
from grusym.language.cell import Shape
from grusym.language.certificate import PLACES, said
from grusym.language.changed import formula
from grusym.language.claim import Claim, Verdict
from grusym.language.expression import ZERO, Expression, Increment, Name, names_in, unplaced
from grusym.language.filed import Filed, Line, filed, from_text
from grusym.language.reader import read_cell
from grusym.language.shapes import shape_of

METHOD = "normal form and complex step of every step"


def replay(certificate: Any) -> Verdict:
    """Whether every step of a certificate holds, and they give every Jacobian and gradient of its cell.

    `certificate` is the path of a file, or what `certify` returned. The verdict is proved, or refuted with
    the step in `.where` and the reason in `.detail`.
    Raises DataError for a file that is no certificate.
    """
    found = filed(certificate) if isinstance(certificate, str | Path) else from_text(str(certificate))
    claim = Claim(f"{found.cell}: certificate", f"the derivations of cell {found.cell} hold, step by step")
    where = "the equations"
    try:
        judge = Judge(found)
        for derivation in found.derivations:
            for at in judge.derivation(*derivation):
                where = at
    except (GrusymError, RecursionError, ArithmeticError) as error:
        reason = str(error) or "it is nested too deep"
        return Verdict(claim, "refuted", METHOD, where=where, detail=reason)
    steps = sum(len(lines) for _, _, lines, _ in found.derivations)
    return Verdict(claim, "proved", METHOD, detail=f"{len(found.derivations)} derivations, {steps} steps")


class Judge:
    """The cell of a certificate, and what has been judged of it."""

    def __init__(self, found: Filed) -> None:
        self.cell = cell = read_cell(found.equations, name=found.cell)
        shapes = {name: said(shape) for name, shape in cell.shapes.items()}
        must(shapes == found.shapes, "they imply other shapes than the certificate says")
        self.d, self.loss, self.cotangents = found.change, found.loss, found.cotangents
        letters = [self.d, self.loss, *PLACES, *self.cotangents.values()]
        taken = len({*letters, *cell.shapes}) < len(letters) + len(cell.shapes)
        must(not taken, "a letter of the certificate is a name in them, or has two meanings")
        must(
            {*self.cotangents} == {*cell.next_states},
            "the loss needs one gradient at each of their next states",
        )
        self.shapes: dict[str, Shape] = {**cell.shapes, self.loss: ()}
        self.shapes |= {g: cell.shapes[v] for v, g in self.cotangents.items()}
        self.right = {e.left: unplaced(e.right) for e in cell.equations}
        own = (*cell.states, *cell.inputs)
        wanted = [(of, by) for of in cell.next_states for by in own]
        wanted += [(self.loss, by) for by in (*cell.parameters, *own)]
        goals = sorted((of, by) for of, by, _, _ in found.derivations)
        must(goals == sorted(wanted), "a derivation is missing, given twice, or not of them")
        self.read = lru_cache(maxsize=None)(self._read)
        self.rests_on = lru_cache(maxsize=None)(self._rests_on)
        self.judged: dict[Any, str] = {}

    def derivation(self, of: str, by: str, lines: tuple[Line, ...], result: str) -> Iterator[str]:
        """Judge a derivation, saying before each step where it is; raises GrusymError at what is wrong."""
        steps: list[Sides] = []
        texts: list[str] = []
        more: tuple[tuple[str, Shape], ...] = ()
        defined: dict[str, Expression] = {}
        waiting: dict[int | str, str] = {}  # to be used
        for k, line in enumerate(lines, 1):
            yield (where := f"∂{of}/∂{by}, step {k} (line {line.place})")
            after = self.read(line.after, more)
            short = line.before if line.rule == "abbreviation" else ""
            before = Name(short) if short else self.read(line.before, more)
            must(len({*line.uses}) == len(line.uses), "it uses a step twice")
            must(
                all(0 < u < k for u in line.uses),
                f"it uses steps {line.uses}, which are not all earlier ones",
            )
            waiting = {w: at for w, at in waiting.items() if w not in (*line.uses, *names_in(after))}
            if short:
                taken = short in {*self.shapes, *defined, self.d, *PLACES}
                must(
                    not (taken or line.uses or changes_in(after)),
                    "an abbreviation is a new name, of no change",
                )
                more += ((short, shape_of(after, self.shapes | dict(more))),)
                defined[short] = after
            else:
                key: Any = (by, line.rule, line.before, line.after, tuple(defined.items()))
                key = (*key, *(texts[u - 1] for u in line.uses))
                if key not in self.judged:
                    uses = tuple(steps[u - 1] for u in line.uses)
                    self.judged[key] = _fault(
                        Opening(self.known(by, more, defined), before, after, uses), line.rule
                    )
                must(not self.judged[key], self.judged[key])
            waiting[short or k] = where
            steps.append((before, after))
            texts.append(f"{line.before} = {line.after}")
        yield (where := f"∂{of}/∂{by}, the result")
        e = self.read(result, more)
        for w, at in waiting.items():
            if w not in (len(lines), *names_in(e)):
                yield at
                raise GrusymError("no later step uses it")
        yield where
        last = steps[-1] if steps else (Increment(Name(of)), ZERO)
        must(last[0] == Increment(Name(of)), f"the last step is not about the change of {of}")
        Opening(self.known(by, more, defined), *last).gives(e)

    def known(self, by: str, more: tuple[tuple[str, Shape], ...], defined: dict[str, Expression]) -> Known:
        """What a step of a derivation by one name rests on."""
        active, directions = self.rests_on(by)
        shapes = self.shapes | dict(more)
        return Known(by, self.right, active, shapes, self.loss, self.cotangents, directions, dict(defined))

    def _rests_on(self, by: str) -> tuple[frozenset[str], tuple[Direction, ...]]:
        """The names that can change with one, and the points at which numbers are compared."""
        found = {by, self.loss}
        for name, e in self.right.items():
            if found.intersection(names_in(e)):
                found.add(name)
        given = (self.cell, by, self.loss, self.cotangents)
        return frozenset(found), tuple(Direction(*given, size) for size in range(len(SIZES)))

    def _read(self, text: str, more: tuple[tuple[str, Shape], ...]) -> Expression:
        return formula(text, self.shapes | dict(more), self.d)


def _fault(step: Opening, rule: str) -> str:
    """Why a step does not hold; nothing where it does."""
    try:
        step.judge(rule)
    except GrusymError as error:
        return str(error)
    return ""
