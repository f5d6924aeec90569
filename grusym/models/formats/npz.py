"""NumPy's .npz: a zip archive of .npy members.

The header of every member is read, and all sizes are added up, before memory is taken for any array;
Python objects (pickles) are refused.
"""

from __future__ import annotations

import os
import zipfile
from collections import Counter
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy

from grusym.errors import DataError
from grusym.models.arrays import Arrays, bytes_declared, within_memory

SUFFIXES = (".npz",)
MEMBERS = 10_000
DEFLATE_AT_BEST = 1032  # the largest factor by which deflate can shrink anything


def read(path: Path, limit: int) -> Arrays:
    """The arrays of a file by name, as they are stored.

    Raises: DataError where the file is no sound archive of arrays of numbers, or declares more than
    `limit` bytes.
    """
    # One open file for the check and the reading: what was checked is what is read.
    with path.open("rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                _check(archive, path, limit)
            file.seek(0)
            with np.load(file, allow_pickle=False) as stored:
                return {name: stored[name] for name in stored.files}
        except DataError:
            raise
        except zipfile.BadZipFile as error:
            raise DataError(
                f"{path} was read as .npz, but is no sound zip archive ({error}); fetch it again"
            ) from error
        except Exception as error:  # a hostile archive makes zipfile, zlib and NumPy raise nearly anything
            raise DataError(
                f"{path} was read as .npz, but its members do not hold what they declare "
                f"({type(error).__name__}: {error}); fetch it again"
            ) from error


def _check(archive: zipfile.ZipFile, path: Path, limit: int) -> None:
    within_memory(path.stat().st_size, limit, str(path))
    members = archive.infolist()
    if len(members) > MEMBERS:
        raise DataError(
            f"{path} holds {len(members):,} members; at most {MEMBERS:,} are read: store fewer arrays"
        )
    name, times = Counter(info.filename for info in members).most_common(1)[0] if members else ("", 0)
    if times > 1:
        raise DataError(
            f"{path} holds {times} arrays named {name!r}, and nothing says which is meant; store it again"
        )
    within_memory(sum(info.file_size for info in members), limit, str(path))
    packed = sum(info.compress_size for info in members)
    if packed > path.stat().st_size:  # members that share bytes: a small file that unpacks to a vast one
        raise DataError(
            f"{path} is shorter than the {packed:,} bytes its members claim; it is damaged or hostile"
        )
    within_memory(sum(_declared(archive, info, path) for info in members), limit, str(path))


def _declared(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> int:
    """The bytes of one array by its header, which must fill its member exactly."""
    name = info.filename.removesuffix(".npy")
    if name == info.filename:
        raise DataError(f"{path} holds {name!r}, which is no .npy array; only archives of arrays are read")
    if info.flag_bits & 1:
        raise DataError(f"{path}: array {name!r} is encrypted; store the archive without a password")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise DataError(
            f"{path}: array {name!r} is packed by method {info.compress_type}, which NumPy never writes; "
            "store it with np.savez or np.savez_compressed"
        )
    if info.file_size > DEFLATE_AT_BEST * info.compress_size + 64:
        raise DataError(
            f"{path}: array {name!r} claims {info.file_size:,} bytes out of {info.compress_size}; "
            "no packing gives that: fetch it again"
        )
    with archive.open(info) as member:
        shape, dtype = _header(member, name, path)
        asked = bytes_declared(name, shape, dtype, str(path))
        if member.tell() + asked != info.file_size:
            raise DataError(
                f"{path}: array {name!r} declares {dtype} {shape}, {asked:,} bytes, "
                f"but {info.file_size - member.tell():,} are stored; the file is damaged"
            )
    return asked


def _header(member: IO[bytes], name: str, path: Path) -> tuple[tuple[int, ...], np.dtype[Any]]:
    try:
        version = npy.read_magic(member)
        if version not in ((1, 0), (2, 0)):  # 3.0 is for field names, and arrays with fields are not read
            raise ValueError(f"version {version}")
        header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, _, dtype = header(member, max_header_size=10_000)
    except Exception as error:  # as above: the header is text from outside
        raise DataError(
            f"{path}: {name!r} has no readable .npy header ({error}); fetch or store it again"
        ) from error
    return shape, dtype


def write(path: Path, arrays: Arrays) -> None:
    """Write arrays by name, beside the target first, so that an interrupted run leaves no half file.

    The same arrays give the same bytes.
    """
    from tempfile import NamedTemporaryFile

    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", suffix=".part", delete=False) as file:
        beside = Path(file.name)
        try:
            with zipfile.ZipFile(file, "w") as archive:
                for name, array in arrays.items():
                    with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as member:
                        npy.write_array(member, np.asarray(array), allow_pickle=False)
        except BaseException:
            beside.unlink()
            raise
    usual = os.umask(0)
    os.umask(usual)
    beside.chmod(0o666 & ~usual)  # a temporary file is its owner's alone
    beside.replace(path)
