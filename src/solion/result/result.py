"""What a run leaves: one labelled dataset with units, sources and an audit, and its status in words."""

from __future__ import annotations

import json
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from solion.base.errors import InputError


class Result:
    """A finished run. Everything is in ``dataset``; a result loaded from a file is as good as a fresh one."""

    def __init__(self, dataset: xr.Dataset):
        self.dataset = dataset

    def __repr__(self) -> str:
        return f"Result({self.dataset.attrs['title']!r}, status={self.status!r})"

    @property
    def status(self) -> str:
        """``finished``, ``stopped`` (a stop condition of the protocol), ``depleted``, ``saturated`` or ``failed``."""
        return self.dataset.attrs["status"]

    @property
    def message(self) -> str:
        """One sentence: what happened, when, where, and what to try."""
        return self.dataset.attrs["message"]

    @property
    def audit(self) -> dict[str, Any]:
        """Conservation, energy and sign checks: name to value, limit, meaning and verdict."""
        return json.loads(self.dataset.attrs["audit"])

    @property
    def parameters(self) -> list[dict[str, Any]]:
        """Every number of the device with unit, range, provenance and source."""
        return json.loads(self.dataset.attrs["parameters"])

    def summary(self) -> str:
        """The run in a few lines."""
        from solion.views import metrics

        lines = [f"{self.dataset.attrs['title']}: {self.message}"]
        lines += [f"  {metric}" for metric in metrics(self.dataset)]
        for name, entry in self.audit.items():
            if not entry["ok"]:
                lines.append(
                    f"  audit: {name} = {entry['value']:.2e} exceeds {entry['limit']:.0e} ({entry['meaning']})"
                )
        lines += [f"  warning: {text}" for text in json.loads(self.dataset.attrs["warnings"])]
        return "\n".join(lines)

    def plot(self, kind: str | None = None):
        """A matplotlib figure of the run; the kinds are those of :mod:`solion.views`."""
        from solion.views import figure

        return figure(self.dataset, kind)

    def save(self, path: str | PathLike) -> Path:
        """Write the dataset as NetCDF4."""
        path = Path(path)
        self.dataset.to_netcdf(path, engine="h5netcdf")
        return path

    def to_csv(self, path: str | PathLike) -> Path:
        """Write time, voltage and current of the terminals as CSV, with units in the header."""
        path = Path(path)
        columns = ["voltage", "current", "current_density", "composition_top", "composition_bottom", "conductance"]
        present = [name for name in columns if name in self.dataset]
        header = ",".join(["time [s]"] + [f"{name} [{self.dataset[name].attrs['units']}]" for name in present])
        data = np.column_stack([self.dataset["time"].values] + [self.dataset[name].values for name in present])
        np.savetxt(path, data, delimiter=",", header=header, comments="", fmt="%.12g")
        return path

    def report(self, directory: str | PathLike) -> Path:
        """Write a self-contained ``report.html`` and its figures; returns the page's path."""
        from solion.views import write_report

        return write_report(self.dataset, Path(directory))


def load(path: str | PathLike) -> Result:
    """A result saved by :meth:`Result.save`."""
    try:
        return Result(xr.load_dataset(path, engine="h5netcdf"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: this is not a result of solion that can be read ({error}).") from None
