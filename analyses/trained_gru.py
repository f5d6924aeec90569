"""What do gradients do in a trained GRU that reads real words?

The encoder of g2p-en (256 units, trained to turn spelling into phonemes) reads words letter by letter, each
from a state of zeros as in its training, and then a long text without a pause, where one state goes on from
word to word: that is outside its training, and the only way to lags longer than a word.

Method: ln of the singular values of ds_T/ds_{T-k}, the product of the last k step Jacobians: per word at its
end, and at evenly spaced places of the text. Lyapunov exponents along the text by QR. Natural logs; spectral
norm and geometric mean.
Source: weights of g2p-en 2.1.0 (Park & Kim, Apache-2.0), read from the installed package, never imported; the
text is Lincoln's address at Gettysburg, 1863. Pascanu et al. 2013, sec. 2 for the norms.
Expect: the norm stays between 1 and 5 through any word and fades only over hundreds of letters of text,
carried by a few directions, while the geometric mean about halves at every letter: a norm alone hides that
nearly all directions are lost.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from grusym.assemble import kernel
from grusym.cells.library import cell
from grusym.dynamics.gradient_flow import gradient_flow
from grusym.dynamics.lyapunov import lyapunov_spectrum
from grusym.dynamics.trajectory import Trajectory, simulate
from grusym.models.g2p import G2P, find_checkpoint, letter_inputs, phonemes, read_g2p
from grusym.reports.progress import progress

if TYPE_CHECKING:
    import xarray

LAGS = 48  # evenly spaced in logarithm

GETTYSBURG = """
    Four score and seven years ago our fathers brought forth on this continent, a new nation, conceived in
    Liberty, and dedicated to the proposition that all men are created equal. Now we are engaged in a great
    civil war, testing whether that nation, or any nation so conceived and so dedicated, can long endure. We
    are met on a great battle-field of that war. We have come to dedicate a portion of that field, as a final
    resting place for those who here gave their lives that that nation might live. It is altogether fitting
    and proper that we should do this. But, in a larger sense, we can not dedicate, we can not consecrate, we
    can not hallow this ground. The brave men, living and dead, who struggled here, have consecrated it, far
    above our poor power to add or detract. The world will little note, nor long remember what we say here,
    but it can never forget what they did here. It is for us the living, rather, to be dedicated here to the
    unfinished work which they who fought here have thus far so nobly advanced. It is rather for us to be here
    dedicated to the great task remaining before us, that from these honored dead we take increased devotion
    to that cause for which they gave the last full measure of devotion, that we here highly resolve that
    these dead shall not have died in vain, that this nation, under God, shall have a new birth of freedom,
    and that government of the people, by the people, for the people, shall not perish from the earth.
"""


@dataclass(frozen=True)
class Settings:
    """What is read, and how far back gradients are followed."""

    words: tuple[str, ...] = (
        *("recurrently", "vanishing", "activationist", "jacobian", "eigenvector", "backpropagation"),
        *("unforgettable", "government", "proposition", "consecrate", "battlefield", "remembering"),
    )
    text: str = GETTYSBURG
    places: int = 5  # in the text, from which gradients are followed back
    horizon: int = 400  # largest lag in the text, steps
    shown: tuple[int, ...] = (1, 4, 16, 64, 256)  # lags at which all singular values are kept
    exponents: int = 256  # how many of the 256


def inputs(s: Settings) -> tuple[Path, ...]:
    """The file of weights."""
    return (find_checkpoint(),)


def run(s: Settings) -> xarray.Dataset:
    """Read the words, then the text."""
    import xarray

    model = read_g2p(kernel(cell("gru_reset_after")))
    spelled = tuple(re.findall("[a-z]+", s.text.lower()))
    text = _read(model, *spelled)
    parts = [_words(model, s), _text(text, s), _spectrum(text, s)]
    about = {
        "cell": model.kernel.cell.name,
        "width": text.size,
        "parameters": model.parameter_count,
        "text_words": len(spelled),
        "text_steps": text.steps,
    }
    return xarray.merge(parts, combine_attrs="drop_conflicts").assign_attrs(about)


def _read(model: G2P, *words: str) -> Trajectory:
    return simulate(model.kernel, model.encoder, letter_inputs(model, *words))


def _words(model: G2P, s: Settings) -> xarray.Dataset:
    """Each word alone: what the model says, its states, and the gradient flow from its end."""
    import xarray

    longest = max(map(len, s.words)) + 1  # letters and the end
    norm, mean, size = (np.full((len(s.words), longest), np.nan) for _ in range(3))
    said = []
    for row, word in enumerate(progress(s.words, "words")):
        read = _read(model, word)
        flow = gradient_flow(read, lags=range(1, read.steps + 1))
        norm[row, : read.steps], mean[row, : read.steps] = flow.log_norms, flow.log_geometric_mean
        size[row, : read.steps] = np.linalg.norm(read.states[1:], axis=-1)
        said.append(" ".join(phonemes(model, word)))
    first = _read(model, s.words[0])
    return xarray.Dataset(
        {
            "word_log_norm": (("word", "word_lag"), norm),
            "word_log_geometric_mean": (("word", "word_lag"), mean),
            "word_state_norm": (("word", "word_step"), size),
            "first_word_state": (("first_step", "unit"), first.states[1:]),
        },
        {
            "word": list(s.words),
            "phonemes": ("word", said),
            "word_lag": np.arange(1, longest + 1),
            "word_step": np.arange(1, longest + 1),
            "first_letter": ("first_step", [*s.words[0], "end"]),
        },
    )


def _text(text: Trajectory, s: Settings) -> xarray.Dataset:
    """The gradient flow back from evenly spaced places of the text."""
    import xarray

    horizon = min(s.horizon, text.steps)
    shown = [lag for lag in s.shown if lag <= horizon]
    ends = [int(end) for end in np.linspace(horizon, text.steps, s.places)]
    # Singular values cost most, and neighbouring long lags tell the same.
    lags = np.unique(np.rint(np.geomspace(1, horizon, LAGS)).astype(int))
    flows = [gradient_flow(text.section(end - horizon, end), lags) for end in progress(ends, "places")]
    last = gradient_flow(text.section(text.steps - shown[-1], text.steps), shown, singular_values=True)
    across = ("place", "lag")
    return xarray.Dataset(
        {
            "log_norm": (across, np.array([flow.log_norms for flow in flows])),
            "log_geometric_mean": (across, np.array([flow.log_geometric_mean for flow in flows])),
            "stable_rank": (across, np.array([flow.stable_rank for flow in flows])),
            "live": (across, np.array([flow.live for flow in flows])),
            "log_singular": (("shown_lag", "direction"), last.log_singular),
            "state_norm": (("text_step",), np.linalg.norm(text.states[1:], axis=-1)),
        },
        {
            "place": ends,
            "lag": lags,
            "shown_lag": shown,
            "direction": np.arange(1, text.size + 1),
            "text_step": np.arange(1, text.steps + 1),
        },
        {"live_threshold": flows[0].threshold},
    )


def _spectrum(text: Trajectory, s: Settings) -> xarray.Dataset:
    """The Lyapunov exponents along the text."""
    import xarray

    found = lyapunov_spectrum(text, k=min(s.exponents, text.size))
    return xarray.Dataset(
        {
            "exponent": (("index",), found.exponents),
            "exponent_standard_error": (("index",), found.standard_errors),
        },
        {"index": np.arange(1, len(found.exponents) + 1)},
        {"spectrum_converged": int(found.converged), "qr_interval": found.interval},
    )
