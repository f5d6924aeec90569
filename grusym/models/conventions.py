"""What each framework's recurrent layer computes and how it stores its weights, as data.

Six switches describe them all: the order of the gates; whether z or 1 - z keeps the old state; the reset
before or after the recurrent product; a bias inside the reset or not; the number of bias vectors; an
offset added to the forget gate at run time. The fourth and fifth follow from the arrays stored.

Gates have the letters of the cells in `grusym.cells`: r, z, c of a GRU (c, the candidate, is n, h, a or o
elsewhere) and i, f, g, o of an LSTM (g is c or j elsewhere). Source: each framework's documentation.
"""

from __future__ import annotations

from dataclasses import dataclass

from grusym.errors import unknown

WIDTHS = {"W": "m", "U": "n"}  # a matrix acts on the input or on the state


@dataclass(frozen=True)
class Stored:
    """One array of a framework: which of W, U, b (bias), d (a second bias) it holds, for which gates.

    A matrix has the gates one below the other and W left of U; with `columns` it is stored transposed, as
    frameworks with row vectors do. A vector has all gates of its first letter, then all of the second.
    `lead` are axes in front: one direction, or two bias vectors.
    """

    name: str
    holds: str
    gates: tuple[str, ...]
    columns: bool = False
    lead: tuple[int, ...] = ()

    @property
    def is_matrix(self) -> bool:
        """Whether the array holds matrices, not biases."""
        return self.holds[0] in WIDTHS

    def shape(self, n: int, m: int) -> tuple[int, ...]:
        """The array's shape at state width n and input width m."""
        if not self.is_matrix:
            rows = len(self.holds) * len(self.gates) * n
            return (rows,) if not self.lead else (*self.lead, rows // self.lead[0])
        own = (len(self.gates) * n, sum({"n": n, "m": m}[WIDTHS[letter]] for letter in self.holds))
        return self.lead + (own[::-1] if self.columns else own)


@dataclass(frozen=True)
class Convention:
    """One framework's layer: the switches, and the arrays it is stored in."""

    framework: str
    kind: str  # gru, lstm or rnn
    gates: tuple[str, ...]  # in the order of storage
    arrays: tuple[Stored, ...]
    keeps_old: str = ""  # z or 1 - z
    reset: str = ""  # before or after the recurrent product
    forget_offset: float = 0.0
    unread: tuple[str, ...] = ()  # arrays that change the function, and that no cell here has

    @property
    def biases(self) -> int:
        """The number of bias vectors that every gate has."""
        letters = {(letter, g) for a in self.arrays if not a.is_matrix for letter in a.holds for g in a.gates}
        return min(sum((letter, g) in letters for letter in "bd") for g in self.gates)

    @property
    def bias_inside_reset(self) -> bool:
        """Whether the reset gate multiplies a bias along with the recurrent product."""
        held = any("d" in a.holds and "c" in a.gates for a in self.arrays)
        return self.reset == "after" and held

    @property
    def cell_name(self) -> str:
        """The cell of `grusym.cells` that computes the same function."""
        return "gru_reset_after" if self.kind == "gru" and self.reset == "after" else self.kind

    def parameter_count(self, n: int, m: int) -> int:
        """How many numbers the framework stores, identifiable or not."""
        from math import prod

        return sum(prod(array.shape(n, m)) for array in self.arrays)

    def __str__(self) -> str:
        return f"{self.framework} {self.kind.upper()}"


def convention(framework: str, kind: str) -> Convention:
    """The convention of a framework's layer, e.g. of ("torch", "gru")."""
    known = {f"{c.framework} {c.kind}": c for c in CONVENTIONS}
    asked = f"{framework} {kind}"
    if asked not in known:
        raise unknown("convention", asked, known)
    return known[asked]


def _torch(gates: tuple[str, ...]) -> tuple[Stored, ...]:
    names = {"weight_ih": "W", "weight_hh": "U", "bias_ih": "b", "bias_hh": "d"}
    return tuple(Stored(name, letter, gates) for name, letter in names.items())


def _keras(gates: tuple[str, ...], biases: str = "b") -> tuple[Stored, ...]:
    bias = Stored("bias", biases, gates, lead=(2,) if len(biases) == 2 else ())
    return (
        Stored("kernel", "W", gates, columns=True),
        Stored("recurrent_kernel", "U", gates, columns=True),
        bias,
    )


def _onnx(gates: tuple[str, ...]) -> tuple[Stored, ...]:
    names = {"W": "W", "R": "U", "B": "bd"}
    return tuple(Stored(name, letters, gates, lead=(1,)) for name, letters in names.items())


def _linen(letters: dict[str, str], biased: str, also: str | None = None) -> tuple[Stored, ...]:
    """One layer of its own for each gate; the layers i or h have the bias; h of `also` has a second."""
    arrays = []
    for layer, holds in (("i", "W"), ("h", "U")):
        for gate, letter in letters.items():
            arrays.append(Stored(f"{layer}{letter}/kernel", holds, (gate,), columns=True))
            if layer == biased:
                arrays.append(Stored(f"{layer}{letter}/bias", "b", (gate,)))
            elif gate == also:
                arrays.append(Stored(f"{layer}{letter}/bias", "d", (gate,)))
    return tuple(arrays)


RZC, ZRC, ONE = ("r", "z", "c"), ("z", "r", "c"), ("",)
IFGO, IOFG, IGFO = ("i", "f", "g", "o"), ("i", "o", "f", "g"), ("i", "g", "f", "o")

CONVENTIONS: tuple[Convention, ...] = (
    Convention("torch", "gru", RZC, _torch(RZC), keeps_old="z", reset="after"),
    Convention("torch", "lstm", IFGO, _torch(IFGO), unread=("weight_hr",)),
    Convention("torch", "rnn", ONE, _torch(ONE)),
    Convention("keras", "gru", ZRC, _keras(ZRC, "bd"), keeps_old="z", reset="after"),
    Convention("keras reset_after=False", "gru", ZRC, _keras(ZRC), keeps_old="z", reset="before"),
    Convention("keras", "lstm", IFGO, _keras(IFGO)),
    Convention("keras", "rnn", ONE, _keras(ONE)),
    Convention("onnx", "gru", ZRC, _onnx(ZRC), keeps_old="z", reset="before"),
    Convention("onnx linear_before_reset=1", "gru", ZRC, _onnx(ZRC), keeps_old="z", reset="after"),
    Convention("onnx", "lstm", IOFG, _onnx(IOFG), unread=("P",)),
    Convention("onnx", "rnn", ONE, _onnx(ONE)),
    Convention(
        "flax linen",
        "gru",
        RZC,
        _linen({"r": "r", "z": "z", "c": "n"}, biased="i", also="c"),
        keeps_old="z",
        reset="after",
    ),
    Convention("flax linen", "lstm", IFGO, _linen({g: g for g in IFGO}, biased="h")),
    Convention("flax linen", "rnn", ONE, _linen({"": ""}, biased="i")),
    Convention(
        "flax nnx",
        "gru",
        RZC,
        (
            Stored("dense_i.kernel", "W", RZC, columns=True),
            Stored("dense_i.bias", "b", RZC),
            Stored("dense_h.kernel", "U", RZC, columns=True),
        ),
        keeps_old="z",
        reset="after",
    ),
    Convention(
        "equinox",
        "gru",
        RZC,
        (
            Stored("weight_ih", "W", RZC),
            Stored("weight_hh", "U", RZC),
            Stored("bias", "b", RZC),
            Stored("bias_n", "d", ("c",)),
        ),
        keeps_old="z",
        reset="after",
    ),
    Convention(
        "equinox",
        "lstm",
        IFGO,
        (Stored("weight_ih", "W", IFGO), Stored("weight_hh", "U", IFGO), Stored("bias", "b", IFGO)),
    ),
    Convention(
        "haiku",
        "gru",
        ZRC,
        (Stored("w_i", "W", ZRC, columns=True), Stored("w_h", "U", ZRC, columns=True), Stored("b", "b", ZRC)),
        keeps_old="1 - z",
        reset="before",
    ),
    Convention(
        "haiku",
        "lstm",
        IGFO,
        (Stored("linear/w", "WU", IGFO, columns=True), Stored("linear/b", "b", IGFO)),
        forget_offset=1.0,
    ),
    Convention(
        "tf1",
        "lstm",
        IGFO,
        (Stored("kernel", "WU", IGFO, columns=True), Stored("bias", "b", IGFO)),
        forget_offset=1.0,
    ),
    Convention(
        "flax nnx",  # its OptimizedLSTMCell
        "lstm",
        IFGO,
        (
            Stored("dense_i.kernel", "W", IFGO, columns=True),
            Stored("dense_h.kernel", "U", IFGO, columns=True),
            Stored("dense_h.bias", "b", IFGO),
        ),
    ),
    Convention(
        "flax nnx LSTMCell",
        "lstm",
        IFGO,
        tuple(
            Stored(f"{layer}{gate}{'_' * (layer + gate == 'if')}.{array}", holds, (gate,), columns=holds != "b")
            for gate in IFGO
            for layer, array, holds in (("i", "kernel", "W"), ("h", "kernel", "U"), ("h", "bias", "b"))
        ),
    ),
    Convention(
        "flax nnx",
        "rnn",
        ONE,
        (
            Stored("dense_i.kernel", "W", ONE, columns=True),
            Stored("dense_i.bias", "b", ONE),
            Stored("dense_h.kernel", "U", ONE, columns=True),
        ),
    ),
    Convention(
        "haiku",
        "rnn_relu",  # its VanillaRNN, whose activation is fixed
        ONE,
        (
            Stored("linear/w", "W", ONE, columns=True),
            Stored("linear/b", "b", ONE),
            Stored("linear_1/w", "U", ONE, columns=True),
            Stored("linear_1/b", "d", ONE),
        ),
    ),
)
