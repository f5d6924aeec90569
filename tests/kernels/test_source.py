"""The emitted text: readable, shared where it can be, and safe whatever a cell calls its values."""

from __future__ import annotations

import ast
import builtins
import io
import pickle
import tokenize

import numpy as np
import pytest

from grusym.assemble import kernel
from grusym.kernels.kernel import compiled as compiled_source
from grusym.kernels.names import RESERVED, Names
from grusym.language.cell import Cell, Equation
from grusym.language.expression import Activation, Name, Sum, renamed
from tests.kernels.samples import NAMES, compiled, problem, sample

FORWARD = '''
def forward(w, size, x, h, h_path):
    """Write the states after each step to the paths; what needs no state is computed before the loop."""
    transposed = side_by_side(h, w.U)
    early = x @ w.W.T + w.b
    part = np.empty((*h.shape[:-1], size.n), h.dtype)
    product = np.dot if h.ndim == 1 else np.matmul
    for t in range(len(h_path)):
        h_next = h_path[t]
        product(h, transposed, out=part)
        np.add(part, early[t], out=part)
        np.tanh(part, out=h_next)
        h = h_next
'''
JACOBIANS = '''
def jacobians(w, size, x, h, dh_new_dh):
    """Jacobian blocks (steps, rows, columns) at many steps, written to the last arguments."""
    h_new = np.tanh(x @ w.W.T + h @ w.U.T + w.b)
    scaled_rows(dh_new_dh, (1 - np.square(h_new), w.U))
'''


def function(source, name):
    """The text of one function."""
    tree = next(f for f in ast.parse(source).body if isinstance(f, ast.FunctionDef) and f.name == name)
    return ast.get_source_segment(source, tree)


def calls(text):
    """How often each function is called in a text."""
    found = [ast.unparse(c.func) for c in ast.walk(ast.parse(text)) if isinstance(c, ast.Call)]
    return {name: found.count(name) for name in found}


@pytest.mark.parametrize(("name", "expected"), [("forward", FORWARD), ("jacobians", JACOBIANS)])
def test_it_reads_as_numpy_that_a_person_could_have_written(name, expected):
    assert function(compiled("rnn").source, name) == expected.strip()


@pytest.mark.parametrize("name", NAMES)
def test_the_source_has_the_six_functions_and_compiles_to_them(name):
    functions = [f.name for f in ast.parse(compiled(name).source).body if isinstance(f, ast.FunctionDef)]
    assert functions == [
        "forward", "values", "jacobians", "input_jacobians", "adjoint", "gradients", "pullback",
    ]  # fmt: skip
    assert set(functions) <= set(compiled_source(compiled(name).source))


def test_gates_that_differ_in_their_weights_only_are_one_call():
    step = function(compiled("lstm").source, "forward").split("for t in")[1]
    assert step.count("product(") == 1  # all four gates
    assert step.count("sigmoid_into(") == 1  # three of them
    step = function(compiled("rnn").source, "forward").split("for t in")[1]
    assert step.count("product(") == 1
    step = function(compiled("gru").source, "forward").split("for t in")[1]
    assert step.count("product(") == 2  # the candidate has to wait for the reset gate


def test_gradients_that_pass_through_gates_are_scaled_once_and_multiplied_together():
    step = function(compiled("gru_reset_after").source, "pullback").split("for t in")[1]
    assert step.count("np.multiply(") == 1
    assert step.count("summed_products(") == 1
    assert "product(h" not in step


def test_what_needs_no_state_is_computed_before_the_loop():
    before, step = function(compiled("gru").source, "forward").split("for t in")
    assert "x @ w.W_c.T + w.b_c" in before
    assert "x @" not in step
    assert "w." not in step


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("job", ["values", "jacobians", "adjoint", "gradients"])
def test_no_part_is_computed_twice(name, job):
    body = ast.parse(function(compiled(name).source, job)).body[0]
    seen = []
    for node in ast.walk(body):
        costly = isinstance(node, ast.Call) and ast.unparse(node.func) in (
            "np.tanh",
            "sigmoid",
            "np.exp",
            "relu",
        )
        if costly or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult)):
            seen.append(ast.unparse(node))
    assert len(seen) == len(set(seen))


def test_a_product_that_two_gradients_share_is_named_once():
    text = function(compiled("gru").source, "gradients")
    assert text.count("1 - z") == 1
    assert text.count("r * h") == 1
    assert text.count("1 - np.square(c)") == 1


# ---- names and safety ---------------------------------------------------------------------------

HOSTILE = (
    "np", "w", "size", "lambda", "h_new", "__import__('os')", "x\nimport os", 'z"""', "exec", "λ", "h̃", "'",
    "range", "w.__class__", "t", "product", "scratch", "é", "日本", "1z", "", "  ", "h_path", "part", "early",
)  # fmt: skip


def test_every_name_becomes_an_identifier_of_its_own():
    names = Names(HOSTILE, ("n", "κ", "1", "os.system"))
    codes = [names[name] for name in HOSTILE]
    assert all(code.isidentifier() and code.isascii() for code in (*codes, *names.sizes.values()))
    assert len(set(codes)) == len(codes)
    assert not set(codes) & {*RESERVED, *dir(builtins), "exec"}


def test_a_cell_of_hostile_names_is_the_same_cell():
    of = sample("gru")
    new = dict(
        zip(
            (*of.shapes,), [f"{name} {i}" if i > 14 else name for i, name in enumerate(HOSTILE)], strict=False
        )
    )
    new |= {s: of.next_of(new[s[:-1]]) for s in of.next_states}
    renaming = {k: new.get(k, k) for k in of.shapes}
    equations = tuple(
        Equation(renaming[e.left], renamed(e.right, renaming), "role\n'''\"\"\"") for e in of.equations
    )
    other = Cell(
        name='"""\nimport os', equations=equations, states=tuple(renaming[s] for s in of.states),
        inputs=tuple(renaming[i] for i in of.inputs), parameters=tuple(renaming[p] for p in of.parameters),
        shapes={renaming[k]: shape for k, shape in of.shapes.items()}, title='"""', source="\nimport os",
    )  # fmt: skip
    hostile = kernel(other)
    assert not {"import", "exec", "os", "__import__"} & words(hostile.source)
    weights, inputs, state = problem("gru")
    states = compiled("gru").forward(weights, inputs, state)
    same = {renaming[k]: v for k, v in weights.items()}
    assert np.array_equal(hostile.forward(same, inputs, state), states)
    expected = compiled("gru").backward(weights, states, inputs, states)
    found = hostile.backward(same, states, inputs, states)
    assert all(np.allclose(found[renaming.get(k, k)], expected[k], rtol=1e-12) for k in expected)


def words(source):
    """The names and keywords of a text; comments and strings hold none."""
    stream = tokenize.generate_tokens(io.StringIO(source).readline)
    return {token.string for token in stream if token.type == tokenize.NAME}


@pytest.mark.parametrize("name", NAMES)
def test_the_text_calls_nothing_but_numpy_and_its_own_parts(name):
    tree = ast.parse(compiled(name).source)
    allowed = {"range", "reversed", "len", "relu", "step", "softplus", "maximum", "minimum", *RESERVED}
    for node in ast.walk(tree):
        assert not isinstance(node, ast.Import | ast.ImportFrom | ast.Global | ast.Lambda)
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert called in allowed or called.startswith("np.") or called.endswith((".sum", ".join"))


def test_emitted_code_cannot_reach_what_it_was_not_given():
    scope = compiled_source("def look():\n    return open\n")
    with pytest.raises(NameError):
        scope["look"]()


def test_the_source_does_not_depend_on_the_order_of_hashing():
    import os
    import subprocess
    import sys

    code = "from tests.kernels.samples import compiled; print(compiled('peephole').source)"
    found = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert found[0] == found[1] == (compiled("peephole").source + "\n").encode()


def test_a_kernel_survives_pickling():
    again = pickle.loads(pickle.dumps(compiled("lstm")))
    weights, inputs, state = problem("lstm")
    assert np.array_equal(
        again.forward(weights, inputs, state), compiled("lstm").forward(weights, inputs, state)
    )
    assert again.source == compiled("lstm").source


def test_a_gate_used_by_two_others_is_named_after_itself():
    of = sample("rnn")
    twice = Equation("h'", Sum((of.equations[0].right, Activation("exp", of.equations[0].right))))
    text = kernel(Cell("twice", (twice,), of.states, of.inputs, of.parameters, of.shapes)).source
    assert function(text, "values").count("np.tanh") == 1
    assert Name("h'") != Name("h")
