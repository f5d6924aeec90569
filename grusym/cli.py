"""The command line: finds the commands by file name, runs one, and turns what happens into an exit code.

0 done; 1 a check failed or a result is missing; 2 wrong usage; 130 stopped by Ctrl-C, 143 by SIGTERM.
Nothing heavy is imported here or at the head of a command: `grusym --help` is instant.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from grusym.errors import GrusymError

DONE, FAILED, WRONG_USAGE, STOPPED, ENDED = 0, 1, 2, 130, 143


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure") and "utf" not in (stream.encoding or "").lower():
            stream.reconfigure(encoding="utf-8")  # formulas need σ and ⊙ whatever the locale is
    parser = _parser()
    options = parser.parse_args(arguments)
    if not options.command:
        parser.print_help(sys.stderr)
        return WRONG_USAGE
    received: list[int] = []
    try:
        with _ending_cleanly(received):
            code = int(options.run(options))
            sys.stdout.flush()
    except GrusymError as error:
        print(f"grusym {options.command}: {error}", file=sys.stderr)
        return WRONG_USAGE
    except BrokenPipeError:
        # The reader (head, less) has seen enough. Python must not find the pipe broken once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:  # a full disk, a folder made read-only on the way
        if error.filename is None and error.errno is None:
            raise
        what = f"{error.filename or 'the output'} cannot be read or written: {error.strerror}"
        print(f"grusym {options.command}: {what}; mend that or name another place", file=sys.stderr)
        return WRONG_USAGE
    except KeyboardInterrupt as error:
        print(f"\ngrusym {options.command}: {error if error.args else 'stopped'}", file=sys.stderr)
        return ENDED if received else STOPPED
    return code


@contextmanager
def _ending_cleanly(received: list[int]) -> Iterator[None]:
    """Inside the block SIGTERM stops the work as Ctrl-C does, and is noted in `received`.

    Killed outright, the command would leave its worker processes behind, which hold its output open.
    """
    if threading.current_thread() is not threading.main_thread():  # signals belong to the main thread
        yield
        return

    def stop(number: int, _: Any) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # `timeout` sends it twice: the first one counts
        received.append(number)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def command_names() -> list[str]:
    """The commands: the names of the files in grusym/commands/."""
    from grusym import commands

    files = os.listdir(commands.__path__[0])
    return sorted(file[:-3] for file in files if file.endswith(".py") and not file.startswith("_"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="grusym",
        description="Derive, check and run recurrent cells from the equations a paper prints.",
        epilog="exit codes: 0 done, 1 a check failed, 2 wrong usage",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name in command_names():
        module = import_module(f"grusym.commands.{name}")
        summary = (module.__doc__ or "").strip().splitlines()[0].rstrip(".")
        own = commands.add_parser(
            name,
            help=summary[:1].lower() + summary[1:],
            description=module.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.arguments(own)
        own.set_defaults(run=module.run)
    return parser


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        import grusym

        print(f"grusym {grusym.__version__}")
        parser.exit()
