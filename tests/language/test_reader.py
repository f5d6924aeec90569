"""A cell's text is read as its author meant it, in every notation, or refused with one clear error."""

from __future__ import annotations

import pytest

from grusym.cells.library import cell, cell_names
from grusym.errors import GrusymError, ReadError, ShapeError
from grusym.language.reader import read_cell

GRU_TEXTS = {
    "primes": """
        r = σ(W_r x + U_r h + b_r)
        z = σ(W_z x + U_z h + b_z)
        c = tanh(W_c x + U_c (r ⊙ h) + b_c)
        h' = z ⊙ h + (1 - z) ⊙ c
    """,
    "times": """
        r_t = σ(W_r x_t + U_r h_{t-1} + b_r)
        z_t = σ(W_z x_t + U_z h_{t-1} + b_z)
        c_t = tanh(W_c x_t + U_c (r_t ⊙ h_{t-1}) + b_c)
        h_t = z_t ⊙ h_{t-1} + (1 - z_t) ⊙ c_t
    """,
    "arguments": """
        r(t) = σ(W_r x(t) + U_r h(t-1) + b_r)
        z(t) = σ(W_z x(t) + U_z h(t-1) + b_z)
        c(t) = tanh(W_c x(t) + U_c (r(t) ∘ h(t-1)) + b_c)
        h(t) = z(t) ∘ h(t-1) + (1 - z(t)) ∘ c(t)
    """,
    "superscripts": """
        r^{(t)} = σ(W_r x^{(t)} + U_r h^{(t-1)} + b_r)
        z^{<t>} = σ(W_z x^{<t>} + U_z h^{<t-1>} + b_z)
        c^t = tanh(W_c x^t + U_c (r^t ⊙ h^{t-1}) + b_c)
        h^{t} = z^t ⊙ h^{t-1} + (1 − z^t) ⊙ c^t
    """,
    "unicode subscripts": """
        rₜ = σ(Wᵣ xₜ + Uᵣ hₜ₋₁ + bᵣ)
        zₜ = σ(W_z xₜ + U_z hₜ₋₁ + b_z)
        cₜ = tanh(W_c xₜ + U_c (rₜ ⊙ hₜ₋₁) + b_c)
        hₜ = zₜ ⊙ hₜ₋₁ + (1 - zₜ) ⊙ cₜ
    """,
    "next from now": """
        r_t = σ(W_r x_t + U_r h_t + b_r)
        z_t = σ(W_z x_t + U_z h_t + b_z)
        c_t = tanh(W_c x_t + U_c (r_t ⊙ h_t) + b_c)
        h_{t+1} = z_t ⊙ h_t + (1 - z_t) ⊙ c_t
    """,
    "numpy": """
        r = sigmoid(W_r @ x + U_r @ h_prev + b_r)
        z = sigmoid(W_z @ x + U_z @ h_prev + b_z)
        c = np.tanh(W_c @ x + U_c @ (r * h_prev) + b_c)  # candidate
        h = z * h_prev + (1 - z) * c
    """,
    "functions": """
        r = sigmoid(np.dot(W_r, x) + np.dot(U_r, h_prev) + b_r)
        z = torch.sigmoid(W_z @ x + U_z @ h_prev + b_z)
        c = np.tanh(np.matmul(W_c, x) + U_c @ (r * h_prev) + b_c)
        h_new = z * h_prev + (1 - z) * c
    """,
    "latex": r"""
        \begin{aligned}
        r_t &= \sigma(W_r x_t + U_r h_{t-1} + b_r) \\
        z_t &= \sigma\left(\mathbf{W}_z \mathbf{x}_t + U_{z} \mathbf{h}_{t-1} + \mathbf{b}_z\right), \\[4pt]
        c_t &= \tanh\left(W_c x_t + U_c (r_t \odot h_{t-1})
               + b_c\right) \\
        h_t &= z_t \circ h_{t-1} + (1 - z_t) \circ c_t \tag{4}
        \end{aligned}
    """,
    "latex superscript labels and dots": r"""
        $$r_t = \operatorname{sigmoid}(W_r \cdot x_t + U_r \cdot h_{t-1} + b_r)$$
        $$z_t = \text{sigmoid}(W_z \cdot x_t + U_z \cdot h_{t-1} + b_z)$$
        $$c_t = \mathrm{tanh}(W_c \cdot x_t + U_c \cdot (r_t \odot h_{t-1}) + b_c)$$
        $$h_t = z_t \odot h_{t-1} + (1 - z_t) \odot c_t$$
    """,
}


def bare(c):
    """What a cell says, without the places where it said it."""
    return [(e.left, e.right) for e in c.equations], c.states, c.inputs, c.parameters, dict(c.shapes)


@pytest.mark.parametrize("notation", GRU_TEXTS)
def test_every_notation_of_the_gru_is_the_same_cell(notation):
    assert bare(read_cell(GRU_TEXTS[notation])) == bare(cell("gru"))


def test_another_cell_is_not_the_same():
    changed = GRU_TEXTS["times"].replace("(1 - z_t) ⊙ c_t", "(1 - r_t) ⊙ c_t")
    assert bare(read_cell(changed)) != bare(cell("gru"))


LECTURE = """
z_t = σ(W_z · [h_{t-1}, x_t])
r_t = σ(W_r · [h_{t-1}, x_t])
h̃_t = tanh(W · [r_t * h_{t-1}, x_t])
h_t = (1 - z_t) * h_{t-1} + z_t * h̃_t
"""


def test_the_lecture_form_with_concatenation_has_one_matrix_a_gate():
    c = read_cell(LECTURE)
    assert c.parameters == ("W_z", "W_r", "W")
    assert {str(c.shapes[p]) for p in c.parameters} == {"(n, m + n)"}
    assert c.states == ("h",) and c.inputs == ("x",)


@pytest.mark.parametrize(
    "other",
    [
        LECTURE.replace("h̃_t", r"\tilde{h}_t").replace("*", r"\odot"),
        LECTURE.replace("h̃_t", r"\tilde{h_t}").replace("·", r"\cdot"),
        LECTURE.replace("h̃_t", "h_tilde").replace(", x_t]", "; x_t]"),
        LECTURE.replace("[h_{t-1}, x_t]", "np.concatenate([h_prev, x], axis=-1)"),
    ],
)
def test_the_candidate_and_the_brackets_may_be_written_otherwise(other):
    assert bare(read_cell(other)) == bare(read_cell(LECTURE))


@pytest.mark.parametrize("name", cell_names())
def test_a_printed_cell_reads_back_as_itself(name):
    again = read_cell(str(cell(name)))
    assert bare(again) == bare(cell(name))
    assert [e.role for e in again.equations] == [e.role for e in cell(name).equations]


def test_a_cell_with_times_prints_with_times_and_reads_back():
    c = read_cell(LECTURE)
    assert str(c).splitlines()[-1] == "h_t = (1 - z_t) ⊙ h_{t-1} + z_t ⊙ h̃_t"
    assert bare(read_cell(str(c))) == bare(c)


SHAPES = {
    "h' = tanh(W x + U h + b)": {"W": "n, m", "U": "n, n", "b": "n", "x": "m"},
    "h' = tanh(W x + U V h)": {"U": "n, k", "V": "k, n"},
    "h' = (1 - α) h + α tanh(W x + U h)": {"α": "", "U": "n, n"},
    "h' = h + ε tanh((A - Aᵀ - γ I) h + W x + b)": {"A": "n, n", "γ": "", "ε": ""},
    "h' = tanh(w ⊙ h + W x)": {"w": "n", "W": "n, m"},
    "x : n\nh' = tanh(x + U h)": {"x": "n", "U": "n, n"},
    "γ : scalar\nh' = tanh(γ * h + W x)": {"γ": "", "W": "n, m"},
    "u : input\nh' = tanh(U h + W u)": {"u": "m"},
    "h' = tanh(W [h, x, h])": {"W": "n, m + 2*n"},
    "s : p\ns' = tanh(V h)\nh' = tanh(U h + W s)": {"s": "p", "V": "p, n", "W": "n, p"},
    "h' = U tanh(Uᵀ h) + W x": {"U": "n, k"},
}


@pytest.mark.parametrize("text", SHAPES)
def test_sizes_are_inferred(text):
    c = read_cell(text)
    found = {name: ", ".join(map(str, c.shapes[name])) for name in SHAPES[text]}
    assert found == SHAPES[text]


BAD = {  # text: (line, column, words the message must hold)
    "": (None, None, ["holds no equation"]),
    "   # only a comment": (None, None, ["holds no equation"]),
    "h' = z ⊙ h + (1 - z) ⊙ c": (1, 6, ["unknown name z", "never defined"]),
    "h' = foo(U h)": (1, 6, ["unknown function foo"]),
    "h' = sigmod(U h + W x)": (1, 6, ["unknown function sigmod", "sigmoid"]),
    "h' = c ⊙ h\nc = σ(U h)": (1, 6, ["c is used before it is defined in line 2", "move"]),
    "h' = σ(U h)\nh' = tanh(W x)": (2, 1, ["h' is defined twice", "line 1"]),
    "z = σ(U h)\nz = σ(W x)\nh' = z ⊙ h": (2, 1, ["z is defined twice", "line 1"]),
    "z = σ(W x + U h)": (1, 1, ["no state is updated", "z'"]),
    "c_t = tanh(W x_t + U h_{t-1})": (1, 22, ["h_{t-1} is never updated"]),
    "h_t = tanh(W x_t + U h_{t-2})": (1, 1, ["no state is updated"]),
    "h_t = tanh(U h_{t-1} + V h_{t-2})": (1, 26, ["h_{t-2}"]),
    "h' = tanh(W x + U h + x)": (
        1,
        23,
        ["shape clash", "line 1, column 1", "line 1, column 23", "size m", "size n"],
    ),
    "h' = tanh(U h) ⊙ x": (1, 18, ["shape clash", "line 1, column 1", "line 1, column 18"]),
    "h' = tanh(U (h ⊙ x))": (1, 18, ["shape clash", "h (line 1, column 14)", "x (line 1, column 18)"]),
    "z = σ(W x)\nh' = tanh(W h)": (2, 13, ["shape clash", "W", "h"]),
    "h' = tanh(W x + U h": (1, 19, ["column 10 needs ')'"]),
    "h' = tanh(W x + U h))": (1, 21, ["')'"]),
    "h' = W x + + ": (1, None, ["expected"]),
    "h' = ": (1, 4, ["nothing stands after"]),
    "tanh(W x + U h)": (1, 1, ["no '='"]),
    "h' = c = tanh(U h)": (1, 8, ["second '='"]),
    "h' + 1 = tanh(U h)": (1, 1, ["one name"]),
    "h' = tanh(Wx + Uh + b)": (1, 11, ["Wx", "W x"]),
    "h' = x W + U h": (1, None, ["row", "column", "throughout"]),
    "h' = tanh(U h) § 2": (1, 16, ["'§'"]),
    r"h' = \foo{h}": (1, 6, [r"\foo"]),
    "h' = tanh(U h) + q'": (1, 18, ["unknown name q'"]),
    "h' = tanh": (1, 6, ["needs an argument"]),
    "tanh' = U h": (1, 1, ["tanh"]),
    "h = σ(U h')\nh' = h": (1, None, ["h"]),
    "h' = h^-1": (1, None, ["power"]),
    "h' = U'": (1, 6, ["unknown name U'"]),
}


@pytest.mark.parametrize("text", BAD)
def test_a_bad_text_gets_one_clear_error_with_its_place(text):
    line, column, words = BAD[text]
    with pytest.raises(ReadError) as found:
        read_cell(text)
    message = str(found.value)
    assert found.value.line == line, message
    assert column is None or found.value.column == column, message
    for word in words:
        assert word in message, message
    assert "\n" not in message


def test_a_shape_clash_has_its_own_kind():
    with pytest.raises(ShapeError):
        read_cell("h' = tanh(W x + U h + x)")


HOSTILE = [
    "h' = __import__('os').system('true')",
    "h' = h.__class__",
    "h' = eval(h)",
    "h' = (lambda: h)()",
    "h' = tanh(U h); import os",
    "h' = " + "(" * 5000 + "h" + ")" * 5000,
    "h' = " + "-" * 5000 + "h",
    "h' = " + " ⊙ ".join(["h"] * 5000),
    "h' = h^999999999",
    "h' = 1e999999 h",
    "h' = \u0000",
    "\\",
    "h_{",
    "h' = \\tilde{",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_refused_and_never_run(text):
    with pytest.raises(GrusymError):
        read_cell(text)


@pytest.mark.parametrize(
    "text",
    [
        "$h' = tanh(W x + U h + b)$",
        "$$\nh' = tanh(W x + U h + b)\n$$",
        "$h'$ = $tanh(W x + U h + b)$",
        "$h' = tanh(W x + U h + b)$.",
        "$h' = tanh(W x + U h + b)$    # new state",
        "& $h' = tanh(W x + U h + b)$ &",
    ],
)
def test_dollar_signs_around_a_formula_are_no_part_of_it(text):
    assert str(read_cell(text)).startswith("h' = tanh(W x + U h + b)")


def test_a_dollar_sign_in_the_midst_of_a_formula_is_an_error_at_its_place():
    with pytest.raises(ReadError, match=r"line 1, column 14: cannot read the character '\$'"):
        read_cell("h' = tanh(W x$$ x)")
