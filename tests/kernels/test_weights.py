"""Random weights have the shapes of the text and the spread their init is known for."""

from __future__ import annotations

import numpy as np
import pytest

from grusym.errors import DataError, UnknownNameError
from grusym.kernels.weights import random_weights
from grusym.language.reader import read_cell
from tests.kernels.samples import NAMES, SIZES, sample

INITS = ("torch", "keras", "xavier", "he", "normal", "orthogonal", "identity")
SPREAD = {  # standard deviation of recurrent and input matrices at n = 400, m = 100
    "torch": (1 / np.sqrt(3 * 400), 1 / np.sqrt(3 * 400)),
    "xavier": (np.sqrt(2 / 800), np.sqrt(2 / 500)),
    "he": (np.sqrt(2 / 400), np.sqrt(2 / 100)),
    "normal": (np.sqrt(1 / 400), np.sqrt(1 / 100)),
    "orthogonal": (np.sqrt(1 / 400), np.sqrt(1 / 400)),
    "keras": (np.sqrt(1 / 400), np.sqrt(2 / 500)),
}


@pytest.mark.parametrize("init", INITS)
@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_has_the_shape_of_the_text(name, init):
    of = sample(name)
    extra = {s.name: SIZES[s.name] for s in of.sizes if s.name not in "nm"}
    weights = random_weights(of, hidden=5, input=3, init=init, sizes=extra)
    sizes = {s: SIZES[s.name] for s in of.sizes}
    assert list(weights) == [*of.parameters, *of.constants]
    assert all((weights[name] == 0.5).all() for name in of.constants)
    for p, w in weights.items():
        assert w.shape == tuple(int(d.subs(sizes)) for d in of.shapes[p])
        assert w.dtype == np.float64
        assert np.isfinite(w).all()


@pytest.mark.parametrize("init", SPREAD)
def test_an_init_has_the_spread_it_is_known_for(init):
    weights = random_weights(sample("rnn"), hidden=400, input=100, init=init, seed=2)
    for p, expected in zip(("U", "W"), SPREAD[init], strict=True):
        assert weights[p].std() == pytest.approx(expected, rel=0.02)  # 40,000 draws and more: 0.5 % seen
        assert weights[p].std() != pytest.approx(1.2 * expected, rel=0.02)
    assert init == "torch" or not weights["b"].any()


def test_orthogonal_and_identity_are_what_they_say():
    of = sample("rnn")
    for n, m in ((6, 4), (4, 6), (5, 5)):
        W = random_weights(of, hidden=n, input=m, init="orthogonal")["W"]
        assert np.allclose(W.T @ W if n >= m else W @ W.T, np.eye(min(n, m)), atol=1e-14)
    weights = random_weights(of, hidden=5, input=5, init="identity")
    assert np.array_equal(weights["U"], np.eye(5))
    assert not np.allclose(weights["W"], np.eye(5))  # square by chance, not by the text


def test_a_seed_draws_the_same_and_another_others():
    one, same, other = (random_weights(sample("gru"), 5, 3, seed=s) for s in (1, 1, 2))
    assert all(np.array_equal(one[p], same[p]) for p in one)
    assert not any(np.array_equal(one[p], other[p]) for p in one)


def test_what_multiplies_is_never_drawn_as_zero():
    peephole = random_weights(sample("peephole"), 5, 3, init="xavier")
    assert peephole["p_o"].all()
    assert not peephole["b_o"].any()
    scalars = random_weights(sample("antisymmetric"), 5, 3, init="xavier")
    assert scalars["ε"] == scalars["γ"] == 1
    shift = random_weights(read_cell("h' = tanh(U h - β)\nβ : scalar"), 5, init="he")
    assert shift["β"] == 0


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"hidden": 4}, "m was not given; give input="),
        ({"input": 4}, "n was not given; give hidden="),
        ({"hidden": 0, "input": 1}, "size n must be a whole number from 1 on; found 0"),
        ({"hidden": 2.5, "input": 1}, "found 2.5"),
        ({"hidden": 2, "input": 1, "sizes": {"k": 3}}, "size k was given, but cell 'gru' has n, m"),
    ],
    ids=str,
)
def test_sizes_that_cannot_be_are_refused(given, message):
    with pytest.raises(DataError, match=message):
        random_weights(sample("gru"), **given)


def test_a_letter_of_its_own_must_be_given():
    with pytest.raises(DataError, match="k was not given; give sizes="):
        random_weights(sample("low rank, two inputs"), hidden=5, input=3)


def test_an_unknown_init_is_refused_with_the_nearest_known():
    with pytest.raises(UnknownNameError, match="did you mean 'orthogonal'"):
        random_weights(sample("gru"), 5, 3, init="ortogonal")
