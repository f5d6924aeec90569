"""The smallest change that makes a wrong claim right, and what kind of error it mends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise, product

from grusym.errors import GrusymError
from grusym.language.expression import Expression, Negative, Sum, Transpose
from grusym.language.surface import Chain, Written
from grusym.language.times import surface
from grusym.unrolled import kinds
from grusym.unrolled.bounds import bounds, broken
from grusym.unrolled.choices import Choices, readings
from grusym.unrolled.comparing import attempt
from grusym.unrolled.edits import edits
from grusym.unrolled.meanings import Names
from grusym.unrolled.names import parts
from grusym.unrolled.paths import completed, missing
from grusym.unrolled.scene import Scene
from grusym.unrolled.sites import Edit, flat, gradientlike, sites
from grusym.unrolled.targets import gradient_target
from grusym.unrolled.tree import GradientOf, Norm, Partial, Relation, Repeated

BASES = 6  # readings of the original under which a change is tried
MOST = 10_000  # nodes evaluated in one pass over the changes
TOTAL = 20_000  # nodes evaluated in all passes
DEEPER = 12  # readings of a changed claim, where those of the original do not fit it
WIDE = 40  # readings of a claim with another name, where the original does not fit
DEEP = (
    *(kinds.BRACKET, kinds.TRANSPOSE, kinds.CHAIN, kinds.ORDER, kinds.OUTER, kinds.FACTOR, kinds.FUNCTION),
    kinds.SLIP,
)

LEADING = (kinds.FACTOR, kinds.BRACKET, kinds.CHAIN)  # what explains a claim that lacks a transpose too


@dataclass(frozen=True)
class Mended:
    """What was wrong: its kind, the relation set right if a change does that, the node that was changed."""

    kind: str
    relation: Relation | None = None
    node: Expression | None = None
    paths: tuple[str, ...] = ()
    said: tuple[str, ...] = ()


def mended(scenes: list[Scene], relation: Relation) -> Mended | None:
    """The likeliest error of a claim that holds under no reading; None if none is found in so many attempts.

    A change counts if the changed claim holds in all scenes, under a reading that fitted the original one
    where there is one. A bound that does not hold bounds by the wrong quantity, whatever that is.
    """
    search = Search(scenes, relation)
    if bounds(relation):
        return search.bound() or Mended(kinds.NORM)
    search.bases, fits = _bases(scenes[0], relation)
    if not fits:
        return search.deep() or search.misnamed() or search.with_paths() or search.meaningless()
    return (
        search.quick(0)
        or search.quick(1)
        or search.with_terms()
        or search.mismatched()
        or search.quick(2)
        or search.deep()
        or search.twice()
        or search.with_paths()
    )


class Search:
    """Changes tried one by one, as long as attempts are left."""

    def __init__(self, scenes: list[Scene], relation: Relation) -> None:
        self.scenes, self.relation, self.left = scenes, relation, 0
        self.total = TOTAL
        self.names = scenes[0].names
        self.changes = [c for c in _changes(scenes[0], relation) if not self._empty(c[1])]
        self.bases: list[dict[str, int]] = [{}]
        self.shared = _shared(scenes[0], relation) or [{}]

    def _begin(self, most: int) -> None:
        """Begin a pass that evaluates so many nodes at most."""
        self.left = min(most, self.total)

    def _empty(self, changed: Relation) -> bool:
        """Whether a change leaves the name of one gradient as another's: dh_raw = dh says nothing."""
        sides, before = changed.sides, self.relation.sides
        if any(a == b for a, b in pairwise(sides)):
            return True
        bare = all(
            isinstance(side, Written | GradientOf) and gradientlike(side, self.names) for side in sides
        )
        return bare and not all(isinstance(side, Written | GradientOf) for side in before)

    def _spend(self, choices: Choices) -> None:
        self.left -= choices.work
        self.total -= choices.work

    def bound(self) -> Mended | None:
        """Another quantity, or the other direction, under which a bound holds."""
        self._begin(MOST)
        turned = tuple({"≥": "≤", "≤": "≥"}.get(s, s) for s in self.relation.signs)
        first = [change for change in self.changes if change[0].kind == kinds.NORM]
        other = Edit(kinds.NORM, self.relation.sides[-1], self.relation.sides[-1])
        for edit, changed in (*first, (other, replace(self.relation, signs=turned)), *self.changes):
            choices = Choices()
            if self.left > 0 and not self._idle(changed) and self._holds(changed, choices):
                if broken(self.scenes[-1], changed, choices):
                    continue
                return Mended(kinds.NORM, changed, edit.node, said=choices.said)
        return None

    def _idle(self, changed: Relation) -> bool:
        """Whether a bound would hold whatever the cell is: ‖c‖ ≤ ‖c‖ + 1, ‖J‖ ≥ -1."""
        own = list(surface(self.relation.sides[0]))
        quantity = next((n.operand for n in own if isinstance(n, Norm)), None)
        again = any(n == quantity for side in changed.sides[1:] for n in surface(side))
        negative = any(isinstance(side, Negative) for side in changed.sides[1:])
        return (again and quantity is not None) or (negative and "≥" in changed.signs)

    def quick(self, tier: int) -> Mended | None:
        """The first change of a tier that sets the claim right under a reading of the original."""
        self._begin(MOST)
        for picked in self.bases:
            for edit, changed in self.changes:
                if self.left <= 0:
                    return None
                if edit.tier != tier:
                    continue
                choices = Choices(dict(picked))
                if self._holds(changed, choices):
                    if tier == 2 and (other := self._regrouped(edit)) is not None:
                        return other
                    return Mended(edit.kind, changed, edit.node, said=choices.said)
        return None

    def _regrouped(self, edit: Edit) -> Mended | None:
        """A bracket set otherwise, where a factor of the last summand might be dropped instead."""
        if not isinstance(self.relation.sides[-1], Sum):
            return None
        brackets = [c for c in self.changes if c[0].kind == kinds.BRACKET]
        return self._deeper(brackets, 4)

    def deep(self) -> Mended | None:
        """The first change that sets it right under a reading of its own."""
        found = [c for c in self.changes if c[0].kind in DEEP and c[0].tier < 2]
        whole = [c for c in found if c[0].kind != kinds.FACTOR]
        lacking = [c for c in found if c[0].kind == kinds.FACTOR]
        return self._deeper(whole, 4) or self._deeper(whole, DEEPER, [{}]) or self._deeper(lacking, 1)

    def _deeper(
        self, changes: list[tuple[Edit, Relation]], most: int, starts: list[dict[str, int]] | None = None
    ) -> Mended | None:
        for picked in self.shared if starts is None else starts:
            self._begin(MOST)
            for edit, changed in changes:
                for choices, result in readings(self._attempting(changed, picked), most):
                    if self.left <= 0:
                        break
                    if result is True and self._holds(changed, Choices(dict(choices.picked))):
                        return Mended(edit.kind, changed, edit.node, said=choices.said)
        return None

    def misnamed(self) -> Mended | None:
        """A name of another size in the place of one, in a claim that does not fit as it stands."""
        return self._deeper([c for c in self.changes if c[0].kind == kinds.SLIP and c[0].tier >= 2], WIDE)

    def mismatched(self) -> Mended | None:
        """A chain whose neighbours are no derivatives of each other's values."""
        for side in self.relation.sides[1:]:
            node = unlinked(side, self.names)
            if node is not None:
                return Mended(kinds.TYPE, node=node)
        return None

    def meaningless(self) -> Mended | None:
        """A product over steps of what is a gradient, a vector, at each."""
        for side in self.relation.sides[1:]:
            for node in surface(side):
                if isinstance(node, Repeated) and node.kind == "prod" and self._vector(node.body):
                    return Mended(kinds.TYPE, node=node)
        return None

    def _vector(self, body: Expression) -> bool:
        """Whether the body of a product holds one gradient, so that it is a vector."""
        factors = body.factors if isinstance(body, Chain) else (body,)
        bare = [f.operand if isinstance(f, Transpose) else f for f in factors]
        letters = self.scenes[0].letters
        gradients = [
            f
            for f in bare
            if isinstance(f, GradientOf)
            or (isinstance(f, Written) and gradient_target(parts(f.name, letters), self.names) is not None)
        ]
        return len(gradients) == 1

    def twice(self) -> Mended | None:
        """A transpose and one change more; of the two, what the catalogue names first explains the claim."""
        self._begin(MOST)
        last, left = self.relation.sides[-1], self.relation.sides[0]
        turned = [edit for edit, _ in self.changes if edit.kind == kinds.TRANSPOSE]
        for first in sorted(turned, key=lambda edit: edit.node is not last):
            for second in edits(first.tree, self.names, left):
                if second.tier == 2 or second.kind == kinds.TRANSPOSE:
                    continue
                changed = replace(self.relation, sides=(*self.relation.sides[:-1], second.tree))
                for picked in self.bases[:2]:
                    choices = Choices(dict(picked))
                    if self.left <= 0:
                        return None
                    if self._holds(changed, choices):
                        kind = second.kind if second.kind in LEADING else kinds.TRANSPOSE
                        return Mended(kind, changed, last, said=choices.said)
        return None

    def with_terms(self) -> Mended | None:
        """The paths that are missing, with the terms that bring them where they can be written."""
        paths = missing(self.scenes, self.relation, self.bases)
        if not paths:
            return None
        self._begin(MOST)
        whole = completed(self.names, self.relation, paths, self._right)
        return Mended(kinds.PATH, whole, None, paths)

    def with_paths(self) -> Mended | None:
        """A transpose, an order or a sign after whose change nothing but paths is missing."""
        for edit, changed in self.changes:
            if edit.kind in (kinds.TRANSPOSE, kinds.ORDER, kinds.SIGN):
                paths = missing(self.scenes, changed, self.bases[:4])
                if paths:
                    self._begin(MOST // 2)
                    whole = completed(self.names, changed, paths, self._right)
                    kind = kinds.TRANSPOSE if edit.kind == kinds.TRANSPOSE else kinds.PATH
                    return Mended(kind, whole, edit.node, paths)
        return None

    def _right(self, changed: Relation) -> bool:
        """Whether a changed claim holds under a reading of the original or a cheap one of its own."""
        if any(self._holds(changed, Choices(dict(picked))) for picked in self.bases[:3]):
            return True
        for choices, result in readings(self._attempting(changed), DEEPER):
            if result is True and self._holds(changed, Choices(dict(choices.picked))):
                return True
        return False

    def _attempting(
        self, changed: Relation, picked: dict[str, int] | None = None
    ) -> Callable[[Choices], bool | str]:
        def one(choices: Choices) -> bool | str:
            for key, i in (picked or {}).items():
                choices.picked.setdefault(key, i)
            try:
                return attempt(self.scenes[0], changed, choices)
            except GrusymError as error:
                return str(error)
            finally:
                self._spend(choices)

        return one

    def _holds(self, changed: Relation, choices: Choices) -> bool:
        picked = dict(choices.picked)
        try:
            if attempt(self.scenes[0], changed, choices) is not True:
                return False
            return all(attempt(s, changed, Choices(dict(picked))) is True for s in self.scenes[1:])
        except GrusymError:
            return False
        finally:
            self._spend(choices)


def _bases(scene: Scene, relation: Relation) -> tuple[list[dict[str, int]], bool]:
    """The cheapest readings that fit, and whether any does; first what many names share in all ways."""
    fitting: list[dict[str, int]] = []
    shared = _shared(scene, relation)
    for picked in shared:
        choices = Choices(dict(picked))
        if not isinstance(attempt(scene, relation, choices), str):
            fitting.append(picked)
    for choices, result in readings(lambda c: attempt(scene, relation, c), 60):
        if not isinstance(result, str) and choices.picked not in fitting:
            fitting.append(choices.picked)
    return fitting[: max(BASES, min(len(shared), 8))], bool(fitting)


def _shared(scene: Scene, relation: Relation) -> list[dict[str, int]]:
    """All readings of what decides for many names: which loss, and where gradients are taken."""
    met: dict[str, int] = {}
    for choices, _ in readings(lambda c: attempt(scene, relation, c), 12):
        for key, options in choices.met.items():
            if key == "loss" or key.startswith("gates ") or (key.startswith("gradient ") and " next" in key):
                met[key] = len(options)
    keys = list(met)[:3]
    combinations = product(*(range(met[key]) for key in keys))
    ordered = sorted(combinations, key=lambda picks: (sum(picks), picks))
    return [{k: i for k, i in zip(keys, picks, strict=True) if i} for picks in ordered][:8]


def _changes(scene: Scene, relation: Relation) -> Iterator[tuple[Edit, Relation]]:
    """Changed relations: the last side changed, or a state on the left made its gradient."""
    last = len(relation.sides) - 1
    left = relation.sides[0]
    if isinstance(left, Written) and scene.names.meanings_of(left):
        whole = replace(relation, sides=(GradientOf(left, "δ"), *relation.sides[1:]))
        yield Edit(kinds.SLIP, whole.sides[0], left), whole
    for edit in edits(relation.sides[last], scene.names, left):
        yield edit, replace(relation, sides=(*relation.sides[:last], edit.tree))
    for i in range(1, last):
        for edit in edits(relation.sides[i], scene.names, left):
            yield edit, replace(relation, sides=(*relation.sides[:i], edit.tree, *relation.sides[i + 1 :]))


def unlinked(e: Expression, names: Names) -> Expression | None:
    """A product of two derivatives of which neither is of what the other is by; None if there is none."""
    for node, _ in sites(e):
        factors = list(node.factors) if isinstance(node, Chain) else flat(node)[0]
        for a, b in pairwise(factors):
            if isinstance(a, Partial) and isinstance(b, Partial) and not _linked(a, b, names):
                return node
    return None


def _linked(a: Partial, b: Partial, names: Names) -> bool:
    loss = [gradientlike(x, names) for x in (a, b)]
    return (a.by == b.of and not loss[1]) or (b.by == a.of and not loss[0])
