"""Weights carried between any two layers compute the same function, or are refused with the reason.

The functions are those of tests/models/frameworks.py, written from the frameworks' documentation.
"""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from grusym import convert
from grusym.cells.library import cell, cell_names
from grusym.errors import DataError, UnknownNameError
from grusym.kernels.weights import random_weights
from grusym.language.expression import ZERO, Name
from grusym.language.reader import read_cell
from grusym.models import conversion
from grusym.models.conventions import convention, conventions
from grusym.models.weight_map import weight_maps
from tests.models.test_conventions import (
    N,
    cell_step,
    framework_step,
    random_arrays,
    random_point,
    shape_of,
)

SAME = {"rtol": 1e-12, "atol": 1e-14}
PAIRS = [(a, b) for a, b in product(conventions(), repeat=2) if a.kind == b.kind]
every_pair = pytest.mark.parametrize(("source", "target"), PAIRS, ids=lambda c: str(c))


def obstacle(source, target):
    """Why random weights of one layer have no image in the other, by the switches alone."""
    if source.reset != target.reset:
        return "no weights make the two agree"
    if source.bias_inside_reset and not target.bias_inside_reset:
        return "d_c is not zero"
    if source.projected != target.projected:
        return "carries"
    if source.peepholes and not target.peepholes:
        return "p_"
    if source.activation != target.activation:
        return "no weights"
    return ""


@every_pair
def test_carried_weights_compute_the_same_function_or_are_refused(source, target):
    arrays, reason = random_arrays(source), obstacle(source, target)
    if reason:
        with pytest.raises(DataError, match=reason):
            conversion.convert(arrays, source, target)
        return
    found, point = conversion.convert(arrays, source, target), random_point(source.cell)
    np.testing.assert_allclose(
        framework_step(target, found.arrays, point), framework_step(source, arrays, point), **SAME
    )
    assert found.verdict.outcome == "proved"
    assert found.difference < 1e-12


@every_pair
def test_a_map_with_one_formula_changed_is_not_proved(source, target):
    for found in weight_maps(source.cell, target.cell)[:1]:
        for name, e in found.of.items():
            if (
                e == ZERO
                and name[0] in "bd"
                and found.target.shapes[name] == found.source.shapes.get("b", ())
            ):
                continue
            wrong = dict(found.of) | {name: Name(found.source.parameters[0]) if e == ZERO else ZERO}
            if len(found.target.shapes[name]) != len(found.source.shapes[found.source.parameters[0]]):
                wrong[name] = ZERO if e != ZERO else Name(_of_rank(found.source, found.target.shapes[name]))
            if found.target.shapes[name] != found.source.shapes.get(
                str(wrong[name]), found.target.shapes[name]
            ):
                continue
            assert not replace(found, of=wrong).is_proved, name


def _of_rank(a_cell, shape):
    return next(p for p in a_cell.parameters if a_cell.shapes[p] == shape)


def test_a_proof_is_of_the_map_and_not_of_the_names():
    found = weight_maps(convention("haiku", "gru").cell, convention("tf1", "gru").cell)[0]
    assert found.is_proved
    kept = dict(found.of) | {"W_z": Name("W_z")}  # the sign forgotten
    assert not replace(found, of=kept).is_proved
    assert conversion.proof(replace(found, of=kept)).outcome == "undecided"


@pytest.mark.parametrize(("a", "b"), [("haiku", "keras"), ("keras reset_after=False", "torch")])
def test_a_diagonal_recurrent_matrix_is_carried_past_the_reset(a, b):
    source, target = convention(a, "gru"), convention(b, "gru")
    arrays = random_arrays(source)
    name = next(s.name for s in source.arrays if s.holds == "U")
    arrays[name][:, 2 * N :] = np.diag(np.arange(1.0, N + 1))
    found, point = conversion.convert(arrays, source, target), random_point(source.cell)
    np.testing.assert_allclose(
        framework_step(target, found.arrays, point), framework_step(source, arrays, point), **SAME
    )
    assert found.verdict.assumes == ("U_c diag(r) = diag(r) U_c",)
    arrays[name][1, 2 * N] = 0.25
    with pytest.raises(DataError, match=r"U_c\[0, 1\] = 0.25 couples two units"):
        conversion.convert(arrays, source, target)


def test_that_no_weights_exist_is_said_only_where_it_is_so():
    source, target = convention("haiku", "gru"), convention("torch", "gru")
    arrays = random_arrays(source)
    with pytest.raises(DataError, match="no weights make the two agree"):
        conversion.convert(arrays, source, target)
    # With one unit in each row, another gate would do: none is looked for, and nothing more is said.
    arrays["w_h"][:, 2 * N :] = np.roll(np.eye(N), 1, axis=0)
    with pytest.raises(DataError, match="no weights were found that make the two agree"):
        conversion.convert(arrays, source, target)


def test_units_whose_reset_gates_are_one_may_be_coupled():
    source, target = convention("keras reset_after=False", "gru"), convention("torch", "gru")
    arrays = random_arrays(source)
    for name in ("kernel", "recurrent_kernel", "bias"):
        arrays[name][..., N : 2 * N] = arrays[name][..., N : N + 1]  # all reset gates have the same weights
    found, point = conversion.convert(arrays, source, target), random_point(source.cell)
    np.testing.assert_allclose(
        framework_step(target, found.arrays, point), framework_step(source, arrays, point), **SAME
    )


def test_the_bias_inside_the_reset_is_no_obstacle_where_it_is_zero():
    source, target = convention("torch", "gru"), convention("flax nnx", "gru")
    arrays = random_arrays(source)
    arrays["bias_hh"][2 * N :] = 0
    found, point = conversion.convert(arrays, source, target), random_point(source.cell)
    np.testing.assert_allclose(
        framework_step(target, found.arrays, point), framework_step(source, arrays, point), **SAME
    )
    assert found.verdict.assumes == ("d_c = 0",)


SPECIAL = [  # (a cell, the cell it is a case of)
    ("gru", "gru_decoupled"),
    ("lstm", "lstm_peephole"),
    ("lstm_np", "lstm"),
    ("lstm", "lstm_np"),
    ("mgu1", "mgu"),
    ("mgu2", "mgu1"),
    ("mgu3", "mgu"),
    ("gru1", "gru"),
    ("gru2", "gru1"),
    ("gru3", "gru"),
]


@pytest.mark.parametrize(("special", "general"), SPECIAL)
def test_a_special_case_is_carried_into_what_it_is_a_case_of(special, general):
    source, target = cell(special), cell(general)
    rng = np.random.default_rng(2)
    weights = {p: rng.standard_normal(shape_of(source, p)) for p in source.parameters}
    found, point = convert(weights, special, general), random_point(source)
    np.testing.assert_allclose(
        cell_step(target, found.arrays, point), cell_step(source, weights, point), **SAME
    )
    assert found.verdict.outcome == "proved"


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        ("gru", "lstm", "carries"),
        ("rnn", "gru", "has the gates none"),
        ("gru", "rnn", "has the gates c, r, z"),
        ("mut1", "gru", "carries"),
        ("gru", "light_gru", "has the gates"),
        ("rnn", "rnn_relu", "no weights"),
        ("gru", "gru_reset_after", "couples two units"),
        ("mgu", "mgu1", "no weight there, and W_f is not zero"),
    ],
)
def test_what_has_no_image_is_refused_with_the_reason(source, target, reason):
    weights = random_weights(cell(source), hidden=4, input=None if source == "mut1" else 3, seed=1)
    with pytest.raises(DataError, match=reason):
        convert(weights, source, target)


def test_a_cell_s_weights_go_back_where_they_came_from():
    for name in cell_names():
        a_cell = cell(name)
        for found in weight_maps(a_cell, a_cell)[:1]:
            assert {p: str(e) for p, e in found.of.items()} == {p: p for p in a_cell.weights}, name
        assert weight_maps(a_cell, a_cell), name


def test_a_constant_in_an_argument_is_made_up_for_by_the_bias():
    plain = read_cell("f = σ(W x + U h + b)\nh' = f ⊙ h + (1 - f) ⊙ x\nx : n", name="plain")
    offset = read_cell("f = σ(V x + R h + 2 a + 3)\nh' = f ⊙ h + (1 - f) ⊙ x\nx : n", name="offset")
    found = weight_maps(plain, offset)[0]
    rng = np.random.default_rng(4)
    weights = {
        "W": rng.standard_normal((3, 3)),
        "U": rng.standard_normal((3, 3)),
        "b": rng.standard_normal(3),
    }
    carried = conversion.convert(weights, plain, offset).arrays
    np.testing.assert_allclose(carried["a"], (weights["b"] - 3) / 2)
    assert found.assumes == ()


# ---- names of layers and arrays -----------------------------------------------------------------


def test_a_framework_alone_is_enough_where_the_arrays_say_the_rest():
    source = convention("torch", "lstm")
    arrays = {f"enc.{k}_l0": v for k, v in random_arrays(source).items()}
    found = convert(arrays, "torch", "keras")
    assert {k: v.shape for k, v in found.arrays.items()} == {
        "kernel": (3, 4 * N),
        "recurrent_kernel": (N, 4 * N),
        "bias": (4 * N,),
    }


def test_of_several_layers_in_one_file_one_is_named():
    source = convention("torch", "gru")
    arrays = {f"{k}_{end}": v for end in ("l0", "l1", "l0_reverse") for k, v in random_arrays(source).items()}
    with pytest.raises(DataError, match=r"3 layers of torch GRU: \*_l0, \*_l1, \*_l0_reverse"):
        convert(arrays, "torch gru", "keras gru")
    assert convert(arrays, "torch gru", "keras gru", layer="*_l0").arrays
    assert convert(arrays, "torch gru", "keras gru", layer="l1").arrays


@pytest.mark.parametrize(
    ("source", "target", "error", "match"),
    [
        ("torhc gru", "keras gru", UnknownNameError, "did you mean 'torch gru'"),
        ("torch gru", "kears gru", UnknownNameError, "did you mean 'keras gru'"),
        ("equinox rnn", "keras gru", UnknownNameError, "equinox, which has gru, lstm"),
        ("keras", "torch", DataError, "kernel"),
        ("onnx gru", "torch gru", DataError, "looked for the arrays of onnx GRU"),
    ],
)
def test_a_layer_nobody_has_is_answered_with_advice(source, target, error, match):
    with pytest.raises(error, match=match):
        convert(random_arrays(convention("torch", "gru")), source, target)


def test_what_a_layer_does_not_have_is_not_dropped_in_silence():
    arrays = random_arrays(convention("torch proj_size", "lstm"))
    with pytest.raises(DataError, match=r"'weight_hr'.*use the layer 'torch proj_size'"):
        convert(arrays, "torch lstm", "keras lstm")
