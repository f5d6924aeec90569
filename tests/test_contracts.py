"""Every law on every cell: a new file in cells/ is tested untouched."""

from functools import cache

import numpy as np
import pytest

from grusym.assemble import derived, kernel
from grusym.calculus.adjoint import gradients
from grusym.calculus.counting import parameter_count, state_size
from grusym.calculus.jacobian import blocks, jacobian
from grusym.calculus.paths import graph
from grusym.cells.library import cell, cell_names
from grusym.checks import components, numeric
from grusym.checks.equality import judge, self_test
from grusym.checks.subject import subjects
from grusym.checks.twins import edits
from grusym.kernels.weights import random_weights
from grusym.language.arrays import check_arrays, concrete, needed
from grusym.language.evaluation import evaluate, evaluate_cell, evaluate_equations
from grusym.language.printers.latex import latex
from grusym.language.printers.mathml import mathml
from grusym.language.printers.text import text
from grusym.language.reader import read_cell, read_expression
from tests.cells.sizes import SIZES, sizes_of, widths

every_cell = pytest.mark.parametrize("name", cell_names())


@cache
def formulas(name: str):
    """Every Jacobian block of one step and every gradient, as subjects."""
    return tuple(s for thing in derived(cell(name)) for s in subjects(thing))


def arrays(name: str, seed: int = 0, batch: tuple[int, ...] = ()):
    """Random arrays for everything a cell is given; batch axes on states and inputs."""
    rng, a_cell = np.random.default_rng(seed), cell(name)
    return {
        given: rng.standard_normal(
            (
                *(() if given in a_cell.weights else batch),
                *(concrete(d, SIZES) for d in a_cell.shapes[given]),
            )
        )
        for given in needed(a_cell)
    }


def pytest_generate_tests(metafunc):
    """One test for each formula of each cell."""
    if "subject" in metafunc.fixturenames:
        found = [s for name in cell_names() for s in formulas(name)]
        metafunc.parametrize("subject", found, ids=[s.claim.id for s in found])


# ---- what is derived is right -------------------------------------------------------------------


def test_a_derived_formula_is_exact_at_small_size_and_agrees_with_complex_steps(subject):
    assert [v.outcome for v in judge(subject)] == ["proved", "agrees"]


def test_both_judges_refuse_its_double(subject):
    refusals = self_test(subject)
    assert len(refusals) == (0 if numeric.is_zero(subject) else 2)
    assert all(r.refused for r in refusals)


def test_both_judges_refuse_every_slip_in_it(subject):
    for edit in edits(subject.expression, subject.shapes):
        wrong = subject.saying(edit.expression)
        said = (
            components.compare(wrong).outcome,
            numeric.compare(wrong, sizes=((3, 2), (32, 12)), mend=False).outcome,  # 3 entries may miss a kink
        )
        # Two factors of one product may change places, and what leads through a value that a state does
        # not depend on adds up to 0, as does all that leads through the stabiliser to h' of the sLSTM.
        right = ("proved", "agrees") if _same_numbers(subject, edit.expression) else ("refuted", "refuted")
        assert said == right, edit


def _same_numbers(subject, other) -> bool:
    """Whether a formula and another have the same values wherever they are tried, whatever they mean."""
    for seed in range(5):
        rng = np.random.default_rng(seed)
        sizes = {s.name: {"n": 12, "m": 5}.get(s.name, 7) for s in subject.cell.sizes}
        given = (*needed(subject.cell), *subject.cotangents.values())
        known = {
            name: rng.standard_normal([concrete(d, sizes) for d in subject.shapes[name]]) for name in given
        }
        known |= evaluate_cell(subject.cell, known)
        known |= evaluate_equations(subject.lines, known, subject.shapes)
        shape = tuple(concrete(d, sizes) for d in subject.shape)
        a, b = (evaluate(e, known, subject.shapes, shape) for e in (subject.expression, other))
        if not np.allclose(a, b, rtol=1e-9, atol=1e-11 * np.abs(a).max()):  # 1e-14 seen where they are equal
            return False
    return True


@every_cell
def test_the_jacobian_of_any_value_by_any_vector_is_right(name):
    a_cell = cell(name)
    vectors = [v for v in (*a_cell.states, *a_cell.inputs, *a_cell.values) if len(a_cell.shapes[v]) == 1]
    for of in a_cell.values:
        for by in vectors:
            (subject,) = subjects(jacobian(a_cell, of, by))
            assert numeric.compare(subject, sizes=((3, 2),)).outcome == "agrees", subject.claim


@every_cell
def test_gradients_of_states_and_inputs_are_the_transposed_jacobians(name):
    a_cell, given = cell(name), arrays(name)
    all_ = gradients(a_cell)
    rng = np.random.default_rng(1)
    sizes = widths(a_cell, a_cell.states)
    cotangents = {
        g: rng.standard_normal(size) for g, size in zip(all_.cotangents.values(), sizes, strict=True)
    }
    found = all_.evaluate(given | cotangents)
    for by in (*a_cell.states, *a_cell.inputs):
        expected = sum(
            jacobian(a_cell, of, by).evaluate(given).T @ cotangents[g] for of, g in all_.cotangents.items()
        )
        np.testing.assert_allclose(found[by], expected, rtol=1e-11, atol=1e-13)  # 1e-15 seen


@every_cell
def test_jacobians_chain_over_two_steps(name):
    a_cell, given = cell(name), arrays(name)
    first = evaluate_cell(a_cell, given)
    later = given | {s: first[a_cell.next_of(s)] for s in a_cell.states}
    product = _whole(a_cell, later) @ _whole(a_cell, given)
    sizes = widths(a_cell, a_cell.states)
    for k, (state, n) in enumerate(zip(a_cell.states, sizes, strict=True)):
        stepped = given | {s: np.broadcast_to(given[s], (n, *given[s].shape)) for s in a_cell.states}
        stepped[state] = given[state] + 1e-20j * np.eye(n)
        middle = evaluate_cell(a_cell, stepped)
        after = evaluate_cell(a_cell, given | {s: middle[a_cell.next_of(s)] for s in a_cell.states})
        shapes = [(n, size) for size in sizes]
        parts = [
            np.broadcast_to(after[s].imag, shape) for s, shape in zip(a_cell.next_states, shapes, strict=True)
        ]
        mine = slice(sum(sizes[:k]), sum(sizes[: k + 1]))
        np.testing.assert_allclose(
            np.concatenate(parts, axis=1).T / 1e-20, product[:, mine], rtol=1e-10, atol=1e-13
        )


def _whole(a_cell, given):
    """The step Jacobian of all states by all states."""
    return np.block(
        [[jacobian(a_cell, of, by).evaluate(given) for by in a_cell.states] for of in a_cell.next_states]
    )


# ---- what is counted, drawn and printed ---------------------------------------------------------


@every_cell
def test_the_parameter_count_is_the_number_of_entries(name):
    a_cell = cell(name)
    counted = parameter_count(a_cell).subs({s: SIZES[s.name] for s in a_cell.sizes})
    assert counted == sum(a.size for given, a in arrays(name).items() if given in a_cell.parameters)
    assert state_size(a_cell).subs({s: SIZES[s.name] for s in a_cell.sizes}) == sum(
        widths(a_cell, a_cell.states)
    )


@every_cell
def test_sizes_are_those_of_the_arrays(name):
    assert check_arrays(cell(name), arrays(name, batch=(2, 5))) == sizes_of(cell(name))


@every_cell
def test_the_graph_has_an_edge_for_every_name_an_equation_mentions(name):
    found = graph(cell(name))
    for source, target in found.edges:
        assert not jacobian(cell(name), target, source).is_zero
    assert {*cell(name).states, *cell(name).inputs, *cell(name).values} <= set(found.nodes)


@every_cell
def test_a_printed_cell_and_its_jacobians_read_back(name):
    a_cell = cell(name)
    again = read_cell(str(a_cell))
    assert again.equations == a_cell.equations
    assert dict(again.shapes) == dict(a_cell.shapes)
    for J in blocks(a_cell).values():
        assert "W[:," in str(J) or read_expression(str(J), a_cell) == J.expression


@every_cell
def test_every_formula_prints_in_every_form(name):
    for subject in formulas(name):
        assert text(subject.expression)
        assert latex(subject.expression).count("{") == latex(subject.expression).count("}")
        assert mathml(subject.expression).startswith("<")


@every_cell
def test_a_cell_says_where_it_comes_from(name):
    assert cell(name).title and cell(name).source and all(e.role for e in cell(name).equations)


# ---- what runs ----------------------------------------------------------------------------------


@every_cell
def test_the_kernel_runs_the_equations(name):
    a_cell = cell(name)
    weights = random_weights(a_cell, sizes=sizes_of(a_cell), seed=2)
    rng, parts = np.random.default_rng(3), widths(a_cell, a_cell.states)
    inputs = rng.standard_normal((6, 5, *widths(a_cell, a_cell.inputs)))
    states = kernel(a_cell).forward(weights, inputs, rng.standard_normal((5, sum(parts))))
    ends = np.cumsum(parts)[:-1]
    before = dict(zip(a_cell.states, np.split(states[:-1], ends, axis=-1), strict=True))
    values = evaluate_cell(a_cell, weights | before | {a_cell.inputs[0]: inputs})
    expected = np.concatenate([values[s] for s in a_cell.next_states], axis=-1)
    np.testing.assert_allclose(states[1:], expected, rtol=1e-12, atol=1e-14)
