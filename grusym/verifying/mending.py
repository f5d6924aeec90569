"""The smallest edit that makes a refuted formula right, and the paths of the graph it had missed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from grusym.algebra.normal_form import operator_form, vector_form
from grusym.algebra.polynomial import TooLarge
from grusym.algebra.rank import rank
from grusym.checks.samples import Sample
from grusym.errors import GrusymError
from grusym.language.build import total
from grusym.language.claim_text import ClaimText
from grusym.language.evaluation import Walk, sized
from grusym.language.expression import (
    Activation,
    Expression,
    Name,
    Span,
    Sum,
    Transpose,
    substituted,
    unplaced,
    walk,
)
from grusym.verifying.deciding import Pair, float_sample
from grusym.verifying.edits import Edit, edits
from grusym.verifying.readings import Reading, shapes_of
from grusym.verifying.sites import regrouped, sites
from grusym.verifying.truth import Derivative, Meaning, Path, by_path
from grusym.verifying.vocabulary import Words, truth_of, words, written_cotangents

MOST = 4000  # edits of one formula that are tried
BY_CHANCE = 3  # of those that are right only with the gates written out, which takes longer to see


@dataclass(frozen=True)
class Mended:
    """A right formula: the edit that leads to it, and whether one edit does."""

    edit: Edit
    smallest: bool = True


class Arrays(dict[str, Any]):
    """The arrays of all names that a formula may mention, each found when it is asked for."""

    def __init__(self, reading: Reading, sample: Sample) -> None:
        super().__init__()
        self.reading, self.sample = reading, sample

    def __contains__(self, name: object) -> bool:
        if not super().__contains__(name):
            self.update(self.reading.arrays((str(name),), self.sample))
        return True


class Search:
    """One refuted formula under one reading, and the trials of its neighbours."""

    def __init__(self, pair: Pair, target: Expression, formula: Expression) -> None:
        self.pair, self.target, self.formula = pair, target, formula
        self.claim: ClaimText = pair.claim
        self.reading: Reading = pair.reading
        self.words: Words = words(self.claim, self.reading, target, formula)
        self.sample: Sample = float_sample(pair.cell, pair.apart, pair.held)
        self.plain = not (self.claim.definitions or self.claim.arguments) and not any(
            isinstance(n, Activation) and n.function.endswith("'") for n in walk(formula)
        )
        self.walk: Walk = self.sample.walk(Arrays(self.reading, self.sample), pair.shapes)
        self.letters = written_cotangents(self.claim, self.reading)
        goal = self.reading.plain(target, self.claim)
        self.array = sized(goal, self.walk.of(goal), None)
        self.shape = np.shape(self.array)
        self.first = self.array.flat[0] if self.array.size else 0.0
        self.slack = 1e-6 * (1 + float(np.max(np.abs(self.array), initial=0)))

    def holds(self, formula: Expression) -> bool:
        """Whether a neighbour equals the target at the first point."""
        lowered = formula if self.plain else self.reading.plain(formula, self.claim)
        try:
            array = sized(lowered, self.walk.of(lowered), self.shape)
        except (GrusymError, ValueError, IndexError):
            return False
        if array.size and not abs(array.flat[0] - self.first) <= self.slack:  # as of nearly all neighbours
            return False
        return self.sample.same(self.array, array)

    def proof(self, formula: Expression, written_out: bool = True) -> str:
        """The method that shows a neighbour right for all sizes, or nothing."""
        pair = Pair(self.claim, self.target, formula, self.reading, self.pair.held)
        return pair.proof(written_out) if pair.floats(1) else ""

    def mended(self) -> Mended | None:
        """The first neighbour that is right; else a longer correction."""
        with np.errstate(all="ignore"):
            return self._mended()

    def _mended(self) -> Mended | None:
        by_chance: list[Edit] = []  # right because of what a gate is: h - h' is (1 - z) ⊙ (h - c)
        for edit in islice(self.neighbours(), MOST):
            if self.holds(edit.whole):
                if self.proof(edit.whole, written_out=False):
                    return Mended(edit)
                by_chance.append(edit)
        for edit in by_chance[:BY_CHANCE]:
            if self.proof(edit.whole):
                return Mended(edit)
        for edit in self.longer():
            if self.holds(edit.whole) and self.proof(edit.whole):
                return Mended(edit, smallest=False)
        return None

    def neighbours(self) -> Iterator[Edit]:
        """All one-edit neighbours."""
        later = []
        for edit in edits(self.formula, self.words):
            if edit.kind == "factor" and edit.before is None:
                later.append(edit)
            else:
                yield edit
        yield from self.added()
        yield from later
        yield from self.regrouped()

    def added(self) -> Iterator[Edit]:
        """A term that was left out, of any sum; the smallest terms first."""
        alone = ("term", "factor", "signed")
        places = [s for s in sites(self.formula) if isinstance(s.node, Sum) or s.role not in alone]
        kinds = [self.words.is_matrix(s.node) for s in places]
        for term in sorted(self.words.terms, key=lambda t: sum(1 for _ in walk(t))):
            wanted = self.words.is_matrix(term)
            for site, matrix in zip(places, kinds, strict=True):
                if matrix == wanted:
                    e = site.node
                    new = Sum((*(e.terms if isinstance(e, Sum) else (e,)), term), span=e.span)
                    yield Edit("term", None, term, site.put(new), e.span)

    def regrouped(self) -> Iterator[Edit]:
        """A term that was left out of a sum inside a product, of which one term is left."""
        terms = [t for t in self.words.terms if not self.words.is_matrix(t)]
        for site in sites(self.formula):
            for part, put in regrouped(site):
                for term in terms:
                    yield Edit("term", None, term, put(Sum((part, term))), part.span)

    def longer(self) -> Iterator[Edit]:
        """Two terms added, a term replaced by another, or the whole formula."""
        e, span = self.formula, self.formula.span
        parts = e.terms if isinstance(e, Sum) else (e,)
        matrix = self.words.is_matrix(e)
        terms = [t for t in self.words.terms if self.words.is_matrix(t) == matrix]
        if len(parts) > 1:
            for i, part in enumerate(parts):
                for term in terms:
                    new = Sum((*parts[:i], term, *parts[i + 1 :]), span=span)
                    yield Edit("term replaced", part, term, new, part.span or span)
        missing = [t for t in self.missing() if self.words.is_matrix(t) == matrix]
        if len(missing) > 1:
            yield Edit("term", None, total(*missing), Sum((*parts, *missing), span=span), span)
        if isinstance(self.target, Name):
            truth, _ = truth_of(self.reading.cell, self.reading, self.target)
            whole = substituted(unplaced(truth), self.letters)
            if self.reading.layout == "denominator" and matrix:
                whole = Transpose(whole)
            yield Edit("whole", e, whole, whole, span)

    def missing(self) -> list[Expression]:
        """The terms of the paths that the formula has nothing of."""
        _, which = truth_of(self.reading.cell, self.reading, self.target)
        paths = missed(self.pair, self.formula, which)
        found = dict(by_path(self.reading.cell, which)) if which is not None else {}
        return [substituted(found[p], self.letters) for p in paths]


def missed(pair: Pair, formula: Expression, which: Derivative | Meaning | None) -> list[Path]:
    """The paths whose terms stand in the derivative and differ from, or lack in, a formula."""
    if which is None:
        return []
    terms = by_path(pair.reading.cell, which)
    shapes = shapes_of(pair.cell)
    try:
        said = pair.reading.exact(pair.reading.plain(formula, pair.claim))
        matrix = isinstance(which, Derivative) and which.of != "L"
        if pair.reading.layout == "denominator" and matrix:
            said = Transpose(said)
        if (rank(said, shapes) == 2) != matrix:
            return []
        form = operator_form if matrix else vector_form
        have = dict(form(said, shapes))
        whole = form(total(*(e for _, e in terms)), shapes) if terms else {}
        wrong = {w for w in {*have, *whole} if have.get(w) != whole.get(w)}
        return [path for path, e in terms if any(w in wrong for w in form(e, shapes))]
    except (TooLarge, GrusymError):
        return []


def place(span: Span | None) -> str:
    """A span in words."""
    return f"line {span.line}, column {span.column}" if span is not None else ""
