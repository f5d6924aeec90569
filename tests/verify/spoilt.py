"""Claims spoilt in every way, each made from its number and a seed alone."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grusym.language.cell import Cell
from tests.verify.formulas_of_cells import NOTATIONS, formulas, library

MEND = 0.1  # of the inputs are judged with a search for a correction, which is most of the work
SIGNS = "hxUWzrcδ∂L/'ᵀ^_{}()[]⊙·*@+-= 012tσ.,\\\n²&$|<>:;!?~#%\"`°∑∏√∞ℝ"
STRANGE = "\0\t\r\v\f\x1b\x7f\x85\xa0\xad\u0301\u0302\u0303\u200b\u200d\u202e\u2028\u2212\ufeff"
STRANGE += "\uff0a\U0001d449😀\ud800"
BRACKETS = (
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\\left(",
    "\\right)",
    "\\{",
    "\\}",
    "⟨",
    "⟩",
    "|",
    "\\|",
    "((((",
    "))))",
)
COMMANDS = (
    *(
        r"\frac",
        r"\frac{",
        r"\partial",
        r"\odot",
        r"\sum_{t}",
        r"\prod_{k=1}^{T}",
        r"\begin{aligned}",
        r"\end{aligned}",
    ),
    *(
        r"\text{",
        r"\mathbf{",
        r"\operatorname{diag}",
        r"\input{/etc/passwd}",
        r"\write18{id}",
        r"\def\x{\x}\x",
        r"\\",
        "&=",
    ),
    *(
        r"^{\top}",
        r"^{-1}",
        r"^{99999999}",
        r"_{t-1}",
        r"_{",
        r"\hat",
        r"\tilde{",
        r"\cdot",
        r"\,",
        r"\quad",
        r"\unknown",
    ),
)
PIECES = (
    *(
        "diag(",
        "∂h'/∂h",
        "∂L/∂U_c",
        "∂",
        "d",
        "δ_c",
        " ⊙ ",
        " @ ",
        ".T",
        "**2",
        "**999999",
        "np.dot(",
        "np.",
        "² ",
        "ᵀ",
        "'",
    ),
    *(
        " = ",
        "\n  = ",
        "\n",
        "1/0",
        "0",
        "1e400",
        "9" * 400,
        "-" * 50,
        "I",
        "tanh(",
        "σ'(",
        "max(",
        "step(",
        "relu(",
        "‖",
        "E[",
    ),
)
PLANTED = (
    *(
        "__import__('os').system('touch {0}')",
        "open('{0}','w').write('x')",
        'eval(\'open("{0}","w")\')',
        'exec("import os")',
    ),
    *(
        "(lambda: open('{0}','w'))()",
        "os.system('touch {0}')",
        "$(touch {0})",
        "`touch {0}`",
        "{{0.__class__.__mro__}}",
    ),
    *(
        "{{h.__globals__}}",
        "%s%n%x",
        "().__class__.__bases__[0].__subclasses__()",
        "[x for x in ().__class__.__mro__]",
    ),
    *(
        "!!python/object/apply:os.system ['touch {0}']",
        "f\"{{open('{0}','w')}}\"",
        "Symbol('x').__init__",
        "lambda x: x",
        ":= 1",
    ),
)


@dataclass(frozen=True)
class Pool:
    """Right claims with their cells, and the file that planted code would make."""

    claims: tuple[tuple[Cell, str], ...]
    canary: Path

    @classmethod
    def whole(cls, canary: Path) -> Pool:
        claims = [
            (cell, f.claim(notation)) for cell in library() for f in formulas(cell) for notation in NOTATIONS
        ]
        return cls(tuple(claims), canary)

    def any(self, rng: random.Random) -> tuple[Cell, str]:
        return rng.choice(self.claims)


Spoil = Callable[[str, random.Random, Pool], str]


def characters(text: str, rng: random.Random, pool: Pool) -> str:
    """Characters lost, doubled, exchanged, inserted."""
    for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
        at = rng.randrange(len(text) + 1)
        match rng.randrange(4):
            case 0:
                text = text[:at] + text[at + rng.randint(1, 3) :]
            case 1:
                text = text[:at] + rng.choice(SIGNS) + text[at:]
            case 2:
                text = text[:at] + rng.choice(SIGNS) + text[at + 1 :]
            case _:
                text = text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :]
    return text


NAMES = re.compile(r"[^\W\d_]\w*'?|\\[a-z]+(?:_\{\w+\})?|\d+")
GROUPS = re.compile(r"\([^()]*\)|\{[^{}]*\}")
OPERATORS = re.compile(r" [⊙*@+/-] |\*\*| \\odot |²|ᵀ|\.T")


def names(text: str, rng: random.Random, pool: Pool) -> str:
    """Names and signs exchanged for others of the same text, and groups lost, doubled, moved."""
    for _ in range(rng.randint(1, 4)):
        found = [m.span() for m in rng.choice((NAMES, NAMES, GROUPS, OPERATORS)).finditer(text)]
        if not found:
            continue
        (a, b), (c, d) = rng.choice(found), rng.choice(found)
        match rng.randrange(6):
            case 0:
                text = text[:a] + text[b:]
            case 1:
                text = text[:a] + text[a:b] + rng.choice((" + ", " - ", " ⊙ ", " @ ", " ", " * ")) + text[a:]
            case _:
                text = text[:a] + text[c:d] + text[b:]
    return text


def splice(text: str, rng: random.Random, pool: Pool) -> str:
    """Pieces of two claims, of any cells and notations, or a piece of one again."""
    other = pool.any(rng)[1] if rng.random() < 0.7 else text
    a, b = sorted(rng.randrange(len(other) + 1) for _ in range(2))
    at = rng.randrange(len(text) + 1)
    return text[:at] + other[a:b] + text[at + rng.choice((0, 0, b - a)) :]


def noise(text: str, rng: random.Random, pool: Pool) -> str:
    """Letters of all scripts, marks that combine, spaces that do not show, half of a pair."""
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(text) + 1)
        sign = rng.choice(STRANGE) if rng.random() < 0.5 else chr(rng.randrange(0x110000))
        text = text[:at] + sign + text[at + rng.randint(0, 1) :]
    return text


def inserted(pieces: tuple[str, ...], most: int) -> Spoil:
    def spoil(text: str, rng: random.Random, pool: Pool) -> str:
        for _ in range(rng.randint(1, most)):
            at = rng.randrange(len(text) + 1)
            text = text[:at] + rng.choice(pieces) + text[at + rng.choice((0, 0, 0, 1, 5)) :]
        return text

    return spoil


def planted(text: str, rng: random.Random, pool: Pool) -> str:
    """Code of several languages that would leave a file behind."""
    at = rng.randrange(len(text) + 1)
    return text[:at] + rng.choice(PLANTED).format(pool.canary) + text[at:]


def nested(text: str, rng: random.Random, pool: Pool) -> str:
    """A part within many brackets or functions, closed or not."""
    a, b = sorted(rng.randrange(len(text) + 1) for _ in range(2))
    depth = rng.choice((2, 5, 30, 200, 3000))
    start, end = rng.choice(
        (("(", ")"), ("tanh(", ")"), ("-", ""), (r"\frac{1}{", "}"), ("diag(", ")"), ("{", "}"), ("", "ᵀ"))
    )
    return text[:a] + start * depth + text[a:b] + end * (depth - rng.choice((0, 0, 1))) + text[b:]


def repeated(text: str, rng: random.Random, pool: Pool) -> str:
    """Many lines, many terms."""
    times = rng.choice((2, 5, 20))
    return rng.choice(("\n", " + ", " = ", " ", " ⊙ ")).join([text] * times)


def words(text: str, rng: random.Random, pool: Pool) -> str:
    """No claim at all: pieces in any order."""
    return "".join(
        rng.choice((*PIECES, *COMMANDS, *BRACKETS, "h", "z", " ")) for _ in range(rng.randint(0, 25))
    )


SPOILS: dict[str, Spoil] = {
    "characters": characters,
    "names": names,
    "splice": splice,
    "noise": noise,
    "brackets": inserted(BRACKETS, 3),
    "commands": inserted(COMMANDS, 3),
    "pieces": inserted(PIECES, 3),
    "code": planted,
    "nested": nested,
    "repeated": repeated,
    "words": words,
}
OFTEN = (8, 25, 4, 4, 3, 3, 3, 2, 1, 0.5, 2)


def made(pool: Pool, seed: int, number: int) -> tuple[Cell, str, str, bool]:
    """The input of a number: a cell, a text, how it was spoilt, and whether a correction is looked for."""
    rng = random.Random(f"{seed}:{number}")
    cell, text = pool.any(rng)
    kinds = rng.choices(list(SPOILS), OFTEN, k=rng.choice((1, 1, 2)))
    for kind in kinds:
        text = SPOILS[kind](text, rng, pool)
    if rng.random() < 0.1:
        cell = pool.any(rng)[0]
    return cell, text, kinds[0], rng.random() < MEND
