"""The experiment that runs a device through a protocol in time: what :func:`solion.simulate` does, as an object."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar, cast

import numpy as np

from solion.base.errors import InputError
from solion.base.quantity import UNITS
from solion.devices.device import AbstractDevice
from solion.devices.start import AbstractInitial
from solion.experiments.experiment import AbstractExperiment, placed, require
from solion.experiments.transient import check_samples, simulate
from solion.numerics.stepping.integrate import Tolerance
from solion.protocols.protocol import Protocol

MOST_STEPS = 100_000
ERRORS = ("relative", "absolute", "guard")


class Transient(AbstractExperiment):
    """A protocol in time: voltages and currents at the terminals, step by step.

    What is None is the device's own choice: its start state, its tolerance, the levels it watches.
    """

    protocol: Protocol
    initial: AbstractInitial | None = placed("initial", None, form="start")
    cells: int = placed("numerics", 200, low=8, high=100_000)
    tolerance: Tolerance | Mapping[str, float] | None = placed("numerics", None, form="tolerance")
    watch: Mapping[str, float] | None = placed("output", None, form="levels")

    takes: ClassVar = AbstractDevice
    verb: ClassVar = "simulate"
    streams: ClassVar = True

    def run(self, device, *, on_progress=None, checkpoint=None, resume=False, title="", fields=None):
        require(self.verb, device, AbstractDevice)
        run: Any = self.completed(device)
        return simulate(
            device,
            run.protocol,
            initial=run.initial,
            cells=run.cells,
            tolerance=run.tolerance,
            watch=run.watch,
            on_progress=on_progress,
            checkpoint=checkpoint,
            resume=resume,
            checkpoint_every=2.0,
            title=title,
            fields=fields,
        )

    def completed(self, device):
        given, own = self.tolerance, device.unless_given()
        if not isinstance(given, Tolerance):
            given = dataclasses.replace(own.tolerance, **(given or {}))
        return dataclasses.replace(
            self,
            initial=own.initial if self.initial is None else self.initial,
            tolerance=given,
            watch=dict(own.watch) if self.watch is None else self.watch,
        )

    def check(self, device):
        require(self.verb, device, AbstractDevice)
        steps = self.protocol.steps
        if len(steps) > MOST_STEPS:
            raise InputError(f"protocol has {len(steps)} steps, outside its allowed range [1, {MOST_STEPS}].")
        check_samples(sum(step.samples for step in steps))
        with np.errstate(all="ignore"):  # an impossible material shows in the profile, which the device looks at
            device.profile(self.completed(device).initial, self.cells)

    def outline(self, device):
        scales, run = device.scales(), cast(Any, self.completed(device))
        units = {
            "tau_D": ("time", scales.time),
            "V_T": ("voltage", scales.voltage),
            "i_D": ("current_density", scales.current_density),
        }
        samples, duration = sum(step.samples for step in run.protocol.steps), float(run.protocol.duration)
        return {
            "scales": ", ".join(f"{name} = {float(value):.5g} {UNITS[kind]}" for name, (kind, value) in units.items()),
            "protocol": f"{len(run.protocol.steps)} steps, {duration:.5g} s ({duration / float(scales.time):.5g} tau_D), "
            f"{samples} samples",
            "numerics": f"{run.cells} cells, relative {run.tolerance.relative:g}, absolute {run.tolerance.absolute:g}",
        }

    def settings(self):
        errors: dict[str, Any] = {name: float(getattr(self.tolerance, name)) for name in ERRORS}
        return {"numerics": {"cells": self.cells, **errors}}
