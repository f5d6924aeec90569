"""The same question to a framework and to grusym: states, Jacobians, gradients over one random sequence."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from grusym.assemble import kernel
from tests.crosscheck.engines import engine
from tests.crosscheck.layer import M, N, P

T, B = 6, 4  # steps and batch: unlike the widths, so that no two axes are confused


@dataclass(frozen=True)
class Case:
    """Random arrays, inputs (T, B, m), first state (B, N), and a loss, linear in what a layer returns."""

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
    gradients: dict[str, Any]  # in inputs and start, and in the arrays (grusym: in the cell's weights)


def widths(layer):
    """The entries of each state, in the cell's order."""
    c = layer.cell
    return {s: {"n": N, "p": P}[str(c.shapes[s][0])] for s in c.states}


def parted(layer, state):
    """The states by name, of the full state that holds them side by side."""
    ends = np.cumsum([0, *widths(layer).values()])
    return {s: state[..., a:b] for s, a, b in zip(widths(layer), ends, ends[1:], strict=False)}


@cache
def built(layer):
    """A layer made once, and the framework's loop over time as its engine would have it run."""
    made = layer.build(N, M)
    return made, engine(layer.engine).compiled(made.run)


@cache
def case(layer, seed=0) -> Case:
    """Weights near 1, larger than frameworks start from: gates at all heights, and no small gradients."""
    rng = np.random.default_rng(seed)
    made, _ = built(layer)
    arrays = {name: rng.standard_normal(np.shape(p)) for name, p in made.parameters.items()}
    full, out = sum(widths(layer).values()), widths(layer)["h"]
    return Case(arrays, *(rng.standard_normal(s) for s in ((T, B, M), (B, full), (T, B, out), (B, full))))


def run(layer, arrays, inputs, start):
    """The framework's outputs (T, B, ...) and its last state (B, N), of tensors of its own."""
    outputs, last = built(layer)[1](arrays, inputs, parted(layer, start))
    return outputs, engine(layer.engine).joined([last[s] for s in layer.cell.states])


@cache
def by_framework(layer) -> Answers:
    """What the framework says: states from runs of one step after the other, the rest from whole runs."""
    e, asked = engine(layer.engine), case(layer)
    arrays = {name: e.tensor(array) for name, array in asked.arrays.items()}
    inputs, start = e.tensor(asked.inputs), e.tensor(asked.start)
    states = [start]
    for t in range(T):
        states.append(run(layer, arrays, inputs[t : t + 1], states[-1])[1])
    found = np.stack([e.array(s) for s in states])
    outputs, last = run(layer, arrays, inputs, start)
    alone = max(error(e.array(outputs), parted(layer, found)["h"][1:]), error(e.array(last), found[-1]))
    assert alone < 1e-14, "one run over the sequence and a run for each step differ"

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


def by_grusym(c, weights, asked: Case) -> Answers:
    """What a cell says with weights that were read off the layer's arrays."""
    k = kernel(c)
    states = k.forward(weights, asked.inputs, asked.start)
    jacobians = k.jacobians(weights, states[:-1], asked.inputs)
    cotangents = np.zeros_like(states)
    k.split(cotangents, weights)["h"][1:] = asked.of_outputs
    cotangents[-1] += asked.of_last
    found = k.backward(weights, states, asked.inputs, cotangents)
    gradients = {name: found[name] for name in (*c.parameters, "inputs")} | {"start": found["states"][0]}
    return Answers(states, jacobians, chained(jacobians), gradients)


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
