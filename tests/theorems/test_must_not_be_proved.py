"""What is false somewhere is proved by no judge, and what stands beside it and is true still is."""

from __future__ import annotations

import pytest

from grusym.errors import GrusymError
from grusym.language.claim import Claim
from grusym.language.reader import read_cell
from grusym.theorems.determinant import Determinant
from grusym.theorems.equality import Equality
from grusym.theorems.fixed_point import FixedPoints
from grusym.theorems.judging import prove
from grusym.theorems.limit import Limit
from grusym.theorems.sides import Context, Value
from grusym.theorems.statement import Identity, Neighbour

PLAIN = read_cell("v : n\nγ : scalar\nh' = tanh(U h + v) + γ h")


def judged(form, about=PLAIN, **names):
    return form.judge(Claim("test", str(form)), Context(about, names))


# ---- limits -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "to", "equals", "outcome"),
    [
        ("h / (h + s)", "0+", "1", "refuted"),
        ("h² / (h² + s)", "0+", "1", "refuted"),
        ("tanh(h) / (tanh(h) + s)", "0+", "1", "refuted"),
        ("relu(h + s) / (relu(h) + s)", "0+", "1", "refuted"),
        ("relu(h + s)", "0+", "relu(h)", "undecided"),  # true, but relu is not analytic
        ("step(h + s)", "0+", "step(h)", "refuted"),
        ("σ(h / s)", "0+", "1", "refuted"),
        ("σ(h / s)", "0+", "σ(h / s)", "undecided"),
        ("exp(-(s h))", "∞", "0", "refuted"),
        ("tanh(s h)", "∞", "1", "refuted"),
        ("h² s / (1 + h² s)", "∞", "1", "refuted"),
        ("h / (h + s)", "∞", "0", "undecided"),  # true, but h + s may be 0 on the way
        ("1000 s", "0+", "0", "proved"),
    ],
)
def test_a_limit_is_proved_only_where_it_holds_for_all_values(value, to, equals, outcome):
    assert judged(Limit(value, "s", to, equals), s="").outcome == outcome


@pytest.mark.parametrize(
    ("value", "to", "equals"),
    [
        ("tanh(s h) / s", "0+", "h"),
        ("(sin(h + s v) - sin(h - s v)) / s", "0+", "2 v ⊙ cos(h)"),
        ("h / (1 + h² + s)", "0+", "h / (1 + h²)"),
        ("h / (s + exp(v))", "0+", "h ⊙ exp(-v)"),
        ("softplus(h + s)", "0+", "softplus(h)"),
        ("σ(h + s)", "∞", "1"),
        ("tanh(h - 2 s) + v", "∞", "v - 1"),
        ("h + v / s", "∞", "h"),
    ],
)
def test_a_limit_that_holds_for_all_values_is_proved(value, to, equals):
    assert judged(Limit(value, "s", to, equals), s="").outcome == "proved"
    assert judged(Limit(value, "s", to, f"{equals} + 1"), s="").outcome == "refuted"


def test_the_limit_that_fails_only_at_0_is_refuted_there():
    assert "h = [0]" in judged(Limit("h / (h + s)", "s", "0+", "1"), s="").counterexample["at"]


def test_a_slow_limit_is_not_refuted():
    for slow in ("5000 s", "sqrt(sqrt(s))"):
        assert judged(Limit(slow, "s", "0+", "0"), s="").outcome != "refuted"


# ---- fixed points -------------------------------------------------------------------------------

GATED = """b : n
z = σ(U h + b)
h' = h + {factor} ⊙ (tanh(W h) - h)
"""


@pytest.mark.parametrize(
    ("factor", "proved"),
    [
        ("(1 - z)", True),
        ("(1 - z ⊙ tanh(b ⊙ z))", True),
        ("(1 - cos(b ⊙ z))", False),
        ("(1 - sin(b ⊙ z))", False),
        ("step(b ⊙ z)", False),
        ("(z - 1/2)", False),
    ],
)
def test_a_factor_that_can_be_0_proves_no_fixed_points(factor, proved):
    cell = read_cell(GATED.format(factor=factor))
    assert (judged(FixedPoints("z", factor, "tanh(W h) - h"), cell).outcome == "proved") == proved


def test_fixed_points_of_two_states_are_not_judged_by_one():
    cell = read_cell("z = σ(U h)\nc' = c + z ⊙ h\nh' = h + (1 - z) ⊙ (tanh(W h) - h)")
    for name in cell.states:
        assert name in judged(FixedPoints("z", "1 - z", "tanh(W h) - h"), cell).detail
    assert judged(FixedPoints("z", "1 - z", "tanh(W h) - h"), cell).outcome == "undecided"


# ---- determinants -------------------------------------------------------------------------------

NARROW = read_cell("A : n × p\nB : p × n\nh' = A (B h) + W x")


def test_only_square_factors_have_determinants():
    with pytest.raises(GrusymError, match="n × p, not n × n"):
        judged(Determinant(("h",), ("A", "B")), NARROW)
    with pytest.raises(GrusymError, match="a scalar"):
        judged(Determinant(("h",), ("γ",)))
    assert judged(Determinant(("h",), ("A B",)), NARROW).outcome == "proved"
    assert judged(Determinant(("h",), ("2 (A B)",)), NARROW).outcome == "refuted"


def test_a_determinant_is_over_one_state_or_two():
    for states, second in ((("h",), ("I",)), (("h", "h", "h"), ()), ((), ())):
        with pytest.raises(GrusymError, match="one state with its factors"):
            judged(Determinant(states, ("A B",), second=second), NARROW)


# ---- arrays of two cells, and several forms --------------------------------------------------------

SQUARE = read_cell("W : n × n\nh' = tanh(W h)")
WIDE = read_cell("W : n × m\nh' = tanh(W x + U h)")


def test_arrays_of_two_cells_are_the_same_only_where_their_sizes_are():
    with pytest.raises(GrusymError, match="uses W, which is no such name"):
        judged(Equality(Value(SQUARE, "h'"), "tanh(W x)"), WIDE)
    same = Value(SQUARE, "h'", {"W": "U"})
    assert judged(Equality(same, Value(WIDE, "h'", {"W": "0"})), WIDE).outcome == "proved"


def test_what_is_assumed_by_any_form_is_assumed_by_all():
    shows = (Equality("h", "h"), Equality("h / h", "1"))
    own = Identity(
        "own-01", "h = h and h / h = 1", PLAIN, shows, (Neighbour("h = 2 h", (Equality("h", "2 h"),)),)
    )
    assert prove(own).ok
    assert "assuming wherever both sides are defined" in str(prove(own))
    assert "assuming" not in str(prove(Identity("own-01", "h = h", PLAIN, shows[:1], own.false)))
