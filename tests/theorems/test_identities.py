"""Every identity is proved, every false neighbour refuted, and numbers that know no proof agree with both."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import root

from grusym.cells.library import cell_names
from grusym.errors import GrusymError, UnknownNameError
from grusym.theorems import library
from grusym.theorems.bound import Bounded
from grusym.theorems.determinant import Determinant
from grusym.theorems.equality import Equality
from grusym.theorems.fixed_point import FixedPoints
from grusym.theorems.judging import prove
from grusym.theorems.library import identities, identity
from grusym.theorems.limit import Limit
from grusym.theorems.statement import Neighbour
from tests.theorems.independent import completed, drawn, formula, jacobian, read_arrays, side, stepped

IDS = [i.id for i in identities()]
NEIGHBOURS = [(i.id, k) for i in identities() for k in range(len(i.false))]
every = pytest.mark.parametrize("id", IDS)
every_neighbour = pytest.mark.parametrize(("id", "k"), NEIGHBOURS)


@cache
def judgement(id):
    return prove(identity(id))


# ---- what the judges say ------------------------------------------------------------------------


@every
def test_it_is_proved_and_each_neighbour_is_refuted_with_a_counterexample(id):
    found_ = judgement(id)
    assert found_.verdict.outcome == "proved", found_.verdict
    assert found_.refusals
    for refusal in found_.refusals:
        assert refusal.outcome == "refuted" and refusal.counterexample, refusal
    assert found_.ok


@every_neighbour
def test_the_neighbour_in_its_place_would_not_pass(id, k):
    own = identity(id)
    wrong = replace(own, shows=own.false[k].shows, about=own.false[k].about or own.about)
    assert not prove(wrong).ok
    harmless = replace(own, false=(Neighbour("the identity itself", own.shows),))
    assert not prove(harmless).ok


@every
def test_it_says_what_it_says(id):
    own = identity(id)
    assert own.statement and own.source and own.claim.id == id
    assert [own.claim_of(f).id for f in own.false] == [f"{id}{'abc'[k]}" for k in range(len(own.false))]
    for form in own.shows:
        assert all(str(line.left) for line in form.lines(own.context))
    for f in own.false:
        assert f.statement != own.statement
        assert all(form.lines(own.context_of(f)) for form in f.shows)


# ---- what numbers say, from the cells' own equations --------------------------------------------


@pytest.mark.parametrize("seed", [0, 1])
@every
def test_numbers_agree(id, seed):
    own = identity(id)
    for form in own.shows:
        AGREE[type(form)](form, own.context, seed)


def _equal(form, context, seed):
    given = drawn(context, seed)
    left, right = _sides(form, context, given, (form.left, form.right))
    np.testing.assert_allclose(left, right, rtol=1e-9, atol=1e-11)  # 1e-15 seen


def _sides(form, context, given, pair):
    """Both sides; a lone number or identity is as large as the other."""
    shapes = [None, None]
    for k, what in enumerate(pair):
        try:
            shapes[1 - k] = np.shape(side(what, context, given, form.let))
        except GrusymError:
            continue  # the identity, of no size of its own
    return [
        side(what, context, given, form.let, shape or None) for what, shape in zip(pair, shapes, strict=True)
    ]


def _tends(form, context, seed):
    given, gaps = drawn(context, seed), []
    for power in (8, 16):
        t = 2.0**-power if form.to == "0+" else 2.0**power
        at = given | {form.variable: np.array(t)}
        left, right = _sides(form, context, at, (form.value, form.equals))
        gaps.append(np.max(np.abs(left - right)))
    assert gaps[1] < 1e-3 and (gaps[1] < gaps[0] / 50 or gaps[1] < 1e-10)  # 1e-16 over 2^-16


def _same_volume(form, context, seed):
    for n in (3, 4, 5):
        given = drawn(context, seed, {"n": n, "m": 2, "p": 2})
        J = jacobian(context, form.states, given)
        dets = [
            np.linalg.det(
                formula(text, context, given, shape=None if text not in ("I", "0 I", "Δt I") else (n, n))
            )
            for text in (*form.first, *form.second)
        ]
        scale = np.prod(np.linalg.norm(J, axis=1))
        assert np.linalg.det(J) == pytest.approx(np.prod(dets), rel=1e-8, abs=1e-12 * scale)
        if np.prod(dets):
            assert np.linalg.slogdet(J)[1] == pytest.approx(np.sum(np.log(np.abs(dets))), rel=1e-8)


def _inside(form, context, seed):
    rng, ranges = np.random.default_rng(seed), form.ranges()
    for scale in (0.5, 3.0, 30.0):
        for _ in range(30):
            given = {name: scale * a for name, a in drawn(context, int(rng.integers(1 << 30))).items()}
            for name, (low, high) in ranges.items():
                if name in given:
                    given[name] = rng.choice([low, high, *rng.uniform(low, high, 3)], np.shape(given[name]))
            assert np.max(np.abs(side(form.value, context, given))) <= 1 + 1e-12


def _stays(form, context, seed):
    cell, state = context.cell, context.cell.states[0]
    given = drawn(context, seed)
    n = len(given[state])

    def move(h, gate=None):
        values = stepped(cell, given | {state: h}, {} if gate is None else {form.gate: gate})
        return values[cell.next_of(state)] - h

    rng = np.random.default_rng(seed)
    starts = (np.zeros(n), *rng.uniform(-1, 1, (20, n)))  # a search may get stuck
    solution = next(found_ for h in starts if (found_ := root(move, h, tol=1e-13)).success)
    for _ in range(5):
        gate = rng.uniform(0.05, 0.95, n)
        assert np.max(np.abs(move(solution.x, gate))) < 1e-9
        assert np.max(np.abs(move(solution.x + 0.1, gate))) > 1e-4  # and not everywhere


AGREE = {Equality: _equal, Limit: _tends, Determinant: _same_volume, Bounded: _inside, FixedPoints: _stays}


@every_neighbour
def test_the_counterexample_of_a_neighbour_is_one(id, k):
    own = identity(id)
    neighbour = own.false[k]
    context = own.context_of(neighbour)
    shown = dict(judgement(id).refusals[k].counterexample)
    given = completed(context, read_arrays(shown["at"]))
    assert any(REFUTE[type(form)](form, context, given, shown) for form in neighbour.shows)


def _unequal(form, context, given, shown):
    left, right = _sides(form, context, given, (form.left, form.right))
    entry = tuple(shown.get("entry", ()))
    one, other = (
        np.broadcast_to(v, np.broadcast_shapes(np.shape(left), np.shape(right)))[entry] for v in (left, right)
    )
    same = one == pytest.approx(shown["left"], abs=1e-8) and other == pytest.approx(shown["right"], abs=1e-8)
    return same and abs(one - other) > 1e-6


def _apart(form, context, given, shown):
    far = []
    for t in (2.0**-14, 2.0**-20) if form.to == "0+" else (2.0**14, 2.0**20):
        at = given | {form.variable: np.array(t)}
        far.append(
            [
                np.atleast_1d(v)[tuple(shown["entry"])]
                for v in _sides(form, context, at, (form.value, form.equals))
            ]
        )
    assert far[0] == pytest.approx([shown["value"], shown["limit claimed"]], abs=1e-8)
    return abs(far[1][0] - far[1][1]) > 1e-2


def _other_volume(form, context, given, shown):
    n = len(given[form.states[0]])
    texts = (*form.first, *form.second)
    dets = [
        np.linalg.det(formula(text, context, given, shape=(n, n) if text in ("I", "0 I") else None))
        for text in texts
    ]
    det = np.linalg.det(jacobian(context, form.states, given))
    assert (det, np.prod(dets)) == pytest.approx((shown["det J"], shown["claimed"]), abs=1e-8)
    return abs(det - np.prod(dets)) > 1e-4


def _outside(form, context, given, shown):
    for name, (low, high) in form.ranges().items():
        if name in given:
            inside = np.clip(given[name], low, high)
            if name in read_arrays(shown["at"]):
                assert np.array_equal(inside, given[name])
            given[name] = inside
    value = np.abs(side(form.value, context, given))
    return np.max(value) == pytest.approx(abs(shown["value"]), abs=1e-8) and np.max(value) > 1 + 1e-6


def _moves(form, context, given, shown):
    cell, state = context.cell, context.cell.states[0]
    h = {state: np.array([shown[state]])}
    move = [
        stepped(cell, given | changed | h)[cell.next_of(state)] - h[state]
        for changed in ({}, read_arrays(shown["other gate"]))
    ]
    others = {
        name for e in cell.equations if e.left != form.gate for name in re.findall(r"[\w']+", str(e.right))
    }
    assert not others & read_arrays(shown["other gate"]).keys()
    return abs(move[0][0]) < 1e-9 and abs(move[1][0]) > 1e-4


REFUTE = {
    Equality: _unequal,
    Limit: _apart,
    Determinant: _other_volume,
    Bounded: _outside,
    FixedPoints: _moves,
}


# ---- the library --------------------------------------------------------------------------------


def test_no_id_is_used_twice_and_none_that_was_given_is_gone():
    assert len(set(IDS)) == len(IDS)
    assert all(re.fullmatch(r"[a-z]+-\d\d", id) for id in IDS)
    given = (Path(__file__).parent / "given_ids.txt").read_text(encoding="utf-8").split()
    assert len(given) > 100 and sorted(given) == sorted(IDS)  # a new id is given here as well


def test_an_id_nobody_has_is_refused_with_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean 'gru-1"):
        identity("gru-1")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("IDENTITIES = ONES + ONES", "act-01, act-02"),
        (
            "from dataclasses import replace\nIDENTITIES = (replace(ONES[0], id='own-01', false=()),)",
            "own-01 has no",
        ),
        ("IDENTITIES = list(ONES)", "no tuple IDENTITIES"),
        ("", "no tuple IDENTITIES"),
    ],
)
def test_a_theme_that_breaks_a_rule_is_named(tmp_path, monkeypatch, text, said):
    import grusym.theorems.themes as folder

    head = "from grusym.theorems.themes.activations import IDENTITIES as ONES\n" if "ONES" in text else ""
    (tmp_path / "zz_own.py").write_text(head + text + "\n", encoding="utf-8")
    monkeypatch.setattr(
        folder, "__path__", [str(tmp_path)] if not head else [*folder.__path__, str(tmp_path)]
    )
    monkeypatch.delitem(__import__("sys").modules, "grusym.theorems.themes.zz_own", raising=False)
    with pytest.raises(GrusymError, match=re.escape(said)):
        library.themes.__wrapped__()
    monkeypatch.delitem(__import__("sys").modules, "grusym.theorems.themes.zz_own", raising=False)


def test_identities_are_about_cells_of_the_library():
    assert {i.context.cell.name for i in identities()} <= set(cell_names())
