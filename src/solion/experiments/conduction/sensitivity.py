"""``sensitivity``: which boundaries and grains a number depends on, by the adjoint of the field."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from solion.base.errors import InputError
from solion.base.parameters import table
from solion.devices.polycrystal import Polycrystal
from solion.experiments.conduction.dataset import declared, shape_of
from solion.experiments.conduction.elements import Elements
from solion.experiments.conduction.measures import AbstractMeasure, MeanCurrent
from solion.experiments.conduction.problem import AbstractEngine, pose
from solion.result.description import describe, row_values
from solion.result.result import Result


def sensitivity(
    polycrystal: Polycrystal,
    microstructure: Any,
    *,
    voltage: float = 0.1,
    measure: AbstractMeasure | None = None,
    engine: AbstractEngine | None = None,
) -> Result:
    """Derivatives of a measure (mean current unless given) at constant voltage, for one further solve.

    ``by_resistance``: by the resistance of each boundary, all its facets together; ``by_facet``: by that of each facet;
    ``by_conductivity``: by the conductivity of each grain. Multiplied by the resistance (conductivity) they tell what a
    relative change does: ``relative_to_resistance``, over the value of the measure.
    """
    engine = engine or Elements()
    measure = measure or MeanCurrent()
    for key, value, kind in (("engine", engine, AbstractEngine), ("measure", measure, AbstractMeasure)):
        if not isinstance(value, kind):
            raise InputError(f"sensitivity: {key} = {value!r} is not a {kind.__name__.removeprefix('Abstract')} object.")
    found = engine.sensitivity(pose("sensitivity", polycrystal, microstructure, voltage, None), measure)
    grains = np.flatnonzero(found.presence)
    pairs, which = np.unique(found.grains, axis=0, return_inverse=True)
    which = which.ravel()
    unit, unit_of_size = "of the measure", "m" if found.position.shape[1] == 2 else "m2"
    relative = np.bincount(which, found.by_resistance * found.resistance, len(pairs)) / found.value
    conductivity = found.by_conductivity[grains]
    dataset = xr.Dataset(
        {
            "value": ((), found.value, {"long_name": f"{type(measure).__name__}"}),
            "boundary_grains": (("boundary", "side"), pairs, {"long_name": "the two grains of a boundary"}),
            "boundary_size": (
                "boundary",
                np.bincount(which, found.size, len(pairs)),
                {"units": unit_of_size, "long_name": "its size"},
            ),
            "by_resistance": (
                "boundary",
                np.bincount(which, found.by_resistance, len(pairs)),
                {"units": "1/(ohm m2)", "long_name": f"derivative {unit} by the resistance of the boundary"},
            ),
            "relative_to_resistance": (
                "boundary",
                relative,
                {"units": "1", "long_name": "relative change for a relative change of that resistance"},
            ),
            "facet_grains": (("facet", "side"), found.grains, {"long_name": "the two grains of a facet"}),
            "facet_position": (("facet", "axis"), found.position, {"units": "m", "long_name": "centre of a facet"}),
            "facet_size": ("facet", found.size, {"units": unit_of_size, "long_name": "its size"}),
            "by_facet": (
                "facet",
                found.by_resistance,
                {"units": "1/(ohm m2)", "long_name": f"derivative {unit} by the resistance of the facet"},
            ),
            "by_conductivity": (
                "grain",
                conductivity,
                {"units": "1/(S/m)", "long_name": f"derivative {unit} by the conductivity of the grain"},
            ),
        },
        {"grain": ("grain", grains, {"long_name": "grain number"})},
    )
    dataset.attrs = describe(
        title=f"Sensitivity of {type(measure).__name__}",
        device=type(polycrystal).__name__,
        experiment="sensitivity",
        status="finished",
        message="solved.",
        sign_convention=polycrystal.sign_convention,
        parameters=[row_values(row) for row in table(polycrystal)],
        microstructure=shape_of(microstructure),
        settings={"engine": type(engine).__name__, "measure": repr(measure), "voltage": voltage},
        audit={},
        warnings=[],
    )
    return Result(declared(dataset))
