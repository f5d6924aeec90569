"""Keras's recurrent layers, on its PyTorch backend."""

from functools import partial

from tests.crosscheck.layer import Built, Layer

STATES = ("h", "c")  # in the order of Keras
# keras.ops.matmul gives float32 of two arrays in float64 on any backend but TensorFlow's, and the layers that
# PyTorch has no twin of call it; 5e-7 seen.
FLOAT32 = 5e-6


def build(kind, n, m, **options):
    """A layer from keras.layers; Keras puts the batch first."""
    import keras
    import torch

    assert keras.backend.backend() == "torch", "KERAS_BACKEND=torch must be set before keras is imported"
    layer = getattr(keras.layers, kind)(
        n, return_sequences=True, return_state=True, dtype="float64", **options
    )
    layer.build((None, None, m))
    names = [weight.name for weight in layer.trainable_variables]
    parameters = {weight.name: weight.value.detach().numpy() for weight in layer.trainable_variables}

    def run(arrays, inputs, state):
        first = [state[s] for s in STATES if s in state]
        (outputs, *last), _ = layer.stateless_call(
            [arrays[name] for name in names],
            [v.value for v in layer.non_trainable_variables],
            torch.movedim(inputs, 0, 1),
            initial_state=first,
        )
        return torch.movedim(outputs, 1, 0), dict(zip(STATES, last, strict=False))

    return Built(parameters, run)


LAYERS = (
    Layer("keras", "gru", "torch", lambda n, m: 3 * n * (m + n + 2), partial(build, "GRU")),
    Layer(
        "keras reset_after=False",
        "gru",
        "torch",
        lambda n, m: 3 * n * (m + n + 1),
        partial(build, "GRU", reset_after=False),
        same=FLOAT32,
    ),
    Layer("keras", "lstm", "torch", lambda n, m: 4 * n * (m + n + 1), partial(build, "LSTM")),
    Layer("keras", "rnn", "torch", lambda n, m: n * (m + n + 1), partial(build, "SimpleRNN"), same=FLOAT32),
)
