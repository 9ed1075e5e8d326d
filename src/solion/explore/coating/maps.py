"""Plating maps of a candidate at its medians: threshold over two numbers, and under or on top at the current."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import xarray as xr

from solion.base.errors import InputError, nearest
from solion.base.parameters import Row
from solion.base.quantity import Quantity
from solion.explore.coating.candidate import CoatingCandidate
from solion.explore.coating.candidate_keys import key_of
from solion.explore.coating.evaluate import evaluate
from solion.explore.coating.inputs import UncertainNumber
from solion.explore.coating.verdict import at_shares
from solion.result import Result
from solion.result.description import describe, row_values

AXES = {  # name in a command: path, from, to, unit and factor of the figure, label
    "D": ("layers.0.diffusivity", 1e-14, 1e-9, 1e4, "D of the layer on lithium (cm²/s)"),
    "L": ("layers.0.thickness", 1e-8, 1e-4, 1e6, "thickness (µm)"),
    "i": ("operation.current", 0.1, 1e4, 0.1, "current (mA/cm²)"),
    "ratio": ("layers.0.electron_conductivity", 1e-6, 1e6, 1.0, "σ_e/σ_Li of the layer on lithium"),
    "pore": ("composite.pore", 1e-3, 0.9, 1.0, "porosity"),
    "eta": ("interfaces.nucleation_overpotential", 1e-4, 0.5, 1e3, "barrier of nucleation (mV)"),
}
COORDINATES = {  # name in a command: name, unit and meaning in a result
    "D": ("diffusivity", "m2/s", "D of the layer on lithium"),
    "L": ("thickness", "m", "thickness of the layer on lithium"),
    "i": ("current_density", "A/m2", "plating current density"),
    "ratio": ("conductivity_ratio", "1", "sigma_e/sigma_Li of the layer on lithium"),
    "pore": ("porosity", "1", "porosity of the composite"),
    "eta": ("barrier", "V", "barrier of nucleation"),
}
FIELDS = (
    Quantity("onset", "current_density", "threshold of plating on top", "field", missing="infinite without electrons"),
    Quantity("top_share", None, "share of lithium on a nucleated top, quick interfaces", "field"),
    Quantity("under", None, "1 where lithium plates underneath", "field"),
)
PLANES = ("D,L", "L,i", "ratio,i", "pore,L", "eta,i")


class PlatingMap(NamedTuple):
    """``x`` and ``y`` in SI, ``onset`` (A/m2) and ``top_share`` (latched; nan unless asked) of shape (y, x), ``under``."""

    plane: tuple[str, str]
    x: np.ndarray
    y: np.ndarray
    onset: np.ndarray
    top_share: np.ndarray
    under: np.ndarray

    def title(self, candidate: CoatingCandidate) -> str:
        """What it is a map of."""
        return f"{candidate.name}: plating map over {' and '.join(COORDINATES[name][0].replace('_', ' ') for name in self.plane)}"

    def result(self, candidate: CoatingCandidate) -> Result:
        """The map as any other result: a dataset with units, the candidate's numbers at their medians and their sources."""
        first, second = (COORDINATES[name] for name in self.plane)
        axes = ((second, self.y), (first, self.x))
        coordinates = {name: (name, values, {"units": unit, "long_name": said}) for (name, unit, said), values in axes}
        dimensions = tuple(coordinates)
        fields = {item.name: (dimensions, getattr(self, item.name).astype(float), item.attributes()) for item in FIELDS}
        dataset = xr.Dataset(fields, coordinates)
        rows = [_row(path, number) for path, number in candidate.numbers.items()]
        dataset.attrs = describe(
            title=self.title(candidate),
            device="CoatingCandidate",
            experiment="PlatingMap",
            status="finished",
            message=f"lithium plates underneath on {self.under.mean():.1%} of the map.",
            sign_convention="A positive current plates lithium.",
            parameters=[row_values(row) for row in rows],
            settings={},
            audit={},
            warnings=list(candidate.notes),
        )
        return Result(dataset)


def _row(path: str, number: UncertainNumber) -> Row:
    key = key_of(path)
    spread = "" if number.known else f"; between {number.low:g} and {number.high:g}, here at its median"
    ends = f"[{key.low:g}, {key.high:g}]"
    source = number.source
    return Row(path, float(number.at(0.5)), key.unit, ends, source.provenance, source.reference, key.doc + spread)


def plating_map(candidate: CoatingCandidate, plane: str = "D,L", points: int = 400) -> PlatingMap:
    """A map of points x points, logarithmic. The latched share is R_U/(R_U + R_e), of quick interfaces."""
    if plane not in PLANES:
        raise InputError(f"map: plane = {plane!r} is unknown{nearest(plane, PLANES)}; known: {', '.join(PLANES)}.")
    first, second = plane.split(",")
    for name in (first, second):
        if name == "D" and AXES["D"][0] not in {**candidate.numbers, **candidate.tables}:
            raise InputError(f"{candidate.file}: a map over D needs a layer on lithium with a diffusivity; take 'L,i'.")
        if name == "pore" and not candidate.shares:
            raise InputError(f"{candidate.file}: a map over the porosity needs a [composite]; give its phi.")
        if name in ("pore", "L") and candidate.model == "network":
            raise InputError(
                f"{candidate.file}: a network is one of given shares and thickness; take another model for a map over {name}."
            )
    axis_x, axis_y = (np.geomspace(*AXES[name][1:3], points) for name in (first, second))
    x_grid, y_grid = (grid.ravel() for grid in np.meshgrid(axis_x, axis_y))
    x = {path: float(value[0]) if np.ndim(value) else value for path, value in _medians(candidate).items()}
    x[AXES[first][0]], x[AXES[second][0]] = x_grid, y_grid
    if first == "ratio":
        middle = evaluate(candidate, _medians(candidate), shared=False)
        x[AXES[first][0]] = x_grid * float(np.ravel(x["layers.0.thickness"] / np.ravel(middle.ion_resistance)[0])[0])
    state = evaluate(candidate, x, shared=False)
    onset, share = np.asarray(state.onset), state.ion_resistance / (state.ion_resistance + state.electron_resistance)
    share = np.broadcast_to(share, x_grid.shape)
    under = (x["operation.current"] < onset) | (share <= x["operation.tolerated_share"])
    shape = (points, points)
    found = (np.broadcast_to(one, x_grid.shape).reshape(shape) for one in (onset, share, under))
    return PlatingMap((first, second), axis_x, axis_y, *found)


def _medians(candidate: CoatingCandidate):
    return at_shares(candidate, np.full((1, len(candidate.uncertain)), 0.5))
