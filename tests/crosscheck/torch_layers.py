"""PyTorch's recurrent layers, one layer in one direction."""

from functools import partial

from tests.crosscheck.layer import Built, Layer, P

ENDING = "_l0"  # of the names: the first layer


def build(kind, n, m, **options):
    """A layer from torch.nn."""
    import torch

    module = getattr(torch.nn, kind)(m, n, dtype=torch.float64, **options)
    parameters = {name.removesuffix(ENDING): p.detach().numpy() for name, p in module.named_parameters()}

    def run(arrays, inputs, state):
        named = {name + ENDING: tensor for name, tensor in arrays.items()}
        first = tuple(state[s][None] for s in ("h", "c") if s in state)
        given = (inputs, first if len(first) > 1 else first[0])
        outputs, last = torch.func.functional_call(module, named, given)
        last = last if isinstance(last, tuple) else (last,)
        return outputs, dict(zip(("h", "c"), (s[0] for s in last), strict=False))

    return Built(parameters, run)


def rnn_count(n, m):
    return n * (m + n + 2)


LAYERS = (
    Layer("torch", "gru", "torch", lambda n, m: 3 * n * (m + n + 2), partial(build, "GRU")),
    Layer("torch", "lstm", "torch", lambda n, m: 4 * n * (m + n + 2), partial(build, "LSTM")),
    Layer(
        "torch proj_size",
        "lstm",
        "torch",
        lambda n, m: 4 * n * (m + P + 2) + n * P,
        partial(build, "LSTM", proj_size=P),
    ),
    Layer("torch", "rnn", "torch", rnn_count, partial(build, "RNN")),
    Layer("torch nonlinearity=relu", "rnn", "torch", rnn_count, partial(build, "RNN", nonlinearity="relu")),
)
