"""Haiku's recurrent cores, run by its dynamic_unroll."""

from functools import partial

from tests.crosscheck.layer import Built, Layer


def build(kind, n, m, **options):
    """A core of haiku; its parameters are a dictionary of modules."""
    import haiku
    import jax

    def unrolled(inputs, first):
        return haiku.dynamic_unroll(getattr(haiku, kind)(n, name="core", **options), inputs, first)

    def carry(state):
        return haiku.LSTMState(hidden=state["h"], cell=state["c"]) if "c" in state else state["h"]

    layer = haiku.without_apply_rng(haiku.transform(unrolled))
    zeros = jax.numpy.zeros((1, max(n, m)))
    first = carry(dict.fromkeys(("h", "c") if kind == "LSTM" else ("h",), zeros[:, :n]))
    tree = layer.init(jax.random.key(0), zeros[None, :, :m], first)
    places = {
        f"{module}/{name}".removeprefix("core/"): (module, name) for module in tree for name in tree[module]
    }

    def run(arrays, inputs, state):
        given = {module: {} for module in tree}
        for stored, (module, name) in places.items():
            given[module][name] = arrays[stored]
        outputs, last = layer.apply(given, inputs, carry(state))
        return outputs, {"h": last.hidden, "c": last.cell} if "c" in state else {"h": last}

    return Built({stored: tree[module][name] for stored, (module, name) in places.items()}, run)


LAYERS = (
    Layer("haiku", "gru", "jax", lambda n, m: 3 * n * (m + n + 1), partial(build, "GRU")),
    Layer("haiku", "lstm", "jax", lambda n, m: 4 * n * (m + n + 1), partial(build, "LSTM")),
    Layer("haiku", "rnn", "jax", lambda n, m: n * (m + n + 2), partial(build, "VanillaRNN")),
)
