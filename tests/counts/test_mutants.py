"""Every count broken by one edit is refuted, unless another convention has it: then that one is named.

What is true is worked out apart (tests/counts/mutants.py); what mends a mutant is judged again.
"""

from __future__ import annotations

import pytest

from grusym import cell, cell_names, verify_count
from grusym.calculus.counting import parameter_count
from grusym.models.conventions import conventions
from tests.counts.mutants import NOTATIONS, formula_of, is_true, mutants, terms_of, written

STRIDE = 4  # of every cell's mutants one in four, so that all kinds and notations occur within seconds


@pytest.mark.parametrize("name", cell_names())
@pytest.mark.parametrize("notation", NOTATIONS)
def test_the_true_count_is_proved_in_every_notation(name: str, notation: str) -> None:
    terms = terms_of(parameter_count(cell(name)))
    assert verify_count(name, written(terms, notation)).holds


@pytest.mark.parametrize("layer", conventions(), ids=str)
def test_the_count_of_every_framework_layer_is_proved_and_named(layer: object) -> None:
    terms = terms_of(parameter_count(layer.cell))  # type: ignore[attr-defined]
    kind, framework = layer.kind, layer.framework  # type: ignore[attr-defined]
    verdict = verify_count(kind, written(terms, "words"), framework=framework)
    assert verdict.holds and framework.split()[0] in verdict.assumes[0], verdict


@pytest.mark.parametrize("number", range(len(cell_names())), ids=cell_names())
def test_a_mutant_is_refuted_unless_it_is_another_conventions_count(number: int) -> None:
    name = cell_names()[number]
    of = cell(name)
    seen = 0
    for i, (kind, terms) in enumerate(mutants(terms_of(parameter_count(of)))):
        if (i + number) % STRIDE or formula_of(terms) == 0:
            continue
        notation = list(NOTATIONS)[(i // STRIDE) % len(NOTATIONS)]
        text = written(terms, notation)
        verdict = verify_count(name, text)
        seen += 1
        assert verdict.holds == is_true(terms, of, notation == "unicode"), (kind, text, str(verdict))
        if verdict.holds:
            assert verdict.assumes or formula_of(terms) == formula_of(terms_of(parameter_count(of))), text
        elif verdict.fix:
            assert verify_count(name, verdict.fix).holds, (text, verdict.fix)
            assert verdict.counterexample, (text, str(verdict))
    assert seen > 4


def test_the_judge_of_mutants_would_see_a_wrong_one_accepted() -> None:
    gru = cell("gru")
    true = terms_of(parameter_count(gru))
    assert is_true(true, gru, False)
    assert not is_true(tuple((4, powers) for _, powers in true), gru, False)
    assert sum(is_true(terms, gru, False) for _, terms in mutants(true)) < 8  # of 38
