"""Every framework's layer and the cell its weights are carried to compute the same function."""

from dataclasses import replace

import numpy as np
import pytest

from grusym.cells.library import cell, cell_names
from grusym.errors import DataError, ShapeError, UnknownNameError
from grusym.language.cell import Cell
from grusym.language.evaluation import evaluate_cell
from grusym.models.conventions import convention, conventions
from grusym.models.conversion import pack, unpack
from tests.models.frameworks import STEPS

N, M, P = 5, 3, 2  # units, inputs, what a projection feeds back; unequal, so that a transpose is seen
SAME = {"rtol": 1e-13, "atol": 1e-15}  # a dozen roundings of numbers near 1; 5e-16 seen
ALL = pytest.mark.parametrize("style", conventions(), ids=str)


def random_arrays(style, seed=0):
    rng = np.random.default_rng(seed)
    return {s.name: rng.standard_normal(s.shape(N, M, fed_back(style))) for s in style.arrays}


def fed_back(style):
    return P if style.projected else None


def random_point(c, seed=1):
    rng = np.random.default_rng(seed)
    return {name: rng.standard_normal(shape_of(c, name)) for name in (*c.inputs, *c.states)}


def shape_of(c, name):
    return [{"n": N, "m": M, "p": P}[str(d)] for d in c.shapes[name]]


def framework_step(style, arrays, point):
    step, _ = STEPS[style.framework, style.kind]
    out = step(arrays, *(point[name] for name in ("x", "h", "c") if name in point))
    return np.concatenate(out) if isinstance(out, tuple) else out


def cell_step(c, weights, point):
    values = evaluate_cell(c, {**weights, **point})
    return np.concatenate([values[c.next_of(s)] for s in ("h", "c") if s in c.states])


def test_every_convention_has_a_step_written_from_its_documentation():
    assert {(c.framework, c.kind) for c in conventions()} == set(STEPS)


@ALL
def test_the_arrays_hold_as_many_numbers_as_the_framework_reports(style):
    assert style.parameter_count(N, M, fed_back(style)) == STEPS[style.framework, style.kind][1]


@ALL
def test_unpacked_weights_compute_the_framework_s_function(style):
    c, arrays = cell(style.cell_name), random_arrays(style)
    weights = unpack(arrays, style, c)
    assert tuple(weights) and set(weights) == set(c.parameters)
    point = random_point(c)
    np.testing.assert_allclose(cell_step(c, weights, point), framework_step(style, arrays, point), **SAME)


@ALL
def test_packed_weights_compute_the_cell_s_function(style):
    c = cell(style.cell_name)
    rng = np.random.default_rng(3)
    weights = {p: rng.standard_normal(shape_of(c, p)) for p in c.parameters}
    if "d_c" in weights and not style.bias_inside_reset:
        with pytest.raises(DataError, match="d_c is not zero"):
            pack(weights, style, c)
        weights["d_c"][:] = 0
    point, packed = random_point(c), pack(weights, style, c)
    np.testing.assert_allclose(framework_step(style, packed, point), cell_step(c, weights, point), **SAME)
    again = unpack(packed, style, c)
    for name, array in weights.items():
        np.testing.assert_allclose(again[name], array, **SAME)


@pytest.mark.parametrize("style", [c for c in conventions() if len(c.gates) > 1], ids=str)
def test_two_gates_exchanged_are_noticed(style):
    c, arrays, point = cell(style.cell_name), random_arrays(style), random_point(cell(style.cell_name))
    a, b = [g for g in style.gates if g not in ("c", "g")][:2]  # those have no peepholes
    other = {a: b, b: a}
    wrong = replace(
        style, arrays=tuple(replace(s, gates=tuple(other.get(g, g) for g in s.gates)) for s in style.arrays)
    )
    found = cell_step(c, unpack(arrays, wrong, c), point)
    assert np.abs(found - framework_step(style, arrays, point)).max() > 1e-3


@pytest.mark.parametrize("style", [c for c in conventions() if c.kind == "gru"], ids=str)
def test_the_other_reading_of_z_is_noticed(style):
    c, arrays, point = cell(style.cell_name), random_arrays(style), random_point(cell(style.cell_name))
    wrong = replace(style, keeps_old={"z": "1 - z", "1 - z": "z"}[style.keeps_old])
    found = cell_step(c, unpack(arrays, wrong, c), point)
    assert np.abs(found - framework_step(style, arrays, point)).max() > 1e-3


@pytest.mark.parametrize("style", [c for c in conventions() if c.forget_offset], ids=str)
def test_a_forgotten_forget_offset_is_noticed(style):
    c, arrays, point = cell(style.cell_name), random_arrays(style), random_point(cell(style.cell_name))
    found = cell_step(c, unpack(arrays, replace(style, forget_offset=0.0), c), point)
    assert np.abs(found - framework_step(style, arrays, point)).max() > 1e-3


def test_the_six_switches_are_those_of_the_frameworks():
    table = {
        str(c): (c.gates, c.keeps_old, c.reset, c.biases, c.bias_inside_reset)
        for c in conventions()
        if c.kind == "gru"
    }
    assert table["torch GRU"] == (("r", "z", "c"), "z", "after", 2, True)
    assert table["keras GRU"] == (("z", "r", "c"), "z", "after", 2, True)
    assert table["keras reset_after=False GRU"] == (("z", "r", "c"), "z", "before", 1, False)
    assert table["onnx GRU"] == (("z", "r", "c"), "z", "before", 2, False)
    assert table["flax linen GRU"] == (("r", "z", "c"), "z", "after", 1, True)
    assert table["flax nnx GRU"] == (("r", "z", "c"), "z", "after", 1, False)
    assert table["haiku GRU"] == (("z", "r", "c"), "1 - z", "before", 1, False)
    assert convention("haiku", "lstm").forget_offset == 1


def other_reading():
    """The reset-after GRU with 1 - z keeping the old state, and other names for its parameters."""
    return Cell.read(
        name="other",
        equations="""
            r  = σ(A h + B x + b_1)
            z  = σ(C x + D h + b_2)
            c  = tanh(r ⊙ (b_3 + E h) + F x + b_4)
            h' = (1 - z) ⊙ h + z ⊙ c
        """,
    )


def test_a_cell_with_other_names_and_the_other_z_takes_the_same_weights():
    c, style = other_reading(), convention("torch", "gru")
    arrays, point = random_arrays(style), random_point(c)
    weights = unpack(arrays, style, c)
    np.testing.assert_allclose(cell_step(c, weights, point), framework_step(style, arrays, point), **SAME)
    again = pack(weights, style, c)
    np.testing.assert_allclose(
        framework_step(style, again, point), framework_step(style, arrays, point), **SAME
    )


def test_weights_are_carried_from_framework_to_framework():
    source, target, c = convention("torch", "gru"), convention("equinox", "gru"), cell("gru_reset_after")
    arrays, point = random_arrays(source), random_point(c)
    carried = pack(unpack(arrays, source, c), target, c)
    np.testing.assert_allclose(
        framework_step(target, carried, point), framework_step(source, arrays, point), **SAME
    )


def test_a_reset_before_the_product_cannot_be_carried_into_one_after_it():
    style = convention("haiku", "gru")
    with pytest.raises(DataError, match=r"before.*after.*no weights make the two agree.*cell 'gru'"):
        unpack(random_arrays(style), style, cell("gru_reset_after"))
    with pytest.raises(DataError, match="use the cell 'lstm'"):
        unpack(random_arrays(convention("torch", "lstm")), convention("torch", "lstm"), cell("gru"))


def test_a_layer_without_biases_has_zero_biases():
    style, c = convention("torch", "gru"), cell("gru_reset_after")
    arrays = {k: v for k, v in random_arrays(style).items() if "bias" not in k}
    assert all(not np.any(v) for k, v in unpack(arrays, style, c).items() if k[0] in "bd")


def test_a_cell_without_biases_takes_only_a_layer_whose_biases_are_zero():
    c = Cell.read(name="bare", equations="h' = tanh(W x + U h)")
    style = convention("keras", "rnn")
    arrays = random_arrays(style)
    with pytest.raises(DataError, match="no bias there"):
        unpack(arrays, style, c)
    arrays["bias"][:] = 0
    assert set(unpack(arrays, style, c)) == {"W", "U"}


def test_names_and_stored_precision_are_those_of_the_file():
    style, c = convention("torch", "rnn"), cell("rnn")
    arrays = {f"enc.{k}_l0": v.astype(np.float32) for k, v in random_arrays(style).items()}
    weights = unpack(arrays, style, c, names={s.name: f"enc.{s.name}_l0" for s in style.arrays})
    assert {w.dtype for w in weights.values()} == {np.dtype(np.float64)}
    np.testing.assert_array_equal(weights["W"], arrays["enc.weight_ih_l0"])


@pytest.mark.parametrize(
    ("name", "change", "error"),
    [
        ("weight_ih", lambda a: a.T, ShapeError),
        ("weight_hh", lambda a: a[:-1], ShapeError),
        ("weight_hh", lambda a: a[:, :-1], ShapeError),
        ("bias_hh", lambda a: a[:-1], ShapeError),
        ("bias_ih", lambda a: a[None], ShapeError),
        ("weight_ih", lambda a: a * np.nan, DataError),
        ("bias_hh", None, DataError),
        ("weight_hh", None, DataError),
    ],
)
def test_an_array_that_does_not_fit_is_named(name, change, error):
    style = convention("torch", "gru")
    arrays = random_arrays(style)
    if change is None:
        del arrays[name]
    else:
        arrays[name] = change(arrays[name])
    with pytest.raises(error, match=f"'{name}'"):
        unpack(arrays, style, cell("gru_reset_after"))


def test_weights_that_no_cell_has_are_not_dropped_in_silence():
    style = convention("onnx", "lstm")
    arrays = {**random_arrays(style), "P": np.ones((1, 3 * N))}
    with pytest.raises(DataError, match="'P'"):
        unpack(arrays, style, cell("lstm"))
    arrays["P"][:] = 0
    assert unpack(arrays, style, cell("lstm"))


def test_a_missing_weight_of_the_cell_is_named():
    style, c = convention("torch", "gru"), cell("gru_reset_after")
    weights = unpack(random_arrays(style), style, c)
    del weights["U_z"]
    with pytest.raises(DataError, match="U_z"):
        pack(weights, style, c)


def test_an_unknown_convention_is_answered_with_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean 'torch gru'"):
        convention("torhc", "gru")


def test_conventions_name_cells_that_exist():
    assert {c.cell_name for c in conventions()} <= set(cell_names())
