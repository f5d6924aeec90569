"""Standard cells in a document's letters: the equations that its fragments leave out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from grusym.language.expression import Activation, Expression
from grusym.language.surface import Written
from grusym.unrolled.fragments import Fragment, complement, terms

# Letters that documents use for what a cell computes, the usual one first.
CELL = ("c", "C", "s", "S")
CANDIDATE = ("g", "c̃", "C̃", "ã", "ĉ", "n", "a", "cc", "cct")
CANDIDATE_H = ("h̃", "n", "ĥ", "h̄", "c", "c̃", "g", "a", "p", "h_c")
FORGET, INPUT, OUTPUT = ("f", "Γ_f"), ("i", "Γ_i", "Γ_u", "u"), ("o", "Γ_o")
UPDATE, RESET = ("z", "u", "Γ_u"), ("r", "Γ_r")
HIDDEN, INPUTS = ("h", "a", "s", "H"), ("x", "X")


@dataclass(frozen=True)
class Letters:
    """Which letter each role has; `keeps`: z multiplies the old state, None where nothing says."""

    roles: dict[str, str] = field(default_factory=dict)
    keeps: bool | None = None


def kind_of(found: list[Fragment], words: str, names: frozenset[str]) -> str:
    """The kind of cell: lstm, gru or rnn, by words, else by the names in use."""
    lowered = words.lower()
    for kind in ("lstm", "gru"):
        if re.search(rf"\b{kind}\b", lowered):
            return kind
    if re.search(r"\brnn\b|echo[- ]state|elman|vanilla", lowered):
        return "rnn"
    labels = {_label(f.left) for f in found if f.argument and _label(f.left) != f.left}
    if labels & {"o", "f", "i"}:
        return "lstm"
    if labels & {"z", "r", "n", "g", "h"}:
        return "gru"
    used = {n for f in found for n in f.names} | names
    letters = {n.split("_")[0] for n in used} | {n for n in used if n.startswith("Γ")}
    gates = {"f", "o", "i", "Γ_f", "Γ_o", "σ_f", "σ_i"} & (letters | used)
    if (letters & {"c", "C", "c̃", "C̃"} and gates) or len({"f", "i", "o"} & used) > 1:
        return "lstm"
    if {"r", "z", "h̃", "u"} & letters and not _argument_only(found):
        return "gru"
    for f in found:
        gated = _gated(f)
        if gated is not None and gated[1]:
            return "gru" if gated[3] or f.left in ("h", "a") else "lstm"
    return "rnn"


def _argument_only(found: list[Fragment]) -> bool:
    """Whether z is the pre-activation of a plain network: z_t = W h_{t-1} + U x_t + b."""
    lefts = {f.left for f in found if f.argument}
    return bool(lefts) and not any("r" in f.names or "h̃" in f.names for f in found)


def completed(
    found: list[Fragment], words: str, names: frozenset[str], rows: bool
) -> Iterator[tuple[Letters, str, tuple[str, ...]]]:
    """Whole texts made of fragments and standard equations, likeliest first, with what was added."""
    kind = kind_of(found, words, names)
    if kind == "lstm":
        yield _lstm(found, names, rows)
    elif kind == "gru":
        first = _gru(found, words, names, rows, None)
        yield first
        if first[0].keeps is None:
            yield _gru(found, words, names, rows, True)
    else:
        yield _rnn(found, words, names, rows)


# ---- letters ----------------------------------------------------------------------------------


def _pick(options: tuple[str, ...], used: frozenset[str], names: frozenset[str], taken: set[str]) -> str:
    for pool in (used, names):
        for letter in options:
            if letter in taken:
                continue
            plain = letter.replace("_", "")
            if plain in {_plain(n) for n in pool} or any(
                n in (f"{letter}t", f"{letter}s", letter * 2) for n in pool
            ):
                return letter
    return next(letter for letter in options if letter not in taken)


def _plain(name: str) -> str:
    return re.sub(r"[_{}()^,]", "", name)


def _used(found: list[Fragment]) -> frozenset[str]:
    return frozenset(n for f in found for n in f.names)


def _name(e: Expression) -> str:
    """The canonical name of a factor that is one, else nothing."""
    if not isinstance(e, Written):
        return ""
    return replace(e.name, time=None, primes=0).canonical


def _gated(f: Fragment) -> tuple[str, str, str, bool] | None:
    """Of c_t = f c_{t-1} + i g: (state, keeping gate, writing gate, candidate); the flag: (1 - z) keeps."""
    parts = terms(f.right)
    if len(parts) != 2:
        return None
    keep = write = None
    for factors in parts:
        old = [w for w in factors if _name(w) == f.left]
        if old and keep is None:
            keep = [x for x in factors if x is not old[0]]
        else:
            write = factors
    if keep is None or write is None or len(keep) != 1 or not write:
        return None
    turned = complement(keep[0])
    gate = _name(turned) if turned is not None else _name(keep[0])
    names = [_name(complement(x) or x) for x in write]
    if len(names) > 1 and _accented(names[0]):
        names.reverse()
    return gate, names[0] if len(names) > 1 else "", names[-1], turned is not None


def _accented(name: str) -> bool:
    return any("\u0300" <= c <= "\u036f" for c in _decomposed(name))


# ---- equations --------------------------------------------------------------------------------


def _affine(label: str, state: str, x: str, rows: bool, names: frozenset[str], h: str = "") -> str:
    """W x + U h + b under the names that the claims have for them."""
    w, u = _weights(label, names)
    b = f"b_{{{label}}}"
    old = h or f"{state}_{{t-1}}"
    if rows:
        return f"{x}_{{t}} {w} + {old} {u} + {b}"
    return f"{w} {x}_{{t}} + {u} {old} + {b}"


def _weights(label: str, names: frozenset[str]) -> tuple[str, str]:
    """The matrices of a gate for input and state, in the claims' own letters where they are plain."""
    plain = label.strip("{}")
    if plain == "i" and {"W_{hh}", "W_hh", "Whh", "w_{hh}", "w_hh", "gates"} & {
        n.removeprefix("d") for n in names
    }:
        names = names - {"W_{ih}", "W_ih", "Wih"}  # from the input to all gates, not of the input gate
    state = next((n for n in (f"W_{{h{plain}}}", f"W_{{{plain}h}}", f"U_{{h{plain}}}") if _in(n, names)), "")
    inputs = next((n for n in (f"W_{{x{plain}}}", f"W_{{{plain}x}}") if _in(n, names)), "")
    if state:
        other = state.replace("h", "x", 1) if plain != "h" else f"W_{{x{plain}}}"
        return inputs or other, state
    return inputs or f"W_{{{plain}}}", f"U_{{{plain}}}"


def _in(name: str, names: frozenset[str]) -> bool:
    key = re.sub(r"[_{}^()]", "", name)
    return any(re.sub(r"[_{}^(),]", "", n) == key for n in names)


def _label(letter: str) -> str:
    """The subscript of a gate's weights: that of Γ_f is f, that of h̃ is h."""
    letter = letter.split("_")[-1].strip("{}")
    return re.sub("[\u0300-\u036f]", "", _decomposed(letter))


def _decomposed(text: str) -> str:
    import unicodedata

    return unicodedata.normalize("NFD", text)


def _timed(letter: str, time: str = "t") -> str:
    """f_t, Γ_{f,t}."""
    base, mark, script = letter.partition("_")
    return f"{base}_{{{script.strip('{}')},{time}}}" if mark else f"{base}_{{{time}}}"


def _equation(letter: str, function: str, argument: str, found: list[Fragment]) -> str | None:
    """The line that gives a value, from its pre-activation where a fragment has that."""
    for f in found:
        if f.argument and _label(f.left) == _label(letter) and f.left != letter:
            return f"{_timed(letter)} = {function}({_timed(f.left)})"
    return f"{_timed(letter)} = {function}({argument})"


def _said(lines: list[str], kind: str) -> tuple[str, ...]:
    if not lines:
        return ()
    return (f"what the text leaves out is taken from the standard {kind}: " + "; ".join(lines),)


def _whole(found: list[Fragment], order: list[tuple[str, str]], kind: str) -> tuple[str, tuple[str, ...]]:
    """Fragments and missing lines in the order of computing, and what was added."""
    by_left = {f.left: f for f in found}
    olds = {f.left for f in found if any(f.left in g.olds for g in found)}
    lines: list[str] = []
    added: list[str] = []
    done: set[str] = set()

    def put(name: str) -> None:
        f = by_left.get(name)
        if f is None or name in done:
            return
        done.add(name)
        for use in f.uses:
            if use != name and use in by_left and use not in olds:
                put(use)
        lines.append(f.text)

    for letter, line in order:
        for f in found:
            if f.argument and _timed(f.left) in line:
                put(f.left)
        if letter in by_left:
            put(letter)
        elif line:
            lines.append(line)
            added.append(line)
    for f in found:
        put(f.left)
    return "\n".join(lines), _said(added, kind)


def _lstm(found: list[Fragment], names: frozenset[str], rows: bool) -> tuple[Letters, str, tuple[str, ...]]:
    used, taken = _used(found), set[str]()
    roles: dict[str, str] = {}
    for f in found:
        gated = _gated(f)
        if gated is not None and not gated[3] and "cell" not in roles:
            roles |= {"cell": f.left, "forget": gated[0], "candidate": gated[2]}
            if gated[1]:
                roles["input"] = gated[1]
        out = _output(f)
        if out is not None:
            roles |= {"hidden": f.left, "output": out[0]} | ({"cell": out[1]} if out[1] else {})
    taken |= {v for v in roles.values() if v}
    slots = (("hidden", HIDDEN), ("cell", CELL), ("forget", FORGET), ("input", INPUT), ("output", OUTPUT))
    for role, options in (*slots, ("candidate", CANDIDATE), ("x", INPUTS)):
        if not roles.get(role):
            pool = options if role != "hidden" or not ({"a"} & names) or "h" in names | used else ("a",)
            roles[role] = _pick(pool, used, names, taken)
            taken.add(roles[role])
    h, c, x = roles["hidden"], roles["cell"], roles["x"]
    own = next((f for f in found if f.left == c), None)  # the cell may be its own recurrent state
    inside = own is not None and any(n[:1] in "WU" for n in own.uses)
    needed = ("input", "forget", "output") if inside else ("input", "forget", "output", "candidate")
    order = []
    for role in needed:
        letter, function = roles[role], "tanh" if role == "candidate" else "σ"
        affine = _affine(_label(letter), c if inside else h, x, rows, names)
        order.append((letter, _equation(letter, function, affine, found) or ""))
    f_, i_, o_, g_ = (_timed(roles[role]) for role in ("forget", "input", "output", "candidate"))
    order.append((c, f"{_timed(c)} = {f_} ⊙ {_timed(c, 't-1')} + {i_} ⊙ {g_}"))
    order.append((h, f"{_timed(h)} = {o_} ⊙ tanh({_timed(c)})"))
    if any(c in f.uses and f.left == roles["output"] for f in found):  # a peephole at the new cell
        order = [*order[:2], *order[3:-1], order[2], order[-1]]
    text, said = _whole(found, order, "LSTM")
    return Letters(roles), text, said


def _output(f: Fragment) -> tuple[str, str] | None:
    """Of h_t = o_t ⊙ tanh(c_t): the gate and the cell state."""
    parts = terms(f.right)
    if len(parts) != 1 or len(parts[0]) != 2:
        return None
    for gate, other in (parts[0], parts[0][::-1]):
        name = _name(gate)
        if name and isinstance(other, Activation) and isinstance(other.operand, Written):
            return name, _name(other.operand)
        if name and _name(other) and f.left in ("h", "a"):
            return name, _name(other)
    return None


def _gru(
    found: list[Fragment], words: str, names: frozenset[str], rows: bool, keeps: bool | None
) -> tuple[Letters, str, tuple[str, ...]]:
    used, taken = _used(found), set[str]()
    roles: dict[str, str] = {}
    says: bool | None = keeps
    decided = keeps
    for f in found:
        gated = _gated(f)
        if gated is not None:
            roles |= {"hidden": f.left, "update": gated[0], "candidate": gated[2]}
            if gated[1] and gated[1] != gated[0]:
                roles["input"] = gated[1]
            says = decided = not gated[3]
    if re.search(r"z opens|opens to the candidate", words):
        decided = False
    taken |= set(roles.values())
    for role, options in (("hidden", HIDDEN), ("update", UPDATE), ("reset", RESET), ("x", INPUTS)):
        if not roles.get(role):
            roles[role] = _pick(options, used, names, taken)
            taken.add(roles[role])
    if not roles.get("candidate"):
        roles["candidate"] = _pick(CANDIDATE_H, used, names, taken)
    h, z, r, x, c = (roles[k] for k in ("hidden", "update", "reset", "x", "candidate"))
    order = []
    for letter in (r, z, roles.get("input", "")):
        if letter:
            affine = _affine(_label(letter), h, x, rows, names)
            order.append((letter, _equation(letter, "σ", affine, found) or ""))
    label = _label(c)
    if re.search(r"reset (?:is )?(?:applied )?after", words):
        w, u = _weights(label, names)
        inner = f"{x}_{{t}} {w}" if rows else f"{w} {x}_{{t}}"
        old = f"{h}_{{t-1}} {u}" if rows else f"{u} {h}_{{t-1}}"
        argument = f"{inner} + b_{{{label}}} + {_timed(r)} ⊙ ({old} + d_{{{label}}})"
    else:
        argument = _affine(label, h, x, rows, names, f"({_timed(r)} ⊙ {h}_{{t-1}})")
    order.append((c, _equation(c, "tanh", argument, found) or ""))
    old, new = f"{h}_{{t-1}}", _timed(c)
    zt = _timed(z)
    line = f"{zt} ⊙ {old} + (1 - {zt}) ⊙ {new}" if decided else f"(1 - {zt}) ⊙ {old} + {zt} ⊙ {new}"
    order.append((h, f"{_timed(h)} = {line}"))
    text, said = _whole(found, order, "GRU")
    return Letters(roles, says if says is not None else decided), text, said


def _rnn(
    found: list[Fragment], words: str, names: frozenset[str], rows: bool
) -> tuple[Letters, str, tuple[str, ...]]:
    used = _used(found)
    h = _pick(HIDDEN, used, names & {"h", "s"}, set())
    x = _pick(INPUTS, used, names & {"x"}, set())
    function = "σ" if re.search(r"\\sigma|sigmoid|σ", words) and "tanh" not in words else "tanh"
    affine = (
        f"{x}_{{t}} W_{{xh}} + {h}_{{t-1}} W_{{hh}}" if rows else f"W_{{hh}} {h}_{{t-1}} + W_{{xh}} {x}_{{t}}"
    )
    affine += " + b_{h}"
    for f in found:
        if f.argument:
            affine = _timed(f.left)
    if re.search(r"leaky|echo[- ]state", words):
        line = f"{h}_{{t}} = (1 - α) {h}_{{t-1}} + α {function}({affine})"
    else:
        line = f"{h}_{{t}} = {function}({affine})"
    text, said = _whole(found, [(h, line)], "recurrent network")
    return Letters({"hidden": h, "x": x}), text, said
