"""Texts of random cells that nobody listed, in four notations; and texts that are no cells.

A cell is drawn as a small tree, then written; the same tree in two notations must be the same cell.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st

NOTATIONS = ("primes", "times", "numpy", "latex")
BOUNDED = ("σ", "tanh")
PLAIN = ("σ", "tanh", "tanh", "σ", "relu", "softplus", "sin")
LETTERS = "rzgfuoyeij"  # of values that are no states

Node = tuple  # (kind, ...): see Drawn.vector


@dataclass(frozen=True)
class Written:
    """A random cell: its equations as trees, and what it is written with."""

    equations: tuple[tuple[str, Node], ...]
    states: tuple[str, ...]
    constants: tuple[str, ...] = ()

    def text(self, notation: str) -> str:
        """The cell in one of NOTATIONS."""
        writer = Writer(notation, self.states)
        lines = [f"{writer.plain(name)} : constant" for name in self.constants]
        return "\n".join([*lines, *(writer.equation(left, e) for left, e in self.equations)])


class Drawing:
    """Draws equations whose sizes fit: n for states, m for the input x, other sizes behind matrices."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.count = 0
        self.scalars: list[str] = []
        self.squares: list[str] = []  # n × n matrices, to be used again or transposed
        self.leaves: list[Node] = []  # vectors of size n
        self.others: list[Node] = [("input", "x")]  # vectors of other sizes

    def cell(self) -> Written:
        """One or two states, one to five equations."""
        rng = self.rng
        states = ("h",) if rng.random() < 0.6 else ("c", "h")
        self.leaves = [("state", s) for s in states]
        letters = iter(rng.sample(LETTERS, len(LETTERS)))
        equations = []
        for _ in range(rng.randint(0, 5 - len(states))):
            letter, narrow = next(letters), rng.random() < 0.2
            e = (
                ("function", rng.choice(PLAIN), ("matrix", [self.name("V")], self.vector(1)))
                if narrow
                else None
            )
            equations.append((letter, e or self.gate()))
            (self.others if narrow else self.leaves).append(("value", letter))
        for s in states:
            e = self.vector(rng.randint(1, 3))
            if s not in _states_in(e) and not any(s in _states_in(before) for _, before in equations):
                e = ("sum", [(1, e), (1, ("times", self.bias(), ("state", s)))])
            equations.append((f"{s}'", e))
            self.leaves.append(("value", f"{s}'"))
        used = set(re.findall(r"[αγ]_\d+", str(equations)))
        constants = tuple(s for s in self.scalars if s in used and rng.random() < 0.4)
        return Written(tuple(equations), states, constants)

    def name(self, letter: str) -> str:
        self.count += 1
        name = f"{letter}_{self.count}"
        if letter in "αγ":
            self.scalars.append(name)
        return name

    def bias(self) -> Node:
        return ("vector", self.name(self.rng.choice("bp")))

    def leaf(self) -> Node:
        return self.rng.choice(self.leaves)

    def gate(self) -> Node:
        return ("function", self.rng.choice(PLAIN), self.affine())

    def affine(self) -> Node:
        terms = [(1, self.product(1)) for _ in range(self.rng.randint(1, 3))]
        return ("sum", [*terms, (1, self.bias())])

    def vector(self, depth: int) -> Node:
        """A vector of size n."""
        if depth == 0:
            return self.leaf()
        d = depth - 1
        ways: list[tuple[int, Callable[[], Node]]] = [
            (3, self.leaf),
            (6, lambda: ("times", self.vector(d), self.vector(d))),
            (6, lambda: self.total(d)),
            (5, lambda: ("function", self.rng.choice(PLAIN), self.vector(d))),
            (4, self.gate),
            (5, lambda: self.product(d)),
            (3, lambda: self.blend(d)),
            (2, lambda: ("times", self.bias(), self.vector(d))),
            (2, lambda: ("scaled", self.scalar(), self.vector(d))),
            (2, lambda: ("power", self.vector(d), self.rng.choice((2, 2, 3)))),
            (2, lambda: self.tame(d)),
            (3, lambda: self.extremum(d)),
        ]
        weights, makers = zip(*ways, strict=True)
        return self.rng.choices(makers, weights)[0]()

    def total(self, d: int) -> Node:
        terms = [(self.rng.choice((1, 1, -1)), self.vector(d)) for _ in range(self.rng.randint(2, 3))]
        if self.rng.random() < 0.3:
            terms.insert(0, (1, ("number", self.rng.choice(("1", "2", "0.5")))))
        return ("sum", terms)

    def extremum(self, d: int) -> Node:
        """max or min of two different things: where they are equal it has no derivative."""
        number = ("number", self.rng.choice(("0.5", "1")))
        other = self.rng.choice((self.bias, self.gate, lambda: self.vector(d), lambda: number))
        return ("extremum", self.rng.choice(("max", "min")), self.vector(d), other())

    def blend(self, d: int) -> Node:
        z = self.vector(d)
        one_minus = ("sum", [(1, ("number", "1")), (-1, z)])
        return ("sum", [(1, ("times", z, self.vector(d))), (1, ("times", one_minus, self.vector(d)))])

    def scalar(self) -> Node:
        return self.rng.choice(
            (("scalar", self.name("α")), ("scalar", self.name("γ")), ("number", "0.5"), ("number", "3"))
        )

    def tame(self, d: int) -> Node:
        """What is defined and moderate for every argument: exp of something bounded, a safe quotient, ..."""
        u = self.vector(d)
        bounded = ("function", self.rng.choice(BOUNDED), u)
        square = ("sum", [(1, ("number", "1")), (1, ("power", u, 2))])
        above = ("sum", [(1, ("number", "2")), (1, bounded)])
        return self.rng.choice(
            (
                ("function", "exp", bounded),
                ("function", "exp", ("sum", [(-1, ("power", bounded, 2))])),
                ("function", "log", above),
                ("function", "sqrt", square),
                ("over", self.vector(d), above),
                ("over", bounded, square),
                ("over", self.vector(d), ("number", "3")),
            )
        )

    def product(self, d: int) -> Node:
        """A matrix product of size n."""
        rng = self.rng
        draw = rng.random()
        if draw < 0.3:
            return ("matrix", [self.name("W")], rng.choice(self.others))
        if draw < 0.45:
            return ("stacked", self.name("W"), rng.sample([self.vector(d), rng.choice(self.others)], 2))
        if draw < 0.55:
            return ("matrix", [self.name("U"), self.name("V")], self.vector(d))
        if draw < 0.62:
            inner = ("function", rng.choice(PLAIN), ("matrix", [self.name("V")], self.vector(d)))
            return ("matrix", [self.name("U")], inner)
        if draw < 0.68:
            return ("matrix", [f"({self.square()} + {self.square()})"], self.vector(d))
        if draw < 0.72:
            return ("matrix", [f"diag({self.bias()[1]})", self.square()], self.vector(d))
        if draw < 0.76:
            return ("matrix", [f"({self.name('γ')} {self.square()} - {self.square()})"], self.vector(d))
        return ("matrix", [self.square() for _ in range(rng.choice((1, 1, 1, 2)))], self.vector(d))

    def square(self) -> str:
        """An n × n matrix, new or known, as it is or transposed."""
        if not self.squares or self.rng.random() < 0.6:
            self.squares.append(self.name("U"))
        return self.rng.choice(self.squares) + ("ᵀ" if self.rng.random() < 0.25 else "")


def _states_in(e: object) -> set[str]:
    """The states a tree mentions."""
    if isinstance(e, tuple) and e[:1] == ("state",):
        return {e[1]}
    return set().union(*map(_states_in, e)) if isinstance(e, tuple | list) else set()


SUM, TERM, CHAIN, ATOM = range(4)  # how tightly what is written holds together


class Writer:
    """Writes trees in one notation, with brackets only where they are needed."""

    def __init__(self, notation: str, states: tuple[str, ...]) -> None:
        self.notation, self.states = notation, states

    def equation(self, left: str, e: Node) -> str:
        return f"{self.named('value', left)} = {self.write(e, SUM)}"

    def named(self, kind: str, name: str) -> str:
        """A state, value or input as the notation writes it."""
        if self.notation == "primes":
            return name
        if self.notation == "numpy":
            return f"{name}_prev" if kind == "state" else f"{name[:-1]}_new" if name.endswith("'") else name
        return f"{name}_{{t-1}}" if kind == "state" else f"{name.removesuffix(chr(39))}_t"

    def write(self, e: Node, level: int) -> str:
        text, own = getattr(self, f"_{e[0]}")(*e[1:])
        return text if own >= level else f"({text})"

    def _state(self, name: str) -> tuple[str, int]:
        return self.named("state", name), ATOM

    def _value(self, name: str) -> tuple[str, int]:
        return self.named("value", name), ATOM

    _input = _value

    def _vector(self, name: str) -> tuple[str, int]:
        return self.plain(name), ATOM

    def plain(self, name: str) -> str:
        """A parameter's name: LaTeX sets only one character low without braces."""
        return re.sub(r"_(\d+)", r"_{\1}", name) if self.notation == "latex" else name

    _number = _scalar = _vector

    def _sum(self, terms: list[tuple[int, Node]]) -> tuple[str, int]:
        text = ""
        for sign, e in terms:
            glue = (" + " if sign > 0 else " - ") if text else ("" if sign > 0 else "-")
            text += glue + self.write(e, TERM)
        return text, SUM

    def _times(self, u: Node, v: Node) -> tuple[str, int]:
        sign = {"numpy": "*", "latex": r"\odot"}.get(self.notation, "⊙")
        return f"{self.write(u, TERM)} {sign} {self.write(v, CHAIN)}", TERM

    def _over(self, u: Node, v: Node) -> tuple[str, int]:
        if self.notation == "latex":
            return rf"\frac{{{self.write(u, SUM)}}}{{{self.write(v, SUM)}}}", CHAIN
        return f"{self.write(u, CHAIN)} / {self.write(v, CHAIN)}", TERM

    def _scaled(self, scalar: Node, e: Node) -> tuple[str, int]:
        if self.notation == "numpy":
            return f"{scalar[1]} * {self.write(e, CHAIN)}", TERM
        return f"{self.plain(scalar[1])} {self.write(e, ATOM)}", CHAIN

    def _power(self, e: Node, k: int) -> tuple[str, int]:
        mark = {"numpy": f"**{k}", "latex": f"^{k}", "times": f"^{{{k}}}"}.get(self.notation, "⁰¹²³"[k])
        return self.write(e, ATOM) + mark, ATOM

    def _function(self, f: str, e: Node) -> tuple[str, int]:
        latex = {"σ": r"\sigma", "relu": r"\operatorname{ReLU}", "softplus": r"\operatorname{softplus}"}
        if self.notation == "latex":
            f = latex.get(f, "\\" + ("operatorname{sqrt}" if f == "sqrt" else f))
        elif self.notation == "numpy":
            f = {"σ": "sigmoid", "tanh": "np.tanh", "exp": "np.exp"}.get(f, f)
        return f"{f}({self.write(e, SUM)})", ATOM

    def _extremum(self, f: str, u: Node, v: Node) -> tuple[str, int]:
        inside = f"{self.write(u, SUM)}, {self.write(v, SUM)}"
        if self.notation == "latex":
            return rf"\{f}\left({inside}\right)", ATOM
        return f"np.{f}imum({inside})" if self.notation == "numpy" else f"{f}({inside})", ATOM

    def _matrix(self, matrices: list[str], e: Node) -> tuple[str, int]:
        glue = " @ " if self.notation == "numpy" else " "
        return glue.join([*map(self._turned, matrices), self.write(e, ATOM)]), CHAIN

    def _turned(self, matrix: str) -> str:
        if self.notation == "numpy":
            matrix = re.sub(r"(γ_\d+) ", r"\1 * ", matrix)
        return self.plain(matrix).replace(
            "ᵀ", {"numpy": ".T", "latex": r"^\top", "times": "^T"}.get(self.notation, "ᵀ")
        )

    def _stacked(self, matrix: str, parts: list[Node]) -> tuple[str, int]:
        matrix, inside = self.plain(matrix), ", ".join(self.write(p, SUM) for p in parts)
        if self.notation == "numpy":
            return f"{matrix} @ np.concatenate([{inside}])", CHAIN
        return f"{matrix} · [{inside}]" if self.notation == "times" else f"{matrix} [{inside}]", CHAIN


def drawn(seed: int) -> Written:
    """The random cell of a seed."""
    return Drawing(random.Random(seed)).cell()


SEEDS = st.integers(0, 2**40)


def cells() -> st.SearchStrategy[Written]:
    """Random cells."""
    return SEEDS.map(drawn)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Texts of random cells, in any notation."""
    return draw(cells()).text(draw(st.sampled_from(NOTATIONS)))


# ---- texts that are no cells --------------------------------------------------------------------


def without_a_bracket(text: str, rng: random.Random) -> str:
    """One bracket of one line removed."""
    line = "h' = tanh((W_1 x + U_1 h) ⊙ [h]) + (h)"
    places = [i for i, c in enumerate(line) if c in "()[]"]
    i = rng.choice(places)
    return text + "\n" + line[:i] + line[i + 1 :]


BREAKS: dict[str, Callable[[str, random.Random], str]] = {
    "a bracket is missing": lambda text, rng: without_a_bracket("g = tanh(W_0 x + h)", rng),
    "a value is defined twice": lambda text, rng: text + "\n" + rng.choice(re.findall(".* = .*", text)),
    "an unknown function": lambda text, rng: text.replace(" = ", " = tahn(h) + ", 1),
    "an unknown character": lambda text, rng: text + rng.choice("?$!`;€£¿")[:1] * 2 + " x",
    "nothing after '='": lambda text, rng: text + "\ny_9 =",
    "no '='": lambda text, rng: text + "\nh + x",
    "two operators": lambda text, rng: text + "\ny_9 = h ⊙ ⊙ h",
    "an operator at the end": lambda text, rng: text + "\ny_9 = h +",
    "sizes that clash": lambda text, rng: "q_0 = W_99 x + x ⊙ b_98\nh' = q_0 + h + x",
    "a matrix added to a vector": lambda text, rng: "h' = h + W_9 x + W_9",
    "a vector times a vector": lambda text, rng: "g = h @ h\nh' = g + tanh(h)",
    "nothing but comments": lambda text, rng: "# a cell\n\n   # of comments",
    "used before it is defined": lambda text, rng: "h' = tanh(W_1 x + y_9 ⊙ h)\ny_9 = σ(U_1 h)",
    "no state": lambda text, rng: "y = tanh(W x + b)",
}


@st.composite
def malformed(draw: st.DrawFn) -> tuple[str, str]:
    """A kind of slip and a text that has it."""
    kind = draw(st.sampled_from(sorted(BREAKS)))
    seed = draw(SEEDS)
    return kind, BREAKS[kind](drawn(seed).text("primes"), random.Random(seed))


@st.composite
def scrambled(draw: st.DrawFn) -> str:
    """A cell's text with a few characters or words deleted, doubled, swapped or put in: a cell or not."""
    text = draw(texts())
    rng = random.Random(draw(SEEDS))
    words = [
        "(",
        ")",
        "[",
        "]",
        "⊙",
        "@",
        "=",
        "'",
        "^",
        "_{",
        "}",
        "h",
        "x",
        "W",
        "σ",
        "\\odot",
        "\n",
        ",",
        "T",
        "_t",
        "2",
    ]
    for _ in range(rng.randint(1, 4)):
        i, j = sorted((rng.randint(0, len(text)), rng.randint(0, len(text))))
        way = rng.randint(0, 3)
        if way == 0:
            text = text[:i] + text[i + 1 :]
        elif way == 1:
            text = text[:i] + rng.choice(words) + text[i:]
        elif way == 2:
            text = text[: min(j, i + 12)] + text[i:]
        else:
            text = text[:i] + text[j:] + text[i : min(j, i + 20)]
    return text
