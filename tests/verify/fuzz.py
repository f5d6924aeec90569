"""Any text gets an answer or one clear error, soon, and nothing of it is ever run.

    python -m tests.verify.fuzz --inputs 1000000    prints the counts; --start 300000 goes on from there

Every input is made from its number and the seed alone. Texts are right claims in four notations, spoilt:
by edits of characters, names, signs and whole groups, splices, noise from all of Unicode, brackets,
commands and code.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType
from typing import Any

from grusym.errors import GrusymError
from grusym.language.cell import Cell
from grusym.verifying.verify import verify
from tests.verify.spoilt import Pool, made

SLOW = 1.0  # seconds of processor time, which the neighbours on a machine do not lengthen
HANG = 20  # seconds after which an answer is no longer waited for


class Hang(BaseException):
    """No answer came in time."""


class Watch:
    """What the process does while a text is judged: run code, open files, start other processes.

    The files of modules that are loaded when they are first needed are harmless.
    """

    FORBIDDEN = ("exec", "compile", "open", "os", "subprocess", "socket", "shutil", "pty", "ctypes")
    OF_MODULES = (".py", ".pyc", ".so")

    def __init__(self) -> None:
        self.on = False
        self.seen: list[str] = []
        sys.addaudithook(self._hook)

    def _hook(self, event: str, given: tuple[Any, ...]) -> None:
        if self.on and event.split(".")[0] in self.FORBIDDEN and not self._of_module(event, given):
            self.seen.append(f"{event} {str(given)[:200]}")

    def _of_module(self, event: str, given: tuple[Any, ...]) -> bool:
        match event:
            case "os.listdir":
                return True  # how a module is looked for
            case "exec":
                file = given[0].co_filename if isinstance(given[0], CodeType) else ""
                return file.startswith("<frozen") or file.endswith(self.OF_MODULES)
            case "compile":
                return str(given[1]).endswith(self.OF_MODULES)
            case "open":
                return str(given[0]).endswith(self.OF_MODULES)
        return False

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Note what happens inside."""
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
        found = {"what": what, "number": number, "cell": cell.name, "text": text, "detail": detail}
        self.offences.append(found)
        print(json.dumps(found), file=sys.stderr, flush=True)


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
    save = options.save and options.save.resolve()
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        pool = Pool.whole(Path("canary"))
        warm(pool)
        count, watch = Count(), Watch()
        fuzz(count, pool, watch, options.seed, range(options.start, options.inputs))
        if list(Path(folder).iterdir()):
            count.offences.append({"what": "evaluated", "detail": "planted code has left a file"})
    print(f"inputs: {sum(count.kinds.values())}, of which with a search for a correction: {count.mended}")
    for name, times in sorted(count.outcomes.items()):
        print(f"  {name:14} {times:8}")
    print(f"slowest: {count.slowest[0]:.2f} s (input {count.slowest[1]})")
    print(f"offences: {len(count.offences)}")
    for offence in count.offences[:10]:
        print(json.dumps(offence, ensure_ascii=True)[:1500])
    if save:
        save.write_text("".join(json.dumps(o) + "\n" for o in count.offences), encoding="utf-8")
    return int(bool(count.offences))


if __name__ == "__main__":
    sys.exit(main())
