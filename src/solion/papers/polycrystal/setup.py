"""What the cases of the polycrystal paper share: numbers of its text, grains, devices."""

from __future__ import annotations

import dataclasses
from functools import lru_cache

import numpy as np

from solion import protocols
from solion.analysis.boundary_map import BoundaryMap
from solion.analysis.trigger import Trigger
from solion.balances.disk import equivalent_radius
from solion.devices.filament_memristor import FilamentMemristor
from solion.devices.nano_electrode import NanoElectrode
from solion.grids.grains.tessellation import Tessellation, voronoi
from solion.papers.case import Choice
from solion.protocols import Protocol

GRAIN = 10e-6  # stated: grain size, m
PELLET = 300e-6  # stated: thickness of the electrolyte, m
TIP = 2 * 4.642e-9  # diameter of the tip's contact by Hertz with the paper's numbers, m
COMPLIANCE = 1e-3  # stated, A
LARGEST_BIAS = 10.0  # stated, V
RATE = 0.2  # V/s, not in the text
PADS = (5e-6, 10e-6, 50e-6, 100e-6, 500e-6)  # sides; the text names 500 um alone
CONTACT_RADIUS = Choice(
    "contact radius of the tip",
    "4.64 nm",
    "Hertz's formula with the paper's numbers",
    lambda _: "biases at a boundary do not feel it",
)


def grains(seed: int, width: float = 100e-6) -> Tessellation:
    """A square of Poisson-Voronoi grains, cut at its faces as a polished pellet is."""
    return voronoi((width, width), GRAIN, seed=seed)


@lru_cache(maxsize=4)
def surface(width: float = 200e-6, seed: int = 3) -> BoundaryMap:
    """A surface of grains seen from above."""
    made = voronoi((width, width), GRAIN, seed=seed)
    return BoundaryMap.of_polygons((width, width), made.polygons())


def trigger() -> Trigger:
    """Trigger biases with the paper's tip."""
    return Trigger()


def memristor(size: float = TIP, *, pad: bool = False, quiet: bool = False, **numbers) -> FilamentMemristor:
    """A memristor with a disk of diameter ``size`` or a square ``pad`` of that side; ``quiet`` without any jitter."""
    radius = equivalent_radius(size) if pad else size / 2
    still = {"jitter": 0.0, "radius_jitter": 0.0, "gap_jitter": 0.0} if quiet else {}
    return dataclasses.replace(FilamentMemristor(), electrode=NanoElectrode(radius=radius), **still, **numbers)


def name(size: float) -> str:
    """How an electrode of this size is called."""
    return "tip" if size < 50e-9 else f"{size * 1e6:.3g} µm"


def median_words(values, unit: str = "") -> str:
    """Median and the span of the middle four fifths."""
    low, mid, high = np.quantile(np.asarray(values, float), [0.1, 0.5, 0.9])
    return f"{mid:.3g}{unit} [{low:.3g} to {high:.3g}]"


def loop(low: float, high: float, cycles: int, samples: int = 160, rate: float = RATE) -> Protocol:
    """Cycles between two biases (V) at a rate (V/s) under the compliance of the paper."""
    wave = protocols.cyclic_voltammetry(limits=(low, high), rate=rate, cycles=cycles, samples=samples)
    return wave.with_compliance(current=COMPLIANCE)
