"""Which layers of a film are full where: its stages along the thickness, as a label such as 11|10|00."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from solion.analysis.data import Data, plain
from solion.base.errors import InputError

FULL = 0.5  # filling above which a layer counts as full


class StageSequences(NamedTuple):
    """The stages from the first to the last end, and the time (s) of the first sample with each new sequence."""

    times: tuple[float, ...]
    labels: tuple[str, ...]


def layer_fields(run: Any) -> list[xr.DataArray]:
    """The fillings of a run's layers against time and position; none where it has only one kind of layer."""
    found = [field for field in Data.of(run).having(role="field", kind="") if field.attrs.get("place")]
    return found if len(found) > 1 else []


def layer_stages(run: Any) -> StageSequences:
    """The sequence of stages across a film at each of its changes: one digit a layer, 1 where it is more than half full.

    Raises :class:`InputError` for a run whose film has one kind of layer.
    """
    fields = layer_fields(run)
    if not fields:
        raise InputError("layer_stages: the film of this run has one kind of layer; its phases are in its composition.")
    full = np.stack([plain(field) > FULL for field in fields], axis=-1)
    labels = ["|".join(_runs("".join("01"[place] for place in cell) for cell in row)) for row in full.astype(int)]
    new = [k for k, label in enumerate(labels) if k == 0 or label != labels[k - 1]]
    return StageSequences(tuple(float(Data.of(run).time[k]) for k in new), tuple(labels[k] for k in new))


def _runs(labels) -> list[str]:
    """Labels without those that repeat their neighbour."""
    found: list[str] = []
    for label in labels:
        if not found or found[-1] != label:
            found.append(label)
    return found
