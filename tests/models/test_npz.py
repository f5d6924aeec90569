"""An .npz file is checked before memory is taken for it; every file that lies is refused by name."""

import io
import struct
import zipfile

import numpy as np
import pytest

from grusym.errors import DataError, GrusymError, UnknownNameError
from grusym.models import weight_file
from grusym.models.weight_file import format_names, read_arrays


def saved(tmp_path, name="weights.npz", **arrays):
    path = tmp_path / name
    np.savez(path, **arrays)
    return path


def npy(array=None, *, header=None, data=b""):
    """One .npy member: of an array, or with any header text and data."""
    if header is None:
        out = io.BytesIO()
        np.lib.format.write_array(out, array, allow_pickle=True)
        return out.getvalue()
    text = header.encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + data


def zipped(tmp_path, members, compression=zipfile.ZIP_STORED):
    path = tmp_path / "made.npz"
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def declaring(shape, dtype="<f8"):
    return f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}"


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", ">f4", "int32", "bool"])
def test_arrays_come_back_as_they_were_stored(tmp_path, dtype):
    one = np.arange(6).reshape(2, 3).astype(dtype)
    got = read_arrays(saved(tmp_path, one=one, two=np.asfortranarray(one)))
    assert list(got) == ["one", "two"]
    for array in got.values():
        assert array.dtype == one.dtype
        np.testing.assert_array_equal(array, one)


def test_packed_archives_are_read(tmp_path):
    np.savez_compressed(tmp_path / "a.npz", zeros=np.zeros((300, 300)))
    assert read_arrays(tmp_path / "a.npz")["zeros"].shape == (300, 300)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"nowhere\.npz.*no such file"):
        read_arrays(tmp_path / "nowhere.npz")


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_not_finite_are_refused_with_their_place(tmp_path, bad):
    array = np.ones((2, 3), np.float32)
    array[1, 2] = bad
    with pytest.raises(DataError, match=r"'U'.*\(1, 2\)"):
        read_arrays(saved(tmp_path, W=np.ones(3), U=array))


@pytest.mark.parametrize(
    "array",
    [
        np.array(["text"]),
        np.array([1j]),
        np.array([np.datetime64("2020-01-01")]),
        np.zeros(2, dtype=[("a", "f4"), ("b", "f4")]),
    ],
    ids=["text", "complex", "dates", "fields"],
)
def test_other_kinds_than_real_numbers_are_refused_by_name(tmp_path, array):
    with pytest.raises(DataError, match="'U'"):
        read_arrays(zipped(tmp_path, [("U.npy", npy(array))]))


def test_pickled_objects_are_refused_and_their_code_never_runs(tmp_path):
    ran = tmp_path / "ran"

    class Hostile:
        def __reduce__(self):
            return (ran.touch, ())

    array = np.empty(1, dtype=object)
    array[0] = Hostile()
    with pytest.raises(DataError, match="'U' should hold numbers"):
        read_arrays(zipped(tmp_path, [("U.npy", npy(array))]))
    assert not ran.exists()


def test_the_limit_is_on_the_sum_of_all_arrays(tmp_path):
    path = saved(tmp_path, a=np.zeros(100), b=np.zeros(100))
    assert read_arrays(path, limit=path.stat().st_size).keys() == {"a", "b"}
    with pytest.raises(DataError, match=r"at most 1,599 are read.*larger limit"):
        read_arrays(path, limit=1599)


LIES = {
    "more than is stored": npy(header=declaring((1000, 1000)), data=b"\0" * 8),
    "more than any machine has": npy(header=declaring((2**40, 2**40)), data=b"\0" * 8),
    "a product that wraps round to zero": npy(header=declaring((2**32, 2**32)), data=b""),
    "less than is stored": npy(header=declaring((1,)), data=b"\0" * 80),
    "a negative size": npy(header=declaring((-1,)), data=b"\0" * 8),
    "no tuple": npy(header=declaring("'many'")),
    "unbalanced text": npy(header="((((((("),
    "deep text": npy(header="(" * 5000 + ")" * 5000),
    "code": npy(header="__import__('os').getpid()"),
    "no magic": b"not an array",
    "nothing": b"",
    "a later version": b"\x93NUMPY\x03\x00" + b"\0" * 20,
    "objects": npy(header=declaring((1,), "|O"), data=b"\0" * 8),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_header_that_lies_is_refused_by_name(tmp_path, lie):
    with pytest.raises(DataError, match="'U'"):
        read_arrays(zipped(tmp_path, [("U.npy", LIES[lie])]))


def test_a_small_archive_that_unpacks_to_a_vast_one_is_refused_before_it_is_unpacked(tmp_path):
    big = npy(header=declaring((2**21,)), data=b"\0" * 2**24)
    path = zipped(tmp_path, [(f"{k}.npy", big) for k in range(2)], zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 2**16
    with pytest.raises(DataError, match="at most"):
        read_arrays(path, limit=2**24)


def test_members_that_share_their_bytes_are_refused(tmp_path):
    path = zipped(tmp_path, [("a.npy", npy(np.zeros(4000)))])
    raw = path.read_bytes()
    at = raw.index(b"PK\x01\x02")
    entry, end = raw[at : raw.index(b"PK\x05\x06")], raw[raw.index(b"PK\x05\x06") :]
    copies = b"".join(entry.replace(b"a.npy", b"%c.npy" % letter) for letter in b"abcdefgh")
    end = end[:8] + struct.pack("<HHLL", 8, 8, len(copies), at) + end[20:]
    path.write_bytes(raw[:at] + copies + end)
    with pytest.raises(DataError):
        read_arrays(path)


def test_a_damaged_archive_is_refused(tmp_path):
    path = saved(tmp_path, a=np.arange(1000.0))
    raw = bytearray(path.read_bytes())
    raw[2000] ^= 1  # one bit inside the data: the checksum sees it
    path.write_bytes(raw)
    with pytest.raises(DataError, match=r"weights\.npz"):
        read_arrays(path)
    for cut in (10, 4000, len(raw) - 5):
        path.write_bytes(raw[:cut])
        with pytest.raises(DataError, match=r"weights\.npz"):
            read_arrays(path)


def test_two_arrays_of_one_name_are_refused(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate"):
        path = zipped(tmp_path, [("a.npy", npy(np.zeros(1))), ("a.npy", npy(np.ones(1)))])
    with pytest.raises(DataError, match=r"2 arrays named 'a\.npy'"):
        read_arrays(path)


def test_members_that_are_no_arrays_are_refused(tmp_path):
    with pytest.raises(DataError, match=r"'read\.me'"):
        read_arrays(zipped(tmp_path, [("a.npy", npy(np.zeros(1))), ("read.me", b"hello")]))


def test_unusual_packing_is_refused(tmp_path):
    with pytest.raises(DataError, match="packed by method"):
        read_arrays(zipped(tmp_path, [("a.npy", npy(np.zeros(9)))], zipfile.ZIP_LZMA))


def test_the_format_is_found_by_the_end_of_the_name_or_given(tmp_path):
    assert "npz" in format_names()
    path = saved(tmp_path, a=np.ones(2))
    other = path.rename(tmp_path / "weights.dat")
    with pytest.raises(DataError, match=r"\.npz"):
        read_arrays(other)
    assert read_arrays(other, format="npz")["a"].sum() == 2
    with pytest.raises(UnknownNameError, match="did you mean 'npz'"):
        read_arrays(other, format="npy")


def test_a_format_without_its_two_names_is_an_error_that_names_the_file(tmp_path, monkeypatch):
    import grusym.models.formats as folder

    (tmp_path / "hollow.py").write_text("SUFFIXES = ('.hollow',)\n")
    monkeypatch.setattr(folder, "__path__", [*folder.__path__, str(tmp_path)])
    weight_file.format_names.cache_clear()
    try:
        with pytest.raises(GrusymError, match=r"hollow\.py.*no read"):
            read_arrays(saved(tmp_path, a=np.ones(2)), format="hollow")
    finally:
        weight_file.format_names.cache_clear()


def test_what_is_written_is_read_back_and_the_same_every_time(tmp_path):
    from grusym.models.formats.npz import read, write

    arrays = {"file": np.arange(6.0).reshape(2, 3), "a/b": np.float32(2) * np.ones(3, np.float32)}
    one, other = tmp_path / "one.npz", tmp_path / "other.npz"
    for path in (one, other):
        write(path, arrays)
    again = read(one, 10_000)
    assert set(again) == set(arrays)
    for name, array in arrays.items():
        np.testing.assert_array_equal(again[name], array)
        assert again[name].dtype == array.dtype
    assert one.read_bytes() == other.read_bytes()
    (tmp_path / "plain").write_text("")
    assert one.stat().st_mode == (tmp_path / "plain").stat().st_mode
    assert sorted(p.name for p in tmp_path.iterdir()) == ["one.npz", "other.npz", "plain"]
