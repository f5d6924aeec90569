"""A cell cannot be changed, and goes through pickle and copies unharmed."""

from __future__ import annotations

import copy
import pickle
from dataclasses import replace

import pytest

from grusym.cells.library import cell


def test_the_shapes_of_a_cell_cannot_be_changed():
    gru = cell("gru")
    with pytest.raises(TypeError):
        gru.shapes["h"] = ()
    assert gru.shapes | {"h": ()} != gru.shapes


def test_a_cell_is_the_same_after_pickling_copying_and_replacing():
    gru = cell("gru")
    for again in (pickle.loads(pickle.dumps(gru)), copy.deepcopy(gru), replace(gru, title=gru.title)):
        assert again == gru and hash(again) == hash(gru) and again.shapes == dict(gru.shapes)
    assert replace(gru, shapes=gru.shapes | {"h": ()}) != gru
