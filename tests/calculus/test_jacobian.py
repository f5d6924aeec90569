"""Jacobians: the printed form, their paths, their steps, and what must be refused."""

from __future__ import annotations

import numpy as np
import pytest

from grusym.algebra.normal_form import equal, operator_form
from grusym.calculus.jacobian import blocks, jacobian, summed
from grusym.calculus.paths import graph, paths
from grusym.cells.library import cell, cell_names
from grusym.errors import DataError, UnknownNameError
from grusym.language.expression import Identity
from grusym.language.reader import read_cell, read_expression

GRU = (
    "diag(z) + diag((h - c) ⊙ z ⊙ (1 - z)) U_z + diag((1 - z) ⊙ (1 - c²)) U_c (diag(r) + "
    "diag(h ⊙ r ⊙ (1 - r)) U_r)"
)
WRITTEN = {
    ("gru", "h'", "h"): GRU,
    ("gru", "h'", "z"): "diag(h - c)",
    ("gru", "h'", "c"): "diag(1 - z)",
    ("gru", "c", "r"): "diag(1 - c²) U_c diag(h)",
    ("gru", "z", "x"): "diag(z ⊙ (1 - z)) W_z",
    ("gru", "z", "b_z"): "diag(z ⊙ (1 - z))",
    ("gru", "z", "r"): "0",
    ("rnn", "h'", "h"): "diag(1 - h'²) U",
    ("lstm", "c'", "c"): "diag(f)",
    ("lstm", "h'", "c"): "diag(o ⊙ (1 - tanh(c')²) ⊙ f)",
    ("lstm", "h'", "o"): "diag(tanh(c'))",
    ("gru_reset_after", "c", "r"): "diag((1 - c²) ⊙ (U_c h + d_c))",
}


@pytest.mark.parametrize("asked", WRITTEN, ids=str)
def test_a_jacobian_prints_as_a_paper_would(asked):
    name, of, by = asked
    assert str(jacobian(cell(name), of=of, by=by)) == WRITTEN[asked]


def every_block():
    return [(name, of, by) for name in cell_names() for of, by in blocks(cell(name))]


@pytest.mark.parametrize("asked", every_block(), ids=str)
def test_the_terms_are_the_paths_of_the_graph_and_sum_to_the_jacobian(asked):
    c = cell(asked[0])
    J = jacobian(c, *asked[1:])
    import networkx as nx

    simple = {tuple(p) for p in nx.all_simple_paths(graph(c), J.by, J.of)}
    assert {t.path for t in J.terms} == simple
    assert equal(summed(J.terms), J.expression, c.shapes)
    assert not J.terms[1:] or not equal(summed(J.terms[1:]), J.expression, c.shapes)


@pytest.mark.parametrize("asked", every_block(), ids=str)
def test_the_printed_jacobian_reads_back_as_itself(asked):
    c = cell(asked[0])
    J = jacobian(c, *asked[1:])
    if not J.is_zero:
        assert read_expression(str(J), c) == J.expression


def test_the_gru_has_one_word_for_each_path():
    J = jacobian(cell("gru"))
    form = operator_form(J.expression, J.cell.shapes)
    words = {tuple(letter[1] for letter in word[1::2]) for word in form}
    assert words == {(), ("U_z",), ("U_c",), ("U_c", "U_r")}
    assert len(J.terms) == 4


def test_the_path_of_no_edge_is_the_identity():
    assert jacobian(cell("gru"), "z", "z").expression == Identity()
    assert list(paths(cell("gru"), "z", "r")) == []


def test_each_step_says_its_rule_and_only_what_changes():
    derived = jacobian(cell("gru")).derivation
    rules = [s.rule for s in derived.steps]
    assert rules[:2] == ["chain rule", "sum rule, matrix product"]
    assert rules[-2:] == ["sum rule, product rule, sign rule", "chain rule through z, c"]
    shown = "\n".join(map(str, derived.steps))
    assert "dx" not in shown and "dh" in shown
    assert str(derived.steps[-1].after).replace(" dh", "") == GRU == str(derived.result)
    assert "d(o" not in str(jacobian(cell("lstm"), "c'", "h").derivation)


def test_a_cell_with_times_answers_in_its_own_notation():
    c = read_cell("z_t = σ(W_z · [h_{t-1}, x_t])\nh_t = z_t * h_{t-1} + (1 - z_t) * tanh(W · [h_{t-1}, x_t])")
    J = jacobian(c, of="h_t", by="h_{t-1}")
    assert J.of == "h'" and J.by == "h"
    assert str(J).startswith(
        "diag(z_t) + diag((h_{t-1} - tanh(W [h_{t-1}, x_t])) ⊙ z_t ⊙ (1 - z_t)) W_z[:, h_{t-1}]"
    )


def test_evaluate_computes_the_gates_itself_for_any_sizes_and_batches():
    c, rng = cell("gru"), np.random.default_rng(0)
    for n, m, batch in ((3, 2, ()), (4, 7, (5,)), (1, 1, (2, 3))):
        sizes = {"n": n, "m": m}
        values = {
            name: rng.normal(
                size=(*(batch if name in ("h", "x") else ()), *(sizes[str(d)] for d in c.shapes[name]))
            )
            for name in (*c.inputs, *c.states, *c.parameters)
        }
        J = jacobian(c).evaluate(values)
        assert J.shape == (*batch, n, n)
        from grusym.language.evaluation import evaluate_cell

        tiny, columns = 1e-30, []
        for j in range(n):
            moved = dict(values, h=values["h"] + 1j * tiny * np.eye(n)[j])
            columns.append(evaluate_cell(c, moved)["h'"].imag / tiny)
        assert np.allclose(
            J, np.stack(columns, -1), rtol=1e-12, atol=1e-14
        )  # complex step is exact to rounding


def test_evaluate_of_a_zero_block_and_of_an_identity_has_the_right_shape():
    c = read_cell("h' = h + W x\ns' = tanh(V s)")
    values = {"h": np.ones(3), "s": np.ones(3), "x": np.ones(2), "W": np.ones((3, 2)), "V": np.ones((3, 3))}
    assert np.array_equal(jacobian(c, "h'", "h").evaluate(values), np.eye(3))
    assert np.array_equal(jacobian(c, "h'", "s").evaluate(values), np.zeros((3, 3)))
    assert jacobian(c, "h'", "s").is_zero and str(jacobian(c, "h'", "s")) == "0"


def test_evaluate_names_the_array_that_does_not_fit():
    J, good = (
        jacobian(cell("rnn")),
        {"h": np.ones(3), "x": np.ones(2), "W": np.ones((3, 2)), "U": np.ones((3, 3)), "b": np.ones(3)},
    )
    J.evaluate(good)
    with pytest.raises(DataError, match="U"):
        J.evaluate({**good, "U": np.ones((3, 4))})
    with pytest.raises(DataError, match="b"):
        J.evaluate({k: v for k, v in good.items() if k != "b"})
    with pytest.raises(DataError, match="V"):
        J.evaluate({**good, "V": np.ones(3)})


@pytest.mark.parametrize(("of", "by"), [("h", "h"), ("q", "h"), ("h'", "q"), ("h'", "U_z"), ("x", "h")])
def test_what_has_no_jacobian_is_refused_by_name(of, by):
    with pytest.raises(UnknownNameError):
        jacobian(cell("gru"), of=of, by=by)


def test_to_sympy_gives_the_same_numbers():
    c, rng, J = cell("gru"), np.random.default_rng(1), jacobian(cell("gru"))
    import sympy as sp

    values = {
        k: rng.normal(size=[{"n": 2, "m": 1}[str(d)] for d in c.shapes[k]])
        for k in (*c.inputs, *c.states, *c.parameters)
    }
    from grusym.language.evaluation import evaluate_cell

    arrays = {**values, **evaluate_cell(c, values)}
    e = J.to_sympy()
    n, m = sorted(c.sizes, key=str, reverse=True)
    e = e.subs({n: 2, m: 1})
    for symbol in e.atoms(sp.MatrixSymbol):
        e = e.subs(symbol, sp.Matrix(arrays[symbol.name]))
    assert np.allclose(np.array(e.doit().as_explicit(), dtype=float), J.evaluate(values), atol=1e-12)
