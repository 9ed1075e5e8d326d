"""Fields of a run that go to disk as they come, where they would not fit in memory."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np

from solion.base.errors import InputError
from solion.base.quantity import having
from solion.base.scaling import Scales
from solion.experiments.assembly import Model
from solion.experiments.samples import Samples, distinct, no_samples, samples_of
from solion.numerics.stepping.integrate import State, Status
from solion.numerics.stepping.record import RunRecord
from solion.result.field_files import append_samples


def field_variables(model: Model, spatial: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Coordinates and fields of some samples in SI; cells of a coordinate that stands still are put in its order."""
    system, scales = model.system, model.scales
    order: dict[str, np.ndarray] = {}
    coords: dict[str, Any] = {}
    for item in having(system.spatial, role="coordinate"):
        values, scale = spatial[item.name], float(scales.of(item.kind))
        if item.dimensions == (item.name,):
            along = order[item.name] = np.argsort(values[0])
            values = values[0][along]
            dimensions: tuple[str, ...] = (item.name,)
        else:
            dimensions = ("time", *item.dimensions)
        coords[item.name] = (dimensions, values * scale, item.attributes())
        scaled = {"units": "1", "long_name": f"{item.meaning}, scaled"}
        coords[f"scaled_{item.name}"] = (dimensions, values, scaled)
    variables: dict[str, Any] = {}
    for item in system.spatial:
        if item.role != "coordinate":
            values = spatial[item.name]
            for axis, dimension in enumerate(item.dimensions, start=1):
                if dimension in order:
                    values = np.take(values, order[dimension], axis=axis)
            variables[item.name] = (("time", *item.dimensions), values * float(Scales.of(scales, item.kind)), item.attributes())
    return coords, variables


class FieldStore:
    """A run's samples, of which the fields lie in a Zarr store at ``path`` and all else in memory.

    What is kept of the run's table of samples is put into the store each time that the table is full. The
    store of a run that was interrupted has no more than fields; :meth:`goes_on` cuts it back to those of a checkpoint.
    """

    def __init__(self, model: Model, record, path: str | os.PathLike):
        self.model, self.path = model, Path(path)
        self.samples: Samples = no_samples(model, record)._replace(spatial={})
        self.still: dict[str, Any] = {}  # coordinates that do not change in time

    def goes_on(self, samples: Samples) -> None:
        """Go on from a checkpoint. Raises InputError where the fields that were there when it was made are not."""
        self.samples = samples
        if np.size(samples.time) and not self.path.is_dir():
            raise InputError(
                f"{self.path}: the fields of an interrupted run, which its checkpoint goes on from, are not there; start anew"
                " without resume."
            )

    def empty(self, state: State, record: RunRecord) -> tuple[State, RunRecord]:
        """Take the samples of a full table; the run goes on with an empty one."""
        self.take(record)
        state = state._replace(status=jnp.asarray(Status.RUNNING, int))
        return state, record._replace(samples=jnp.zeros((), int))

    def take(self, record: RunRecord) -> None:
        """Put the fields of a table's samples into the store, after those that are there."""
        import xarray as xr

        found = samples_of(self.model, record)
        joined = self.samples.plus(found._replace(spatial={}))
        before, count = len(self.samples.time), len(found.time)
        kept = distinct(self.model, joined.segment, joined.time)
        spatial = {name: values[kept[before:]] for name, values in found.spatial.items()}
        if count and len(next(iter(spatial.values()))):
            coords, variables = field_variables(self.model, spatial)
            self.still = {name: entry for name, entry in coords.items() if "time" not in entry[0]}
            moving = {name: entry for name, entry in coords.items() if "time" in entry[0]}
            append_samples(xr.Dataset(variables | moving), self.path, int(kept[:before].sum()))
        self.samples = joined
