"""What can be read in two ways is read as its author meant it, or refused; never silently otherwise."""

from __future__ import annotations

import pytest

from grusym.errors import ReadError
from grusym.language.reader import read_cell

REFUSED = {  # text: (line, column, words the message must hold)
    "h' = tanh(U h + V h_{t-2})": (1, 19, ["h_{t-2}", "t-1"]),
    "h' = tanh(U h + W x_{t-5})": (1, 19, ["x_{t-5}", "state of its own"]),
    "h_t = tanh(U h_{t-1} + W x_{t-5})": (1, 26, ["x_{t-5}", "state of its own"]),
    "h' = tanh(U h_t)": (1, 13, ["h_t", "write h"]),
    "h'_t = tanh(U h_{t-1})": (1, 1, ["both a prime", "h̃_t"]),
    "h' = W h_{t~1}": (1, 9, ["subscript 't~1'"]),
    "h' = W h_{-1}": (1, 9, ["subscript '-1'"]),
    "h_t = f_t h_{t-1} + W x_t": (1, 7, ["unknown name f", "add its equation"]),
    "h' = f h + W x": (1, 6, ["unknown name f", "⊙"]),
    "h' = tanh(W x h)": (1, 13, ["unknown name x"]),
    "h' = tanh(W [x h])": (1, 14, ["without a comma"]),
    "h' = tanh W (x) h": (1, 14, ["unknown name x"]),
    "A_t = σ(U h_{t-1})\nh_t = B_t h_{t-1} + A_t": (2, 7, ["unknown name B"]),
    "h' = h / 2 U x": (1, 8, ["two ways", "brackets"]),
    "h' = 2 ⊙ 1/2 U h": (1, 11, ["two ways", "brackets"]),
    "h' = W x + h (3)": (1, 16, ["a number stands last"]),
    "h' = U h 2": (1, 10, ["a number stands last"]),
    "h' = h[0]": (1, 7, ["h[...]", "by number"]),
    "h' = U[:, 0]": (1, 7, ["U[...]", "by number"]),
    "h' = W_1x + U h": (1, 6, ["W_1 x"]),
    "h' = ab(h)": (1, 6, ["unknown function ab"]),
    "h' = wx(h) + h": (1, 6, ["unknown function wx"]),
    "h' = wx h": (1, 6, ["unknown function wx"]),
    "h' = max(U h)": (1, 6, ["max(u, v)", "entries of one vector"]),
    r"h' = \max h": (1, 6, ["max takes two arguments"]),
    "g = σ_g(W x + U h)\nh' = g": (1, 5, ["unknown function σ_g", "write σ"]),
    "h' = h ⊙ σ_h(U h)": (1, 10, ["unknown function σ_h", "write tanh"]),
    "h' = h + w_gᵀ x": (1, 10, ["w_g is transposed", "declare"]),
    r"h' = \frac h": (1, None, ["argument"]),
    r"h' = \frac(h)(2)": (1, 11, ["braces"]),
    "h' = 1/0 h": (1, 8, ["divided by 0"]),
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_would_be_misread_is_refused_at_its_place(text):
    line, column, words = REFUSED[text]
    with pytest.raises(ReadError) as found:
        read_cell(text)
    message = str(found.value)
    assert found.value.line == line, message
    assert column is None or found.value.column == column, message
    for word in words:
        assert word in message, message


ALIKE = [
    ("h' = W x + h   (3)", "h' = W x + h"),
    (r"h' = W x + h \quad (3)", "h' = W x + h"),
    (r"h' &= W x + h \qquad (3.1a) \\", "h' = W x + h"),
    ("h' = 1/2 U h + W x", "h' = 0.5 U h + W x"),
    ("h' = 1/2/2 U h", "h' = 0.25 U h"),
    (r"h' = \frac12 h", "h' = 0.5 h"),
    (r"h' = \frac123 h", "h' = (1/2) 3 h"),
    (r"h' = \frac{1}2 U h", "h' = 0.5 U h"),
    (r"h' = \frac h 2", r"h' = \frac{h}{2}"),
    ("c_t = c_{t-1} + W h_{t–1}\nh_t = c_t", "c_t = c_{t-1} + W h_{t-1}\nh_t = c_t"),
    ("h_t = U h_{t−1} − h_{t—1}", "h_t = U h_{t-1} - h_{t-1}"),
    ("h' = W^T_x x + h", "h' = W_xᵀ x + h"),
    (r"h' = \sqrt{h} + U h", "h' = sqrt(h) + U h"),
    ("h' = W x +\n U h", "h' = W x + U h"),
    ("h' = W x\n + U h", "h' = W x + U h"),
    ("h' = h + \\Delta t tanh(V h)", "h' = h + Δt tanh(V h)"),
]


@pytest.mark.parametrize(("text", "plain"), ALIKE)
def test_two_texts_say_the_same(text, plain):
    found = read_cell(text)
    assert found.equations == read_cell(plain).equations != read_cell(f"{plain} + b").equations


SHAPES = {
    "h' = h + Δt tanh(V h)": {"Δt": "", "V": "n, n"},
    "h' = alpha * h + lam * tanh(U h) + dt * b": {"alpha": "", "lam": "", "dt": "", "b": "n"},
    "h' = γ_1 * h + eps_2 * tanh(U h)": {"γ_1": "", "eps_2": ""},
    "h' = u1(h) + w_i x": {"u1": "n, n", "w_i": "n, m"},
    "s_{t+1} = A s_t + B u_t": {"A": "n, n", "B": "n, m", "u": "m"},
    "h[t+1] = tanh(U h[t] + W x[t])": {"W": "n, m", "x": "m"},
    "U : n × 1\ny = Uᵀ h\nh' = h + U tanh(y)": {"y": "1", "U": "n, 1"},
    "w_g : n × m\nh' = h + w_g x + w_g w_gᵀ h": {"w_g": "n, m"},
}


@pytest.mark.parametrize("text", SHAPES)
def test_kinds_and_sizes_follow_the_habits_of_the_field(text):
    c = read_cell(text)
    assert {name: ", ".join(map(str, c.shapes[name])) for name in SHAPES[text]} == SHAPES[text]


def test_an_input_at_the_old_time_is_an_input_unless_another_is_at_the_new():
    assert read_cell("s_{t+1} = A s_t + B u_t").inputs == ("u",)
    with pytest.raises(ReadError, match="c_t is never updated"):
        read_cell("s_{t+1} = A s_t + B u_{t+1} + C c_t")


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("h' = (1 - α) h + α tanh(W x + U h)", "h' = (1 - α) h + α tanh(W x + U h)"),
        ("h' = γ (z ⊙ h) + α U h\nz : n\nz : parameter", "h' = γ (z ⊙ h) + α U h"),
        ("h' = α * β * h + γ / 2 * U h", None),
        ("h' = γ 2 h + h * α", None),
    ],
)
def test_a_scalar_is_printed_before_what_it_scales_and_read_back(text, printed):
    c = read_cell(text)
    assert printed in (None, str(c).splitlines()[0])
    again = read_cell(str(c))
    assert again.equations == c.equations and again.shapes == c.shapes


@pytest.mark.parametrize(
    ("text", "declared"),
    [
        ("h' = tanh(W x + U h + b)", []),
        ("x : n\nh' = tanh(x + U h)", ["x : n"]),
        ("s : scalar\nh' = s h + s * tanh(U h)", ["s : scalar"]),
        ("v : input\nh' = tanh(U h) ⊙ (V v)", []),
        ("b : input\nh' = tanh(U h) + b\nb : n", ["b : n", "b : input"]),
        ("s : p\ns' = tanh(V h)\nh' = tanh(U h + W s)", ["s : p"]),
        ("f : n × n\nh_t = f_t h_{t-1}", ["f : n × n"]),
    ],
)
def test_a_printed_cell_declares_what_its_equations_leave_open(text, declared):
    c = read_cell(text)
    again = read_cell(str(c))
    assert str(c).splitlines()[len(c.equations) :] == declared
    assert (again.equations, again.shapes, again.inputs) == (c.equations, c.shapes, c.inputs)
