"""Flax linen's recurrent cells, run by its RNN."""

from functools import partial

from tests.crosscheck.layer import Built, Layer


def build(kind, n, m, **options):
    """A cell from flax.linen, whose parameters are a tree."""
    import jax
    from flax import linen, traverse_util

    layer = linen.RNN(getattr(linen, kind)(n, param_dtype="float64", **options), time_major=True)
    tree = layer.init(jax.random.key(0), jax.numpy.zeros((1, 1, m)))["params"]["cell"]

    def run(arrays, inputs, state):
        first = (state["c"], state["h"]) if "c" in state else state["h"]
        last, outputs = layer.apply(
            {"params": {"cell": traverse_util.unflatten_dict(arrays, sep="/")}},
            inputs,
            initial_carry=first,
            return_carry=True,
        )
        return outputs, dict(zip(("c", "h"), last, strict=True)) if "c" in state else {"h": last}

    return Built(traverse_util.flatten_dict(tree, sep="/"), run)


LSTM = ("flax linen", "lstm", "jax", lambda n, m: 4 * n * (m + n + 1))

LAYERS = (
    Layer("flax linen", "gru", "jax", lambda n, m: 3 * n * (m + n + 1) + n, partial(build, "GRUCell")),
    Layer(*LSTM, partial(build, "LSTMCell")),
    Layer(*LSTM, partial(build, "OptimizedLSTMCell"), called="OptimizedLSTMCell"),
    Layer("flax linen", "rnn", "jax", lambda n, m: n * (m + n + 1), partial(build, "SimpleCell")),
)
