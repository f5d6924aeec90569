"""A certificate is replayed step by step; altered anywhere, it is refused where it was altered."""

from __future__ import annotations

import ast
import json
import os
import random
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

import grusym
from grusym.assemble import certify
from grusym.cells.library import cell, cell_names
from grusym.checks import changes, directions, opening, replay as replaying
from grusym.checks.replay import Judge, replay
from grusym.errors import DataError, GrusymError
from grusym.language.certificate import Certificate, written
from grusym.language.filed import filed, from_text
from grusym.language.reader import read_cell
from tests.calculus.test_adjoint import UNUSUAL
from tests.checks.altered import Altering, with_derivation
from tests.random_cells import drawn

MAIN = ("rnn", "gru", "gru_reset_after", "lstm")
EACH, OTHERS = 1, 1  # edits of each formula, and other ways to alter each step


@cache
def certificate(name: str) -> Certificate:
    return certify(cell(name))


def as_text(data: dict) -> str:
    return written(data)


class Text:
    """A text that is replayed as what `certify` returns would be."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text


@pytest.mark.parametrize("name", cell_names())
def test_every_step_of_every_cell_is_replayed_and_refused_once_altered(name: str) -> None:
    altering = Altering(certificate(name))
    for derivation in altering.filed.derivations:
        assert altering.accepts(derivation), derivation[:2]
    for derivation in chosen(name, altering.filed.derivations):
        for kind, other in altering.of_steps(derivation, EACH, OTHERS):
            assert not altering.accepts(other), (kind, derivation[:2], other)


def chosen(name, derivations):
    """All derivations of the main cells, and of every cell in the whole study; else two of each cell."""
    if name in MAIN or os.environ.get("GRUSYM_MUTANTS") == "1":
        return derivations
    long = [d for d in derivations if d[2]]
    return random.Random(name).sample(long, min(2, len(long)))


@pytest.mark.parametrize("name", UNUSUAL)
def test_a_cell_of_ones_own_is_replayed(name: str) -> None:
    assert replay(certify(read_cell(UNUSUAL[name], name=name))).outcome == "proved"


@pytest.mark.parametrize("seed", range(6))
def test_a_random_cell_is_replayed_and_refused_once_altered(seed: int) -> None:
    altering = Altering(certify(read_cell(drawn(seed).text("primes"), name="random")), seed)
    for derivation in altering.filed.derivations:
        assert altering.accepts(derivation), derivation[:2]
    of, by, lines, result = random.Random(seed).choice([d for d in altering.filed.derivations if d[2]])
    for kind, other in altering.of_steps((of, by, lines, result), EACH, OTHERS):
        assert not altering.accepts(other), (kind, of, by)


@pytest.mark.parametrize("name", cell_names())
def test_equations_shapes_and_results_of_another_are_refused(name: str) -> None:
    data, altering = certificate(name).to_json(), Altering(certificate(name))
    for i, e in enumerate(altering.cell.equations):
        ways = list(altering.of_expression(e.right))
        for kind, other in altering.rng.sample(ways, min(2, len(ways))):
            equations = list(data["equations"])
            equations[i] = f"{e.left} = {other}"
            verdict = replay(Text(as_text(data | {"equations": equations})))
            if (
                verdict.outcome != "refuted"
            ):  # f = -1 - i for f = 1 - i: only where all is true of that cell too
                text = "\n".join(equations)
                own = certify(read_cell(text, name=name)).to_json()
                assert own["derivations"] == data["derivations"], (kind, equations[i])
    for changed in altering.rng.sample(list(data["shapes"]), 3):
        for shape in {"n", "m", "n × n", "scalar"} - {data["shapes"][changed]}:
            with pytest.raises(GrusymError, match="other shapes"):
                Judge(from_text(as_text(data | {"shapes": data["shapes"] | {changed: shape}})))
    derivations = altering.filed.derivations
    for i, (of, by, lines, result) in enumerate(derivations):
        for other in altering.rng.sample(derivations, 2):
            if other[3] != result:
                assert not altering.accepts((of, by, lines, other[3])), (of, by)
        missing = replace(altering.filed, derivations=(*derivations[:i], *derivations[i + 1 :]))
        with pytest.raises(GrusymError, match="a derivation is missing"):
            Judge(missing)


def test_the_certificate_of_one_cell_is_none_of_another() -> None:
    for one, other in (
        ("gru", "gru_reset_after"),
        ("lstm", "lstm_nog"),
        ("mgu", "mgu1"),
        ("rnn", "rnn_relu"),
    ):
        a, b = certificate(one).to_json(), certificate(other).to_json()
        own = {name: b[name] for name in ("equations", "shapes", "letters")}
        assert replay(Text(as_text(a | own))).outcome == "refuted"
        assert replay(Text(as_text(b))).outcome == "proved"


def test_a_refusal_says_which_step_which_line_and_why(tmp_path: Path) -> None:
    path = certificate("gru").write(tmp_path / "new" / "gru.json")
    assert replay(path).outcome == "proved" and replay(certificate("gru")).outcome == "proved"
    lines = path.read_text().splitlines()
    at = next(i for i, line in enumerate(lines) if "diag(h) d(r) + diag(r) d(h)" in line)
    lines[at] = lines[at].replace("diag(h) d(r)", "diag(r) d(r)")
    path.write_text("\n".join(lines))
    verdict = replay(path)
    assert verdict.outcome == "refuted"
    assert verdict.where == f"∂h'/∂h, step 7 (line {at + 1})"
    assert "its right side should be diag(1 - c²) U_c (dr ⊙ h + r ⊙ dh)" in verdict.detail


def test_numbers_refuse_what_a_wrong_table_of_slopes_would_let_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    # The slopes are the one thing that the calculus and the checker's rules share.
    from grusym.language import activations

    entry = activations.ACTIVATIONS["tanh"]
    monkeypatch.setitem(activations.ACTIVATIONS, "tanh", replace(entry, slope=lambda u, y: y))
    data = certify(read_cell("h' = tanh(W x + U h)", name="wrong slope"))
    verdict = replay(data)
    assert verdict.outcome == "refuted" and "numbers" in verdict.detail


def test_an_abbreviation_takes_no_name_that_has_a_meaning() -> None:
    altering = Altering(certificate("gru"))
    i, (of, by, lines, result) = next(
        (i, d)
        for i, d in enumerate(altering.filed.derivations)
        if any(x.rule == "abbreviation" for x in d[2])
    )
    k = next(k for k, line in enumerate(lines) if line.rule == "abbreviation")
    for name in ("h", "L", "d", "g_h", "columns"):
        again = [replace(line, before=name) if j == k else line for j, line in enumerate(lines)]
        assert not altering.accepts((of, by, tuple(again), result))
    assert from_text(as_text(certificate("gru").to_json())) == altering.filed
    assert with_derivation(altering.filed, i, (of, by, lines, result)) == altering.filed


def test_a_cell_with_the_letter_d_writes_its_changes_otherwise() -> None:
    c = read_cell("d = tanh(W x + U h)\nL = σ(V x)\nh' = d ⊙ h + L", name="letters")
    data = certify(c).to_json()
    assert data["letters"]["change"] == "D" and data["letters"]["loss"] == "L_2"
    assert replay(certify(c)).outcome == "proved"
    assert replay(Text(as_text(data | {"letters": data["letters"] | {"change": "d"}}))).outcome == "refuted"


def test_the_checker_is_small_and_sees_neither_calculus_nor_cells() -> None:
    size = 0
    for module in (replaying, opening, changes, directions):
        source = Path(str(module.__file__)).read_text()
        assert "grusym.calculus" not in source and "grusym.cells" not in source
        size += _lines_of_code(source)
    assert size < 400


def _lines_of_code(source: str) -> int:
    """Lines that are neither blank nor imports nor words for the reader."""
    words: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        imports = isinstance(node, ast.Import | ast.ImportFrom)
        if imports or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            words.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return sum(bool(line.strip()) and i not in words for i, line in enumerate(source.splitlines(), 1))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


def answers(text: str) -> None:
    """A verdict, or the one error that says that it is no certificate."""
    said = ""
    try:
        outcome = replay(Text(text)).outcome
    except DataError as error:
        outcome, said = "", str(error)
    assert outcome in ("proved", "refuted") or "certificate" in said


@given(JSON, st.integers(0, 10**6))
@settings(max_examples=300, derandomize=True, deadline=None)
def test_a_field_replaced_by_anything_is_refused_without_a_traceback(value: object, seed: int) -> None:
    rng, data = random.Random(seed), json.loads(str(certificate("rnn")))
    place: object = data
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))  # type: ignore[arg-type]
        key = rng.choice(keys)
        inner = place[key]  # type: ignore[index]
        if not isinstance(inner, dict | list) or not inner or rng.random() < 0.2:
            place[key] = value  # type: ignore[index]
            break
        place = inner
    answers(json.dumps(data))


@given(st.integers(0, 10**9))
@settings(max_examples=300, derandomize=True, deadline=None)
def test_a_file_with_characters_altered_is_answered(seed: int) -> None:
    rng, text = random.Random(seed), str(certificate("rnn"))
    for _ in range(rng.randint(1, 3)):
        i, j = rng.randrange(len(text)), rng.randrange(len(text))
        new = rng.choice(
            ["", "(", ")", "[", "'", "_", "^", "\\", '"', "d(", "h", "⊙", "{", "9", "\n", text[j : j + 9]]
        )
        text = text[:i] + new + text[i + rng.randint(0, 3) :]
    answers(text)


HOSTILE = {
    "nested lists": "[" * 100_000,
    "a huge number": '{"format": "grusym certificate", "version": ' + "9" * 10_000 + "}",
    "a field twice": '{"format": 1, "format": 2}',
    "nothing": "",
    "another format": '{"format": "x"}',
    "another version": '{"format": "grusym certificate", "version": 2}',
    "no object": "[1]",
    "not a number": "NaN",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_certificate_is_said_so(kind: str, tmp_path: Path) -> None:
    (tmp_path / "file.json").write_text(HOSTILE[kind])
    with pytest.raises(DataError, match="a certificate was asked for"):
        replay(tmp_path / "file.json")
    for wrong in (tmp_path, tmp_path / "missing", "a\0b"):
        with pytest.raises(DataError, match="cannot be read"):
            filed(wrong)


@pytest.mark.parametrize(
    "formula",
    [
        *("(" * 5000, "d(" * 5000 + "h" + ")" * 5000, "d(d(h))", "(h + x)^64" * 3, "h" * 19_000, "d(h) d(h)"),
        *(
            "__import__('os').system('true')",
            "columns(h, h, 1)",
            "entries(h, [h, h], 3)",
            "d()",
            "d(h'",
            "1 / 0",
        ),
        *("∂h", "d(h_{t-1})", "((h + 1)^64 ⊙ (x + 1)^64)", "exp(1000 h) ⊙ d(h)", "d(h)ᵀ", "[d(h), d(h)]", ""),
    ],
)
def test_a_hostile_formula_is_refused(formula: str) -> None:
    data = certificate("rnn").to_json()
    for side in ("after", "before"):
        step = data["derivations"][0]["steps"][0]
        kept, step[side] = step[side], formula
        assert replay(Text(as_text(data))).outcome == "refuted"
        step[side] = kept
    data["derivations"][0]["result"] = formula
    assert replay(Text(as_text(data))).outcome == "refuted"


def test_the_public_names() -> None:
    assert grusym.replay(grusym.certify("rnn")).holds
    with pytest.raises(GrusymError, match="did you mean 'gru'"):
        grusym.certify("gruu")
