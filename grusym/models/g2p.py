"""g2p-en: a trained GRU that reads English words letter by letter, and another that says their phonemes.

Both are PyTorch GRUs of 256 units, 834,890 parameters in all. Source: the package g2p-en 2.1.0 (Park & Kim,
Apache-2.0), whose file of weights is read where pip put it. The package itself is never imported: its import
downloads data.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from grusym.errors import DataError
from grusym.models.arrays import Arrays, require_shapes
from grusym.models.conventions import Convention, convention
from grusym.models.conversion import unpack
from grusym.models.weight_file import read_arrays

if TYPE_CHECKING:
    from grusym.kernels.kernel import Kernel

INSTALL = "pip install --no-deps g2p-en==2.1.0"
CHECKPOINT = "checkpoint20.npz"
LONGEST = 20  # phonemes, at which the package cuts a word off

# The rows of the two embeddings, in order.
LETTERS = ("<pad>", "<unk>", "</s>", *"abcdefghijklmnopqrstuvwxyz")
ARPABET = """
    AA0 AA1 AA2 AE0 AE1 AE2 AH0 AH1 AH2 AO0 AO1 AO2 AW0 AW1 AW2 AY0 AY1 AY2 B CH D DH
    EH0 EH1 EH2 ER0 ER1 ER2 EY0 EY1 EY2 F G HH IH0 IH1 IH2 IY0 IY1 IY2 JH K L M N NG
    OW0 OW1 OW2 OY0 OY1 OY2 P R S SH T TH UH0 UH1 UH2 UW UW0 UW1 UW2 V W Y Z ZH
"""
PHONEMES = ("<pad>", "<unk>", "<s>", "</s>", *ARPABET.split())
UNITS = 256
UNKNOWN, LETTER_END = LETTERS.index("<unk>"), LETTERS.index("</s>")
BEGIN, END = PHONEMES.index("<s>"), PHONEMES.index("</s>")

Vectors = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class G2P:
    """The trained model: two sets of weights for one cell, and what stands around them.

    Shapes: letters (29, 256) and phonemes (74, 256), the embeddings; readout (74, 256), readout_bias (74,).
    `arrays` are the twelve of the file, as stored.
    """

    kernel: Kernel
    encoder: dict[str, Vectors]
    decoder: dict[str, Vectors]
    letters: Vectors
    phonemes: Vectors
    readout: Vectors
    readout_bias: Vectors
    arrays: Arrays
    path: Path

    @property
    def parameter_count(self) -> int:
        """How many numbers were trained."""
        return sum(array.size for array in self.arrays.values())

    def __repr__(self) -> str:
        return f"g2p-en: {self.parameter_count:,} parameters, GRU encoder and decoder of {UNITS} units"


def find_checkpoint() -> Path:
    """The file of weights in the installed package; nothing of the package is run.

    Raises: DataError saying how to install it.
    """
    found = find_spec("g2p_en")
    if found is None or not found.submodule_search_locations:
        raise DataError(
            f"the trained weights of g2p-en were asked for, but it is not installed; run: {INSTALL}"
        )
    path = Path(found.submodule_search_locations[0]) / CHECKPOINT
    if not path.is_file():
        raise DataError(f"the package g2p-en lacks {CHECKPOINT}; install the version that has it: {INSTALL}")
    return path


def read_g2p(kernel: Kernel, path: Path | str | None = None, layer: Convention | None = None) -> G2P:
    """The trained model, to be run by the kernel of a GRU with the reset after the product.

    Without `path`, the weights are those of the installed package. `layer` is the convention they are stored
    in: PyTorch's, unless one wants to see what a wrong reading does.
    Raises: DataError or ShapeError naming the array that is missing, misshapen or not finite.
    """
    path = find_checkpoint() if path is None else Path(path)
    layer = convention("torch", "gru") if layer is None else layer
    arrays = read_arrays(path)
    require_shapes(arrays, _shapes(layer), str(path))

    def weights(part: str) -> dict[str, Vectors]:
        return unpack(arrays, layer, kernel.cell, names={s.name: _called(part, s.name) for s in layer.arrays})

    def table(name: str) -> Vectors:
        return np.asarray(arrays[name], dtype=np.float64)

    return G2P(
        kernel=kernel,
        encoder=weights("enc"),
        decoder=weights("dec"),
        letters=table("enc_emb"),
        phonemes=table("dec_emb"),
        readout=table("fc_w"),
        readout_bias=table("fc_b"),
        arrays=arrays,
        path=path,
    )


def letter_inputs(model: G2P, *words: str) -> Vectors:
    """What the encoder is fed for words: the embedding of each letter, then that of the end, word after word.

    Capitals count as small letters; an apostrophe or a hyphen is an unknown letter, as in the package.
    Shapes: (T, 256), T the letters of all words and one step more for each.
    Raises: DataError for an empty word or other characters.
    """
    if not words:
        raise DataError("letter_inputs was given no word; give at least one")
    return model.letters[[index for word in words for index in (*_indices(word), LETTER_END)]]


def phonemes(model: G2P, word: str) -> tuple[str, ...]:
    """The phonemes the model gives a word, in ARPAbet with stress digits: ("HH", "AH0", "L", "OW1").

    The encoder reads the word from a state of zeros; the decoder goes on from its last state and is fed what
    it said, the likeliest phoneme at each step, until it says the end or 20 are out.
    """
    run = model.kernel.forward
    state = run(model.encoder, letter_inputs(model, word), np.zeros(UNITS))[-1]
    said: list[int] = []
    for _ in range(LONGEST):
        heard = model.phonemes[said[-1] if said else BEGIN]
        state = run(model.decoder, heard[None], state)[-1]
        best = int(np.argmax(model.readout @ state + model.readout_bias))
        if best == END:
            break
        said.append(best)
    return tuple(PHONEMES[k] for k in said)


def _indices(word: str) -> list[int]:
    letters = word.lower()
    strange = sorted({c for c in letters if c not in LETTERS and c not in "'-"})
    if not letters or strange:
        found = f"has {', '.join(map(repr, strange))}" if letters else "is empty"
        raise DataError(f"a word is letters a to z, ' and -, but {word!r} {found}; give words one by one")
    return [LETTERS.index(c) if c in LETTERS else UNKNOWN for c in letters]


def _called(part: str, name: str) -> str:
    """The file's name for one of PyTorch's arrays: enc_w_ih for weight_ih."""
    return f"{part}_{name.replace('weight', 'w').replace('bias', 'b')}"


def _shapes(layer: Convention) -> dict[str, tuple[Any, ...]]:
    shapes = {_called(part, s.name): s.shape(UNITS, UNITS) for part in ("enc", "dec") for s in layer.arrays}
    rows = {"enc_emb": len(LETTERS), "dec_emb": len(PHONEMES), "fc_w": len(PHONEMES)}
    return {**shapes, **{name: (size, UNITS) for name, size in rows.items()}, "fc_b": (len(PHONEMES),)}
