"""Who differentiates a framework's layer: PyTorch, JAX, or the complex step where there is neither.

`jacobian` is of a function from states (B, N) to states (B, N) whose members do not meet; the sum over
the batch gives all members at once. Results are NumPy arrays in float64.
"""

from functools import cache

import numpy as np

STEP = 1e-30  # of the complex step, which subtracts nothing: its error is STEP²


class TorchEngine:
    """Reverse mode of PyTorch."""

    def __init__(self):
        import torch

        self.torch = torch

    def tensor(self, array):
        return self.torch.tensor(np.asarray(array), dtype=self.torch.float64)

    def array(self, tensor):
        return tensor.detach().numpy()

    def joined(self, parts):
        return self.torch.cat(parts, dim=-1)

    def compiled(self, run):
        return run

    def jacobian(self, function, at):
        rows = self.torch.autograd.functional.jacobian(lambda s: function(s).sum(0), at)
        return self.array(rows.permute(1, 0, 2))

    def gradients(self, loss, tensors):
        leaves = {name: t.clone().requires_grad_() for name, t in tensors.items()}
        found = self.torch.autograd.grad(loss(leaves), list(leaves.values()))
        return {name: self.array(g) for name, g in zip(leaves, found, strict=True)}


class JaxEngine:
    """Reverse mode of JAX, compiled."""

    def __init__(self):
        import jax

        self.jax = jax

    def tensor(self, array):
        return self.jax.numpy.asarray(array, dtype="float64")

    def array(self, tensor):
        return np.asarray(tensor)

    def joined(self, parts):
        return self.jax.numpy.concatenate(parts, axis=-1)

    def compiled(self, run):
        return self.jax.jit(run)

    def jacobian(self, function, at):
        rows = self.jax.jit(self.jax.jacrev(lambda s: function(s).sum(0)))(at)
        return np.asarray(rows).transpose(1, 0, 2)

    def gradients(self, loss, tensors):
        return {name: np.asarray(g) for name, g in self.jax.jit(self.jax.grad(loss))(tensors).items()}


class ComplexStepEngine:
    """The imaginary part of a function at x + i STEP, over STEP: for NumPy code that complex numbers pass."""

    def tensor(self, array):
        return np.asarray(array, dtype=np.complex128)

    def array(self, tensor):
        return tensor.real

    def joined(self, parts):
        return np.concatenate(parts, axis=-1)

    def compiled(self, run):
        return run

    def jacobian(self, function, at):
        columns = [function(at + 1j * STEP * unit).imag / STEP for unit in np.eye(at.shape[-1])]
        return np.stack(columns, axis=-1)

    def gradients(self, loss, tensors):
        found = {}
        for name, tensor in tensors.items():
            found[name] = np.empty(tensor.shape)
            for place in np.ndindex(tensor.shape):
                moved = tensor.copy()
                moved[place] += 1j * STEP
                found[name][place] = loss({**tensors, name: moved}).imag / STEP
        return found


@cache
def engine(name):
    """The engine that a layer names."""
    return {"torch": TorchEngine, "jax": JaxEngine, "complex step": ComplexStepEngine}[name]()
