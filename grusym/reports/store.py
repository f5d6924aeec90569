"""Results on disk: one NetCDF file that says where it came from, and a tidy table beside it.

Files are written beside their target and renamed, so that an interrupted run leaves the old file or
the new one, never half of one.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grusym.errors import DataError

if TYPE_CHECKING:
    import pandas
    import xarray

KEY = "key"  # the attribute that holds the hash of all that a result depends on


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A path to write to; it takes the place of `target` when the block ends well."""
    target.parent.mkdir(parents=True, exist_ok=True)
    path = target.with_name(f".{target.stem}-{secrets.token_hex(6)}{target.suffix}")
    try:
        yield path
        path.replace(target)
    finally:
        path.unlink(missing_ok=True)


def save(dataset: xarray.Dataset, target: Path, attributes: Mapping[str, Any]) -> None:
    """Write a Dataset as NetCDF to `target`, with attributes, and as a tidy CSV beside it.

    Attributes that are not text or numbers are written as JSON. The table comes first: where the
    NetCDF file is new, so is the table.
    """
    whole = dataset.assign_attrs(
        {key: _plain(value) for key, value in {**dataset.attrs, **attributes}.items()}
    )
    with replacing(target.with_suffix(".csv")) as path:
        write_tidy(dataset, path)
    with replacing(target) as path:
        whole.to_netcdf(path, engine="h5netcdf")


def load(path: Path) -> xarray.Dataset:
    """The Dataset in a file, in memory.

    Raises: DataError where the file is missing or is no NetCDF file.
    """
    import xarray

    try:
        return xarray.load_dataset(path, engine="h5netcdf")
    except OSError as error:
        raise DataError(
            f"asked for the result in {path}, but it cannot be read ({error}); delete it and run again"
        ) from error


def key_of(path: Path) -> str | None:
    """The key a stored result carries, or None where there is no complete result."""
    if not path.with_suffix(".csv").exists() or not path.exists():
        return None
    import h5py

    try:
        with h5py.File(path, "r") as file:
            found = file.attrs.get(KEY)
    except OSError:
        return None
    return str(found) if found is not None else None


def tidy(dataset: xarray.Dataset) -> Iterator[pandas.DataFrame]:
    """Long tables, one for each variable: its dimensions, `variable` and `value`, one number a row."""
    import pandas

    for name, array in dataset.data_vars.items():
        bare = array.reset_coords(drop=True).rename("value")
        if bare.ndim:
            frame = bare.to_dataframe().reset_index()
        else:
            frame = pandas.DataFrame({"value": [bare.item()]})
        frame.insert(bare.ndim, "variable", str(name))
        yield frame


def write_tidy(dataset: xarray.Dataset, path: Path) -> None:
    """The tables of `tidy` as one CSV file with a column for every dimension of the Dataset."""
    columns = [*map(str, dataset.dims), "variable", "value"]
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(columns) + "\n")
        for frame in tidy(dataset):
            frame.reindex(columns=columns).to_csv(file, header=False, index=False, lineterminator="\n")


def _plain(value: Any) -> str | int | float:
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
