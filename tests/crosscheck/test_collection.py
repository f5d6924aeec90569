"""The cross-check is found by file name, and imports no framework until it runs: `make test` needs none."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.crosscheck.layer import every_layer, layers_held

HEAVY = {"torch", "keras", "jax", "flax", "equinox", "haiku", "onnx", "tensorflow"}
FOLDER = Path(__file__).parent


def imported_with(names):
    code = (
        f"import sys\nfrom importlib import import_module\nfor name in {names}: import_module(name)\n"
        f"print(sorted(set({HEAVY}) & set(sys.modules)))"
    )
    root = FOLDER.parent.parent
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, cwd=root)
    return ran.stdout.strip(), ran.stderr


def test_the_suite_is_collected_without_any_framework():
    names = [f"tests.crosscheck.{path.stem}" for path in sorted(FOLDER.glob("*.py"))]
    assert "tests.crosscheck.test_frameworks" in names
    assert imported_with(names) == ("[]", "")


def test_a_framework_imported_would_be_seen(tmp_path, monkeypatch):
    (tmp_path / "onnx.py").write_text("")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert imported_with(["onnx"]) == ("['onnx']", "")


def test_layers_are_found_by_file_name():
    found = {layer.framework.split()[0] for layer in every_layer()}
    assert {"torch", "keras", "flax", "equinox", "haiku", "onnx"} <= found
    assert len({str(layer) for layer in every_layer()}) == len(every_layer())
    with pytest.raises(AssertionError, match=r"tests\.crosscheck\.engines must hold LAYERS"):
        layers_held("tests.crosscheck.engines")
