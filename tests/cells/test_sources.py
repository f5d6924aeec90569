"""Every cell computes what its source computes, and says which source that is and how far it was seen."""

from __future__ import annotations

import re
from importlib import import_module

import numpy as np
import pytest

from grusym.assemble import kernel
from grusym.cells.library import cell, cell_names
from grusym.kernels.weights import random_weights
from tests.cells.sizes import sizes_of, widths
from tests.cells.steps import STEPS

every_cell = pytest.mark.parametrize("name", cell_names())


def sample(name: str):
    """Random weights (biases and settings too), states and inputs of a cell."""
    a_cell, rng = cell(name), np.random.default_rng(7)
    weights = {
        k: rng.normal(0, 0.8, v.shape) for k, v in random_weights(a_cell, sizes=sizes_of(a_cell)).items()
    }
    state = [rng.standard_normal(k) for k in widths(a_cell, a_cell.states)]
    return weights, state, rng.standard_normal((6, *widths(a_cell, a_cell.inputs)))


def paths(name: str, weights, state, inputs):
    """The states that the compiled cell runs through, and those of the step in plain NumPy."""
    found, expected = kernel(cell(name)).forward(weights, inputs, np.concatenate(state))[1:], []
    for x in inputs:
        state = STEPS[name](weights, state, x)
        expected.append(np.concatenate(state))
    return found, np.stack(expected)


def test_every_cell_has_a_step_and_no_other():
    assert set(STEPS) == set(cell_names())


@every_cell
def test_a_cell_computes_what_its_source_computes(name):
    found, expected = paths(name, *sample(name))
    np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-13)  # 2e-15 seen


@every_cell
def test_no_weight_of_a_cell_stands_where_the_source_has_another(name):
    """The twin: each weight, given to one of the two only, is missed."""
    weights, state, inputs = sample(name)
    found, _ = paths(name, weights, state, inputs)
    for changed in weights:
        other = weights | {changed: weights[changed] * 1.1}
        assert not np.allclose(found, paths(name, other, state, inputs)[1], rtol=1e-11), changed


def says_its_source(source: str, docstring: str) -> bool:
    """Whether a cell names a year, what it was checked against, and equation numbers or their lack."""
    numbered = re.search(r"\beqs?\. \d", source) or re.search(
        r"(Equation\s+numbers\s+not\s+confirmed|no\s+paper's\s+equation\s+numbers)\.", docstring
    )
    return bool("Checked against" in docstring and numbered)


@every_cell
def test_a_cell_says_its_source_and_whether_its_equation_numbers_were_seen(name):
    assert says_its_source(cell(name).source, import_module(f"grusym.cells.{name}").__doc__)


def test_a_source_that_is_silent_on_its_numbers_is_refused():
    """The twin: numbers neither given nor said to be unconfirmed; nothing checked."""
    assert not says_its_source("Someone 2017; z keeps the old state", "A cell.\n\nChecked against a code.")
    assert not says_its_source("Someone 2017, eq. 3; z keeps the old state", "A cell.")
    assert says_its_source("Someone 2017, eq. 3; z keeps the old state", "A cell.\n\nChecked against it.")
