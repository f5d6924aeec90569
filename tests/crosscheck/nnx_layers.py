"""Flax nnx's recurrent cells, run by its RNN."""

from functools import partial

from tests.crosscheck.layer import Built, Layer


def build(kind, n, m, **options):
    """A cell from flax.nnx, whose parameters are taken out of the module and put back."""
    from flax import nnx

    module = getattr(nnx, kind)(m, n, param_dtype="float64", dtype="float64", rngs=nnx.Rngs(0), **options)
    graph, parameters, rest = nnx.split(module, nnx.Param, ...)
    places = {".".join(map(str, path)): path for path, _ in nnx.to_flat_state(parameters)}
    stored = {
        name: value[...] for name, (_, value) in zip(places, nnx.to_flat_state(parameters), strict=True)
    }

    def run(arrays, inputs, state):
        given = nnx.from_flat_state({path: nnx.Param(arrays[name]) for name, path in places.items()})
        layer = nnx.RNN(nnx.merge(graph, given, rest), time_major=True, return_carry=True)
        first = (state["c"], state["h"]) if "c" in state else state["h"]
        last, outputs = layer(inputs, initial_carry=first)
        return outputs, dict(zip(("c", "h"), last, strict=True)) if "c" in state else {"h": last}

    return Built(stored, run)


def lstm_count(n, m):
    return 4 * n * (m + n + 1)


LAYERS = (
    Layer("flax nnx", "gru", "jax", lambda n, m: 3 * n * (m + n + 1), partial(build, "GRUCell")),
    Layer("flax nnx", "lstm", "jax", lstm_count, partial(build, "OptimizedLSTMCell")),
    Layer("flax nnx LSTMCell", "lstm", "jax", lstm_count, partial(build, "LSTMCell")),
    Layer("flax nnx", "rnn", "jax", lambda n, m: n * (m + n + 1), partial(build, "SimpleCell")),
)
