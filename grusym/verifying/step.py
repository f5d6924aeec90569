"""The verdict on one equality: a proof under a reading, or its place, its path and its correction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from grusym.algebra.polynomial import TooLarge
from grusym.algebra.rank import ROW, rank
from grusym.checks.components import compare
from grusym.checks.subject import Subject
from grusym.errors import GrusymError, ShapeError
from grusym.language.claim import Claim, Verdict
from grusym.language.claim_text import ClaimText, Side
from grusym.language.derivatives import LOSS, cotangents, derivative
from grusym.language.drawn_paths import edges_of
from grusym.language.expression import Name
from grusym.verifying.counterexample import counterexample
from grusym.verifying.deciding import NAMED, SIZES, Opinions, Pair, shown
from grusym.verifying.forms import equal
from grusym.verifying.kinks import POINTS as POINTS_OF_PIECES, unseen
from grusym.verifying.mending import Mended, Search, missed, place
from grusym.verifying.one_step import one_step
from grusym.verifying.readings import Readings, outputs, shapes_of
from grusym.verifying.spelling import author
from grusym.verifying.truth import Meaning
from grusym.verifying.vocabulary import truth_of
from grusym.verifying.wording import described

POINTS = "complex step at n×m = " + ", ".join(f"{n}×{m}" for n, m in SIZES)
MANY = f"complex step at {POINTS_OF_PIECES} points of small sizes"
CONFIRMED = "confirmed by complex step"
MODULO = "modulo 2^61 - 1"
READINGS_MENDED = 4
STEPS_MENDED = 8  # refuted steps of one text for which a correction is looked for, which takes time


UNMENDED = (
    f"a correction was looked for in the first {STEPS_MENDED} wrong steps of the text; mend those first"
)


@dataclass
class Context:
    """What is known while a text is judged from top to bottom."""

    text: ClaimText
    layouts: tuple[str, ...]
    held: frozenset[str]
    established: dict[str, Meaning]
    mend: bool
    components: bool
    refuted: int = 0

    def mends(self) -> bool:
        """Whether a correction is looked for; of the many wrong steps of one text, for the first."""
        self.refuted += 1
        return self.mend and self.refuted <= STEPS_MENDED


def step(context: Context, left: Side, right: Side, head: Side | None) -> Verdict:
    """The verdict on one equality: the first reading under which it holds, or why there is none."""
    text, cell = context.text, context.text.cell
    statement = f"{left.text} = {right.text}"
    claim = Claim(f"{cell.name}: {statement}", statement, left.expression, right.expression)
    readings = Readings(
        text, (left.expression, right.expression), context.established, context.layouts, context.held
    )
    tried: list[Pair] = []
    for reading in readings:
        pair = Pair(text, left.expression, right.expression, reading, context.held)
        tried.append(pair)
        if pair.floats() is True:
            verdict = _accepted(context, claim, pair, left, right)
            if verdict is not None:
                if verdict.holds:
                    context.established |= reading.gradients
                return verdict
    return _refused(context, claim, tried, left, right, head)


def _accepted(context: Context, claim: Claim, pair: Pair, left: Side, right: Side) -> Verdict | None:
    """Proved or agrees; None where a second point shows that the sides differ; undecided at a defect."""
    more = pair.floats(1)
    if more is False:
        return None
    proof, residues = pair.proof(), pair.residues()
    opinions = Opinions(bool(proof), proof, residues, more)
    entries = _by_components(pair) if context.components and not context.held else None
    if opinions.contradict or (proof and entries is not None and entries.outcome == "refuted"):
        return _defect(claim, pair, opinions)
    assumes = (*left.adjusted, *right.adjusted, *pair.reading.assumes, *one_step(pair, context.held))
    said = tuple(dict.fromkeys(assumes))
    claim = replace(claim, assumes=said)
    if proof:
        second = f"{CONFIRMED} and {MODULO}" if residues else CONFIRMED
        if entries is not None and entries.outcome == "proved":
            second += f", by {entries.method}"
        return Verdict(claim, "proved", f"{proof}; {second}", assumes=said)
    if pair.floats(2) is not True:
        return None
    if pair.kinked():
        return _pieces(claim, pair, said)
    detail = "no proof for all sizes was found; the sides agree at three generic points, which is no proof"
    detail += f"; they agree {MODULO} too" if residues else ""
    return Verdict(claim, "agrees", POINTS, assumes=said, detail=detail)


def _pieces(claim: Claim, pair: Pair, said: tuple[str, ...]) -> Verdict | None:
    """Agrees where many points lie on both sides of every kink; None where one shows a difference."""
    missing = unseen(pair)
    if missing is None:
        return None
    if missing:
        kinks = ", ".join(str(kink) for kink in missing)
        detail = f"no proof for all sizes was found, and the points tried show one sign alone of {kinks}, "
        detail += "which a kink hangs on"
        return Verdict(claim, "undecided", MANY, assumes=said, detail=detail)
    detail = f"no proof for all sizes was found; the sides agree at {POINTS_OF_PIECES} generic points, "
    detail += "on both sides of every kink, which is no proof"
    return Verdict(claim, "agrees", MANY, assumes=said, detail=detail)


def _by_components(pair: Pair) -> Verdict | None:
    """What component-wise SymPy says where one side is a derivative of a name by a name."""
    for side, formula in ((pair.left, pair.right), (pair.right, pair.left)):
        name = side.name if isinstance(side, Name) else ""
        d = derivative(name)
        if d is not None and pair.reading.layout == "numerator" and name not in pair.reading.gradients:
            of = None if d.of == LOSS else d.of
            given = cotangents(pair.cell) if of is None else {}
            return compare(Subject(pair.cell, of, d.by, pair.reading.exact(formula), given))
    return None


def _refused(
    context: Context, claim: Claim, tried: list[Pair], left: Side, right: Side, head: Side | None
) -> Verdict:
    """Refuted with its place and correction; undecided where no number shows the difference."""
    first = tried[0]
    if first.floats() is None:
        return _without_value(context, claim, first, left, right)
    shown_equal = _equal(first)
    proof = NAMED if shown_equal else ""
    opinions = Opinions(shown_equal, proof, first.residues(), first.floats())
    if opinions.contradict or (opinions.floats is False and opinions.residues is True and not first.kinked()):
        return _defect(claim, first, opinions)
    target, formula = _sides(left, right)
    if head is not None and formula is right:
        target = head
    mended: Mended | None = None
    used, mends = first, context.mends()
    if mends:
        for pair in _likely(tried):
            mended = Search(pair, target.expression, formula.expression).mended()
            if mended is not None:
                used = pair
                break
    _, which = truth_of(used.reading.cell, used.reading, target.expression)
    paths = missed(used, formula.expression, which)
    span = mended.edit.span if mended is not None and mended.edit.span is not None else formula.span
    where = [f"path {' → '.join(p)}" for p in paths] if which is not None else []
    printer = author(context.text, f"{left.text} = {right.text}")
    kind, fix, whole = described(mended, target, printer, paths) if mended else ("", "", "")
    method = f"{CONFIRMED.replace('confirmed by ', '')}, {MODULO} and normal form"
    if opinions.residues is None:
        method = f"{CONFIRMED.replace('confirmed by ', '')} and normal form"
    return Verdict(
        claim,
        "refuted",
        method,
        where="; ".join([place(span), *where]),
        error=kind or "not one edit from the truth",
        fix=fix,
        counterexample=counterexample(used) if mends else {},
        assumes=tuple(dict.fromkeys((*left.adjusted, *right.adjusted, *(used.reading.assumes)))),
        mended=whole,
        detail="" if mends or not context.mend else UNMENDED,
        holds_if=_conditions(context, tried, left, right),
        missed=tuple(paths) if which is not None else (),
        edges=edges_of(used.reading.cell) if where else (),
    )


def _likely(tried: list[Pair]) -> list[Pair]:
    """The readings under which a correction is looked for: the first ones of the plain layout."""
    return [p for p in tried if p.reading.layout == "numerator"][:READINGS_MENDED] or tried[:1]


def _sides(left: Side, right: Side) -> tuple[Side, Side]:
    """Which side is the thing claimed of, and which the formula that may be wrong."""
    if isinstance(right.expression, Name) and not isinstance(left.expression, Name):
        return right, left
    return left, right


def _equal(pair: Pair) -> bool:
    """Whether the normal form, gates taken as independent, shows the sides equal."""
    try:
        a, b = pair.reading.exact(pair.left), pair.reading.exact(pair.right)
        return not pair.held and equal(pair.cell, a, b)
    except (TooLarge, ShapeError):
        return False


def _conditions(context: Context, tried: list[Pair], left: Side, right: Side) -> tuple[str, ...]:
    """Gates or old states that, held constant, would make a refuted total derivative right."""
    pair = tried[0]
    ds = [d for n in pair.names if (d := derivative(n)) is not None and d.of != LOSS]
    if context.held or not ds:
        return ()
    cell = pair.cell
    gates = [v for v in outputs(cell) if cell.equation(v).right.function == "σ"]  # type: ignore[attr-defined]
    gates = [v for v in gates if all(v not in (d.of, d.by) for d in ds)]
    for group in (*([g] for g in gates), gates):
        if not group:
            continue
        for p in tried[:2]:
            held = Pair(p.claim, left.expression, right.expression, p.reading, frozenset(group))
            if held.floats() is True and held.proof():
                return (f"if {', '.join(group)} {'is' if len(group) == 1 else 'are'} held constant",)
    return ()


def _without_value(context: Context, claim: Claim, pair: Pair, left: Side, right: Side) -> Verdict:
    """Sides of different shapes, or values that are finite nowhere."""
    ranks = []
    for e in (pair.left, pair.right):
        try:
            ranks.append(
                {0: "a scalar", 1: "a vector", 2: "a matrix", ROW: "a row"}[
                    rank(pair.reading.exact(e), shapes_of(pair.cell))
                ]
            )
        except GrusymError:
            ranks.append("of no shape")
    place_ = place(right.span)
    error = "sides of different shapes"
    target, formula = _sides(left, right)
    mended = Search(pair, target.expression, formula.expression).mended() if context.mends() else None
    printer = author(context.text, f"{left.text} = {right.text}")
    _, fix, whole = described(mended, target, printer, []) if mended else ("", "", "")
    detail = f"the left side is {ranks[0]}, the right side {ranks[1]}; their sizes do not fit as written"
    return Verdict(claim, "refuted", "shapes", place_, error, fix, detail=detail, mended=whole)


def _defect(claim: Claim, pair: Pair, opinions: Opinions) -> Verdict:
    """Undecided, with everything needed to report that methods contradict each other."""
    from grusym.verifying.deciding import float_sample

    sample = float_sample(pair.cell, 0, pair.held)
    record: dict[str, Any] = {
        "cell": str(pair.cell),
        "claim": claim.statement,
        "left": str(pair.reading.exact(pair.left)),
        "right": str(pair.reading.exact(pair.right)),
        "reading": list(pair.reading.assumes),
        "normal_form": opinions.proof or bool(opinions.normal_form),
        "modulo_prime": opinions.residues,
        "complex_step": opinions.floats,
        "point": shown({n: sample.of(n) for n in pair.cell.shapes}),
    }
    detail = (
        "the methods contradict each other: this is a defect of grusym; report it with the attached record"
    )
    return Verdict(claim, "undecided", "all methods", detail=detail, defect=record)
