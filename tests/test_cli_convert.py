"""`grusym convert`: weights from file to file, formulas without numbers, refusals that write nothing."""

from __future__ import annotations

import json

import numpy as np
import pytest

from grusym.cli import main
from grusym.models.conventions import convention
from tests.models.test_conventions import framework_step, random_arrays, random_point


def run(capsys, *arguments):
    code = main(["convert", *map(str, arguments)])
    out, err = capsys.readouterr()
    return code, out, err


def stored(path, framework, kind, prefix=""):
    arrays = random_arrays(convention(framework, kind))
    np.savez(path, **{f"{prefix}{name}": array for name, array in arrays.items()})
    return arrays


def test_weights_go_from_file_to_file_and_compute_the_same(tmp_path, capsys):
    source, target = tmp_path / "torch.npz", tmp_path / "new" / "keras.npz"
    arrays = stored(source, "torch", "gru", "rnn.")
    code, out, _ = run(capsys, source, "--from", "torch", "--to", "keras", "-o", target)
    assert code == 0
    assert "d_z = d_z" in out and "proved" in out
    with np.load(target) as file:
        carried = dict(file)
    assert {name: a.shape for name, a in carried.items()} == {
        "kernel": (3, 15),
        "recurrent_kernel": (5, 15),
        "bias": (2, 15),
    }
    a, b = convention("torch", "gru"), convention("keras", "gru")
    point = random_point(a.cell)
    np.testing.assert_allclose(
        framework_step(b, carried, point), framework_step(a, arrays, point), rtol=1e-12
    )


def test_the_formulas_need_no_file(capsys):
    code, out, _ = run(capsys, "--from", "haiku gru", "--to", "tf1 gru", "--json")
    data = json.loads(out)
    assert code == 0
    assert data["outcome"] == "proved"
    assert data["map"]["W_z"] == "-W_z" and data["map"]["W_c"] == "W_c"


def test_two_biases_become_one_and_an_offset_is_taken_off(capsys):
    _, out, _ = run(capsys, "--from", "torch lstm", "--to", "haiku lstm")
    assert "b_f = b_f + d_f - 1" in out and "b_i = b_i + d_i\n" in out


def test_a_condition_is_said(capsys):
    code, out, _ = run(capsys, "--from", "haiku gru", "--to", "torch")
    assert code == 0
    assert "only where U_c diag(r) = diag(r) U_c" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "torch gru"], "--from and --to are needed"),
        (["--from", "torch", "--to", "keras"], "say which: 'torch gru' or 'torch lstm' or 'torch rnn'"),
        (["--from", "torch gru", "--to", "keras gru", "-o", "x.npz"], "no file of weights"),
        (["--from", "torch gru", "--to", "torch lstm"], "carries"),
        (["missing.npz", "--from", "torch", "--to", "keras"], "no such file"),
    ],
)
def test_wrong_usage_is_one_line(capsys, arguments, said):
    code, out, err = run(capsys, *arguments)
    assert code == 2
    assert said in err and not out and err.count("\n") == 1


def test_a_refusal_writes_nothing_and_leaves_what_was_there(tmp_path, capsys):
    source, target = tmp_path / "haiku.npz", tmp_path / "torch.npz"
    arrays = random_arrays(convention("haiku", "gru"))
    np.savez(source, **arrays)
    target.write_bytes(b"before")
    code, _, err = run(capsys, source, "--from", "haiku gru", "--to", "torch gru", "-o", target)
    assert code == 2
    assert "couples two units whose gates r differ" in err
    assert target.read_bytes() == b"before"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["haiku.npz", "torch.npz"]


def test_every_layer_is_listed_with_its_switches(capsys):
    code, out, _ = run(capsys, "--list", "--json")
    rows = {row["layer"]: row for row in json.loads(out)}
    assert code == 0
    assert rows["haiku gru"]["old_state_kept_by"] == "1 - z"
    assert rows["keras gru"]["bias_vectors"] == 2 and rows["keras gru"]["bias_inside_reset"]
    assert rows["tf1 lstm"]["forget_offset"] == 1


def test_nothing_is_lost_by_a_careless_target(tmp_path, capsys):
    source = tmp_path / "torch.npz"
    stored(source, "torch", "gru")
    before = source.read_bytes()
    code, _, err = run(capsys, source, "--from", "torch gru", "--to", "keras gru", "-o", source)
    assert code == 2 and "is the file that is read" in err
    code, _, err = run(capsys, source, "--from", "torch gru", "--to", "keras gru", "-o", tmp_path / "keras")
    assert code == 2 and "names no .npz file" in err
    assert source.read_bytes() == before and [p.name for p in tmp_path.iterdir()] == ["torch.npz"]


def test_the_precision_is_that_of_what_was_read(tmp_path, capsys):
    source, target = tmp_path / "torch.npz", tmp_path / "keras.npz"
    arrays = random_arrays(convention("torch", "gru"))
    np.savez(source, **{name: array.astype(np.float32) for name, array in arrays.items()})
    code, _, _ = run(capsys, source, "--from", "torch gru", "--to", "keras gru", "-o", target)
    with np.load(target) as file:
        assert code == 0 and {file[name].dtype for name in file.files} == {np.dtype(np.float32)}
