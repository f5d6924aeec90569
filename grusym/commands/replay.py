"""Judge every step of a certificate, by a checker that does not know the calculus.

grusym certify gru -o gru.json
grusym replay gru.json              0 every step holds, 1 one does not, 2 the file is no certificate
"""

from __future__ import annotations

import argparse

from grusym.terminal import answer, answer_options


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("file", metavar="FILE", help="a certificate, as `grusym certify` writes it")
    answer_options(parser)


def run(options: argparse.Namespace) -> int:
    """Print the verdict, and where the certificate is wrong."""
    import grusym

    verdict = grusym.replay(options.file)
    said = "replayed" if verdict.holds else "refused"
    lines = [
        f"{said}: {verdict.claim}",
        f"  {verdict.where}: {verdict.detail}" if verdict.where else f"  {verdict.detail}",
    ]
    answer(options, "\n".join(lines), verdict.to_json())
    return int(not verdict.holds)
