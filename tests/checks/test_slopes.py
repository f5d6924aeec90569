"""Every activation's slope is SymPy's scalar derivative, and its neighbours are not."""

import pytest

from grusym.checks.slopes import judge_slope, slope_of
from grusym.language.activations import ACTIVATIONS
from grusym.language.expression import ONE, ZERO, Negative, Number, Sum


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_slope_of_an_activation_is_its_derivative(name):
    assert judge_slope(name).outcome == "proved"


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_wrong_slope_is_refused_with_a_point(name):
    slope = slope_of(name)
    wrong = [Sum((slope, ONE)), Sum((slope, Number(ONE.value / 10**12)))]
    if slope != ZERO:
        wrong += [Sum((slope, slope)), Negative(slope)]
    for twin in wrong:
        verdict = judge_slope(name, twin)
        assert verdict.outcome == "refuted" and verdict.counterexample["u"]


def test_the_slope_of_a_neighbour_is_refused():
    assert judge_slope("σ", slope_of("tanh")).outcome == "refuted"
    assert judge_slope("tanh", slope_of("σ")).outcome == "refuted"
