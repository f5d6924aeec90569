"""The number of identifiable parameters is the rank of the next states' Jacobian by all parameters."""

from __future__ import annotations

import pytest
import sympy as sp
from hypothesis import HealthCheck, given, note, settings

from grusym.algebra.normal_form import vector_form
from grusym.calculus import coefficients
from grusym.calculus.counting import parameter_count
from grusym.calculus.identifiable import identifiable
from grusym.cells.library import cell, cell_names
from grusym.language.expression import Expression, substituted
from grusym.language.reader import read_cell
from grusym.language.shapes import size_symbol
from grusym.models.conventions import conventions
from tests.calculus.seen_rank import Unclear, seen_rank
from tests.random_cells import cells

n, m, k = (size_symbol(letter) for letter in "nmk")
SIZES = {"n": 3, "m": 2, "p": 2}

TWO_BIASES = {
    "reset after": """
        r  = σ(W_r x + b_r + U_r h + d_r)
        z  = σ(W_z x + b_z + U_z h + d_z)
        c  = tanh(W_c x + b_c + r ⊙ (U_c h + d_c))
        h' = z ⊙ h + (1 - z) ⊙ c
    """,
    "reset before": """
        r  = σ(W_r x + b_r + U_r h + d_r)
        z  = σ(W_z x + b_z + U_z h + d_z)
        c  = tanh(W_c x + b_c + U_c (r ⊙ h) + d_c)
        h' = z ⊙ h + (1 - z) ⊙ c
    """,
}

# A text, its parameters, how many of them are seen; None for those only bounded from above.
ODD: dict[str, tuple[str, object]] = {
    "biases at three places": ("h' = tanh(U h + b_1 + b_2) + b_3 + b_4", n**2 + 2 * n),
    "a bias taken off": ("h' = tanh(U h + b_1 - b_2)", n**2 + n),
    "a bias moved by a matrix": ("h' = tanh(U (h + b_1) + b_2)", n**2 + n),
    "two matrices summed": ("h' = tanh((U + V) h + W x)", n**2 + n * m),
    "a matrix and its transpose": ("h' = tanh((U + Uᵀ) h + W x)", n * (n + 1) / 2 + n * m),
    "a matrix used twice": ("z = σ(U h)\nh' = z ⊙ tanh(Uᵀ h)", n**2),
    "a diagonal inside a matrix": ("h' = tanh(U h + p ⊙ h)", n**2),
    "narrow factors": ("V : k × n\nh' = tanh(U (V h))", k * (2 * n - k)),
    "square factors": ("V : n × n\nh' = tanh(U (V h) + W x)", n**2 + n * m),
    "a factor seen alone": ("h' = tanh(U (V h)) + V h", 2 * n**2),
    "a scale before a matrix": ("h' = tanh(α U h)", n**2),
    "a scale before a function": ("h' = α tanh(U h)", n**2 + 1),
    "one matrix of both": ("x : n\nh' = tanh(W [h, x] + W [x, h])", n**2),
    "columns summed": ("h' = tanh(W [h, h, h ⊙ h])", 2 * n**2),
    "stacked": ("h' = tanh(W [h, x] + b) + V [x, h]", 2 * n * (n + m) + n),
    "a value nobody uses": ("q = σ(W x + b)\nh' = tanh(U h)", n**2),
    "a constant gate": ("r = σ(b)\nh' = tanh(U (r ⊙ h))", n**2),
    "a constant gate seen twice": ("r = σ(b)\nh' = tanh(U (r ⊙ h)) + r ⊙ h", n**2 + n),
    "a linear value": ("c : n\nc = W x + b_1\nh' = tanh(U h + V c + b_2)", n**2 + n * m + n),
    "a step's length": ("Δ, γ : scalar\nz' = z + Δ (tanh(U y) - γ z)\ny' = y + Δ z'", n**2 + 2),
    "no parameters": ("h' = tanh(h)", 0),
    "a relu under a matrix": ("h' = U relu(V h + W x)", None),
    "a relu alone": ("h' = relu(V h + W x)", n**2 + n * m),
    "an exponential": ("h' = α exp(-(w ⊙ h)² + b)", None),
    "a product of terms": ("h' = (U h + b) ⊙ (V h + d)", None),
    "one function in two ways": ("h' = p ⊙ tanh(U h) + q ⊙ σ(2 U h) + b", None),
    "matrices on one product": ("x : n\nh' = h ⊙ (U x) + x ⊙ (V h)", None),
    "matrices around a gate": ("h' = tanh(U (σ(h) ⊙ (V h)))", None),
    "quotients that add up": ("u = exp(h)\nv = 1 + h²\nh' = p ⊙ u / (u + v) + q ⊙ v / (u + v) + b", None),
    "a quotient with a free scale": ("h' = α h / (β + γ h²)", None),
    "a step": ("h' = step(W x) + h", None),
    "an exponential of what is seen": ("u = W x + b\nc' = c + u\nh' = exp(u)", n * m + n),
    "an exponential of half that": ("u = W x + b\nc' = c + u\nh' = exp(u + V c)", None),
    "partial fractions": ("q, s : parameter\nh' = p ⊙ σ(h + b) + q ⊙ σ(h) + s ⊙ σ(h + b) ⊙ σ(h)", None),
    "fractions of gates": (
        "q, s : parameter\na = σ(U h + b)\ne = σ(U h + d)\n"
        "h' = p ⊙ a ⊙ e + q ⊙ a + s ⊙ e", None),
    "fractions of tanh": (
        "q, s : parameter\na = tanh(U h + b)\ne = tanh(U h + d)\n"
        "h' = p ⊙ a ⊙ e + q ⊙ a + s ⊙ e + b_f", None),
    "a product without its sum": (
        "a = σ(U h + b)\ne = tanh(U h + d)\n"
        "h' = b_p ⊙ a ⊙ e + b_q ⊙ e", n**2 + 4 * n),
    "σ written out": ("q : parameter\nh' = p / (1 + exp(-h)) + q ⊙ σ(h)", None),
    "one over σ": ("q : parameter\nh' = p / σ(h) + q ⊙ exp(-h) + b", None),
    "a logarithm undone": ("q : parameter\nh' = p ⊙ log(exp(h)) + q ⊙ h", None),
    "softplus written out": ("q, s : parameter\nh' = s ⊙ log(1 + exp(h)) + q ⊙ softplus(h)", None),
    "softplus undone": ("q : parameter\nh' = p ⊙ exp(softplus(h)) + q ⊙ exp(h) + b", None),
    "a root squared": ("q : parameter\nh' = p ⊙ sqrt(1 + h²)² + q ⊙ h² + b", None),
    "σ of a sum and of its terms": (
        "x : n\nq, s, t, y : parameter\nu = σ(h)\nv = σ(x)\nw = σ(h + x)\n"
        "h' = p ⊙ w + q ⊙ w ⊙ u + s ⊙ w ⊙ v + t ⊙ w ⊙ u ⊙ v + y ⊙ u ⊙ v", None),
    "the larger of two": ("h' = max(U h + b, W x)", n**2 + n * m + n),
}  # fmt: skip


def number(e: object, sizes: dict[str, int]) -> int:
    return int(sp.sympify(e).subs({size_symbol(letter): v for letter, v in sizes.items()}))


@pytest.mark.parametrize("name", cell_names())
def test_every_cell_of_the_library_is_told_exactly(name):
    found = identifiable(cell(name))
    assert found.exact, found.notes
    for sizes in (SIZES, {"n": 2, "m": 3, "p": 2}):
        assert number(found.count, sizes) == seen_rank(cell(name), sizes)


@pytest.mark.parametrize("layer", conventions(), ids=str)
def test_every_layer_of_a_framework_is_told_exactly(layer):
    found = identifiable(layer.cell)
    assert found.exact, found.notes


def test_those_of_the_library_that_hold_numbers_nobody_sees():
    lost = {
        name: sp.factor(parameter_count(cell(name)) - identifiable(cell(name)).count) for name in cell_names()
    }
    assert {name: size for name, size in lost.items() if size != 0} == {
        "gru3": n,  # r = σ(b_r) is constant: U_c diag(r)
        "antisymmetric_rnn": n * (n + 1) / 2,  # U - Uᵀ
        "antisymmetric_rnn_gated": n * (n + 1) / 2,
    }


def test_of_two_bias_vectors_4_and_3_are_seen():
    after, before = (read_cell(text) for text in TWO_BIASES.values())
    for c in (after, before):
        assert parameter_count(c) == sp.factor(3 * (n**2 + n * m) + 6 * n)
    assert sp.expand(identifiable(after).count - (3 * (n**2 + n * m) + 4 * n)) == 0
    assert sp.expand(identifiable(before).count - (3 * (n**2 + n * m) + 3 * n)) == 0
    assert "b_r, d_r are seen only as b_r + d_r" in identifiable(after).notes
    assert not any("d_c" in note for note in identifiable(after).notes)
    for c in (after, before):
        assert seen_rank(c, SIZES) == number(identifiable(c).count, SIZES)


@pytest.mark.parametrize("name", ODD)
def test_odd_cells_are_told_exactly_or_bounded(name):
    text, expected = ODD[name]
    c = read_cell(text)
    found, sizes = identifiable(c), {"n": 4, "m": 3, "k": 2}
    measured = seen_rank(c, sizes)
    if expected is None:
        assert not found.exact and found.notes
        assert str(found).startswith("at most ")
        assert measured <= number(found.count, sizes) <= number(parameter_count(c), sizes)
    else:
        assert found.exact, found.notes
        assert sp.expand(found.count - expected) == 0
        assert measured == number(found.count, sizes)


def highway(depth: int) -> str:
    """A Recurrent Highway Network: every layer mentions the one before it four times."""
    layers = [
        f"a_{i} = tanh(U_{i} s_{i - 1} + b_{i})\nz_{i} = σ(V_{i} s_{i - 1} + d_{i})\n"
        f"s_{i} = a_{i} ⊙ z_{i} + s_{i - 1} ⊙ (1 - z_{i})"
        for i in range(1, depth + 1)
    ]
    return "\n".join(["s_0 = h", *layers, f"h' = s_{depth}"])


def doubling(lines: int) -> str:
    """Every value mentions the one before it twice."""
    values = (f"v_{i} = v_{i - 1} + tanh(v_{i - 1})" for i in range(1, lines + 1))
    return "\n".join(["v_0 = U h + b", *values, f"h' = v_{lines}"])


@pytest.mark.parametrize("text", [highway(6), doubling(24), doubling(200)])
def test_a_cell_too_deep_to_be_multiplied_out_is_bounded_before_it_is_tried(text, monkeypatch):
    def never(*_):
        raise AssertionError("the work was begun")

    monkeypatch.setattr(coefficients, "vector_form", never)
    monkeypatch.setattr(coefficients, "substituted", never)
    c = read_cell(text)
    found = identifiable(c)
    assert str(found) == f"at most {parameter_count(c)}"
    assert "at most 15,000 are read" in found.notes[0]


@pytest.mark.parametrize("text", [highway(3), doubling(6)])
def test_a_shallower_one_is_told_exactly(text):
    c = read_cell(text)
    found = identifiable(c)
    assert found.exact, found.notes
    assert number(found.count, {"n": 2}) == seen_rank(c, {"n": 2})


def test_no_value_of_the_library_has_more_terms_than_foretold():
    for name in cell_names():
        sizes: dict[str, tuple[int, int]] = {}
        known: dict[str, Expression] = {}
        for e in cell(name).equations:
            sizes[e.left] = coefficients.extent(e.right, sizes)
            known[e.left] = substituted(e.right, known)
            form = vector_form(known[e.left], cell(name).shapes)
            assert len(form) <= sizes[e.left][0]


@given(cells())
@settings(
    max_examples=40,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_what_is_called_exact_is_the_rank_and_no_bound_is_below_it(drawn):
    c = read_cell(drawn.text("primes"))
    note(str(c))
    found = identifiable(c)
    sizes = {s.name: 2 for s in c.sizes}
    try:
        measured = seen_rank(c, sizes, seeds=3)
        if found.exact and measured < number(
            found.count, sizes
        ):  # of max(u, v) one may be chosen at every point of a draw
            measured = seen_rank(c, sizes, seeds=30)
    except Unclear:  # numbers of too many magnitudes for a rank
        return
    assert measured <= number(found.count, sizes)
    if found.exact:
        assert measured == number(found.count, sizes), found
