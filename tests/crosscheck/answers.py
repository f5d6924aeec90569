"""The same question to a framework and to grusym: states, Jacobians and gradients over one random sequence."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from grusym.assemble import kernel

N, M, T, B = 5, 3, 6, 4  # units, inputs, steps, batch: all different, so that no two axes are confused


@dataclass(frozen=True)
class Case:
    """Random arrays, inputs (T, B, m) and first state (B, N), and a loss that is linear in what a layer returns."""

    arrays: dict[str, Any]
    inputs: Any
    start: Any
    of_outputs: Any  # the loss is <of_outputs, outputs> + <of_last, last state>
    of_last: Any


@dataclass(frozen=True)
class Answers:
    """States (T+1, B, N), Jacobians of each step and of the whole sequence, and gradients of the loss."""

    states: Any
    jacobians: Any
    through: Any
    gradients: dict[str, Any]  # in the framework's arrays, in inputs and start


@cache
def built(layer):
    """A layer made once, and the framework's loop over time as its engine would have it run."""
    from tests.crosscheck.engines import engine

    made = layer.build(N, M)
    return made, engine(layer.engine).compiled(made.run)


@cache
def case(layer, seed=0) -> Case:
    """Weights near 1, larger than frameworks start from: gates at all heights, and no small gradients."""
    rng = np.random.default_rng(seed)
    made, _ = built(layer)
    arrays = {name: rng.standard_normal(np.shape(p)) for name, p in made.parameters.items()}
    width = N * len(layer.cell.states)
    shapes = (T, B, M), (B, width), (T, B, N), (B, width)
    return Case(arrays, *(rng.standard_normal(shape) for shape in shapes))


def run(layer, arrays, inputs, start):
    """The framework's outputs (T, B, n) and its last state (B, N), of tensors of its own."""
    from tests.crosscheck.engines import engine

    first = {s: start[..., i * N : (i + 1) * N] for i, s in enumerate(layer.cell.states)}
    outputs, last = built(layer)[1](arrays, inputs, first)
    return outputs, engine(layer.engine).joined([last[s] for s in layer.cell.states])


@cache
def by_framework(layer) -> Answers:
    """What the framework says. Its states at all times come from runs of one step, its outputs from one run."""
    from tests.crosscheck.engines import engine

    e, asked = engine(layer.engine), case(layer)
    arrays = {name: e.tensor(array) for name, array in asked.arrays.items()}
    inputs, start = e.tensor(asked.inputs), e.tensor(asked.start)
    states = [start]
    for t in range(T):
        states.append(run(layer, arrays, inputs[t : t + 1], states[-1])[1])
    outputs, last = run(layer, arrays, inputs, start)
    found = np.stack([e.array(s) for s in states])
    of_h = layer.cell.states.index("h") * N
    assert error(e.array(outputs), found[1:, :, of_h : of_h + N]) < 1e-14, "one run and many differ"
    assert error(e.array(last), found[-1]) < 1e-14, "one run and many differ"

    # Every step and member of the batch is a member of one batch, which goes one step.
    at, x = e.tensor(found[:-1].reshape(T * B, -1)), e.tensor(asked.inputs.reshape(1, T * B, M))
    jacobians = e.jacobian(lambda s: run(layer, arrays, x, s)[1], at)
    through = e.jacobian(lambda s: run(layer, arrays, inputs, s)[1], start)
    of_outputs, of_last = e.tensor(asked.of_outputs), e.tensor(asked.of_last)

    def loss(tensors):
        rest = {name: tensors[name] for name in arrays}
        outputs, last = run(layer, rest, tensors["inputs"], tensors["start"])
        return (of_outputs * outputs).sum() + (of_last * last).sum()

    gradients = e.gradients(loss, {**arrays, "inputs": inputs, "start": start})
    return Answers(found, jacobians.reshape(T, B, *jacobians.shape[1:]), through, gradients)


def by_grusym(reading, asked: Case) -> Answers:
    """What the cell says to which the layer's arrays are read."""
    k, weights = kernel(reading.cell), reading.weights(asked.arrays)
    states = k.forward(weights, asked.inputs, asked.start)
    jacobians = k.jacobians(weights, states[:-1], asked.inputs)
    cotangents = np.zeros_like(states)
    k.split(cotangents)["h"][1:] = asked.of_outputs
    cotangents[-1] += asked.of_last
    found = k.backward(weights, states, asked.inputs, cotangents)
    gradients = reading.pulled_back({p: found[p] for p in reading.cell.parameters}, N, M)
    return Answers(
        states,
        jacobians,
        chained(jacobians),
        {**gradients, "inputs": found["inputs"], "start": found["states"][0]},
    )


def chained(jacobians):
    """The product over time, the last step at the left."""
    product = jacobians[0]
    for jacobian in jacobians[1:]:
        product = jacobian @ product
    return product


def error(found, expected) -> float:
    """The largest difference, relative to the largest number expected."""
    found, expected = np.asarray(found), np.asarray(expected)
    assert found.shape == expected.shape and found.dtype == expected.dtype == np.float64
    return float(np.abs(found - expected).max() / np.abs(expected).max())
