"""grusym's kernels against PyTorch: states, step Jacobians and gradients, with random weights and n != m.

Every comparison is made again with a wrong reading of the weights, which it must refuse.
"""

import numpy as np
import pytest

from grusym.assemble import kernel
from grusym.cells.library import cell
from tests.crosscheck.torch_layers import M, N, exchanged, joined, parted, run, torch_layer

pytestmark = pytest.mark.crosscheck

T = 7
CELLS = ("gru", "gru_reset_after", "lstm", "rnn")
BATCHES = [(), (4,)]
SAME = 1e-12  # relative to the largest entry: T steps of rounding; 3e-15 seen
DIFFERENT = 0.1  # 0.24 seen, of a wrong reading


@pytest.fixture(params=CELLS)
def layer(request):
    return torch_layer(request.param)


@pytest.fixture(params=BATCHES, ids=["single", "batch"])
def case(request, layer):
    """Inputs, a first state that is not zero, and a cotangent for every later state: (T, ..., width)."""
    import torch

    generator = torch.Generator().manual_seed(1)

    def draw(*shape):
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    width = N * len(layer.cell.states)
    return draw(T, *request.param, M), draw(*request.param, width), draw(T, *request.param, width)


def error(found, expected):
    found, expected = np.asarray(found), np.asarray(expected)
    assert found.shape == expected.shape
    return np.abs(found - expected).max() / np.abs(expected).max()


def torch_states(layer, inputs, start):
    import torch

    return torch.stack([joined(layer, s) for s in run(layer, inputs, parted(layer, start))])


def torch_jacobians(layer, states, inputs):
    """ds'/ds at every step, and at every member of the batch on its own."""
    from torch.autograd.functional import jacobian

    width = states.shape[-1]
    flat_states, flat_inputs = states.reshape(-1, width), inputs.reshape(-1, M)
    blocks = [
        jacobian(lambda s, x=x: joined(layer, layer.step(layer.arrays, x, parted(layer, s))), at).numpy()
        for at, x in zip(flat_states, flat_inputs, strict=True)
    ]
    return np.reshape(blocks, (*states.shape, width))


def torch_gradients(layer, inputs, start, cotangent):
    """Gradients of the sum of <cotangent, state> over all later states."""
    inputs, start = inputs.clone().requires_grad_(), start.clone().requires_grad_()
    for tensor in layer.arrays.values():
        tensor.grad = None
    (torch_states(layer, inputs, start)[1:] * cotangent).sum().backward()
    return {**layer.parameter_gradients(), "inputs": inputs.grad.numpy(), "start": start.grad.numpy()}


def our_gradients(k, weights, inputs, start, cotangent):
    """The same by the kernel's adjoint of one step: carried back through time, then all steps at once."""
    states = k.forward(weights, inputs, start)
    total = cotangent.copy()  # of the loss at each later state, through all that follows it
    for t in reversed(range(1, T)):
        here = slice(t, t + 1)
        total[t - 1] += k.adjoint(weights, states[here], inputs[here], total[here])["states"][0]
    found = k.adjoint(weights, states[:-1], inputs, total, parameters=True)
    found["start"] = found.pop("states")[0]
    return found


def misread(layer):
    """Weights that a wrong convention gives: two gates exchanged, or a transpose where there are no gates."""
    weights = dict(layer.weights())
    if layer.name == "rnn":
        weights["U"] = weights["U"].T
    elif layer.name == "gru":
        for letter in "WUb":
            a, b = f"{letter}_r", f"{letter}_z"
            weights[a], weights[b] = weights[b], weights[a]
    else:
        weights = layer.weights(exchanged(layer.style))
    return weights


def test_states_over_time_are_torch_s(layer, case):
    inputs, start, _ = case
    k, expected = kernel(layer.cell), torch_states(layer, inputs, start).detach()
    assert error(k.forward(layer.weights(), inputs.numpy(), start.numpy()), expected) < SAME
    assert error(k.forward(misread(layer), inputs.numpy(), start.numpy()), expected) > DIFFERENT


def test_step_jacobians_are_torch_s(layer, case):
    inputs, start, _ = case
    k, states = kernel(layer.cell), torch_states(layer, inputs, start)[:-1].detach()
    expected = torch_jacobians(layer, states, inputs)
    assert error(k.jacobians(layer.weights(), states.numpy(), inputs.numpy()), expected) < SAME
    assert error(k.jacobians(misread(layer), states.numpy(), inputs.numpy()), expected) > DIFFERENT


def test_gradients_through_time_are_torch_s(layer, case):
    k, (inputs, start, cotangent) = kernel(layer.cell), case
    expected = torch_gradients(layer, inputs, start, cotangent)
    numbers = inputs.numpy(), start.numpy(), cotangent.numpy()
    found, wrong = our_gradients(k, layer.weights(), *numbers), our_gradients(k, misread(layer), *numbers)
    assert set(found) == set(expected) == {*layer.cell.parameters, "inputs", "start"}
    assert {name: e for name in expected if (e := error(found[name], expected[name])) >= SAME} == {}
    assert {name for name in expected if error(wrong[name], expected[name]) <= DIFFERENT} == set()


@pytest.mark.parametrize("name", ["gru_reset_after", "lstm", "rnn"])
def test_a_whole_sequence_at_once_is_the_same_to_torch(name):
    """The steps above are calls of length 1; PyTorch's own loop over time must agree with them."""
    import torch

    layer = torch_layer(name)
    kind = {"gru_reset_after": torch.nn.GRU, "lstm": torch.nn.LSTM, "rnn": torch.nn.RNN}[name]
    module = kind(M, N, dtype=torch.float64)
    module.load_state_dict({f"{key}_l0": tensor.detach() for key, tensor in layer.arrays.items()})
    inputs = torch.randn((T, 2, M), generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    outputs = module(inputs)[0].detach()  # from a state of zeros
    k = kernel(layer.cell)
    states = k.forward(layer.weights(), inputs.numpy(), np.zeros((2, N * len(layer.cell.states))))
    assert error(k.split(states)["h"][1:], outputs) < SAME


def test_torch_s_gru_is_not_the_one_with_the_reset_before_the_product():
    """Without a bias inside the reset the two cells take the same weights, and differ."""
    import torch

    layer = torch_layer("gru_reset_after")
    with torch.no_grad():
        layer.arrays["bias_hh"][2 * N :] = 0
    weights = layer.weights()
    assert not weights.pop("d_c").any()
    generator = torch.Generator().manual_seed(3)
    inputs = torch.randn((T, M), generator=generator, dtype=torch.float64)
    start = torch.randn(N, generator=generator, dtype=torch.float64)
    expected = torch_states(layer, inputs, start).detach()
    found = kernel(cell("gru")).forward(weights, inputs.numpy(), start.numpy())
    assert error(found, expected) > DIFFERENT
