"""Cells to compile, weights and sequences for them, and the derivatives that a complex step gives."""

from __future__ import annotations

from functools import cache

import numpy as np

from grusym.assemble import kernel
from grusym.calculus.adjoint import gradients
from grusym.calculus.jacobian import blocks
from grusym.cells.library import cell, cell_names
from grusym.kernels.weights import random_weights
from grusym.language.reader import read_cell

TEXTS = {
    "two states": """
        s' = tanh(A (B s) + W x) / 2 + v
        h' = relu(Uᵀ h + C s') ⊙ exp(-s²) + 0.5 h
    """,
    "peephole": """
        f = σ(W_f x + U_f h + p_f ⊙ c + b_f)
        i = σ(W_i x + U_i h + p_i ⊙ c + b_i)
        c' = f ⊙ c + i ⊙ tanh(W_c x + U_c h + b_c)
        o = σ(W_o x + U_o h + p_o ⊙ c' + b_o)
        h' = o ⊙ tanh(c')
    """,
    "concatenation": """
        z_t = σ(W_z · [h_{t-1}, x_t])
        r_t = σ(W_r · [h_{t-1}, x_t])
        h̃_t = tanh(W · [r_t ⊙ h_{t-1}, x_t])
        h_t = (1 - z_t) ⊙ h_{t-1} + z_t ⊙ h̃_t
    """,
    "antisymmetric": "h' = h + ε tanh((A - Aᵀ - γ I) h + W x + b)",
    "nested concatenation": "h' = U tanh(p ⊙ [h, x]) + softplus(h) / 3",
    "constant gate": "f = σ(b_f)\nh' = f ⊙ h + (1 - f) ⊙ tanh(W x + U h)",
    "low rank, two inputs": "h' = tanh(P Q h + V u + W x + b) ⊙ (1 - h³)\nP : n × k\nQ : k × n\nu : input",
    "no input": "h' = h - 0.1 sin(U h) + log(2 + cos(h)) - sqrt(1 + h²)",
    "input as wide as the state": "h' = tanh(U h + x)\nx : n",
    "no weights": "h' = σ(h) ⊙ x + exp(-h²)\nx : n",
    "products of gates": "g = σ(W x + U h)\nh' = -g ⊙ (h / (2 + g)) ⊙ (v ⊙ (W x)) - V (-h)",
    "hostile names": """
        np = σ(W_w x + U_size h + b_t)
        λ = tanh(W_h x + U_lambda (np ⊙ h) + h_path)
        é = relu(W_range h + e_acute)
        h' = np ⊙ λ + (1 - np) ⊙ é
        W_w : n × m
        h_path : n
        e_acute : n
    """,
}
NAMES = (*cell_names(), *TEXTS)
SIZES = {"n": 5, "m": 3, "k": 2, "p": 4}
STEP = 1e-30  # a complex step has no rounding error of its own


@cache
def sample(name):
    """A cell of the library or of TEXTS."""
    return cell(name) if name in cell_names() else read_cell(TEXTS[name], name=name)


@cache
def compiled(name):
    """Its kernel."""
    return kernel(sample(name))


def derived(name):
    """What its kernel is emitted from."""
    return blocks(sample(name)), gradients(sample(name))


def width(name, names):
    """The width of named vectors side by side."""
    of = sample(name)
    sizes = {s: SIZES[s.name] for s in of.sizes}
    return sum(int(of.shapes[v][0].subs(sizes)) for v in names)


def problem(name, steps=4, batch=(2,), seed=1):
    """Weights, inputs and states of a short sequence at a generic point, n != m."""
    of, rng = sample(name), np.random.default_rng(seed)
    letters = {s.name for s in of.sizes}
    others = {k: v for k, v in SIZES.items() if k in letters and k not in "nm"}
    weights = random_weights(of, hidden=SIZES["n"], input=SIZES["m"], seed=seed, sizes=others)
    for i, p in enumerate(of.parameters):  # larger than an init draws, so that no term is lost beside another
        weights[p] = np.asarray(
            weights[p] + 0.4 * np.cos(i + np.arange(weights[p].size).reshape(weights[p].shape))
        )
    inputs = 0.5 * rng.standard_normal((steps, *batch, width(name, of.inputs)))
    state = 0.5 * rng.standard_normal((*batch, width(name, of.states)))
    return weights, inputs, state


def step_derivatives(kernel, weights, states, inputs, by):
    """Derivatives of every next state by states or inputs (T, ..., N, width), one complex step a column."""
    shape = states.shape[:-1]
    rows = states.reshape(1, -1, states.shape[-1]), inputs.reshape(1, states[..., 0].size, inputs.shape[-1])
    columns = []
    for direction in np.eye((states if by == "states" else inputs).shape[-1]):
        s, x = (
            a + 1j * STEP * direction if by == kind else a
            for a, kind in zip(rows, ("states", "inputs"), strict=True)
        )
        columns.append(kernel.forward(weights, x, s[0])[1].imag / STEP)
    stacked = np.stack(columns, axis=-1) if columns else np.zeros((*rows[0].shape[1:], 0))
    return stacked.reshape(*shape, states.shape[-1], len(columns))


def loss_gradient(loss, array):
    """The gradient of a real function of an array by complex step, entry by entry."""
    found = np.zeros(array.shape)
    for place in np.ndindex(array.shape):
        moved = array.astype(complex)
        moved[place] += 1j * STEP
        found[place] = loss(moved).imag / STEP
    return found
