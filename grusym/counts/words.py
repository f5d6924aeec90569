"""What words in and around a count formula mean: which size a name is, which cell, what is counted.

Sizes have letters: n state, m input, p projection, k output, L layers, D directions, T steps, B batch,
V vocabulary, g maps (gates and candidate), and "bias" for the number of biases.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SIZE_WORDS: dict[str, frozenset[str]] = {
    "g": _words("gate gates maps ngates"),
    "D": _words("direction directions ndirections"),
    "B": _words("batch batchsize bsz"),
    "T": _words("seq sequence timesteps timestep steps time seqlen length len seqlength"),
    "V": _words("vocab vocabulary vocabsize nwords"),
    "p": _words("proj projection projected p"),
    "L": _words("layers nlayers numlayers 层数"),
    "bias": _words("bias biases"),
    "m": _words(
        "input inputs in inp features feature feat embed embedding emb embeddings x xdim ninp nin indim "
        "inputsize inputdim embdim channels dx din nx obs observation token tokens mels 输入"
    ),
    "k": _words(
        "output outputs out classes class labels y nclasses nout outdim ydim targets dy action actions 输出"
    ),
    "n": _words(
        "hidden hid units unit h state states neurons neuron cell cells latent nodes rnn lstm gru model "
        "width memory nhid nh hdim hiddensize hiddendim dh hsize recurrent 隐藏 隐层"
    ),
}
# What may stand beside such a word in a name: hidden size, number of units.
SIZE_SUFFIXES = _words(
    "size sizes dim dims dimension dimensions dimensionality units features width number num n d dmodel"
)
# Letters alone, by what they nearly always mean; a letter that is not here may be any size.
CUSTOM = {"h": "n", "H": "n", "ℎ": "n", "x": "m", "X": "m", "i": "m", "I": "m", "e": "m", "E": "m"}
CUSTOM |= {"L": "L", "l": "L", "ell": "L", "T": "T", "t": "T", "τ": "T", "g": "g", "G": "g", "V": "V"}
CUSTOM |= {"u": "n", "U": "n", "f": "m", "F": "m", "o": "k", "O": "k", "B": "B", "b": "B", "D": "D", "d": "m"}
FIRM = "hHxXLTV"  # of these, those that are trusted when they stand alone

CELL_WORDS = {
    "gru": _words("gru grus bigru grucell"),
    "lstm": _words("lstm lstms bilstm blstm lstmcell"),
    "rnn": _words("rnn rnns simplernn birnn srn elman rnncell"),
    "lstm_cifg": _words("cifg coupled"),
    "min_gru": _words("mingru"),
    "min_lstm": _words("minlstm"),
    **{name: _words(name) for name in ("mgu", "janet", "ugrnn")},
}
CELL_OF = {word: name for name, known in CELL_WORDS.items() for word in known}
CELL_OF |= {"gated recurrent unit": "gru", "long short": "lstm"}
FRAMEWORK_WORDS = {"tensorflow": "keras", "tf": "keras", "pytorch": "torch", "nn": "torch", "cudnn": "torch"}
FRAMEWORK_WORDS |= {name: name for name in ("torch", "keras", "onnx", "flax", "haiku", "equinox", "tf1")}
QUANTITIES = (
    (
        "operations",
        r"flops?|macs?|multipl\w*|mult[- ]?adds?|operations?|ops|cost|complexity|computation\w*|计算量",
    ),
    ("gate", r"(?:per|each|one|single|every)[ -]gate|gate (?:params?|parameters)|gate$"),
    (
        "recurrent",
        r"recurrent (?:weights?|kernel|matri\w+)|(?:hidden|state)[- ]to[- ](?:hidden|state)"
        r"|(?:weight|w) hh|w h",
    ),
    ("input", r"input (?:weights?|kernel|matri\w+)|input[- ]to[- ]hidden|weight ih|w ih|w xh|w x"),
    ("biases", r"bias(?:es)?(?: vectors?| terms?)?$"),
    ("weights", r"weights?(?: matri\w+)?(?: only)?$|matrices$|weights$"),
)


@lru_cache(maxsize=4096)
def parts(name: str) -> tuple[str, ...]:
    """The words of a name, small: hiddenSize, hidden_size and self.hidden_size are hidden, size."""
    last = name.rsplit(".", 1)[-1]
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", last)
    return tuple(re.sub(r"\d+$", "", word).lower() for word in re.split(r"[\s_\-.]+", spaced) if word)


@lru_cache(maxsize=4096)
def size_of(name: str) -> str:
    """The size that a name of more than one letter stands for, as its words say; empty where none do."""
    words = parts(name)
    if len(name) == 1 or not words or (len(words) == 1 and words[0] in CELL_OF):
        return ""
    if words[0] in ("total", "params", "parameters", "param") or "params" in words or "parameters" in words:
        return ""
    if len(words) > 1 and len(words[0]) == 1:  # n_h, d_in, N_layers: the script says it
        if set(words[1:]) <= SIZE_SUFFIXES:  # h_dim, x_size
            return {"h": "n", "u": "n", "x": "m", "i": "m", "e": "m", "o": "k", "y": "k"}.get(words[0], "")
        script = [size for size, known in SIZE_WORDS.items() if set(words[1:]) & known]
        return script[0] if script else "m" if words[1] == "i" else "k" if words[1] == "o" else ""
    if words[:1] == ("layer",) and len(words) > 1 and words[1] == "dim":
        return "L"  # layer_dim, the number of layers in a well-known tutorial
    joined = "".join(words)
    for size, known in SIZE_WORDS.items():
        if joined in known or set(words) & known:
            return size
    return ""


def is_size(name: str) -> bool:
    """Whether a name can be a size: one letter, a letter with a script, or words for one."""
    return len(name) == 1 or bool(size_of(name)) or (len(parts(name)[0:1]) == 1 and len(parts(name)[0]) == 1)


def joins(first: str, second: str) -> bool:
    """Whether two words side by side are one name of a size: hidden size, input dimension."""
    a, b = parts(first), parts(second)
    if not a or not b:
        return False
    size = size_of(first)
    return bool(
        size
        and size != "bias"
        and len(first) > 1
        and b[-1] in SIZE_SUFFIXES | {"layer", "length", "len", "state"}
    ) or (a[-1] in ("num", "number", "no") and bool(size_of(second)))


def cells_named(words: str) -> tuple[str, ...]:
    """The cells that a text names, in order."""
    found = []
    small = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])|_", " ", words).lower()
    for m in re.finditer(r"[a-z]+(?:[ -](?:recurrent unit|short))?", small):
        word = m.group().replace("-", " ")
        known = CELL_OF.get(word) or CELL_OF.get(word.split()[0])
        if known:
            found.append(known)
    return tuple(dict.fromkeys(found))


def frameworks_named(words: str) -> tuple[str, ...]:
    """The frameworks that a text names."""
    small = words.lower()
    found = [FRAMEWORK_WORDS[w] for w in re.findall(r"[a-z]+1?", small) if w in FRAMEWORK_WORDS]
    if "reset_after" in small and not re.search(r"reset_after\s*=\s*false", small):
        found.append("keras")
    return tuple(dict.fromkeys(found))


def quantity_named(words: Iterable[str]) -> str:
    """What a label says is counted, one of QUANTITIES; empty for parameters."""
    text = " ".join(words).lower().replace("_", " ").strip()
    if text in ("w", "u", "b"):
        return {"w": "matrix", "u": "recurrent", "b": "biases"}[text]
    for quantity, pattern in QUANTITIES:
        if re.search(rf"(?:^|\W)(?:{pattern})(?=\W|$)", text) and not re.search(
            r"no bias|without bias", text
        ):
            return quantity
    return ""


def directions_named(words: str) -> bool:
    """Whether a text speaks of two directions."""
    return bool(
        re.search(
            r"bi-?directional|\bbi-?(?:lstm|gru|rnn)|\bblstm|two directions|2 directions|双向", words.lower()
        )
    )


def layers_named(words: str) -> int | None:
    """The number of stacked layers that a text states."""
    m = re.search(
        r"(\d+|two|three|four)[ -]?(?:stacked |lstm |gru |rnn |recurrent |hidden )?layers?\b", words.lower()
    )
    m = m or re.search(r"num_layers\s*=\s*(\d+)", words.lower())
    if m is None or re.search(r"(?:per|each|every|one) layer", words.lower()):
        return None
    return {"two": 2, "three": 3, "four": 4}.get(m[1]) or int(m[1])


def biases_named(words: str) -> bool | None:
    """False where a text says that there are no biases, else None."""
    small = words.lower()
    return (
        False
        if re.search(r"(?:no|without|w/o|excluding|ignoring) (?:the )?bias|bias\s*=\s*false", small)
        else None
    )


def output_named(words: str) -> bool:
    """Whether a text speaks of a read-out layer behind the cell."""
    return bool(
        re.search(
            r"output layer|read-?out|\bdense\b|\blinear\b|softmax|\bfc\b|fully connected|classifier",
            words.lower(),
        )
    )


def other_part(label: str) -> bool:
    """Whether a label names a part of a network that is no recurrent cell."""
    others = (
        r"embeddings?|dense|linear|fully|fc|softmax|output layer|conv\w*|attention|classifier|decoder|head"
    )
    return not cells_named(label) and bool(re.match(rf"\W*(?:{others})\b", label.lower()))


def embedding_named(words: str) -> bool:
    """Whether a text speaks of an embedding table before the cell."""
    return bool(re.search(r"embedding (?:layer|table|matrix)|vocab", words.lower()))
