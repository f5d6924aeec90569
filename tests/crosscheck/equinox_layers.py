"""Equinox's recurrent cells, which it leaves to JAX to run over a batch and over time."""

from functools import partial

from tests.crosscheck.layer import Built, Layer


def build(kind, n, m):
    """A cell from equinox.nn; its parameters are the fields that are arrays."""
    import equinox
    import jax

    cell = getattr(equinox.nn, kind)(m, n, dtype="float64", key=jax.random.key(0))
    names = [name for name, value in vars(cell).items() if equinox.is_array(value)]

    def run(arrays, inputs, state):
        filled = equinox.tree_at(lambda c: [getattr(c, k) for k in names], cell, [arrays[k] for k in names])

        def step(carry, x):
            carry = jax.vmap(filled)(x, carry)
            return carry, carry[0] if "c" in state else carry

        first = (state["h"], state["c"]) if "c" in state else state["h"]
        last, outputs = jax.lax.scan(step, first, inputs)
        return outputs, dict(zip(("h", "c"), last, strict=True)) if "c" in state else {"h": last}

    return Built({name: getattr(cell, name) for name in names}, run)


LAYERS = (
    Layer("equinox", "gru", "jax", lambda n, m: 3 * n * (m + n + 1) + n, partial(build, "GRUCell")),
    Layer("equinox", "lstm", "jax", lambda n, m: 4 * n * (m + n + 1), partial(build, "LSTMCell")),
)
