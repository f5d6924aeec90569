"""The analysis of the trained model, on two words and a short text."""

import numpy as np
import pytest

from grusym.reports.discovery import find_project
from grusym.reports.store import load, save


@pytest.fixture(scope="module")
def analysis():
    return find_project().analysis("trained_gru").module


@pytest.fixture(scope="module")
def small(analysis):
    settings = analysis.Settings(
        words=("jacobian", "hadamard"),
        text="We can not dedicate, we can not hallow.",
        places=2,
        horizon=12,
        shown=(1, 4, 64),
        exponents=3,
    )
    return analysis.run(settings)


def test_the_words_are_read_aloud_as_the_package_does(small):
    assert dict(zip(small.word.values, small.phonemes.values, strict=True)) == {
        "jacobian": "Y AH0 K OW1 B IY0 AH0 N",
        "hadamard": "HH AH0 D AA1 M ER0 D",
    }


def test_lags_reach_from_the_end_of_a_word_to_its_first_letter(small):
    assert small.sizes["word_lag"] == len("jacobian") + 1
    assert np.isfinite(small.word_log_norm).all()
    assert small.sizes["text_step"] == 38 and small.attrs["text_words"] == 8
    assert small.lag.values.tolist() == list(range(1, 13)) and small.shown_lag.values.tolist() == [1, 4]


def test_norms_are_those_of_the_product_of_jacobians(analysis, small):
    model = analysis.read_g2p(analysis.kernel(analysis.cell("gru_reset_after")))
    read = analysis._read(model, "jacobian")
    steps, word = read.jacobians(), small.sel(word="jacobian")
    whole = np.linalg.norm(np.linalg.multi_dot(steps[::-1]), ord=2)
    assert float(word.word_log_norm[-1]) == pytest.approx(np.log(whole), abs=1e-10)  # the tolerance asked for
    # At lag 1 only: the small singular values of a longer plain product are rounding.
    values = np.linalg.svd(steps[-1], compute_uv=False)
    assert float(word.word_log_norm[0]) == pytest.approx(np.log(values[0]), abs=1e-10)
    assert float(word.word_log_geometric_mean[0]) == pytest.approx(np.log(values).mean(), abs=1e-10)


def test_the_norm_hides_that_nearly_all_directions_are_lost(small):
    last = small.isel(word_lag=-1)
    assert (last.word_log_norm > -1).all() and (last.word_log_geometric_mean < -5).all()


def test_the_result_survives_being_stored(small, tmp_path):
    save(small, tmp_path / "trained_gru.nc", {})
    again = load(tmp_path / "trained_gru.nc")
    assert again.phonemes.values.tolist() == small.phonemes.values.tolist()
    np.testing.assert_array_equal(again.exponent, small.exponent)


def test_it_runs_again_when_the_weights_change(analysis):
    assert [path.name for path in analysis.inputs(analysis.Settings())] == ["checkpoint20.npz"]
