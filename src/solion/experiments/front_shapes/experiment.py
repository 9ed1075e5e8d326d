"""The shapes of an anisotropic front in a wire as an experiment: core and outside by direction, over time."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import xarray as xr

from solion.base.parameters import assumed, parameter, positive_parameter, table
from solion.base.quantity import Quantity
from solion.devices.alloy_particle import AlloyParticle
from solion.experiments.experiment import AbstractExperiment, refuse_resume, require
from solion.experiments.front_shapes.shapes import wire_shapes
from solion.laws.facet_speed import AXES
from solion.result.description import describe, row_values
from solion.result.result import Result

PLANE = ("time", "direction")
SPEED: dict[str, Any] = {"unit": "m/s", "high": 1.0}


class AnisotropicFront(AbstractExperiment):
    """A wire along ``axis``, its front at the speeds of the facets; ``viscoplastic``: a yielding shell (W3), else Darcy (W2)."""

    axis: str
    speed_110: float = positive_parameter(**SPEED, doc="v of {110}")
    speed_100: float = positive_parameter(**SPEED, doc="v of {100}")
    speed_111: float = positive_parameter(**SPEED, doc="v of {111}")
    amorphised: float = parameter(0.0, low=0, high=1, doc="theta, isotropic share of the front", source=assumed(0.0, "none"))
    viscoplastic: bool = False

    takes: ClassVar = AlloyParticle
    verb: ClassVar = "wire_shapes"
    quantities: ClassVar = (
        Quantity("core_radius", "length", "radius of the core", "field", dimensions=PLANE),
        Quantity("outer_radius", "length", "outer radius", "field", dimensions=PLANE),
        Quantity("reacted_fraction", None, "share of the section that has reacted", place="filling"),
        Quantity("outer_ratio", None, "largest over smallest outer radius"),
    )

    def run(self, device, *, on_progress=None, checkpoint=None, resume=False, title=""):
        refuse_resume(resume)
        require(self.verb, device, AlloyParticle)
        fast, yielding = float(self.speed_110), bool(self.viscoplastic)
        found = wire_shapes(
            self.axis,
            volume_ratio=float(device.material.ratio),
            speeds=(fast, float(self.speed_100), float(self.speed_111)),
            amorphised=float(self.amorphised),
            steps=40 if yielding else 60,
            viscoplastic=yielding,
        )
        radius = float(device.shape.radius)
        values = radius * found.core, radius * found.outer, found.fraction, found.ratio
        dataset = xr.Dataset(
            {
                item.name: (PLANE if item.dimensions else "time", part, item.attributes())
                for item, part in zip(self.quantities, values, strict=True)
            },
            {
                "time": ("time", found.time * radius / fast, {"units": "s", "long_name": "time", "kind": "time"}),
                "direction": ("direction", np.degrees(found.angles), {"units": "degree", "long_name": "angle from e1"}),
            },
        )
        peaks = ", ".join(f"{angle:.0f}" for angle in found.maxima())
        dataset.attrs = describe(
            title=title or f"Anisotropic front in a wire along <{self.axis}>",
            device=type(device).__name__,
            experiment=type(self).__name__,
            status="finished",
            message=f"f = {found.fraction[-1]:.3f}: outer radii differ by a factor {found.ratio[-1]:.3f}, largest at {peaks} "
            "degrees.",
            sign_convention=device.sign_convention,
            parameters=[row_values(row) for row in (*table(device), *table(self, "experiment"))],
            settings={"axis": self.axis, "known axes": list(AXES)},
            audit={},
            warnings=[
                f"the shell {'yields (W3)' if yielding else 'flows as in Darcy (W2), the most isotropic closure'}; the front's "
                "speed by direction does not depend on the stress."
            ],
            material=device.facts(),
        )
        return Result(dataset)
