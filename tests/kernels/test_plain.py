"""The NumPy text of one Jacobian stands alone, and computes what the Jacobian evaluates to."""

from __future__ import annotations

import numpy as np
import pytest

from grusym.assemble import numpy_source
from grusym.calculus.jacobian import jacobian
from grusym.cells.library import cell, cell_names
from grusym.language.reader import read_cell

UNUSUAL = {
    "concatenation": "z_t = σ(W_z · [h_{t-1}, x_t])\nh_t = (1 - z_t) * h_{t-1} + z_t * tanh(W · "
    "[z_t * h_{t-1}, x_t])",
    "antisymmetric": "h' = h + ε tanh((A - Aᵀ - γ I) h + W x + b)",
    "scaled": "h' = (1 - α) h + α relu(U V h + W tanh(p ⊙ [h, x])) / (2 + h²)",
    "hostile names": "np = σ(W x + U h)\nh' = np ⊙ h + 0.5 tanh(V (np ⊙ h) + b)",
    "identity": "h' = h + W x",
}


def every_cell():
    return {**{n: cell(n) for n in cell_names()}, **{k: read_cell(t, name=k) for k, t in UNUSUAL.items()}}


@pytest.mark.parametrize("name", every_cell())
def test_the_text_computes_the_jacobian(name):
    c, rng = every_cell()[name], np.random.default_rng(5)
    sizes = dict(zip(c.sizes, (4, 3, 2), strict=False))
    points = [  # at one of them a step may be 0 in every entry
        {
            k: rng.normal(size=[int(d.subs(sizes)) for d in c.shapes[k]])
            for k in (*c.inputs, *c.states, *c.weights)
        }
        for _ in range(3)
    ]
    for of in c.next_states:
        for by in (*c.states, *c.inputs):
            J = jacobian(c, of, by)
            scope: dict[str, object] = {}
            exec(numpy_source(J), scope)
            function = scope["jacobian"]
            from grusym.kernels.names import Names

            codes = Names(c.shapes, [s.name for s in c.sizes])
            wanted = function.__code__.co_varnames[: function.__code__.co_argcount]
            found = [
                function(**{codes[k]: v for k, v in values.items() if codes[k] in wanted})
                for values in points
            ]
            expected = [J.evaluate(values) for values in points]
            for one, other in zip(found, expected, strict=True):
                assert np.allclose(one, other, rtol=1e-12, atol=1e-14)
            assert J.is_zero or not np.allclose(2 * np.array(found), expected, rtol=1e-3)


def test_it_reads_as_a_person_would_write_it():
    assert numpy_source(jacobian(cell("rnn"))) == (
        "import numpy as np\n\n\n"
        "def jacobian(x, h, W, U, b):\n"
        '    """The matrix of derivatives of h_new (rows) by h (columns)."""\n'
        "    h_new = np.tanh(W @ x + U @ h + b)\n"
        "    return np.diag(1 - h_new**2) @ U"
    )
