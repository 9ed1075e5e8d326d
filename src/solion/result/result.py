"""What every verb returns: one labelled dataset with units, sources and a ledger, and its status in words."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

from solion.analysis.data import Data
from solion.base.errors import InputError
from solion.base.memory import refuse_larger
from solion.base.quantity import variables
from solion.result.description import printable
from solion.result.field_files import joined, open_store, without_fields, write_series, write_store

if TYPE_CHECKING:
    import xarray as xr


try:
    import resource
except ImportError:  # a system without such limits
    resource = None

FILE = "result.nc"  # of every result in its folder
FIELDS = "fields.zarr"  # beside it, where fields did not fit in memory
STRUCTURES = {"audit": dict, "warnings": list, "parameters": list, "settings": dict, "versions": dict, "scales": dict}
COLUMNS = ("terminal", "response", "surface")  # roles of the numbers that a CSV file holds


class Result:
    """What came of an experiment. Everything is in ``dataset``; a result loaded from a file is as good as a fresh one.

    ``fields`` is what an engine holds in memory beside it (a field in space that is too large for the dataset), else None.
    """

    def __init__(self, dataset: xr.Dataset, fields: Any = None):
        self.dataset, self.fields = dataset, fields

    def __repr__(self) -> str:
        return f"Result({self.dataset.attrs['title']!r}, status={self.status!r})"

    def _repr_html_(self) -> str:
        """The main figure, the message and the first numbers, for a notebook."""
        from solion.views import html_repr

        return html_repr(self.dataset, fields=self.fields)

    @property
    def status(self) -> str:
        """How it ended: ``finished``, ``stopped`` (by a condition of the protocol), ``depleted``, ``saturated``, ``doubtful`` (a
        check of the ledger failed) or ``failed``."""
        return self.dataset.attrs["status"]

    @property
    def message(self) -> str:
        """One sentence: what happened, when, where, and what to try."""
        return self.dataset.attrs["message"]

    @property
    def audit(self) -> dict[str, Any]:
        """The ledger: conservation, energy and sign checks; name to value, limit, meaning and verdict."""
        return self._structure("audit", {})

    @property
    def warnings(self) -> list[str]:
        """Sentences on what is not resolved, out of range or doubtful."""
        return self._structure("warnings", [])

    @property
    def parameters(self) -> list[dict[str, Any]]:
        """Every number of the device with unit, range, provenance and source."""
        return self._structure("parameters", [])

    @property
    def settings(self) -> dict[str, Any]:
        """Resolution, tolerances and effort of the run."""
        return self._structure("settings", {})

    @property
    def versions(self) -> dict[str, str]:
        """Versions of the software."""
        return self._structure("versions", {})

    def _structure(self, name: str, absent: Any) -> Any:
        return json.loads(self.dataset.attrs[name]) if name in self.dataset.attrs else absent

    def summary(self) -> str:
        """The run in a few lines, what went wrong first."""
        from solion.views import metrics

        lines = [f"{self.dataset.attrs['title']}: {self.message}"]
        lines += [
            f"  audit: {name} = {entry['value']:.2e} exceeds {entry['limit']:.0e} ({entry['meaning']})"
            for name, entry in self.audit.items()
            if not entry["ok"]
        ]
        lines += [f"  {metric}" for metric in metrics(self.dataset)]
        return printable("\n".join([*lines, *(f"  warning: {text}" for text in self.warnings)]))

    def kinds(self) -> list[str]:
        """Names of the figures that can be drawn of it, the main one first."""
        from solion.views import kinds

        return kinds(self.dataset, fields=self.fields)

    def plot(self, kind: str | None = None):
        """A matplotlib figure: one of :meth:`kinds`, the main one unless given.

        Its ``axes`` can be restyled as any: ``figure.axes[0].set(xlim=(0, 1), title="mine")``; ``figure.savefig`` writes it.
        """
        from solion.views import figure

        return figure(self.dataset, kind, fields=self.fields)

    def save(self, path: str | PathLike) -> Path:
        """Write the dataset as NetCDF4, complete or not at all; folders that lack are made. Fields of a run that did not fit in
        memory stay in their store, which is copied beside the file unless it lies there.

        Raises :class:`InputError` where they cannot be.
        """
        path = _with_folder(Path(path))
        if path.is_dir():
            raise InputError(f"{path}: it is a folder; give a file in it, such as {path / FILE}.")
        partial = path.with_name(f".{path.name}.{os.getpid()}")
        written = without_fields(self.dataset, path)
        _check_room(path, written.nbytes + sum(len(str(text)) for text in written.attrs.values()))
        try:
            written.to_netcdf(partial, engine="h5netcdf")
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
        return path

    def to_csv(self, path: str | PathLike) -> Path:
        """Write time and what is measured at terminals, contacts and reads as CSV, or a spectrum, with units in the header.

        Raises :class:`InputError` where nothing varies in time or with frequency.
        """
        path, data = Path(path), self.dataset
        if "frequency" in data.dims and "time" not in data.dims:
            names = [str(name) for name in data.data_vars if data[name].dims == ("frequency",)]
            return _write_csv(path, data, "frequency", names)
        if "time" not in data.dims:
            raise InputError(f"{path}: nothing in this result varies in time, so that there is no table of it.")
        names = [name for role in COLUMNS for name in variables(data, role=role) if data[name].dims == ("time",)]
        return _write_csv(path, data, "time", names)

    def write_fields(self, path: str | PathLike, *, frames: int = 200, rate: float = 12.0, lines: bool = True) -> Path:
        """Write the fields of a run in space for other programs, by the ending of the path.

        .gif or .mp4: a movie of the cross-section, .png: its frames, numbered; at most ``frames`` samples, ``rate`` of them a
        second, with ``lines`` of current. .pvd: a series for ParaView. .zarr: the whole dataset, in chunks of a sample or 2 MB,
        which :func:`load` opens without reading it. Raises InputError for another ending and a result without a field in space.
        """
        from solion.views.movie import ENDINGS, write_movie

        path = Path(path)
        suffix = path.suffix.lower()
        if suffix == ".zarr":
            return write_store(self.dataset, path)
        if suffix == ".pvd":
            return write_series(self.dataset, path)
        if suffix not in ENDINGS:
            raise InputError(f"{path}: fields are written as {', '.join(ENDINGS)}, .pvd or .zarr; choose one of them.")
        return write_movie(Data.of(self.dataset), path, frames=frames, rate=rate, lines=lines)

    def report(self, directory: str | PathLike, *, pictures: bool = False) -> Path:
        """Write a self-contained ``report.html``, with ``pictures`` also ``figures/*.png``; returns the page's path."""
        from solion.views import write_report

        return write_report(self.dataset, Path(directory), fields=self.fields, pictures=pictures)


def _check_room(path: Path, size: int) -> None:
    """Refuse a file that could not be written whole: HDF5 does not outlive an error while it writes.

    Raises :class:`OSError` as the system would (a limit on the size of files, a full disk).
    """
    size += size // 10 + 2**18  # the format's own tables
    if resource is not None and 0 <= resource.getrlimit(resource.RLIMIT_FSIZE)[0] < size:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    if shutil.disk_usage(path.parent).free < size:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


def _with_folder(path: Path) -> Path:
    """The same path, its folder made. Raises InputError where it cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{path}: its folder cannot be made ({error.strerror}); give another path.") from None
    return path


def _write_csv(path: Path, data: xr.Dataset, along: str, names: list[str]) -> Path:
    header = ",".join(f"{name} [{data[name].attrs.get('units', '1')}]" for name in (along, *names))
    columns = np.column_stack([data[name].values for name in (along, *names)])
    np.savetxt(_with_folder(path), columns, delimiter=",", header=header, comments="", fmt="%.12g")
    return path


def load(path: str | PathLike) -> Result:
    """A result saved by :meth:`Result.save`, from its file or the folder it lies in, or by :meth:`Result.write_fields` as .zarr,
    which is read only where it is looked at. Raises InputError where it is none."""
    path = Path(path)
    stored = path.is_dir() and path.suffix == ".zarr"
    if path.is_dir() and not stored:
        path = path / FILE
    if not path.is_file() and not stored:
        raise InputError(f"{path}: there is no such file.")
    try:
        dataset = open_store(path) if stored else _whole(path)
    except InputError:
        raise
    except Exception as error:  # a damaged file may raise anything
        raise InputError(f"{path}: this is not a result of solion that can be read ({error}).") from None
    if not {"title", "status", "message", "audit"} <= dataset.attrs.keys():
        raise InputError(f"{path}: this is readable, but not a result of solion: it has no status.")
    _check_attributes(path, dataset.attrs)
    return Result(dataset.assign_attrs({name: printable(dataset.attrs[name]) for name in ("title", "status", "message")}))


def _whole(path: Path) -> xr.Dataset:
    """The dataset of a NetCDF file, in memory."""
    # what HDF5 cannot open, and whose first attribute it cannot read, would leave a half-made reader that complains as it is
    # collected, wherever that is: inside another parser, whose count of depth Python 3.11 then loses ("AST constructor")
    with h5py.File(path, "r") as file:
        file.attrs.get("_nc3_strict")
    import xarray as xr

    with xr.open_dataset(path, engine="h5netcdf", phony_dims="sort") as opened:
        refuse_larger(path, opened.nbytes)
        return joined(opened.load(), path)


def _check_attributes(path: Path, attributes: Mapping[str, Any]) -> None:
    """Refuse a file whose own words are damaged: text that is none, and structures that are not what they should be."""
    for name in ("title", "status", "message"):
        if not isinstance(attributes[name], str):
            raise InputError(f"{path}: its {name} is no text; the file is damaged.")
    for name, kind in STRUCTURES.items():
        try:
            sound = name not in attributes or isinstance(json.loads(attributes[name]), kind)
        except (TypeError, ValueError, RecursionError):
            sound = False
        if not sound:
            raise InputError(f"{path}: its {name} cannot be read; the file is damaged.")
