"""Every layer of every framework against the cell that its weights are carried to.

Random weights, a first state that is not zero, several steps, a batch, n != m. Every comparison is made
again with wrong readings of the weights, each of which it must refuse.
"""

from dataclasses import replace
from math import prod

import numpy as np
import pytest

from grusym.assemble import kernel
from grusym.errors import DataError
from grusym.models.conventions import conventions
from grusym.models.packing import opened
from tests.crosscheck.answers import by_framework, by_grusym, case, error, parted, run
from tests.crosscheck.engines import engine
from tests.crosscheck.layer import M, N, every_layer
from tests.crosscheck.readings import (
    Reading,
    exchangeable,
    exchanged,
    right_reading,
    turned,
    wrong_readings,
)
from tests.models.frameworks import STEPS

pytestmark = pytest.mark.crosscheck

DIFFERENT = 0.05  # the error of a wrong reading; 0.17 is the least seen
SIZES = [(N, M), (4, 7)]
WITHOUT_FRAMEWORK = "tf1"  # TensorFlow 1, which no Python of today runs


@pytest.fixture(params=every_layer(), ids=str)
def layer(request):
    return request.param


def compared(layer, error_of):
    """Assert that the right reading has no error and every wrong one a large error."""
    assert error_of(right_reading(layer.style)) < layer.same
    wrong = {reading.name: error_of(reading) for reading in wrong_readings(layer.style)}
    assert len(wrong) > 1
    assert {name: e for name, e in wrong.items() if not e > DIFFERENT} == {}


def answers(layer, reading):
    return by_grusym(reading.cell, reading.weights(case(layer).arrays), case(layer))


def test_every_convention_meets_its_framework():
    met = {str(layer.style) for layer in every_layer()}
    alone = [c for c in conventions() if str(c) not in met]
    assert {c.framework.split()[0] for c in alone} == {WITHOUT_FRAMEWORK}


@pytest.mark.parametrize(("n", "m"), SIZES)
def test_the_framework_stores_what_the_convention_says(layer, n, m):
    style, p = layer.style, layer.fed_back
    stored = {name: np.shape(array) for name, array in layer.build(n, m).parameters.items()}
    assert stored == {array.name: array.shape(n, m, p) for array in style.arrays}
    count = sum(map(prod, stored.values()))
    assert count == style.parameter_count(n, m, p) == layer.count(n, m)
    assert count == STEPS[layer.framework, layer.kind][1] or (n, m) != (N, M)
    # Widths exchanged and one array too few are other counts.
    assert count != style.parameter_count(m, n, p)
    assert count != replace(style, arrays=style.arrays[1:]).parameter_count(n, m, p)


def test_the_formula_of_the_count_holds_for_all_widths(layer):
    import sympy

    n, m = sympy.symbols("n m", positive=True, integer=True)
    found = sympy.expand(layer.style.parameter_count(n, m, layer.fed_back))
    assert found == sympy.expand(layer.count(n, m)) != sympy.expand(layer.count(m, n))


def test_states_over_time_are_the_framework_s(layer):
    expected, asked = by_framework(layer).states, case(layer)
    compared(layer, lambda reading: error(answers(layer, reading).states, expected))
    # A single sequence is a member of the batch.
    weights = right_reading(layer.style).weights(asked.arrays)
    single = kernel(layer.cell).forward(weights, asked.inputs[:, 1], asked.start[1])
    assert error(single, expected[:, 1]) < layer.same


def test_step_jacobians_are_the_framework_s(layer):
    expected = by_framework(layer).jacobians
    compared(layer, lambda reading: error(answers(layer, reading).jacobians, expected))


def test_the_jacobian_through_all_steps_is_the_framework_s(layer):
    expected = by_framework(layer).through
    compared(layer, lambda reading: error(answers(layer, reading).through, expected))


def test_gradients_are_the_framework_s(layer):
    """In inputs and first state entry by entry, and along a random direction of each stored array."""
    expected, arrays, rng = by_framework(layer).gradients, case(layer).arrays, np.random.default_rng(2)
    assert set(expected) == {*arrays, "inputs", "start"}
    steps = {name: rng.standard_normal(array.shape) for name, array in arrays.items()}

    def worst(reading):
        found = answers(layer, reading).gradients
        errors = [error(found[name], expected[name]) for name in ("inputs", "start")]
        for name, step in steps.items():
            slope = reading.slope(found, arrays, {name: step})
            errors.append(abs(slope - np.sum(expected[name] * step)) / np.abs(expected[name] * step).sum())
        return max(errors)

    compared(layer, worst)


def test_the_layer_s_own_equations_give_the_gradient_of_every_entry(layer):
    """`Convention.cell` has the arrays' own numbers as its parameters: no two biases are added up."""
    style, asked, expected = layer.style, case(layer), by_framework(layer)

    def errors(read):
        """Of states and Jacobians, and of the gradients, the arrays being cut as some convention says."""
        found = by_grusym(style.cell, opened(asked.arrays, read, {}, str(read)), asked)
        of_states = [error(getattr(found, kind), getattr(expected, kind)) for kind in ("states", "jacobians")]
        whole = {stored.name: stored.stacked(found.gradients) for stored in read.arrays}
        assert set(whole) | {"inputs", "start"} == set(expected.gradients)
        return of_states, [error(gradient, expected.gradients[name]) for name, gradient in whole.items()]

    states, gradients = errors(style)
    assert max(*states, *gradients) < layer.same
    wrong = [exchanged(style, *pair) for pair in exchangeable(style)] or [turned(style)]
    wrong = [read for read in wrong if set(read.parameters) == set(style.parameters)]
    assert wrong
    for read in wrong:
        states, gradients = errors(read)
        assert min(states) > DIFFERENT and max(gradients) > DIFFERENT


def test_packed_weights_are_run_by_the_framework_as_by_the_cell(layer):
    """The way back: random weights of the cell, loaded into the framework's layer."""
    e, asked, right = engine(layer.engine), case(layer), right_reading(layer.style)
    rng = np.random.default_rng(1)
    weights = {name: rng.standard_normal(w.shape) for name, w in right.weights(asked.arrays).items()}
    if "d_c" in weights and not layer.style.bias_inside_reset:
        weights["d_c"][:] = 0  # such a layer has no place for it
    expected = kernel(layer.cell).forward(weights, asked.inputs, asked.start)[1:]

    def loaded(reading):
        arrays = reading.arrays(weights)
        assert {name: np.shape(a) for name, a in arrays.items()} == {
            name: np.shape(a) for name, a in asked.arrays.items()
        }
        tensors = {name: e.tensor(array) for name, array in arrays.items()}
        outputs, last = run(layer, tensors, e.tensor(asked.inputs), e.tensor(asked.start))
        return max(error(e.array(outputs), parted(layer, expected)["h"]), error(e.array(last), expected[-1]))

    assert loaded(right) < layer.same
    wrong = [r for r in wrong_readings(layer.style) if r.cell == right.cell and not r.change]
    errors = [loaded(reading) for reading in wrong if has_place(reading, weights)]
    assert errors and min(errors) > DIFFERENT


def has_place(reading: Reading, weights):
    """Whether a wrong reading has a place for all weights; to have none is to be noticed."""
    try:
        reading.arrays(weights)
    except DataError:
        return False
    return True
