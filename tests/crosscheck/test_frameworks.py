"""Every layer of every framework against the cell that its weights are carried to.

Random weights, a first state that is not zero, several steps, a batch, n != m. Every comparison is made
again with wrong readings of the weights, each of which it must refuse.
"""

from dataclasses import replace
from math import prod

import numpy as np
import pytest

from grusym.assemble import kernel
from grusym.models.conventions import CONVENTIONS
from tests.crosscheck.answers import N, by_framework, by_grusym, case, error, run
from tests.crosscheck.layer import every_layer
from tests.crosscheck.readings import right_reading, wrong_readings
from tests.models.frameworks import STEPS

pytestmark = pytest.mark.crosscheck

DIFFERENT = 0.05  # the error of a wrong reading; 0.17 is the least seen
SIZES = [(5, 3), (4, 7)]  # n and m
WITHOUT_FRAMEWORK = {"tf1 LSTM"}  # TensorFlow 1, which no Python of today runs


@pytest.fixture(params=every_layer(), ids=str)
def layer(request):
    return request.param


def compared(layer, errors):
    """Assert that the errors (reading -> number) of the right reading are none, and of every wrong one large."""
    right = errors(right_reading(layer.style))
    assert right < layer.same
    wrong = {reading.name: errors(reading) for reading in wrong_readings(layer.style)}
    assert len(wrong) > 1
    assert {name: e for name, e in wrong.items() if not e > DIFFERENT} == {}


def of(layer, kind):
    """The error of one kind of answer, as a function of the reading."""
    expected, asked = getattr(by_framework(layer), kind), case(layer)
    return lambda reading: error(getattr(by_grusym(reading, asked), kind), expected)


def test_every_convention_but_one_meets_its_framework():
    assert {str(c) for c in CONVENTIONS} - {str(layer.style) for layer in every_layer()} == WITHOUT_FRAMEWORK


@pytest.mark.parametrize(("n", "m"), SIZES)
def test_the_framework_stores_what_the_convention_says(layer, n, m):
    stored = {name: np.shape(array) for name, array in layer.build(n, m).parameters.items()}
    assert stored == {array.name: array.shape(n, m) for array in layer.style.arrays}
    count = sum(map(prod, stored.values()))
    assert count == layer.style.parameter_count(n, m) == layer.count(n, m)
    assert count == STEPS[layer.framework, layer.kind][1] or (n, m) != SIZES[0]
    # Widths exchanged and one array too few are other counts.
    assert count != layer.style.parameter_count(m, n)
    assert count != replace(layer.style, arrays=layer.style.arrays[1:]).parameter_count(n, m)


def test_the_formula_of_the_count_holds_for_all_widths(layer):
    import sympy

    n, m = sympy.symbols("n m", positive=True, integer=True)
    found = sympy.expand(layer.style.parameter_count(n, m))
    assert found == sympy.expand(layer.count(n, m)) != sympy.expand(layer.count(m, n))


def test_states_over_time_are_the_framework_s(layer):
    compared(layer, of(layer, "states"))
    # A single sequence is a member of the batch.
    asked, reading = case(layer), right_reading(layer.style)
    single = kernel(reading.cell).forward(reading.weights(asked.arrays), asked.inputs[:, 1], asked.start[1])
    assert error(single, by_framework(layer).states[:, 1]) < layer.same


def test_step_jacobians_are_the_framework_s(layer):
    compared(layer, of(layer, "jacobians"))


def test_the_jacobian_through_all_steps_is_the_framework_s(layer):
    compared(layer, of(layer, "through"))


def test_gradients_of_every_stored_array_are_the_framework_s(layer):
    expected, asked = by_framework(layer).gradients, case(layer)
    assert set(expected) == {*asked.arrays, "inputs", "start"}

    def worst(reading):
        found = by_grusym(reading, asked).gradients
        assert set(found) == set(expected)
        return max(error(found[name], g) for name, g in expected.items())

    compared(layer, worst)


def test_packed_weights_are_run_by_the_framework_as_by_the_cell(layer):
    """The way back: random weights of the cell, loaded into the framework's layer."""
    from tests.crosscheck.engines import engine

    e, asked, right, rng = (
        engine(layer.engine),
        case(layer),
        right_reading(layer.style),
        np.random.default_rng(1),
    )
    weights = {name: rng.standard_normal(w.shape) for name, w in right.weights(asked.arrays).items()}
    if "d_c" in weights and not layer.style.bias_inside_reset:
        weights["d_c"][:] = 0  # such a layer has no place for it
    expected = kernel(layer.cell).forward(weights, asked.inputs, asked.start)[1:]

    def loaded(reading):
        arrays = reading.arrays(weights)
        assert {name: a.shape for name, a in arrays.items()} == {
            name: a.shape for name, a in asked.arrays.items()
        }
        tensors = {name: e.tensor(array) for name, array in arrays.items()}
        outputs, last = run(layer, tensors, e.tensor(asked.inputs), e.tensor(asked.start))
        h = layer.cell.states.index("h") * N
        return max(error(e.array(outputs), expected[..., h : h + N]), error(e.array(last), expected[-1]))

    assert loaded(right) < layer.same
    wrong = [r for r in wrong_readings(layer.style) if r.cell == right.cell and not r.change]
    assert wrong and all(loaded(reading) > DIFFERENT for reading in wrong)
