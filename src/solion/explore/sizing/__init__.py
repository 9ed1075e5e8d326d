"""Dimensional design of film memristors: from a film to volts, amperes, seconds and joules per switch, and back.

Quick estimates are in :mod:`.sizing.dimensions`, one simulated switch in :mod:`.sizing.response`, and the
answer to "which thickness and material switch within this time at this voltage?" in :mod:`.sizing.search`.
"""

from solion.explore.sizing.chart import chart
from solion.explore.sizing.dimensions import (
    Response,
    Switching,
    area_for_current,
    area_for_energy,
    diffusion_time,
    diffusivity_for_time,
    in_units,
    thickness_for_time,
)
from solion.explore.sizing.reference import device_at_temperature, reference_device, same_multiples, switching_voltage, thinnest
from solion.explore.sizing.response import respond
from solion.explore.sizing.search import Candidate, Design, design
from solion.explore.sizing.speeds import Speed, speeds

__all__ = [
    "Candidate",
    "Design",
    "Response",
    "Speed",
    "Switching",
    "area_for_current",
    "area_for_energy",
    "chart",
    "design",
    "device_at_temperature",
    "diffusion_time",
    "diffusivity_for_time",
    "in_units",
    "reference_device",
    "respond",
    "same_multiples",
    "speeds",
    "switching_voltage",
    "thickness_for_time",
    "thinnest",
]
