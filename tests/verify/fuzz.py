"""Any text gets an answer or one clear error, soon, and nothing of it is ever run.

    python -m tests.verify.fuzz --inputs 1000000    prints the counts; --start 300000 goes on from there

Every input is made from its number and the seed alone. Texts are right claims in four notations, spoilt:
by edits of characters, names, signs and whole groups, splices, noise from all of Unicode, brackets,
commands and code.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import re
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType
from typing import Any

from grusym.errors import GrusymError
from grusym.language.cell import Cell
from grusym.verifying.verify import verify
from tests.verify.formulas_of_cells import NOTATIONS, formulas, library

SLOW = 1.0  # seconds of processor time, which the neighbours on a machine do not lengthen
HANG = 20  # seconds after which an answer is no longer waited for
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


# ---- judging ---------------------------------------------------------------------------------------


class Hang(BaseException):
    """No answer came in time."""


class Watch:
    """What a process does while a text is judged: run code, open files, start others."""

    def __init__(self) -> None:
        self.on, self.seen = False, []  # type: ignore[var-annotated]
        sys.addaudithook(self.hook)

    def hook(self, event: str, given: tuple[Any, ...]) -> None:
        if not self.on or event.startswith(("sys._getframe", "object.", "cpython.", "signal.")):
            return
        harmless = event in (
            "import",
            "marshal.loads",
            "builtins.id",
            "code.__new__",
            "array.__new__",
            "os.listdir",
        )
        if event == "exec" and isinstance(
            given[0], CodeType
        ):  # a module that is loaded when it is first needed
            harmless = given[0].co_filename.endswith(".py") or given[0].co_filename.startswith("<frozen")
        elif event == "compile":
            harmless = str(given[1]).endswith(".py")
        elif event == "open":
            harmless = str(given[0]).endswith((".py", ".pyc", ".so"))
        if not harmless and event.split(".")[0] in (
            "exec",
            "compile",
            "open",
            "os",
            "subprocess",
            "socket",
            "shutil",
            "import",
        ):
            self.seen.append(f"{event} {str(given)[:200]}")

    @contextmanager
    def watching(self) -> Iterator[None]:
        self.on = True
        try:
            yield
        finally:
            self.on = False


@dataclass
class Count:
    """What became of the inputs."""

    outcomes: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    offences: list[dict[str, Any]] = field(default_factory=list)
    slowest: tuple[float, int] = (0.0, -1)
    mended: int = 0

    def offence(self, what: str, number: int, cell: Cell, text: str, detail: str) -> None:
        self.outcomes[what] += 1
        self.offences.append(
            {"what": what, "number": number, "cell": cell.name, "text": text, "detail": detail}
        )


def judge(count: Count, watch: Watch, number: int, cell: Cell, text: str, mend: bool) -> None:
    """Judge one input."""
    start = time.process_time()
    signal.setitimer(signal.ITIMER_REAL, HANG)
    try:
        with watch.watching():
            verdict = verify(cell, text, mend=mend)
            str(verdict), verdict.to_json()
        count.outcomes[verdict.outcome] += 1
        if verdict.defect:
            count.offence("defect", number, cell, text, verdict.detail)
    except GrusymError as error:
        count.outcomes["clear error"] += 1
        if not str(error).strip():
            count.offence("empty error", number, cell, text, repr(error))
    except Hang:
        count.offence("hang", number, cell, text, f"no answer in {HANG} s")
    except Exception:  # whatever else is raised is what is looked for
        count.offence("traceback", number, cell, text, traceback.format_exc()[-1500:])
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    seconds = time.process_time() - start
    count.slowest = max(count.slowest, (seconds, number))
    if seconds > SLOW:
        count.offence("slow", number, cell, text, f"{seconds:.2f} s, mend={mend}")
    if watch.seen:
        count.offence("evaluated", number, cell, text, "; ".join(watch.seen))
        watch.seen = []


def fuzz(count: Count, pool: Pool, watch: Watch, seed: int, numbers: range, report: int = 20_000) -> None:
    """Judge the inputs of these numbers."""
    begun = time.monotonic()
    for k, number in enumerate(numbers, 1):
        cell, text, kind, mend = made(pool, seed, number)
        count.kinds[kind] += 1
        count.mended += mend
        judge(count, watch, number, cell, text, mend)
        if k % report == 0:
            rate = k / (time.monotonic() - begun)
            left = (len(numbers) - k) / rate
            print(
                f"{number + 1} done, {rate:.0f} a second, {left / 60:.0f} min left, "
                f"{len(count.offences)} offences; go on with --start {number + 1}",
                file=sys.stderr,
                flush=True,
            )


def warm(pool: Pool) -> None:
    """Derive what is derived once a cell, so that the time of an answer is that of the answer."""
    for cell, text in dict(pool.claims).items():
        verify(cell, text)
    gc.collect()
    gc.freeze()


def _hung(*_: Any) -> None:
    raise Hang


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--save", type=Path, help="a file for what should not have happened, one JSON object a line"
    )
    options = parser.parse_args()
    warnings.simplefilter("error")  # a warning would be shown to who asked
    signal.signal(signal.SIGALRM, _hung)
    with tempfile.TemporaryDirectory() as folder:
        pool = Pool.whole(Path(folder) / "canary")
        warm(pool)
        count, watch = Count(), Watch()
        fuzz(count, pool, watch, options.seed, range(options.start, options.inputs))
        if pool.canary.exists() or list(Path(folder).iterdir()):
            count.offences.append({"what": "evaluated", "detail": "planted code has left a file"})
    print(f"inputs: {sum(count.kinds.values())}, of which with a search for a correction: {count.mended}")
    for name, times in sorted(count.outcomes.items()):
        print(f"  {name:14} {times:8}")
    print(f"slowest: {count.slowest[0]:.2f} s (input {count.slowest[1]})")
    print(f"offences: {len(count.offences)}")
    for offence in count.offences[:10]:
        print(json.dumps(offence, ensure_ascii=True)[:1500])
    if options.save:
        options.save.write_text("".join(json.dumps(o) + "\n" for o in count.offences), encoding="utf-8")
    return int(bool(count.offences))


if __name__ == "__main__":
    sys.exit(main())
