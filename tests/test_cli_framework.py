"""`grusym count --framework`: the numbers a framework stores, with the reason for each."""

from __future__ import annotations

import json

import pytest

from grusym.cli import main


def run(capsys, *arguments):
    code = main(["count", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.parametrize(
    ("framework", "numbers"),
    [
        ("torch", [99_072, 132_096]),
        ("keras", [99_072, 131_584]),
        ("haiku", [98_688, 131_584]),
        ("flax linen", [98_816, 131_584]),
        ("flax nnx", [98_688, 131_584]),
    ],
)
def test_the_numbers_are_those_the_framework_stores(capsys, framework, numbers):
    code, out, _ = run(
        capsys, "gru", "lstm", "--framework", framework, "--hidden", "128", "--input", "128", "--json"
    )
    assert code == 0
    assert [row["at"]["parameters"] for row in json.loads(out)] == numbers
    assert [row["cell"] for row in json.loads(out)] == [f"{framework} GRU", f"{framework} LSTM"]


def test_the_ratio_of_keras_is_explained(capsys):
    _, out, _ = run(capsys, "gru", "lstm", "--framework", "keras", "--hidden", "100", "--input", "100")
    assert "keras GRU has 60600/80400 of its parameters" in out
    assert "not the 3/4 of the gates: keras GRU stores 6 n biases, 2 n for each gate" in out
    assert "two bias vectors, because the reset is applied after the product" in out


def test_a_framework_s_layer_is_no_library_cell(capsys):
    _, own, _ = run(capsys, "gru", "--json")
    _, layer, _ = run(capsys, "gru", "--framework", "torch", "--json")
    counts = [json.loads(out)[0]["parameters"] for out in (own, layer)]
    assert counts == ["3*n*(m + n + 1)", "3*n*(m + n + 2)"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["lem", "--framework", "torch"], "asked for the lem of torch, which has gru, lstm, rnn"),
        (["gru", "--framework", "pytorch"], "did you mean 'torch gru'"),
        (["lstm", "--framework", "torch proj_size", "--hidden", "4", "--size", "q=3"], "q"),
    ],
)
def test_wrong_usage_is_one_line(capsys, arguments, said):
    code, out, err = run(capsys, *arguments)
    assert code == 2
    assert said in err and not out and err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["gru", "lstm", "--compare", "--hidden", "64"], "--compare is for all sizes, but n was given"),
        (["gru", "--what", "activations"], "add --compare"),
        (["gru", "--hidden", "64", "--size", "n=5"], "n was given twice"),
    ],
)
def test_an_argument_that_would_be_ignored_is_refused(capsys, arguments, said):
    code, out, err = run(capsys, *arguments)
    assert code == 2
    assert said in err and not out
