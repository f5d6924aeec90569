"""What a name of a claim may stand for in a cell over steps, likeliest first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from grusym.language.cell import Cell
from grusym.language.expression import (
    Activation,
    Concatenation,
    Hadamard,
    Name,
    Product,
    Transpose,
    names_in,
    walk,
)
from grusym.language.surface import Written
from grusym.unrolled import fused
from grusym.unrolled.lifted import NAMES as UNNAMED
from grusym.unrolled.meaning import Meaning
from grusym.unrolled.names import ALWAYS, Parts, parts, plain
from grusym.unrolled.primed import MARK

OUTPUTS = ("V", "Wy", "Why", "Wyh", "Wout", "Wo", "Wout", "C", "Vo", "Vy", "Wv", "Whq", "Whv")
LOGITS = ("y", "o", "ŷ", "z", "out", "ȳ", "logits", "p", "s")
PREDICTIONS = ("ŷ", "p", "ỹ", "yhat", "ypred", "pred", "a", "q", "yhat")
TARGETS = ("y", "e", "t", "d", "ytrue", "target", "targets", "y*", "ȳ", "onehot")
ARGUMENTS = ("z", "a", "s", "net", "pre", "A", "Z", "raw", "ẑ", "act")  # letters for pre-activations
GRADIENT_LETTERS = ("δ", "g", "d", "grad", "Δ", "G", "D", "∂", "dL", "dE", "dJ", "dl", "delta", "ε", "e")
SLOPES = ("D", "Λ", "Φ", "Σ")  # letters for the diagonal matrix of slopes of a step
INPUT_OR_STATE = {"x": "input", "h": "state"}
STACKED = ("concat", "concatenated", "combined", "hx", "xh", "concat_input", "xc", "hxt", "z_concat")
# Letters that documents use for the values of a cell, by what the value does in it.
ROLES: Mapping[str, tuple[str, ...]] = {
    "forget": ("f", "Γf", "ft"),
    "input": ("i", "Γi", "Γu", "u", "it", "ut"),
    "output": ("o", "Γo", "ot"),
    "candidate": (
        "g",
        "c̃",
        "C̃",
        "ã",
        "a",
        "cc",
        "cct",
        "n",
        "h̃",
        "ĥ",
        "h̄",
        "p",
        "ĉ",
        "gt",
        "ctilde",
        "htilde",
    ),
    "cell": ("c", "C", "s", "S"),
    "hidden": ("h", "H", "a", "s", "hs", "ht"),
    "update": ("z", "Γu", "u", "zz", "zt"),
    "reset": ("r", "Γr", "rr", "rt"),
    "in": ("x", "X", "xs", "inp", "xt"),
}


@dataclass(frozen=True)
class Names:
    """The names of a claim over one cell."""

    cell: Cell
    given: frozenset[str] = frozenset()
    letters: frozenset[str] = frozenset()  # those of all names of the claim, without labels
    primed: str = ""  # the letter whose candidate has a prime
    together: tuple[str, ...] = ()  # the document's names for all pre-activations
    perturbed: str = ""  # the letter of a small change of the state that a claim carries along

    @cached_property
    def keys(self) -> dict[str, str]:
        """The cell's names by their letters alone."""
        found: dict[str, str] = {}
        for name in (*self.cell.weights, *self.cell.inputs, *self.cell.states, *self.cell.values):
            found.setdefault(plain(name.rstrip("'") if name in self.cell.next_states else name), name)
        for name in list(found) if self.primed else ():
            candidate = unicodedata.normalize("NFC", self.primed + MARK)
            if candidate in name:
                found.setdefault(name.replace(candidate, f"{self.primed}'"), found[name])
        return found

    @cached_property
    def activations(self) -> tuple[str, ...]:
        """The values that an activation gives, those without a name in the cell's text first."""
        found = (e.left for e in self.cell.equations if isinstance(e.right, Activation))
        return tuple(sorted(found, key=lambda v: v not in UNNAMED))

    @cached_property
    def users(self) -> dict[str, tuple[str, ...]]:
        """The values whose equations use a name, by the name."""
        found: dict[str, tuple[str, ...]] = {}
        for e in self.cell.equations:
            for name in names_in(e.right):
                if name != e.left:
                    found[name] = (*found.get(name, ()), e.left)
        return found

    @cached_property
    def turned(self) -> frozenset[str]:
        """The weights that stand transposed in the cell: those of x W, whose rows are the input's."""
        nodes = (node for e in self.cell.equations for node in walk(e.right))
        return frozenset(
            str(n.operand) for n in nodes if isinstance(n, Transpose) and isinstance(n.operand, Name)
        )

    @cached_property
    def matrices(self) -> tuple[str, ...]:
        """The weights that are matrices."""
        return tuple(w for w in self.cell.weights if len(self.cell.shapes[w]) == 2)

    # ---- names of the cell ---------------------------------------------------------------------

    def own(self, key: str) -> str | None:
        """The cell's name with these letters, or with those of code: `ot`, `xs`, `zz`, `Whh`."""
        found = self.owns(key)
        return found[0] if found else None

    def owns(self, key: str) -> list[str]:
        """All names of the cell that letters may stand for; one alone if the letters are its own."""
        known = self.keys
        for form in _forms(key):
            if form in known:
                return [known[form]]
        fitting = (name for role, name in self._by_use.items() if key in ROLES[role])
        return [name for name in dict.fromkeys(fitting) if name not in self.given]

    @cached_property
    def _by_use(self) -> dict[str, str]:
        """Roles found from how values are used: what multiplies the old state keeps it, and so on."""
        return roles_of(self.cell)

    def gates_in(self, labels: Collection[str]) -> tuple[str, ...]:
        """The values whose letter is among labels."""
        found = []
        for value in self.cell.values:
            letter = plain(value.rstrip("'"))
            if any(letter == label or self.own(label) == value for label in labels if label):
                found.append(value)
        return tuple(dict.fromkeys(found))

    # ---- meanings ------------------------------------------------------------------------------

    def meanings_of(self, w: Written) -> list[Meaning]:
        """What a name as written may stand for."""
        return self.meanings(parts(w.name, ALWAYS))

    @cached_property
    def kept(self) -> dict[object, Any]:
        """What was found of names before."""
        return {}

    def meanings(self, p: Parts) -> list[Meaning]:
        """What a name may stand for, likeliest first; nothing if nothing is known of it."""
        if p not in self.kept:
            self.kept[p] = self._meanings(p)
        found: list[Meaning] = self.kept[p]
        return found

    def _meanings(self, p: Parts) -> list[Meaning]:
        owners = self.owns(p.key) or (self.owns(plain(p.letter)) if not p.labels else [])
        if owners and owners[0] in self.cell.weights:
            own = [Meaning("weight", owners[0])]
            return own if owners[0] in self.given else [*own, *self._weights(p, owners[0])]
        if owners:
            said = f"{p.letter} read as {{}}"
            plainly = len(owners) == 1 and plain(owners[0].rstrip("'")) == p.key
            values = [
                Meaning("value", name, p.times, said="" if plainly else said.format(name), cost=0.3 * k)
                for k, name in enumerate(owners)
            ]
            if plainly:
                return values
            both = all(plain(name.rstrip("'")) in self.letters for name in owners)  # a_t beside h_t
            others = self._arguments(p) if both else []
            values = [replace(m, cost=m.cost + 0.6) for m in values] if others else values
            return [*others, *values, *fused.arguments(p, self)]
        found = [*self._arguments(p), *fused.arguments(p, self), *self._outputs(p)]
        found += [*self._weights(p), *self._biases(p)]
        product = self._product(p)
        if product is not None:
            found.append(product)
        if p.letter in ("J", "jacobian", "Jac") and not p.labels:
            found.insert(0, Meaning("step_jacobian", "", p.times))
        if p.letter in SLOPES and p.times and len(p.labels) < 2:
            gates = self.gates_in(p.labels) if p.labels else tuple(reversed(self.activations))
            found += [
                Meaning(
                    "slopes",
                    v,
                    p.times,
                    said=f"{p.letter} read as the slopes of {v} on a diagonal",
                    cost=0.2 * k,
                )
                for k, v in enumerate(v for v in gates if v in self.activations)
            ]
        if not found and p.letter == self.perturbed and not p.labels:
            said = f"{p.letter} read as a small change of the state, carried along"
            found.append(Meaning("perturbation", "", p.times, said=said))
        if p.letter in STACKED and not p.labels:
            found += [Meaning("stack", order, p.times, cost=k) for k, order in enumerate(("hx", "xh"))]
        return found or fused.side(p, self)

    def _product(self, p: Parts) -> Meaning | None:
        """The product r ⊙ h that a matrix multiplies, under a name of both letters: hr, rh, r⊙h."""
        text = p.key.replace("\\odot", "⊙").replace("\\circ", "⊙").replace("*", "⊙")
        pairs = (text.split("⊙"), [text[:1], text[1:]])
        for pair in pairs:
            if len(pair) != 2 or not all(pair):
                continue
            own = [self.own(x) for x in pair]
            for value in self.cell.values:
                for node in walk(self.cell.equation(value).right):
                    if isinstance(node, Hadamard) and {str(f) for f in (node.left, node.right)} == set(own):
                        return Meaning("product", " ".join(str(x) for x in own), p.times, block=value)
        return None

    def _arguments(self, p: Parts) -> list[Meaning]:
        """Pre-activations: z_t of an RNN, a_o, net_{o,t}, A_g, pre_z."""
        letter = p.letter
        hatless = re.sub("[\u0302\u0304\u030c]", "", unicodedata.normalize("NFD", letter))
        if hatless != letter and not p.labels and self.own(hatless):  # î, whose activation is i
            gate = self.own(hatless) or ""
            return [Meaning("argument", gate, p.times)] if gate in self.activations else []
        if len(letter) == 2 and letter[0] in "za" and not p.labels:  # zr of code: the pre-activation of r
            value = self.own(letter[1])
            return [Meaning("argument", value, p.times)] if value in self.activations else []
        if not any(letter == a or letter == a.upper() for a in ARGUMENTS):
            return []
        if p.labels:
            gates = self.gates_in(p.labels)
            return [Meaning("argument", v, p.times) for v in gates if v in self.activations]
        return [
            Meaning("argument", v, p.times, said=f"{letter} read as the pre-activation of {v}", cost=0.1 * i)
            for i, v in enumerate(reversed(self.activations))
        ]

    def _outputs(self, p: Parts) -> list[Meaning]:
        found = []
        text = "".join(p.labels)
        pair = p.letter in ("W", "V", "U") and set(text) <= set("yqovh") and bool(set(text) & set("yqov"))
        pair = pair and not self.gates_in(p.labels) and not any(_mentions(text, v) for v in self.cell.values)
        if p.key in OUTPUTS or (pair and not {"h", "hh"} & set(p.labels)):
            found.append(Meaning("output_weight", said=f"{p.key} read as the weights of the output layer"))
        others = {
            x for x in self.letters - {p.letter} if not self.owns(x)
        }  # ŷ - y: one is no error without the other
        if p.letter in PREDICTIONS and not p.labels and others & set(TARGETS):
            found.append(Meaning("prediction", "", p.times))
        if p.letter in TARGETS and not p.labels and others & set(PREDICTIONS):
            found.append(Meaning("target", "", p.times))
        if p.letter in ("γ", "ε", "grad", "g") and not p.labels:
            found.append(
                Meaning(
                    "local", "", p.times, said=f"{p.letter} read as what the loss of the step itself adds"
                )
            )
        return found

    def _weights(self, p: Parts, own: str = "") -> list[Meaning]:
        """Matrices under other letters: the gate by its label, input or state by theirs.

        One letter may also stand for both matrices of a gate side by side, as in W [h, x].
        """
        if not (p.letter[:1].isupper() or p.letter[:1] in "wuvθ") or p.times:
            return []
        labels = [*p.labels, *([p.letter[1:]] if len(p.letter) > 1 else [])]
        text = "".join(labels)
        gates = [v for v in self.cell.values if _mentions(text, v)]
        gates += [v for v in self.cell.values if self.own(text) == v and v not in gates]
        pool = [w for v in gates for w in self.used(v) if w in self.matrices]
        state = gates and "cell" in self._by_use and all(self._hidden(g) for g in gates)
        if state:  # W_h of an LSTM: for the state, of all gates
            gates = []
        if not pool and gates and "candidate" in self._by_use:  # W_c, where c is the state: its candidate's
            gate = self._by_use["candidate"]
            pool = [w for w in names_in(self.cell.equation(gate).right) if w in self.matrices]
        pool = list(dict.fromkeys(pool)) or (list(self.matrices) if len(self.matrices) <= 2 else [])
        result = []
        shown = p.letter + (f"_{''.join(p.labels)}" if p.labels else "")
        wants = _wants(p.letter, text, [plain(g.rstrip("'")) for g in gates])
        together = self._together(p, text, wants, gates)
        if wants and own:
            return []  # W_xh of the cell is that and nothing else
        if wants and any(wants == self.hint(w) for w in pool):
            pool = [w for w in pool if wants == self.hint(w)]
        for w in pool:
            if w == own:
                continue
            sections = self.sections(w)
            if sections and wants in sections:
                said = f"{shown} read as the part of {w} that multiplies the {INPUT_OR_STATE[wants]}"
                result.append(Meaning("block", w, block=wants, said=said))
            hint = self.hint(w)
            cost = 0.1 if wants == hint else 0.5 if not wants else 1.5
            kind = {"x": "input", "h": "recurrent"}.get(hint, "")
            result.append(Meaning("weight", w, said=f"{shown} read as the {kind} matrix {w}", cost=cost))
        result = sorted([*result, *together], key=lambda m: m.cost)
        by_hint = {self.hint(w): w for w in pool}
        if len(pool) == 2 and set(by_hint) == {"h", "x"} and not wants:
            for k, order in enumerate(("hx", "xh")):
                parts_ = [by_hint[part] for part in order]
                said = f"{shown} read as [{', '.join(parts_)}], which multiplies [{order[0]}, {order[1]}]"
                result.append(
                    Meaning("weights", " ".join(parts_), block=order, said=said, cost=0.6 + 0.2 * k)
                )
        return result

    def _hidden(self, value: str) -> bool:
        return value in self.cell.next_states and value.rstrip("'") == self._by_use["hidden"]

    def _together(self, p: Parts, text: str, wants: str, gates: list[str]) -> list[Meaning]:
        """One matrix for all gates: likeliest where no gate is named, and W_h of a cell whose state is h."""
        own = [g for g in gates if g not in self.cell.next_states]
        ambiguous = text == "ih" and own  # of gate i and the state, or from the input to all gates
        if ambiguous:
            wants, own = "x", []
        found = fused.weights(p, self, wants, own)
        later = 0.6 if ambiguous or (gates and "cell" not in self._by_use) else 0.0
        return [replace(m, cost=m.cost + later) for m in found]

    def used(self, value: str) -> tuple[str, ...]:
        """The names in a value's equation, and in that of its argument where that has a name."""
        right = self.cell.equation(value).right
        if isinstance(right, Activation) and isinstance(right.operand, Name):
            inner = right.operand.name
            if inner in self.cell.values:
                return names_in(self.cell.equation(inner).right)
        return names_in(right)

    def sections(self, weight: str) -> tuple[str, ...]:
        """What the parts of a weight multiply, x or h each, where it multiplies [h, x]; else nothing."""
        for e in self.cell.equations:
            for node in walk(e.right):
                joined = isinstance(node, Product) and isinstance(node.right, Concatenation)
                if joined and weight in names_in(node.left):  # type: ignore[attr-defined]
                    parts_ = node.right.parts  # type: ignore[attr-defined]
                    return tuple("x" if str(p) in self.cell.inputs else "h" for p in parts_)
        return ()

    def _biases(self, p: Parts) -> list[Meaning]:
        """A bias under another name: b, bf, b_f for the bias of f."""
        if not p.letter.startswith("b") or p.times:
            return []
        label = p.letter[1:] + "".join(p.labels)
        gates = [v for v in self.cell.values if label and (self.own(label) == v or _mentions(label, v))]
        biases = [w for w in self.cell.weights if len(self.cell.shapes[w]) == 1]
        pool = [w for v in gates for w in names_in(self.cell.equation(v).right) if w in biases] or biases
        together = fused.biases(p, self)
        if len(pool) > 1:
            return together
        return [*(Meaning("weight", w, said=f"{p.key} read as the bias {w}") for w in pool), *together]

    def hint(self, weight: str) -> str:
        """Whether a matrix multiplies the input (x) or a state (h), by its columns."""
        columns = self.cell.shapes[weight]
        inputs = {self.cell.shapes[x] for x in self.cell.inputs}
        if any((columns[1],) == s for s in inputs) or any((columns[0],) == s for s in inputs):
            return "x"
        return "h"


def _forms(key: str) -> list[str]:
    """A key, and what is left of a word of code: ot, xs, zz, h_t."""
    forms = [key]
    if re.fullmatch(r"[a-z]{1,3}[ts]", key):
        forms.append(key[:-1])
    if re.fullmatch(r"([a-z])\1", key):
        forms.append(key[0])
    if re.fullmatch(r"[wu][a-z]{1,2}", key):  # code writes wn for W_n
        forms.append(key[0].upper() + key[1:])
    return forms


def _mentions(text: str, value: str) -> bool:
    """Whether the labels of a weight name a value's letter, that of an old state aside."""
    letter = plain(value.rstrip("'"))
    rest = text.replace("x", "") if letter != "x" else text
    rest = re.sub("h", "", rest) if letter != "h" and len(rest) > 1 else rest
    return bool(rest) and rest == letter


def _wants(letter: str, text: str, gates: list[str]) -> str:
    rest = text
    for g in gates:
        rest = rest.replace(g, "", 1)
    if "x" in rest or rest in ("I", "in", "i", "ih", "input", "inp"):
        return "x"
    if "h" in rest or rest in ("R", "rec", "r", "s"):
        return "h"
    return ""


def roles_of(cell: Cell) -> dict[str, str]:
    """What each value does in a cell, found from its equations alone."""
    found: dict[str, str] = {}
    last = cell.equations[-1].left
    hidden = last.rstrip("'") if last in cell.next_states else cell.states[-1]
    found["hidden"] = hidden
    if cell.inputs:
        found["in"] = cell.inputs[0]
    activations = {e.left: e.right.function for e in cell.equations if isinstance(e.right, Activation)}
    gates = [v for v, f in activations.items() if f == "σ"]
    others = [v for v, f in activations.items() if f != "σ" and v not in cell.next_states]
    cells = [s for s in cell.states if s != hidden]
    if len(cells) == 1:
        found["cell"] = cells[0]
        _lstm(cell, cells[0], hidden, gates, found)
    elif len(gates) >= 1 and others:
        _gru(cell, hidden, gates, others, found)
    if others:
        found.setdefault("candidate", others[-1])
    return found


def _lstm(cell: Cell, state: str, hidden: str, gates: list[str], found: dict[str, str]) -> None:
    names_c = names_in(cell.equation(cell.next_of(state)).right)
    names_h = names_in(cell.equation(cell.next_of(hidden)).right)
    inside = [g for g in gates if g in names_c]
    outside = [g for g in gates if g in names_h and g not in names_c]
    if outside:
        found["output"] = outside[0]
    order = [n for n in names_c if n in (*inside, state)]
    if state in order and len(inside) == 2:
        i = order.index(state)
        near = order[i - 1] if i else order[i + 1]
        found["forget"] = near
        found["input"] = next(g for g in inside if g != near)
    elif inside:
        found["forget"] = inside[0]


def _gru(cell: Cell, hidden: str, gates: list[str], others: list[str], found: dict[str, str]) -> None:
    last = names_in(cell.equation(cell.next_of(hidden)).right)
    update = [g for g in gates if g in last]
    if update:
        found["update"] = update[0]
    rest = [g for g in gates if g not in last]
    if rest:
        found["reset"] = rest[0]
