"""The smallest edit that makes a refuted formula right, and the paths of the graph it had missed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from grusym.algebra.polynomial import TooLarge
from grusym.algebra.rank import rank
from grusym.checks.samples import Sample
from grusym.errors import GrusymError
from grusym.language.build import total
from grusym.language.claim_text import ClaimText
from grusym.language.evaluation import sized
from grusym.language.expression import (
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
from grusym.verifying.edits import Candidates, Choice, Edit, edits
from grusym.verifying.forms import form, known_shapes
from grusym.verifying.readings import Reading
from grusym.verifying.sites import Put, regrouped, sites
from grusym.verifying.trials import Reader, Trials
from grusym.verifying.truth import Derivative, Meaning, Path, by_path
from grusym.verifying.vocabulary import Words, truth_of, words, written_cotangents

MOST = 4000  # edits of one formula that are tried
BY_CHANCE = 3  # of those that are right only with the gates written out, which takes longer to see


@dataclass(frozen=True)
class Mended:
    """A right formula: the edit that leads to it, and whether one edit does."""

    edit: Edit
    smallest: bool = True


class Search:
    """One refuted formula under one reading, and the trials of its neighbours."""

    def __init__(self, pair: Pair, target: Expression, formula: Expression) -> None:
        self.pair, self.target, self.formula = pair, target, formula
        self.claim: ClaimText = pair.claim
        self.reading: Reading = pair.reading
        self.words: Words = words(self.claim, self.reading, target, formula)
        self.sample: Sample = float_sample(pair.cell, pair.apart, pair.held)
        self.walk = Reader(self.reading, self.claim, self.sample, pair.shapes)
        self.letters = written_cotangents(self.claim, self.reading)
        self.array = sized(target, self.walk.of(target), None)
        self.sites = sites(formula)
        self.trials = Trials(self.walk, self.array)

    def holds(self, formula: Expression) -> bool:
        """Whether a neighbour equals the target at the point."""
        try:
            array = sized(formula, self.walk.of(formula), np.shape(self.array))
        except (GrusymError, ValueError, IndexError):
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
        for edit in self.right(self.neighbours()):
            if self.proof(edit.whole, written_out=False):
                return Mended(edit)
            by_chance.append(edit)
        for edit in by_chance[:BY_CHANCE]:
            if self.proof(edit.whole):
                return Mended(edit)
        for edit in self.right(self.longer()):
            if self.proof(edit.whole):
                return Mended(edit, smallest=False)
        return None

    def right(self, candidates: Candidates) -> Iterator[Edit]:
        """The edits after which the sides agree at the point."""
        for candidate in islice(candidates, MOST):
            for edit in self.trials.near_misses(candidate):
                if self.holds(edit.whole):
                    yield edit

    def neighbours(self) -> Candidates:
        """All one-edit neighbours."""
        later: list[Edit | Choice] = []
        for candidate in edits(self.sites, self.words):
            if candidate.kind == "factor" and candidate.before is None:
                later.append(candidate)
            else:
                yield candidate
        yield from self.added()
        yield from later
        yield from self.regrouped()

    def added(self) -> Iterator[Edit]:
        """A term that was left out, of any sum; the smallest terms first."""
        terms = sorted(self.words.terms, key=lambda t: sum(1 for _ in walk(t)))
        options = {m: tuple(t for t in terms if self.words.is_matrix(t) == m) for m in (False, True)}
        place = {id(t): i for i, t in enumerate(terms)}
        found: list[tuple[int, int, Edit]] = []
        for k, site in enumerate(self.sites):
            e = site.node
            if not isinstance(e, Sum) and site.role in ("term", "factor", "signed"):
                continue
            one = Choice(site, "term", options[self.words.is_matrix(e)], _with_term(e))
            found += [(place[id(one.options[i])], k, one.edit(i)) for i in self.trials.chosen(one)]
        for _, _, edit in sorted(found, key=lambda f: f[:2]):
            yield edit

    def regrouped(self) -> Candidates:
        """A term that was left out of a sum inside a product, of which one term is left."""
        terms = tuple(t for t in self.words.terms if not self.words.is_matrix(t))
        for site in self.sites:
            for part, put in regrouped(site.node):

                def build(term: Expression, part: Expression = part, put: Put = put) -> Expression:
                    return put(Sum((part, term)))

                yield Choice(site, "term", terms, build, span=part.span)

    def longer(self) -> Candidates:
        """Two terms added, a term replaced by another, or the whole formula."""
        e, span, top = self.formula, self.formula.span, self.sites[0]
        parts = e.terms if isinstance(e, Sum) else (e,)
        matrix = self.words.is_matrix(e)
        terms = tuple(t for t in self.words.terms if self.words.is_matrix(t) == matrix)
        if len(parts) > 1:
            for site in self.sites:
                if site.above is top:
                    part = site.node
                    yield Choice(
                        site, "term replaced", terms, lambda t: t, before=part, span=part.span or span
                    )
        missing = [t for t in self.missing() if self.words.is_matrix(t) == matrix]
        if len(missing) > 1:
            yield Edit("term", None, total(*missing), top, Sum((*parts, *missing), span=span), span)
        if isinstance(self.target, Name):
            truth, _ = truth_of(self.reading.cell, self.reading, self.target)
            whole = substituted(unplaced(truth), self.letters)
            if self.reading.layout == "denominator" and matrix:
                whole = Transpose(whole)
            yield Edit("whole", e, whole, top, whole, span)

    def missing(self) -> list[Expression]:
        """The terms of the paths that the formula has nothing of."""
        _, which = truth_of(self.reading.cell, self.reading, self.target)
        paths = missed(self.pair, self.formula, which)
        found = dict(by_path(self.reading.cell, which)) if which is not None else {}
        return [substituted(found[p], self.letters) for p in paths]


def _with_term(e: Expression) -> Callable[[Expression], Expression]:
    parts = e.terms if isinstance(e, Sum) else (e,)
    return lambda term: Sum((*parts, term), span=e.span)


def missed(pair: Pair, formula: Expression, which: Derivative | Meaning | None) -> list[Path]:
    """The paths whose terms stand in the derivative and differ from, or lack in, a formula."""
    if which is None:
        return []
    terms = by_path(pair.reading.cell, which)
    shapes = known_shapes(pair.cell)
    try:
        said = pair.reading.exact(pair.reading.plain(formula, pair.claim))
        matrix = isinstance(which, Derivative) and which.of != "L"
        if pair.reading.layout == "denominator" and matrix:
            said = Transpose(said)
        if (rank(said, shapes) == 2) != matrix:
            return []
        have = form(pair.cell, said, matrix)
        whole = form(pair.cell, total(*(e for _, e in terms)), matrix) if terms else {}
        wrong = {w for w in {*have, *whole} if have.get(w) != whole.get(w)}
        return [path for path, e in terms if any(w in wrong for w in form(pair.cell, e, matrix))]
    except (TooLarge, GrusymError):
        return []


def place(span: Span | None) -> str:
    """A span in words."""
    return f"line {span.line}, column {span.column}" if span is not None else ""
