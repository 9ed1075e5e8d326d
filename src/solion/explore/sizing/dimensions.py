"""Scaled numbers of a switch in SI, and back: which thickness, diffusivity or area makes it so. Arrays are welcome.

A switch that takes ``ratio`` of the diffusion time tau_D = h^2/D_p takes ratio h^2/D_p seconds. Currents scale with
i_D S = D_n c_0 F S/h, energies with V_T i_D tau_D S: for a given D_p/D_n both follow from h, S and T alone.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from solion.base.errors import InputError
from solion.base.scaling import Scales

RATIO = 0.1  # tau_switch / tau_D: the estimate of Tian and Bazant, Fig. 5


class Response(NamedTuple):
    """How a film switches under a constant voltage, scaled: one simulated run, or several stacked.

    ``voltage`` (V_T), ``time`` to the switch (tau_D), and until then the ``peak_current`` (i_D), the ``charge``
    (i_D tau_D) and the ``work`` of the source (V_T i_D tau_D).
    """

    voltage: Any
    time: Any
    peak_current: Any
    charge: Any
    work: Any


class Switching(NamedTuple):
    """One switch in SI: ``voltage`` (V), ``time`` (s), ``peak_current`` (A), ``charge`` (C), ``energy`` (J)."""

    voltage: Any
    time: Any
    peak_current: Any
    charge: Any
    energy: Any


def in_units(response: Response, scales: Scales) -> Switching:
    """A scaled switch in SI."""
    return Switching(
        response.voltage * scales.voltage,
        response.time * scales.time,
        response.peak_current * scales.current,
        response.charge * scales.current * scales.time,
        response.work * scales.energy,
    )


def diffusion_time(thickness, diffusivity):
    """tau_D = h^2/D_p in s."""
    return _positive("thickness", thickness, "m") ** 2 / _positive("diffusivity", diffusivity, "m^2/s")


def thickness_for_time(time, diffusivity, ratio=RATIO):
    """Thickness (m) that switches in ``time`` (s): h = sqrt(D_p t / ratio)."""
    scaled = _positive("time", time, "s") / _positive("ratio", ratio, "")
    return np.sqrt(_positive("diffusivity", diffusivity, "m^2/s") * scaled)


def diffusivity_for_time(time, thickness, ratio=RATIO):
    """Ion diffusivity (m^2/s) with which a film of this thickness switches in ``time`` (s): D_p = ratio h^2/t."""
    return _positive("ratio", ratio, "") * _positive("thickness", thickness, "m") ** 2 / _positive("time", time, "s")


def area_for_current(current, response: Response, scales: Scales):
    """Electrode area (m^2) with which the peak current of a switch is ``current`` (A)."""
    return _positive("current", current, "A") / (response.peak_current * scales.current_density)


def area_for_energy(energy, response: Response, scales: Scales):
    """Electrode area (m^2) with which a switch costs ``energy`` (J)."""
    density = scales.voltage * scales.current_density * scales.time
    return _positive("energy", energy, "J") / (response.work * density)


def _positive(name: str, value, unit: str):
    number = np.asarray(value, dtype=float)
    if not (np.all(np.isfinite(number)) and np.all(number > 0)):
        wrong = number if number.ndim == 0 else number[~(np.isfinite(number) & (number > 0))][0]
        raise InputError(f"design: {name} = {wrong:g} {unit}".rstrip() + " is outside its allowed range: above 0, finite.")
    return number[()]
