"""An installed wheel is as good as a checkout: it carries the analyses, the figures and the type marker."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("hatchling", reason="building a wheel needs hatchling: pip install -e '.[dev]'")
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (wheel,) = folder.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder / "site")
    return folder / "site"


def test_a_wheel_carries_what_the_checkout_has(unpacked: Path) -> None:
    for folder in ("analyses", "figures"):
        here = {path.name for path in (ROOT / folder).glob("*.py")}
        assert {path.name for path in (unpacked / "grusym/_project" / folder).glob("*.py")} == here
    assert (unpacked / "grusym/py.typed").exists()
    assert not (unpacked / "tests").exists()


def test_an_installed_grusym_finds_its_analyses_from_anywhere(unpacked: Path, tmp_path: Path) -> None:
    code = "from grusym.reports.discovery import find_project; print(find_project().root)"
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(unpacked)},
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert Path(found.stdout.strip()) == unpacked / "grusym/_project"


def test_a_checkout_finds_the_analyses_beside_it() -> None:
    from grusym.reports.discovery import find_project

    assert find_project().root == ROOT
