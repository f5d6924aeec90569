"""The four cells as PyTorch runs them: its own layers, and one step by step from its operations.

PyTorch is imported when a layer is made, so that these files can be collected where it is not installed.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from grusym.cells.library import cell
from grusym.models.conventions import convention
from grusym.models.conversion import unpack

N, M = 5, 3  # units and inputs; unequal, so that a transpose is seen
RZC, IFGO = ("r", "z", "c"), ("i", "f", "g", "o")


@dataclass(frozen=True)
class Layer:
    """One layer with random weights.

    `arrays` are PyTorch's own tensors by its names. `step(arrays, x, state)` goes from a dictionary of states
    to the next; `gradient_names` says which of the cell's parameters each block of rows belongs to.
    """

    name: str
    arrays: dict[str, Any]
    step: Any
    gradient_names: dict[str, tuple[str, ...]]
    style: Any = None
    cell: Any = field(default=None)

    def weights(self, style=None):
        """The cell's weights; read by another convention, they are a twin that must fail."""
        stored = {name: tensor.detach().numpy() for name, tensor in self.arrays.items()}
        return stored if self.style is None else unpack(stored, style or self.style, self.cell)

    def parameter_gradients(self):
        """The gradients in the arrays by the cell's names; of biases that are only added, any one."""
        found = {}
        for name, tensor in self.arrays.items():
            blocks = np.split(tensor.grad.numpy(), len(self.gradient_names[name]))
            found.update(zip(self.gradient_names[name], blocks, strict=True))
        return found


def torch_layer(name, seed=0):
    """The layer that computes what the cell of this name does."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    c = cell(name)
    if name == "gru":
        return _gru_before(c, generator)
    kind = "gru" if name == "gru_reset_after" else name
    module = {"gru": torch.nn.GRU, "lstm": torch.nn.LSTM, "rnn": torch.nn.RNN}[kind](
        M, N, dtype=torch.float64
    )
    arrays = {}
    for key, parameter in module.named_parameters():
        # Weights near 1, larger than PyTorch starts from: gates at all heights, and no small gradients.
        values = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
        arrays[key.removesuffix("_l0")] = values.requires_grad_()

    def step(arrays, x, state):
        """One step of the layer itself, called on a sequence of length 1."""
        given = tuple(state[s][None] for s in ("h", "c") if s in state)
        named = {f"{key}_l0": tensor for key, tensor in arrays.items()}
        _, last = torch.func.functional_call(module, named, (x[None], given if len(given) > 1 else given[0]))
        last = last if isinstance(last, tuple) else (last,)
        return dict(zip(("h", "c"), (s[0] for s in last), strict=False))

    return Layer(name, arrays, step, _gradient_names(kind), convention("torch", kind), c)


def run(layer, xs, state):
    """All states, from the first: a list of T + 1 dictionaries of tensors."""
    states = [state]
    for x in xs:
        states.append(layer.step(layer.arrays, x, states[-1]))
    return states


def joined(layer, state):
    """The full state as one tensor, its parts in the cell's order."""
    import torch

    return torch.cat([state[s] for s in layer.cell.states], dim=-1)


def parted(layer, tensor):
    """The full state by names."""
    import torch

    parts = torch.split(tensor, N, dim=-1)
    return dict(zip(layer.cell.states, parts, strict=True))


def exchanged(style):
    """The same convention with its first two gates in the wrong order."""
    a, b, *rest = style.gates
    arrays = tuple(replace(s, gates=(b, a, *rest)) for s in style.arrays)
    return replace(style, gates=(b, a, *rest), arrays=arrays)


def _gradient_names(kind):
    if kind == "rnn":
        return {"weight_ih": ("W",), "weight_hh": ("U",), "bias_ih": ("b",), "bias_hh": ("b",)}
    gates = RZC if kind == "gru" else IFGO
    named = {letter: tuple(f"{letter}_{g}" for g in gates) for letter in "WUb"}
    inner = ("b_r", "b_z", "d_c") if kind == "gru" else named["b"]
    return {"weight_ih": named["W"], "weight_hh": named["U"], "bias_ih": named["b"], "bias_hh": inner}


def _gru_before(c, generator):
    """Reset before the product, which PyTorch has no layer for, from its operations."""
    import torch

    sizes = {"W": (N, M), "U": (N, N), "b": (N,)}
    arrays = {
        f"{letter}_{gate}": torch.randn(
            sizes[letter], generator=generator, dtype=torch.float64
        ).requires_grad_()
        for gate in RZC
        for letter in "WUb"
    }

    def step(p, x, state):
        h = state["h"]
        r = torch.sigmoid(x @ p["W_r"].T + h @ p["U_r"].T + p["b_r"])
        z = torch.sigmoid(x @ p["W_z"].T + h @ p["U_z"].T + p["b_z"])
        candidate = torch.tanh(x @ p["W_c"].T + (r * h) @ p["U_c"].T + p["b_c"])
        return {"h": z * h + (1 - z) * candidate}

    return Layer("gru", arrays, step, {name: (name,) for name in arrays}, None, c)
