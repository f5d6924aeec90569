"""One step of a derivation judged: the change on its left opened, down to the changes on its right.

What the step says it did must be what had to be done. A change is then a letter of its own, and both sides
must have one normal form; along a random direction they must have one value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from grusym.algebra.normal_form import equal
from grusym.checks.changes import gathered, rule_of
from grusym.checks.directions import Direction
from grusym.errors import GrusymError
from grusym.language.build import product, total
from grusym.language.cell import Shape
from grusym.language.expression import (
    ZERO,
    Activation,
    Expression,
    Increment,
    Name,
    Transpose,
    children,
    names_in,
    rebuilt,
    substituted,
    walk,
)
from grusym.language.shapes import shape_of

THROUGH, TRANSPOSED, OPENING = "chain rule through ", ", transposed", "gradient of the loss"
UNLIKE = "it is not what stands before the change in the last step"
NUMBERS = "numbers along a random direction say otherwise"
LINEAR = ("sum rule", "sign rule", "constant factor", "matrix product", "blocks")
DEEPEST = 200
Sides = tuple[Expression, Expression]


def must(holds: bool, otherwise: str) -> None:
    """Raise GrusymError with a reason unless something holds."""
    if not holds:
        raise GrusymError(otherwise)


def changes_in(e: Expression) -> set[Expression]:
    """What stands in d(...) anywhere in an expression."""
    return {node.operand for node in walk(e) if isinstance(node, Increment)}


@dataclass(frozen=True)
class Known:
    """What a derivation rests on: the equations, the names that can change with `by`, the abbreviations."""

    by: str
    right: Mapping[str, Expression]
    active: frozenset[str]
    shapes: Mapping[str, Shape]
    loss: str
    cotangents: Mapping[str, str]
    directions: tuple[Direction, ...]
    defined: dict[str, Expression]


@dataclass
class Opening:
    """A step: its two sides and those of the earlier steps it uses."""

    known: Known
    before: Expression
    after: Expression
    uses: tuple[Sides, ...] = ()
    rules: set[str] = field(default_factory=set)
    used: set[Expression] = field(default_factory=set)
    depth: int = 0
    slopes: int = 0  # rules with a slope, one inside another

    def __post_init__(self) -> None:
        must(isinstance(self.before, Increment), "no change stands on its left")
        self.own: Expression = self.before.operand  # type: ignore[attr-defined]
        self.kept = changes_in(self.after) - {self.own}
        self.given = {b.operand: a for b, a in self.uses if isinstance(b, Increment)}
        must(
            len(self.given) == len(self.uses),
            "two of the steps it uses are about one change, or one about none",
        )

    def judge(self, rule: str) -> None:
        """Raise GrusymError unless both sides are equal, and the rule and the steps used are those needed."""
        opened = self.open(self.own)
        must(self.same(opened, self.after), f"its right side should be {opened}")
        must(self.slopes < 2, "it takes two steps at once")
        must(self.used == {*self.given}, "it uses a step that it does not need")
        inserted = [str(b.operand) for b, _ in self.uses if b != self.before]  # type: ignore[attr-defined]
        must(
            all(b != self.before for b, _ in self.uses[1:]),
            "the step it goes on from is not the first it uses",
        )
        turned = TRANSPOSED if inserted and self.own == Name(self.known.loss) else ""
        done = f"{THROUGH}{', '.join(inserted)}{turned}" if inserted else ""
        as_said = rule == done if inserted else sorted(rule.split(", ")) == sorted(self.rules)
        must(as_said and not (inserted and self.rules), f"what it does is not {rule!r}")
        differ = any(at.differ(self.before, self.after, self.known.defined) for at in self.known.directions)
        must(not differ, NUMBERS)

    def gives(self, result: Expression) -> None:
        """Raise GrusymError unless this last step, which holds, gives the result."""
        by = Name(self.known.by)
        if self.after == ZERO:
            return must(result == ZERO == self.open(self.own), "the steps that lead to it are missing")
        must(changes_in(self.after) == {by}, f"the last step does not end in the change of {by} alone")
        must(not changes_in(result), "there is a change in it")
        at, defined = self.known.directions, self.known.defined
        if self.own == Name(self.known.loss):
            must(self.same(self.after, result, by), UNLIKE)
            return must(not any(d.gradient_differs(result, defined) for d in at), NUMBERS)
        moved = ZERO if result == ZERO else product(result, Increment(by))
        must(self.same(self.after, moved), UNLIKE)
        return must(not any(d.differ(moved, self.before, defined) for d in at), NUMBERS)

    def open(self, u: Expression) -> Expression:
        """The change of u, in the changes on the right."""
        if self.known.active.isdisjoint(names_in(u)):
            return ZERO
        if u in self.kept or u == Name(self.known.by):
            return Increment(u)
        self.depth += 1
        must(self.depth < DEEPEST, "the steps it uses go round in a circle, or too deep")
        if u in self.given:
            self.used.add(u)
            found = self.rewritten(self.given[u])
        elif u == Name(self.known.loss):
            self.rules.add(OPENING)
            moved = ((g, self.open(Name(v))) for v, g in self.known.cotangents.items())
            found = total(*(product(Transpose(Name(g)), dv) for g, dv in moved))
        elif isinstance(u, Name):
            right = self.known.right[u.name]
            found = self.open(right)
            self.rules |= {"equation"} if isinstance(right, Name) else set()
        else:
            before, self.slopes = self.slopes, 0
            rule, found = rule_of(u, self.open)
            self.rules |= {rule} if found != ZERO else set()
            inside = self.slopes + (rule not in LINEAR) if found != ZERO else 0
            self.slopes = max(before, inside)
        self.depth -= 1
        return found

    def rewritten(self, e: Expression) -> Expression:
        """A step's right side, the changes in it opened in their turn."""
        if isinstance(e, Increment):
            return self.open(e.operand)
        return rebuilt(e, tuple(map(self.rewritten, children(e))))

    def same(self, a: Expression, b: Expression, gradient_by: Expression | None = None) -> bool:
        """Whether two sides have one normal form; or b is what stands before d(by) in a, of a loss."""
        for one, other, plain in self.ways(a, b):
            letters: dict[Expression, str] = {}
            one, other = (self.lettered(e, letters, plain) for e in (one, other))
            names = frozenset(letters[u] for u in changes_in(a) | changes_in(b))
            met = {*names_in(one), *names_in(other)}
            shapes = {name: shape for name, shape in self.known.shapes.items() if name in met}
            shapes |= {name: shape_of(u, self.known.shapes) for u, name in letters.items()}
            if self.own != Name(self.known.loss):
                pairs = {"": (one, other)}
            else:
                left = gathered(one, names, shapes)
                right = {letters[gradient_by]: other} if gradient_by else gathered(other, names, shapes)
                pairs = {n: (left.get(n, ZERO), right.get(n, ZERO)) for n in {*left, *right}}
            if all(equal(x, y, shapes) for x, y in pairs.values()):
                return True
        return False

    def ways(self, a: Expression, b: Expression) -> Iterator[tuple[Expression, Expression, bool]]:
        """Abbreviations and functions that both sides share left as they are; then all written out."""
        new = {n: e for n, e in self.known.defined.items() if n not in names_in(a)}
        yield a, _written_out(b, new), False
        yield _written_out(a, self.known.defined), _written_out(b, self.known.defined), True

    def lettered(self, e: Expression, letters: dict[Expression, str], plain: bool) -> Expression:
        """A letter for each change, a gate for what it is equal to; unless `plain`, one for each function."""
        if isinstance(e, Increment):
            return Name(letters.setdefault(e.operand, f"change {len(letters)}"))
        if isinstance(e, Activation):
            gate = next((Name(n) for n, right in self.known.right.items() if right == e), None)
            if gate or not plain:
                return gate or Name(letters.setdefault(e, f"function {len(letters)}"))
        return rebuilt(e, tuple(self.lettered(child, letters, plain) for child in children(e)))


def _written_out(e: Expression, defined: dict[str, Expression]) -> Expression:
    for name in reversed(defined):
        if name in names_in(e):
            e = substituted(e, {name: defined[name]})
    return e
