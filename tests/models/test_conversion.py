"""Weights carried between any two layers compute the same function, or are refused with the reason.

The functions are those of tests/models/frameworks.py, written from the frameworks' documentation.
"""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from grusym import convert
from grusym.cells.library import cell, cell_names
from grusym.errors import DataError, GrusymError, UnknownNameError
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
    with pytest.raises(DataError, match=r"3 layers of torch here: \*_l0, .*--layer '\*_l0'"):
        convert(arrays, "torch", "keras")
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


# ---- readings that are easily wrong -------------------------------------------------------------

TORCH_LETTERS = """
    r = σ(W_r x + U_r h + b_r)
    z = σ(W_z x + U_z h + b_z)
    n = tanh(W_n x + U_n (r ⊙ h) + b_n)
    h' = z ⊙ h + (1 - z) ⊙ n
"""


def test_a_value_by_another_name_is_found_by_its_place():
    other = read_cell(TORCH_LETTERS, name="other")
    rng = np.random.default_rng(5)
    weights = {p: rng.standard_normal(shape_of(cell("gru"), p)) for p in cell("gru").parameters}
    found, point = conversion.convert(weights, cell("gru"), other), random_point(other)
    np.testing.assert_array_equal(found.arrays["W_n"], weights["W_c"])
    np.testing.assert_allclose(
        cell_step(other, found.arrays, point), cell_step(cell("gru"), weights, point), **SAME
    )


OTHER_LETTERS = """
    v  = tanh(W_v x + U_v h + b_v)
    a  = σ(W_a x + U_a h + b_a)
    e  = σ(W_e x + U_e h + b_e)
    u  = σ(W_u x + U_u h + b_u)
    c' = e ⊙ c + a ⊙ v
    h' = u ⊙ tanh(c')
"""


def test_all_gates_by_other_names_are_found():
    other = read_cell(OTHER_LETTERS, name="other")
    weights = random_weights(cell("lstm"), hidden=N, input=3, seed=2)
    found, point = conversion.convert(weights, cell("lstm"), other), random_point(other)
    np.testing.assert_allclose(
        cell_step(other, found.arrays, point), cell_step(cell("lstm"), weights, point), **SAME
    )


def test_a_concatenation_is_refused_in_words():
    other = read_cell("z = σ(W [h, x] + b)\nh' = z ⊙ h + (1 - z) ⊙ tanh(V [h, x])", name="other")
    apart = read_cell("z = σ(W x + U h + b)\nh' = z ⊙ h + (1 - z) ⊙ tanh(V x + R h)", name="apart")
    for source, target in ((other, apart), (apart, other)):
        weights = random_weights(source, hidden=4, input=3)
        with pytest.raises(DataError, match="multiplies a concatenation"):
            conversion.convert(weights, source, target)


@pytest.mark.parametrize("name", ["gru3", "gru"])
def test_constant_gates_are_no_reason_to_say_that_nothing_exists(name):
    weights = random_weights(cell(name), hidden=4, input=3, init="torch", seed=1)
    for gate in ("W_r", "U_r"):
        if gate in weights:
            weights[gate][:] = 0
    with pytest.raises(DataError, match="no weights were found that make the two agree"):
        convert(weights, name, "keras gru")


def test_gates_are_compared_with_both_their_biases():
    source, target = convention("torch", "gru"), convention("keras reset_after=False", "gru")
    arrays = random_arrays(source)
    for name in ("weight_ih", "weight_hh"):
        arrays[name][:N] = arrays[name][0]
    arrays["bias_ih"][:N] = np.arange(N) / 4
    arrays["bias_hh"][:N] = 1 - np.arange(N) / 4
    arrays["bias_hh"][2 * N :] = 0
    found, point = conversion.convert(arrays, source, target), random_point(source.cell)
    np.testing.assert_allclose(
        framework_step(target, found.arrays, point), framework_step(source, arrays, point), **SAME
    )


BEFORE = "c = tanh(W x + U (r ⊙ h))\nh' = (1 - r) ⊙ h + r ⊙ c"
AFTER = "c = tanh(W x + r ⊙ (U h))\nh' = (1 - r) ⊙ h + r ⊙ c"


@pytest.mark.parametrize(
    "gate", ["s ⊙ σ(W_r x + b_r)", "σ(a ⊙ (W_r x))", "σ(W_r x + α)", "σ(a ⊙ (W_r x) + b)", "σ(A (W_r x) + b)"]
)
def test_units_are_alike_only_where_that_is_plain(gate):
    declared = "s : parameter\na : parameter\nα : scalar\n"
    lines = [line for line in declared.splitlines() if line[0] in gate.replace("tanh", "")]
    text = "\n".join([*lines, f"r = {gate}"])
    source, target = (read_cell(f"{text}\n{way}") for way in (BEFORE, AFTER))
    letters = {s.name: 3 for s in source.sizes if s.name not in "nm"}
    weights = random_weights(source, hidden=3, input=3, sizes=letters)
    for name in ("W_r", "b_r", "b"):
        if name in weights:
            weights[name][:] = weights[name][:1]  # rows alike, and yet the gates are not
    with pytest.raises(DataError, match="no weights"):
        conversion.convert(weights, source, target)


def test_numbers_on_one_side_and_none_on_the_other_are_no_agreement():
    declared = "a : parameter\n"
    source = read_cell(declared + "h' = tanh(W x + U h + b) + a", name="source")
    target = read_cell(declared + "h' = tanh(W x + U h + (b ⊙ a) / a) + a", name="target")
    weights = random_weights(source, hidden=3, input=2)
    assert "no divisor is 0" in conversion.convert(weights, source, target).verdict.assumes
    weights["a"][0] = 0
    with pytest.raises(GrusymError, match="a divisor is 0"):
        conversion.convert(weights, source, target)


class Tensor:
    """What PyTorch's tensors do where it matters here: they give numbers only once detached."""

    def __init__(self, array, dtype):
        self.array, self.dtype, self.detached = array, dtype, False

    def detach(self):
        self.detached = True
        return self

    def cpu(self):
        return self

    def float(self):
        return Tensor(self.array, "float32").detach()

    def __array__(self, dtype=None, copy=None):
        if not self.detached or "bfloat16" in self.dtype:
            raise RuntimeError("no numbers yet")
        return self.array


@pytest.mark.parametrize("dtype", ["float64", "torch.bfloat16"])
def test_tensors_that_want_gradients_are_read(dtype):
    arrays = random_arrays(convention("torch", "gru"))
    expected = convert(arrays, "torch gru", "keras gru").arrays
    found = convert({k: Tensor(v, dtype) for k, v in arrays.items()}, "torch gru", "keras gru").arrays
    for name, array in expected.items():
        np.testing.assert_array_equal(found[name], array)


@pytest.mark.parametrize("weights", [None, 3, {"weight_ih": [[1, 2], [3]]}])
def test_what_are_no_arrays_is_a_clear_error(weights):
    with pytest.raises(DataError, match=r"arrays by name|cannot be read as numbers"):
        convert(weights, "torch gru", "keras gru")
