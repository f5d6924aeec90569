"""The verdict on a claim over steps: under which reading it holds, or that it holds under none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from grusym.errors import ReadError
from grusym.language.cell import Cell
from grusym.language.claim import Claim, Verdict
from grusym.language.claim_grammar import LOSSES
from grusym.language.drawn_paths import edges_of, path_through
from grusym.language.expression import Expression, Sum
from grusym.language.surface import Written
from grusym.language.times import surface, written
from grusym.unrolled import kinds
from grusym.unrolled.arrays import Misfit
from grusym.unrolled.bounds import FIRST_STATES, bounds, fractions
from grusym.unrolled.brackets import balanced
from grusym.unrolled.carried import carried
from grusym.unrolled.choices import Choices
from grusym.unrolled.comparing import ADDED
from grusym.unrolled.definitions import without_definitions
from grusym.unrolled.entries import plain, with_entries
from grusym.unrolled.evaluation import Evaluation
from grusym.unrolled.grammar import relations
from grusym.unrolled.judge import Finding, conditions, judged
from grusym.unrolled.lexer import wide_tokens
from grusym.unrolled.lifted import lifted
from grusym.unrolled.meanings import Names
from grusym.unrolled.mending import Mended, mended
from grusym.unrolled.names import ALWAYS, parts
from grusym.unrolled.notation import CODE
from grusym.unrolled.scene import Scene, holding
from grusym.unrolled.scenes import POINTS, scenes
from grusym.unrolled.spelled import Speller
from grusym.unrolled.targets import gradient_target
from grusym.unrolled.tree import Dots, GradientOf, Partial, Relation

STEPS = " or ".join(str(k) for k in sorted({p.steps for p in POINTS}))
METHOD = f"complex step over {STEPS} steps at n×m = " + ", ".join(f"{p.n}×{p.m}" for p in POINTS)
IN_NUMBERS = f"complex step over {STEPS} steps at {len(POINTS)} points, n = m = 1"
NO_PROOF = "the sides agree at generic points, which is no proof"
UNSURE = (
    "under no reading do the sides agree, nor after one change; since the cell was completed or names were "
    "guessed, this may be a misreading: give the whole cell in the letters of the claim"
)
REST = "the ellipsis stands for the other paths"
PREVIOUS = re.compile(
    r"(?<![A-Za-z])prev(?:ious)?_|prev(?![A-Za-z])|\[\s*t\s*-\s*1\s*\]"
)  # words for old values
LONGEST = 8_000
SHAPES = "shapes"  # the method where products do not fit as written
APPROXIMATE = "≈ read as an equality"


@dataclass(frozen=True)
class Frame:
    """A cell as a document has it: whether vectors are rows, which names are its own, whether n = 1."""

    cell: Cell
    rows: bool = False
    given: frozenset[str] = frozenset()
    scalar: bool = False
    said: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()  # equations of the document that could not be read
    open: bool = False  # whether nothing says if vectors are rows
    primed: str = ""  # the letter whose prime marks its candidate, as the h of h'_t
    prev: bool = False  # whether the document marks old values by a word, so that h alone is the new one
    together: tuple[str, ...] = ()  # names for all pre-activations, one after another

    @classmethod
    def whole(cls, cell: Cell) -> Frame:
        """A cell whose names are all its own."""
        return cls(cell, rows=getattr(cell, "rows", False), given=frozenset(cell.shapes))


def over_steps(frame: Frame, text: str, constant: Iterable[str] = (), mend: bool = True) -> Verdict:
    """The verdict on a claim, or on several lines of claims, over the steps of a cell.

    One bracket without a partner is read in each way that its line allows, and said.
    Raises ReadError with line and column at what cannot be read.
    """
    held = frozenset(constant)
    try:
        return _over_steps(frame, text, held, mend)
    except ReadError:
        found = _balanced(frame, text, held, mend) if len(text) <= LONGEST else None
        if found is None:
            raise
        return found


def _balanced(frame: Frame, text: str, constant: frozenset[str], mend: bool) -> Verdict | None:
    """The verdict on a text with its one unmatched bracket mended; where a way makes it hold, on that."""
    verdicts: list[tuple[Verdict, str, str]] = []
    for whole, said in balanced(text):
        with suppress(ReadError):
            verdict = _over_steps(frame, whole, constant, mend=False)
            verdicts.append((verdict, whole, said))
            if verdict.holds:
                return _saying(verdict, said)
    if not verdicts:
        return None
    _, whole, said = min(verdicts, key=lambda v: v[0].method == SHAPES)  # the first whose products fit
    return _saying(_over_steps(frame, whole, constant, mend), said)


def _saying(verdict: Verdict, said: str) -> Verdict:
    found = (said, *verdict.assumes)
    return replace(verdict, assumes=found, claim=replace(verdict.claim, assumes=found))


def _over_steps(frame: Frame, text: str, constant: frozenset[str], mend: bool) -> Verdict:
    if len(text) > LONGEST:
        raise ReadError(
            f"a claim of {len(text)} characters is too long to judge over steps; the limit is {LONGEST}", 1, 1
        )
    read = relations(wide_tokens(text), text)
    names = Names(lifted(frame.cell), frame.given, _letters(read), frame.primed, frame.together)
    lines = without_definitions(read, names)
    known: dict[str, str] = {}
    steps = tuple(_step(frame, names, relation, text, constant, mend, known) for relation in lines)
    if len(steps) == 1:
        return steps[0]
    first = next((s for s in steps if not s.holds), steps[0])
    said = tuple(dict.fromkeys(a for s in steps for a in s.assumes))
    if first.holds:
        whole = Claim(f"{frame.cell.name}: derivation", f"{len(steps)} claims", assumes=said)
        return Verdict(
            whole,
            "agrees",
            IN_NUMBERS if frame.scalar else METHOD,
            assumes=said,
            detail=NO_PROOF,
            steps=steps,
        )
    return replace(first, steps=steps)


def guesses(frame: Frame, text: str) -> tuple[str, ...]:
    """The names of a claim that are not the cell's own and only guessed to be something of it."""
    read = relations(wide_tokens(text), text)
    names = Names(frame.cell, frame.given, _letters(read))
    found = [w for r in read for side in r.sides for w in written(side)]
    return tuple(w.name.base for w in found if _guessed(w, names))


def _letters(read: list[Relation]) -> frozenset[str]:
    """The letters of all names of a claim."""
    return frozenset(parts(w.name, ALWAYS).letter for r in read for side in r.sides for w in written(side))


def _guessed(w: Written, names: Names) -> bool:
    p = parts(w.name, ALWAYS)
    meanings = names.meanings(p)
    return not names.owns(p.key) and bool(meanings) and p.letter not in LOSSES


def _step(
    frame: Frame,
    names: Names,
    relation: Relation,
    text: str,
    constant: frozenset[str],
    mend: bool,
    known: dict[str, str],
) -> Verdict:
    """The verdict on one relation; `known` is what names of gradients mean in the lines before it."""
    statement = _statement(relation)
    names = replace(names, perturbed=carried(relation, names))
    relation = with_entries(relation, names)
    relation, rest = _without_rest(relation)
    code = "\\" not in text and CODE.search(text) is not None
    made = scenes(names, relation, frame.rows, code, frame.scalar, frame.open)
    if frame.prev or PREVIOUS.search(text):
        made = [replace(scene, prev=True) for scene in made]
    if constant:
        made = [holding(scene, constant) for scene in made]
    finding = judged(made, relation, known=known)
    if finding.outcome == "fails" and bounds(relation):
        finding = _from_first_states(made, relation) or finding
    said = [
        *(REST if rest and s == ADDED else s for s in finding.said),
        *(f"{v} held constant" for v in sorted(constant)),
        *(fractions(frame.cell) if bounds(relation) else ()),
    ]
    if "≈" in relation.signs:
        said.append(APPROXIMATE)
    claim = Claim(f"{frame.cell.name}: {statement}", statement, assumes=tuple(dict.fromkeys(said)))
    if finding.outcome == "conflict":
        why = f"it holds only if {finding.why.split()[0]} is read otherwise than in the lines before it"
        return Verdict(claim, "undecided", _method(made), _place(relation.sides[-1]), detail=why)
    if finding.outcome == "holds":
        if "+=" not in relation.signs:
            known |= finding.kinds
        return Verdict(claim, "agrees", _method(made), assumes=claim.assumes, detail=NO_PROOF)
    certain = frame.given >= frozenset(frame.cell.shapes) and not any(
        _guessed(w, names) for side in relation.sides for w in written(side)
    )
    if rest and mend and (found := _by_terms(claim, made, relation, text)) is not None:
        return found
    if rest and mend and not certain:
        return Verdict(claim, "undecided", _method(made), _place(relation.sides[-1]), detail=UNSURE)
    return _refused(claim, finding, made, relation, mend and not rest, text, certain)


def _from_first_states(made: list[Scene], relation: Relation) -> Finding | None:
    """A bound that holds for first states of some size, which is said."""
    derivative = any(isinstance(n, Partial) for side in relation.sides for n in surface(side))
    for first, said in FIRST_STATES.items():
        if derivative and first == "zero":
            continue
        found = judged([replace(s, point=replace(s.point, first=first)) for s in made], relation)
        if found.outcome == "holds":
            return replace(found, said=(*found.said, said))
    return None


def _by_terms(claim: Claim, made: list[Scene], relation: Relation, text: str) -> Verdict | None:
    """The verdict on the first term before an ellipsis that no path brings, but one does after a change."""
    last = relation.sides[-1]
    for term in last.terms if isinstance(last, Sum) else ():
        alone = replace(relation, sides=(relation.sides[0], term))
        if judged(made, alone).outcome == "holds":
            continue
        found = mended(made, alone)
        if found is not None:
            return _mended(claim, found, made, alone, _place(term), text)
    return None


def _without_rest(relation: Relation) -> tuple[Relation, bool]:
    """A relation without the ellipsis at its end, A = B + ..., which leaves paths to the reader."""
    last = relation.sides[-1]
    if relation.signs != ("=",) or not isinstance(last, Sum) or not isinstance(last.terms[-1], Dots):
        return relation, False
    kept = last.terms[:-1]
    right = kept[0] if len(kept) == 1 else replace(last, terms=kept)
    return replace(relation, sides=(relation.sides[0], right), signs=("+=",)), True


def _method(made: list[Scene]) -> str:
    return IN_NUMBERS if made[0].point.n == 1 else METHOD


def _refused(
    claim: Claim,
    finding: Finding,
    made: list[Scene],
    relation: Relation,
    mend: bool,
    text: str,
    certain: bool,
) -> Verdict:
    """Refuted, with the kind of error and a correction where one is found.

    What is not certain - a cell that was completed, names that were guessed - may only be misread: it is
    refuted where a change sets it right or its paths are found missing, and undecided elsewhere.
    """
    found = mended(made, relation) if mend else None
    place = _place(found.node if found is not None and found.node is not None else relation.sides[-1])
    if found is not None:
        return _mended(claim, found, made, relation, place, text)
    if mend and not certain:
        why = f" ({finding.why})" if finding.why else ""
        return Verdict(
            claim,
            "undecided",
            _method(made),
            place,
            assumes=claim.assumes,
            detail=UNSURE + why,
            holds_if=conditions(made, relation),
        )
    if finding.outcome == "misfit":
        error = kinds.TYPE
        return Verdict(
            claim,
            "refuted",
            SHAPES,
            place,
            error,
            assumes=claim.assumes,
            detail=f"as written, {finding.why}",
        )
    holds_if = conditions(made, relation) if mend else ()
    return Verdict(
        claim,
        "refuted",
        _method(made),
        place,
        counterexample=_counterexample(made[0], relation),
        assumes=claim.assumes,
        holds_if=holds_if,
    )


def _mended(
    claim: Claim, found: Mended, made: list[Scene], relation: Relation, place: str, text: str
) -> Verdict:
    """Refuted by a claim one change away that holds, or by the paths that are missing."""
    fix = whole = ""
    if found.relation is not None:
        speller = Speller(text)
        pairs = zip(relation.sides, found.relation.sides, strict=True)
        changed = next((i for i, (a, b) in enumerate(pairs) if a is not b), None)
        written = replace(found.relation, sides=tuple(plain(side) for side in found.relation.sides))
        whole = speller.relation(written, changed)
        fix = whole if changed is None else speller.of(written.sides[changed])
    missed = _missed(made[0], relation, found.paths)
    paths = "".join(f"; path {' → '.join(path)} missing" for path in missed)
    return Verdict(
        claim,
        "refuted",
        _method(made),
        place + paths,
        found.kind,
        fix,
        _counterexample(made[0], relation),
        tuple(dict.fromkeys((*claim.assumes, *found.said))),
        mended=whole,
        holds_if=conditions(made, relation),
        missed=missed,
        edges=edges_of(made[0].names.cell) if missed else (),
    )


def _missed(scene: Scene, relation: Relation, values: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """The paths of the graph through values, from the state that a claim differentiates by."""
    names, left = scene.names, relation.sides[0]
    cell, edges = names.cell, edges_of(names.cell)
    by = left.by if isinstance(left, Partial) else left.target if isinstance(left, GradientOf) else left
    p = parts(by.name, ALWAYS) if isinstance(by, Written) else None
    target = (gradient_target(p, names) or ([], ""))[0] if p is not None and not names.meanings(p) else []
    found = (names.meanings(p) if p is not None else []) or target
    states = [m.name for m in found if m.name in cell.states]
    start = states[0] if states else cell.states[-1]
    bare = dict.fromkeys(re.sub(r"_\d+$", "", v) for v in values)
    end = cell.equations[-1].left
    return tuple(path_through(edges, start, v, end) for v in bare)


def _place(e: Expression) -> str:
    spans = [n.span for n in surface(e) if n.span is not None]
    if not spans:
        return ""
    first = min(spans, key=lambda s: (s.line, s.column))
    return f"line {first.line}, column {first.column}"


def _statement(relation: Relation) -> str:
    parts = [relation.texts[0]]
    for sign, side in zip(relation.signs, relation.texts[1:], strict=True):
        parts += [sign, side]
    return " ".join(parts)


def _counterexample(scene: Scene, relation: Relation) -> Mapping[str, Any]:
    """The sizes and times at which the sides differ, and the entry where they differ most."""
    evaluation = Evaluation(scene, Choices())
    try:
        with np.errstate(all="ignore"):
            arrays = [np.asarray(evaluation.side(s, i).array) for i, s in enumerate(relation.sides[:2])]
    except (Misfit, ReadError):
        return {}
    if arrays[0].shape != arrays[1].shape:
        return {}
    left, right = (np.asarray(a, dtype=float) for a in arrays)
    sign = relation.signs[0]
    broken = {"≤": np.any(left > right), "≲": np.any(left > right), "≥": np.any(left < right)}
    if not broken.get(sign, not np.allclose(left, right, rtol=1e-7, atol=1e-11)):
        return {}  # it fails under another reading or at another point
    entry = np.unravel_index(np.argmax(np.abs(arrays[0] - arrays[1])), arrays[0].shape)
    times = dict(scene.times)
    where = {"n": scene.point.n, "m": scene.point.m, **times}
    index = ", ".join(str(int(i) + 1) for i in entry)
    return {
        **where,
        f"left[{index}]" if index else "left": float(f"{float(arrays[0][entry]):.6g}"),
        f"right[{index}]" if index else "right": float(f"{float(arrays[1][entry]):.6g}"),
    }
