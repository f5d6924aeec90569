"""The elementwise functions a cell may apply: one entry each, with value, slope and spelling.

A slope is written in the function's output where it can be (σ' = z ⊙ (1 - z)), so that a named gate
stays named in its own derivative. Values take complex input, because the complex step needs it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from grusym.language.build import hadamard, negative, number, power, total
from grusym.language.expression import ONE, ZERO, Activation, Expression, Quotient

Array = Any


@dataclass(frozen=True)
class Elementwise:
    """An elementwise function.

    `slope(u, y)` is its derivative, given argument and output as expressions; `value` acts on NumPy
    arrays; `numpy` is the same in emitted source; `sympy(u)` is the scalar function that a slope is
    checked against; `bound` is a number no |output| exceeds, or None. `mirror` (a, b, c) is the law
    f(-u) = a + b f(u) + c u, where there is one; `at_zero` is f(0), where it is rational.
    """

    name: str
    spellings: tuple[str, ...]
    latex: str
    slope: Callable[[Expression, Expression], Expression]
    value: Callable[[Array], Array]
    numpy: str
    sympy: Callable[[Any], Any]
    bound: Fraction | None = None
    mirror: tuple[int, int, int] | None = None
    at_zero: Fraction | None = None

    def at_constant(self, u: Fraction) -> Fraction | None:
        """The value at a constant where that is a known rational: σ(0) = 1/2, relu(-3) = 0."""
        if self.name in ("relu", "step"):
            return max(u, Fraction(0)) if self.name == "relu" else Fraction(u > 0)
        return self.at_zero if u == 0 else None


def sigmoid(x: Array) -> Array:
    """The logistic function 1 / (1 + exp(-x)), of real or complex arrays, without overflow."""
    import numpy as np

    x = np.asarray(x)
    if np.iscomplexobj(x):
        return 1 / (1 + np.exp(-(np.clip(x.real, -700, 700) + 1j * x.imag)))
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, small) / (1 + small)


def relu(x: Array) -> Array:
    """max(x, 0); of a complex array, x where its real part is positive."""
    import numpy as np

    return np.where(np.real(x) > 0, x, 0 * np.asarray(x))  # what is no number stays none


def step(x: Array) -> Array:
    """1 where x (or its real part) is positive, else 0."""
    import numpy as np

    return np.where(np.isnan(np.real(x)), np.nan, np.where(np.real(x) > 0, 1.0, 0.0))


def softplus(x: Array) -> Array:
    """ln(1 + exp(x)), of real or complex arrays, without overflow."""
    import numpy as np

    x = np.asarray(x)
    positive = np.real(x) > 0
    small = np.exp(np.where(positive, -x, x))
    if np.iscomplexobj(small):  # NumPy's complex log1p loses small real parts
        a, b = small.real, small.imag
        return np.where(positive, x, 0) + np.log1p(a * (2 + a) + b * b) / 2 + 1j * np.arctan2(b, 1 + a)
    return np.where(positive, x, 0) + np.log1p(small)


def _numpy(name: str) -> Callable[[Array], Array]:
    def value(x: Array) -> Array:
        import numpy as np

        return getattr(np, name)(x)

    return value


def _sympy(make: Callable[[Any, Any], Any]) -> Callable[[Any], Any]:
    def scalar(u: Any) -> Any:
        import sympy

        return make(sympy, u)

    return scalar


_one_minus = lambda y: total(ONE, negative(y))  # noqa: E731

_ENTRIES = (
    Elementwise(
        "σ",
        ("σ", "sigma", "sigmoid", "sigm", "logistic", "expit"),
        r"\sigma",
        lambda u, y: hadamard(y, _one_minus(y)),
        sigmoid,
        "sigmoid",
        _sympy(lambda sp, u: 1 / (1 + sp.exp(-u))),
        Fraction(1),
        mirror=(1, -1, 0),
        at_zero=Fraction(1, 2),
    ),
    Elementwise(
        "tanh",
        ("tanh",),
        r"\tanh",
        lambda u, y: _one_minus(power(y, 2)),
        _numpy("tanh"),
        "np.tanh",
        _sympy(lambda sp, u: sp.tanh(u)),
        Fraction(1),
        mirror=(0, -1, 0),
        at_zero=Fraction(0),
    ),
    Elementwise(
        "relu",
        ("relu", "ReLU", "RELU", "Relu"),
        r"\operatorname{ReLU}",
        lambda u, y: Activation("step", y),
        relu,
        "relu",
        _sympy(lambda sp, u: sp.Piecewise((u, u > 0), (0, True))),
        mirror=(0, 1, -1),
        at_zero=Fraction(0),
    ),
    Elementwise(
        "step",
        ("step", "heaviside", "Heaviside"),
        r"\operatorname{step}",
        lambda u, y: ZERO,
        step,
        "step",
        _sympy(lambda sp, u: sp.Piecewise((1, u > 0), (0, True))),
        Fraction(1),
        at_zero=Fraction(0),
    ),
    Elementwise(
        "exp",
        ("exp",),
        r"\exp",
        lambda u, y: y,
        _numpy("exp"),
        "np.exp",
        _sympy(lambda sp, u: sp.exp(u)),
        at_zero=Fraction(1),
    ),
    Elementwise(
        "log",
        ("log", "ln"),
        r"\log",
        lambda u, y: Quotient(ONE, u),
        _numpy("log"),
        "np.log",
        _sympy(lambda sp, u: sp.log(u)),
    ),
    Elementwise(
        "sqrt",
        ("sqrt",),
        r"\operatorname{sqrt}",
        lambda u, y: Quotient(ONE, hadamard(number(2), y)),
        _numpy("sqrt"),
        "np.sqrt",
        _sympy(lambda sp, u: sp.sqrt(u)),
        at_zero=Fraction(0),
    ),
    Elementwise(
        "sin",
        ("sin",),
        r"\sin",
        lambda u, y: Activation("cos", u),
        _numpy("sin"),
        "np.sin",
        _sympy(lambda sp, u: sp.sin(u)),
        Fraction(1),
        mirror=(0, -1, 0),
        at_zero=Fraction(0),
    ),
    Elementwise(
        "cos",
        ("cos",),
        r"\cos",
        lambda u, y: negative(Activation("sin", u)),
        _numpy("cos"),
        "np.cos",
        _sympy(lambda sp, u: sp.cos(u)),
        Fraction(1),
        mirror=(0, 1, 0),
        at_zero=Fraction(1),
    ),
    Elementwise(
        "softplus",
        ("softplus",),
        r"\operatorname{softplus}",
        lambda u, y: Activation("σ", u),
        softplus,
        "softplus",
        _sympy(lambda sp, u: sp.log(1 + sp.exp(u))),
        mirror=(0, 1, -1),
    ),
)

ACTIVATIONS: dict[str, Elementwise] = {entry.name: entry for entry in _ENTRIES}
SPELLINGS: dict[str, str] = {s: entry.name for entry in _ENTRIES for s in entry.spellings}
ADVICE = {
    "σ_g": "write σ, which it is in the LSTM of many texts, or the function that is meant",
    "σ_c": "write tanh, which it is in the LSTM of many texts, or the function that is meant",
    "σ_h": "write tanh, which it is in the LSTM of many texts, or the function that is meant",
}


def unknown_function(name: str) -> str:
    """What to say of a function nobody has."""
    cutoff = 0.75 if name[:1].isupper() else 0.6  # Win is hardly sin
    near = difflib.get_close_matches(name.lower(), SPELLINGS, n=1, cutoff=cutoff)
    hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(ACTIVATIONS)}."
    one = f"{name[0]}_{name[1:]} x" if re.fullmatch("[A-Z][a-z]+", name) else "W_h x"
    hint = ADVICE.get(name) or f"{hint} A matrix is written with one capital letter, as in {one}"
    return f"unknown function {name}; {hint}"
