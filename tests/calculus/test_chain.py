"""The longest chain of a step, and whether steps can be scanned, measured another way."""

from __future__ import annotations

import numpy as np
import pytest

from grusym.calculus.chain import chain, scannable
from grusym.cells.library import cell, cell_names
from grusym.kernels.weights import random_weights
from grusym.language.evaluation import evaluate_cell
from grusym.language.expression import (
    Activation,
    Extremum,
    Hadamard,
    Name,
    Power,
    Product,
    Quotient,
    Sum,
    children,
)
from grusym.language.reader import read_cell
from tests.cells.sizes import sizes_of, widths

PRODUCTS = {  # matrix products in sequence, counted in the sources' equations
    **dict.fromkeys(("rnn", "lstm", "lstm_peephole", "gru_reset_after", "ugrnn", "janet", "cfn"), 1),
    **dict.fromkeys(("gru", "gru1", "gru_decoupled", "mgu", "mut3", "lem", "lstm_projection"), 2),
    **dict.fromkeys(("min_gru", "min_lstm", "ind_rnn", "brc"), 0),
}


@pytest.mark.parametrize("name", PRODUCTS)
def test_products_in_sequence(name):
    assert chain(cell(name)).products == PRODUCTS[name]


@pytest.mark.parametrize(
    ("text", "products", "operations", "through"),
    [
        ("h' = tanh(W x + U h + b)", 1, 3, ("h", "h'")),
        ("h' = tanh(W x + U V h)", 2, 4, ("h", "h'")),
        ("h' = tanh(W tanh(V x)) + h", 0, 1, ("h", "h'")),
        ("h' = h", 0, 0, ("h", "h'")),
        ("h' = -h", 0, 0, ("h", "h'")),
        ("h' = 1 ⊙ h", 0, 0, ("h", "h'")),
        ("h' = h² ⊙ (1/b)", 0, 2, ("h", "h'")),
        ("h' = max(U h, min(h, W x))", 1, 2, ("h", "h'")),
        ("r = σ(U h)\nq = tanh(V r)\nh' = q ⊙ h", 2, 5, ("h", "r", "q", "h'")),
        ("f : parameter\nc' = f ⊙ c\nh' = U tanh(c') + V h", 1, 4, ("c", "c'", "h'")),
    ],
)
def test_chains_counted_by_hand(text, products, operations, through):
    found = chain(read_cell(text))
    assert (found.products, found.operations, found.through) == (products, operations, through)


def paths(c, e):
    """Every path from an expression down to an old state, as the operations met (another algorithm)."""
    if isinstance(e, Name):
        if e.name in c.states:
            yield ()
        elif e.name in c.values:
            yield from paths(c, c.equation(e.name).right)
        return
    one = isinstance(e, Hadamard) and str(e.left) == "1"
    counted = Product | Sum | Hadamard | Quotient | Activation | Extremum | Power
    own = () if one or not isinstance(e, counted) else (e,)
    for child in children(e):
        for path in paths(c, child):
            yield own + path


@pytest.mark.parametrize("name", cell_names())
def test_no_path_is_longer_and_one_is_as_long(name):
    c = cell(name)
    found = [path for s in c.next_states for path in paths(c, c.equation(s).right)]
    assert chain(c).operations == max(map(len, found))
    assert chain(c).products == max(sum(isinstance(e, Product) for e in path) for path in found)
    assert chain(c).through[0] in c.states
    assert chain(c).through[-1] in c.next_states


@pytest.mark.parametrize("name", cell_names())
def test_a_cell_is_scannable_exactly_if_its_measured_jacobian_is_a_diagonal_that_no_state_changes(name):
    c = cell(name)
    weights = random_weights(c, sizes=sizes_of(c), seed=1)
    rng = np.random.default_rng(2)
    x = {i: rng.standard_normal(width) for i, width in zip(c.inputs, widths(c, c.inputs), strict=True)}
    measured = [_jacobian(c, {**weights, **x}, rng) for _ in range(8)]  # a relu changes seldom
    diagonal = all(
        np.allclose(block, np.diag(np.diag(block)) if block.shape[0] == block.shape[1] else 0, atol=1e-13)
        for found in measured
        for block in found
    )
    fixed = all(np.allclose(a, b, atol=1e-13) for m in measured for a, b in zip(m, measured[0], strict=True))
    assert scannable(c) == (diagonal and fixed)


def _jacobian(c, given, rng):
    states = {s: rng.standard_normal(width) for s, width in zip(c.states, widths(c, c.states), strict=True)}
    found = []
    for by, value in states.items():
        steps = {s: np.broadcast_to(v, (value.size, v.size)) for s, v in states.items()}
        after = evaluate_cell(c, given | steps | {by: value + 1e-20j * np.eye(value.size)})
        for of in c.next_states:
            moved = np.broadcast_to(np.imag(after[of]), (value.size, after[of].shape[-1])) / 1e-20
            found.append(moved.T)
    return found


def test_only_what_is_linear_in_the_state_and_entrywise_is_scannable():
    assert [name for name in cell_names() if scannable(cell(name))] == ["min_gru", "min_lstm"]
    for text, scans in (
        ("h' = a ⊙ h + W x", True),
        ("c' = a ⊙ c + W x\nh' = b ⊙ c'", True),
        ("h' = U h + W x", False),
        ("h' = tanh(W x) ⊙ h²", False),
        ("h' = σ(a ⊙ h) ⊙ h", False),
    ):
        assert scannable(read_cell(text)) is scans, text
