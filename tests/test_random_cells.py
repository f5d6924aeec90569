"""A cell that nobody listed gets the right Jacobians, gradients and kernel: hundreds of random ones."""

import numpy as np
from hypothesis import HealthCheck, given, note, settings

from grusym.assemble import derived, kernel
from grusym.calculus.adjoint import gradients
from grusym.calculus.jacobian import blocks
from grusym.checks import components, numeric
from grusym.checks.subject import subjects
from grusym.checks.twins import broken
from grusym.language.arrays import concrete
from grusym.language.cell import Cell
from grusym.language.evaluation import evaluate_cell
from grusym.language.reader import read_cell
from tests.random_cells import NOTATIONS, Written, cells


def examples(count: int):
    """Settings for that many random examples, the same ones every time."""
    return settings(
        max_examples=count,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


def read(drawn: Written, notation: str = "primes") -> Cell:
    text = drawn.text(notation)
    note(text)
    return read_cell(text, name="random")


@given(cells())
@examples(200)
def test_a_cell_is_the_same_in_every_notation(drawn):
    first = read(drawn)
    for notation in NOTATIONS[1:]:
        other = read(drawn, notation)
        assert other.equations == first.equations
        assert (other.states, other.inputs, other.parameters, other.constants) == (
            first.states,
            first.inputs,
            first.parameters,
            first.constants,
        )
        assert dict(other.shapes) == dict(first.shapes)


@given(cells())
@examples(300)
def test_jacobians_and_gradients_agree_with_complex_steps(drawn):
    for thing in derived(read(drawn)):
        for subject in subjects(thing):
            verdict = numeric.compare(subject, sizes=((3, 2),))
            assert verdict.outcome == "agrees", verdict


@given(cells())
@examples(40)
def test_jacobians_and_gradients_are_exact_and_their_doubles_are_not(drawn):
    for thing in derived(read(drawn)):
        for subject in subjects(thing):
            verdict = components.compare(subject, largest=500)
            too_long = verdict.outcome == "undecided" and "multiplied out" in verdict.detail
            assert verdict.outcome == "proved" or too_long, verdict
            if verdict.outcome == "proved" and not numeric.is_zero(subject):
                twice = subject.saying(broken(subject.expression))
                assert components.compare(twice, largest=2000).outcome != "proved"


@given(cells())
@examples(60)
def test_the_emitted_kernel_computes_the_equations_the_jacobians_and_the_gradients(drawn):
    a_cell = read(drawn)
    sizes = {s.name: {"n": 3, "m": 2}.get(s.name, 4) for s in a_cell.sizes}
    steps, batch, rng = 3, 2, np.random.default_rng(0)
    one = kernel(a_cell)
    weights = {name: _array(a_cell, name, sizes, rng) for name in a_cell.weights}
    inputs = rng.standard_normal((steps, batch, 2 * len(a_cell.inputs)))
    states = one.forward(weights, inputs, rng.standard_normal((batch, 3 * len(a_cell.states))))
    if not np.abs(states).max() < 1e6:
        return  # an exploding cell says nothing about its kernel
    before = weights | _split(states[:-1], a_cell.states) | _split(inputs, a_cell.inputs)
    values = evaluate_cell(a_cell, before)
    _same(states[1:], _joined([values[s] for s in a_cell.next_states], (steps, batch, 3)))
    found = {key: J.evaluate(before) for key, J in blocks(a_cell).items()}
    for by, matrices in ((a_cell.states, one.jacobians), (a_cell.inputs, one.input_jacobians)):
        if by:
            expected = np.block([[found[of, v] for v in by] for of in a_cell.next_states])
            _same(matrices(weights, states[:-1], inputs), expected)
    all_, cotangent = gradients(a_cell), rng.standard_normal(states[1:].shape)
    given_ = _split(cotangent, a_cell.next_states)
    expected = all_.evaluate(before | {all_.cotangents[s]: g for s, g in given_.items()})
    adjoint = one.adjoint(weights, states[:-1], inputs, cotangent, parameters=True)
    _same(adjoint["states"], _joined([expected[s] for s in a_cell.states], (steps, batch, 3)))
    for name in a_cell.parameters:
        own = np.shape(weights[name])
        _same(adjoint[name], np.broadcast_to(expected[name], (steps, batch, *own)).sum((0, 1)))


def _array(a_cell: Cell, name: str, sizes: dict[str, int], rng: np.random.Generator) -> np.ndarray:
    shape = tuple(concrete(d, sizes) for d in a_cell.shapes[name])
    return rng.standard_normal(shape) / np.sqrt(shape[-1] if len(shape) == 2 else 1)


def _split(array: np.ndarray, names: tuple[str, ...]) -> dict[str, np.ndarray]:
    return dict(zip(names, np.split(array, len(names), axis=-1), strict=True)) if names else {}


def _joined(arrays: list, shape: tuple[int, ...]) -> np.ndarray:
    return np.concatenate([np.broadcast_to(a, shape) for a in arrays], axis=-1)


def _same(found: np.ndarray, expected: np.ndarray) -> None:
    scale = 1 + np.abs(expected).max(initial=0)  # products are summed in another order: 1e-15 of the largest
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-11 * scale)
