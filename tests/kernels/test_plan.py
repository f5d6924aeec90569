"""Operation counts decide which way a matrix is formed."""

from __future__ import annotations

from grusym.assemble import kernel
from grusym.calculus.jacobian import jacobian
from grusym.kernels.lowering import Lowering
from grusym.kernels.operators import terms
from grusym.kernels.plan import multiply_adds
from grusym.language.reader import read_cell
from tests.kernels.samples import sample

N = 64  # the size that plans are made for


def counted(of, columns=None):
    lowering = Lowering(of.shapes, dict.fromkeys(of.shapes, 1) | dict.fromkeys(of.parameters, 0))
    return multiply_adds(terms(jacobian(of, "h'", "h").expression, lowering), lowering, columns)


def test_counts_are_those_of_the_formulas():
    assert counted(sample("rnn")) == N**2  # diag(1 - h'²) U
    after = counted(sample("gru_reset_after"))
    assert after == 3 * N**2 + N  # diag(z) + three scaled matrices
    before = counted(sample("gru"))
    assert before == N**3 + 3 * N**2 + 2 * N  # one product of matrices
    assert counted(sample("gru"), columns=1) == 3 * N**2 + 2 * N
    assert counted(sample("gru"), columns=N) > before


def test_weights_are_multiplied_together_first_unless_they_are_of_low_rank():
    full = kernel(read_cell("h' = A B tanh(U h)")).source
    low = kernel(read_cell("h' = A B tanh(U h)\nA : n × k\nB : k × n")).source
    assert "w.A @ w.B\n" in full
    assert "w.A @ w.B\n" not in low
