"""The trained model says what the package says; a wrong reading of its weights does not."""

import importlib.util
import sys
from dataclasses import replace

import numpy as np
import pytest

from grusym.assemble import kernel
from grusym.cells.library import cell
from grusym.errors import DataError, GrusymError, ShapeError
from grusym.models import g2p
from grusym.models.conventions import convention
from grusym.models.g2p import PHONEMES, find_checkpoint, letter_inputs, phonemes, read_g2p
from tests.models.torch_gru import spoken, step

# Words that no dictionary has, or had when the model was trained.
TEXT = """
    grusym lyapunov backpropagation softmax tensorflow sigmoidal pytorch blorptastic zyxomma quonkle
    fribbledrop snarkometer vextrilon mumblecore wuggish plindering cryptozoid hyperplanar recurrently
    unvectorized chimericalness gradiently snoodlewort thrumbling
"""
INVENTED = TEXT.split()

# The first is in the package's README; all are what its own `predict` returns.
KNOWN = {
    "activationist": "AE2 K T IH0 V EY1 SH AH0 N IH0 S T",
    "jacobian": "Y AH0 K OW1 B IY0 AH0 N",
    "hadamard": "HH AH0 D AA1 M ER0 D",
    "eigenvector": "AY1 G AH0 N V EH2 K T ER0",
    "don't": "D AA1 N T",
    "a" * 40: "EY2 OW0 AA1 L EY0",
}


@pytest.fixture(scope="module")
def model():
    return read_g2p(kernel(cell("gru_reset_after")))


def reference(model, word):
    return tuple(PHONEMES[k] for k in spoken(model.arrays, word))


def test_it_says_what_the_package_says(model):
    assert {word: " ".join(phonemes(model, word)) for word in KNOWN} == KNOWN


def test_it_says_what_the_documented_equations_say_on_words_no_dictionary_has(model):
    assert len(INVENTED) >= 20
    assert {w: phonemes(model, w) for w in INVENTED} == {w: reference(model, w) for w in INVENTED}


def test_the_encoder_s_states_are_those_of_the_documented_equations(model):
    h, arrays = np.zeros(256), {name: array.astype(float) for name, array in model.arrays.items()}
    inputs = letter_inputs(model, "jacobian")
    states = model.kernel.forward(model.encoder, inputs, h)
    for t, x in enumerate(inputs):
        h = step(arrays, "enc", x, h)
        np.testing.assert_allclose(states[t + 1], h, atol=1e-13)  # 9 steps of rounding; 1e-15 seen


@pytest.mark.parametrize(
    "wrong",
    [{"gates": ("z", "r", "c")}, {"gates": ("r", "c", "z")}, {"keeps_old": "1 - z"}],
    ids=["r and z exchanged", "z and c exchanged", "1 - z keeps the old state"],
)
def test_a_wrong_reading_of_the_weights_does_not_reproduce_the_phonemes(model, wrong):
    torch = convention("torch", "gru")
    layer = replace(torch, **wrong)
    layer = replace(layer, arrays=tuple(replace(s, gates=layer.gates) for s in torch.arrays))
    misread = read_g2p(model.kernel, layer=layer)
    same = [word for word in INVENTED[:12] if phonemes(misread, word) == reference(model, word)]
    assert not same


def test_every_trained_number_is_there(model):
    assert model.parameter_count == 834_890
    assert "834,890" in repr(model)
    # Of six biases four are identifiable in each layer: 2 * 256 less in either.
    kept = sum(w.size for part in (model.encoder, model.decoder) for w in part.values())
    tables = sum(t.size for t in (model.letters, model.phonemes, model.readout, model.readout_bias))
    assert kept + tables == 834_890 - 2 * 2 * 256


def test_words_follow_each_other_with_an_end_after_each(model):
    inputs = letter_inputs(model, "ab", "c")
    assert inputs.shape == (5, 256)
    np.testing.assert_array_equal(inputs[[2, 4]], model.arrays["enc_emb"][[2, 2]].astype(float))
    np.testing.assert_array_equal(inputs[:2], letter_inputs(model, "AB")[:2])


@pytest.mark.parametrize("word", ["", "two words", "naïve", "c3po"])
def test_what_is_no_word_is_refused(model, word):
    with pytest.raises(DataError, match="a word is letters a to z"):
        phonemes(model, word)


def test_the_package_is_found_but_never_imported(model):
    assert find_checkpoint().name == "checkpoint20.npz"
    assert "g2p_en" not in sys.modules


def test_without_the_package_the_error_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(g2p, "find_spec", lambda name: None)
    with pytest.raises(DataError, match=r"pip install --no-deps g2p-en==2\.1\.0"):
        find_checkpoint()


def test_a_package_without_the_weights_is_named(monkeypatch, tmp_path):
    (tmp_path / "g2p_en").mkdir()
    (tmp_path / "g2p_en" / "__init__.py").write_text("raise RuntimeError('imported')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert importlib.util.find_spec("g2p_en").origin.startswith(str(tmp_path))
    with pytest.raises(DataError, match=r"lacks checkpoint20\.npz"):
        find_checkpoint()


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("enc_w_hh", lambda a: a[:, :128]),
        ("fc_w", lambda a: a.T),
        ("dec_emb", lambda a: a[:-1]),
        ("enc_b_ih", lambda a: a * np.nan),
        ("dec_b_hh", None),
    ],
)
def test_another_file_is_refused_with_the_array_named(model, tmp_path, name, change):
    arrays = dict(model.arrays)
    if change is None:
        del arrays[name]
    else:
        arrays[name] = change(arrays[name])
    np.savez(tmp_path / "other.npz", **arrays)
    with pytest.raises((DataError, ShapeError), match=f"'{name}'"):
        read_g2p(model.kernel, tmp_path / "other.npz")


def test_a_cell_with_the_reset_before_the_product_cannot_hold_it(model):
    with pytest.raises(GrusymError, match="gru_reset_after"):
        read_g2p(kernel(cell("gru")))
