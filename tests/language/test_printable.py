"""What strangers wrote is shown so that nothing in it can steer a terminal."""

from __future__ import annotations

import pytest

from grusym.language.cell_file import read_cell_file
from grusym.language.printable import printable
from grusym.language.reader import read_cell

HOSTILE = "red \x1b[31m bell \x07 turned \u202e round\u2028"


def test_invisible_characters_are_written_out():
    assert printable(HOSTILE) == "red \\u001b[31m bell \\u0007 turned \\u202e round\\u2028"
    assert printable("one\n\ttwo") == "one  two"
    assert printable("Li-GRU, σ(x) ⊙ h̃ — “as printed”") == "Li-GRU, σ(x) ⊙ h̃ — “as printed”"


@pytest.mark.parametrize("field", ["name", "title", "source"])
def test_a_cell_s_words_are_printable(field):
    cell = read_cell("h' = tanh(W x + U h + b)", **{field: HOSTILE})
    assert getattr(cell, field).isprintable()


def test_a_deep_attribute_in_a_file_is_no_crash(tmp_path):
    file = tmp_path / "deep.py"
    file.write_text(f"CELL = {'a.' * 900}Cell.read(name='deep', equations=\"h' = tanh(U h)\")")
    assert read_cell_file(file).name == "deep"
