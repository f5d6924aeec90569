"""Two cells by any count: exact ratios and differences, and limits that large numbers approach."""

from __future__ import annotations

import pytest
import sympy as sp

import grusym
from grusym.calculus.measures import MEASURES, measured, remarks
from grusym.cells.library import cell, cell_names
from grusym.errors import UnknownNameError
from grusym.language.shapes import size_symbol

n, m, p = (size_symbol(letter) for letter in "nmp")
compare = grusym.compare


def test_a_gru_has_three_quarters_of_the_parameters_of_an_lstm():
    found = compare("gru", "lstm")
    assert found.ratio == sp.Rational(3, 4)
    assert sp.expand(found.difference + n * (n + m + 1)) == 0
    assert compare("gru", grusym.cell("rnn")).ratio == 3
    assert found == compare(b="lstm", a="gru") != compare("lstm", "gru")


def test_with_two_biases_in_the_candidate_the_ratio_is_no_longer_three_quarters():
    found = compare("gru_reset_after", "lstm")
    assert found.ratio.subs({n: 100, m: 100}) == sp.Rational(60400, 80400)
    assert (found.small_input, found.large_input) == (sp.Rational(3, 4), sp.Rational(3, 4))
    assert found.equal_widths == sp.factor((3 * n + 2) / (2 * (2 * n + 1)))


@pytest.mark.parametrize("what", ["parameters", "multiply_adds", "kept_for_training", "biases"])
@pytest.mark.parametrize("name", cell_names())
def test_the_limits_are_what_wide_layers_approach(name, what):
    found = compare(name, "lstm_peephole", what)
    wide = 10**9
    for share, limit in ((sp.Rational(1, 10**6), found.small_input), (10**6, found.large_input)):
        here = {n: wide, m: wide * share, p: wide}
        number = found.ratio.subs(here)
        assert float(number) == pytest.approx(float(limit.subs({n: 1, p: 1})), abs=1e-4)  # 1/share is 1e-6
    assert sp.cancel(found.equal_widths - found.ratio.subs(m, n)) == 0
    assert sp.expand(found.difference - (found.first - found.second)) == 0


def test_published_shares_of_minimal_cells():
    """Feng et al. 2024 (arXiv 2410.01201): 33, 22, 17, 13 % of a GRU, 38, 25, 19, 15 % of an LSTM.

    The state is 1 to 4 times as wide as the input, and biases are not counted.
    """
    for small, large, printed in (
        ("min_gru", "gru", (33, 22, 17, 13)),
        ("min_lstm", "lstm", (38, 25, 19, 15)),
    ):
        for times, percent in enumerate(printed, start=1):
            share = compare(small, large).wide.subs({m: 1, n: times})
            assert sp.floor(100 * share + sp.Rational(1, 2)) == percent


def test_further_sizes_are_kept_in_proportion():
    found = compare("lstm_projection", "lstm")
    assert found.small_input == 5 * p / (4 * n)
    assert found.large_input == 1
    assert "p/n held" in str(found)


def test_what_has_no_ratio_says_so():
    none, both = compare("lstm", "min_gru", "recurrent_weights"), compare("min_gru", "brc", "others")
    assert none.ratio == sp.oo and "∞" in str(none)
    assert both.ratio is sp.nan and "0/0" in str(both)
    assert compare("min_gru", "lstm", "recurrent_weights").ratio == 0
    for found in (none, both, compare("gru", "mut1")):
        assert found.latex() and found._repr_html_() and found.to_json()["ratio"]


def test_it_prints_as_text_html_and_latex():
    found = compare("gru_reset_after", "lstm")
    assert str(found).splitlines()[2].split() == ["ratio", *f"{found.ratio}".split()]
    assert "<th>ratio</th>" in found._repr_html_()
    assert found._repr_latex_() == r"$\frac{3 m + 3 n + 4}{4 m + 4 n + 4}$"
    assert compare("gru", "lstm").latex() == r"\frac{3}{4}"


def test_a_count_that_is_only_a_bound_is_marked():
    bounded = grusym.read_cell("h' = U relu(V h)", name="odd")
    assert "upper bound" in str(compare(bounded, "rnn", "identifiable"))
    assert "upper bound" not in str(compare(bounded, "rnn"))
    assert "at most" in remarks(bounded)["identifiable"]


@pytest.mark.parametrize("what", MEASURES)
def test_every_count_of_every_cell_is_a_polynomial(what):
    for name in cell_names():
        found = measured(cell(name), what)
        assert found.is_polynomial(*cell(name).sizes)
        assert found.free_symbols <= set(cell(name).sizes)


def test_what_nobody_counts_is_refused():
    with pytest.raises(UnknownNameError, match="did you mean 'parameters'"):
        compare("gru", "lstm", what="parameter")
    with pytest.raises(UnknownNameError, match="did you mean 'lstm'"):
        compare("gru", "lsmt")
    with pytest.raises(grusym.GrusymError, match="compare was asked of int"):
        compare("gru", 3)
