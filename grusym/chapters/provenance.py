"""Where the report comes from: command, time, versions, settings, hashes of inputs and sources."""

from __future__ import annotations

import platform
import shlex
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from grusym.chapters.findings import Findings
from grusym.reports.freshness import versions


def provenance(found: Findings) -> Mapping[str, str | Sequence[str]]:
    """Where the report comes from: command, time, versions, seeds, hashes of inputs and sources."""
    packages = versions(("grusym", "numpy", "scipy", "sympy", "xarray", "networkx", "matplotlib"))
    lines = {
        "Written": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "Command": shlex.join(["grusym", *sys.argv[1:]]),
        "Python": f"{platform.python_version()} on {platform.system()} {platform.machine()}",
        "Versions": [f"{name} {version}" for name, version in packages.items()],
    }
    for o in found.outcomes:
        data = found.data(o.name)
        if data is not None:
            about = data.attrs
            inputs = f", inputs {about['inputs']}" if about.get("inputs", "{}") != "{}" else ""
            lines[f"Analysis {o.name}"] = (
                f"{about.get('seconds')} s; sources {str(about.get('source_hash'))[:12]}; "
                f"settings {_short(str(about.get('settings')))}{inputs}"
            )
    return lines


def _short(text: str, most: int = 200) -> str:
    return text if len(text) <= most else f"{text[:most]} ..."
