"""Fig. 4: samples of grains, bare and under layers, that several cases share."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from solion.analysis.hot_spots import spread
from solion.devices.polycrystal import ChargeTransfer, Layer, lu2021
from solion.experiments.conduction import Elements, Sizes, conduct, hot_spot, profile, section
from solion.papers.case import Choice
from solion.papers.polycrystal.setup import grains
from solion.papers.run_pool import RunPool
from solion.result import Result

WINDOW = 100e-9  # m; a maximum has no meaning without one
LAYER = (10e-6, 1e-2)  # stated: m, S/m
DEPTHS = np.array([0.02, 0.1, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 7.0, 9.9]) * 1e-6
SEEDS, WIDE_SEEDS, SWEEP_SEEDS, QUICK_SEEDS = range(20), range(4), range(10), range(3)
SIZES = Sizes(junctions=20e-9, faces=0.4e-6, bulk=2e-6)  # H(100 nm) within 1 % of meshes of half and of twice the size
ONE = Sizes(junctions=40e-9, faces=0.5e-6, bulk=2.5e-6)
COARSE = Sizes(junctions=40e-9, faces=0.6e-6, bulk=3e-6)
LEVEL = 1.1  # the layer has homogenised where the maximum has fallen below this
LAMBDA = Choice(
    "conductivities",
    "σ_g = 5e-4 S/cm, Λ = 1 and 2",
    "Table S1 of the paper is not at hand; Λ = R_gb σ_g/d alone decides",
    lambda _: "1 to 2 gives both the factor of 10 and the 3 µm",
)


@dataclass(frozen=True)
class Bare:
    """Over samples of grains without layers: H(100 nm) of both faces, conductivity over the grain's, worst conservation."""

    factor: np.ndarray
    conductivity: np.ndarray
    conservation: float


@dataclass(frozen=True)
class Covered:
    """Over faces of samples of grains under layers.

    ``outer`` is H(100 nm) at the layer's outer face; ``profile`` (faces, depths) the largest mean of j_z over a piece
    of the mesh within the layer; ``depth`` where it falls below 1.1 (m, infinite where nowhere).
    """

    outer: np.ndarray
    profile: np.ndarray
    depth: np.ndarray


def device(ratio: float, layer: bool):
    """The ceramic between equipotential electrodes, with layers on both faces where wanted."""
    layers = tuple(Layer(*LAYER, face) for face in ("bottom", "top")) if layer else ()
    return dataclasses.replace(lu2021(ratio), layers=layers)


def solve(run_pool: RunPool, ratio: float, seed: int, layer: bool, width: float = 100e-6, sizes: Sizes | None = None) -> Result:
    """One sample of grains; a coarser mesh in the quick form."""
    run_pool.count(1)
    engine = Elements(sizes=sizes or (COARSE if run_pool.quick else SIZES))
    return conduct(device(ratio, layer), grains(seed, width), engine=engine)


def one_hot_spot(run_pool: RunPool, ratio: float, electrode: ChargeTransfer | None = None) -> float:
    """H(100 nm) of the worse face of one sample on a coarse mesh, with this interface on both; once for all cases."""

    def make() -> float:
        ceramic = device(ratio, False)
        if electrode is not None:
            ceramic = dataclasses.replace(ceramic, bottom=electrode, top=electrode)
        run_pool.count(1)
        found = conduct(ceramic, grains(1), engine=Elements(sizes=ONE))
        return max(hot_spot(section(found, f"{face}_electrode"), WINDOW).factor for face in ("bottom", "top"))

    return run_pool.once(f"one {ratio} {electrode}", make)


def bare(run_pool: RunPool, ratio: float, seeds: range) -> Bare:
    """Samples without layers, once for all cases that ask for as many."""

    def one(seed):
        run = solve(run_pool, ratio, seed, False)
        factors = [hot_spot(section(run, f"{face}_electrode"), WINDOW).factor for face in ("bottom", "top")]
        return factors, float(run.dataset["effective_conductivity"]) / 0.05, run.audit["conservation"]["value"]

    def every():
        factors, conductivity, audits = zip(*run_pool.map(one, seeds), strict=True)
        return Bare(np.array(factors), np.array(conductivity), max(audits))

    return run_pool.once(f"bare {ratio} {seeds}", every)


def covered(run_pool: RunPool, ratio: float, seeds: range, width: float = 100e-6) -> Covered:
    """Samples under layers, once for all cases that ask for as many."""

    def one(seed):
        run, found = solve(run_pool, ratio, seed, True, width), []
        for face in ("bottom", "top"):
            planes = [profile(run, -z if face == "bottom" else width + z) for z in DEPTHS]
            largest = np.array([spread(plane.size, plane.current_density)[0] for plane in planes])
            found.append((hot_spot(section(run, f"{face}_electrode"), WINDOW).factor, largest, falls_below(largest)))
        return found

    def every():
        return Covered(*map(np.array, zip(*[face for both in run_pool.map(one, seeds) for face in both], strict=True)))

    return run_pool.once(f"covered {ratio} {seeds} {width}", every)


def falls_below(largest: np.ndarray) -> float:
    """Depth (m) at which the maximum falls below 1.1, between planes by straight lines in its logarithm."""
    over = np.flatnonzero(largest >= LEVEL)
    if not over.size:
        return float(DEPTHS[0])
    last = over[-1]
    if last == DEPTHS.size - 1:
        return np.inf
    a, b = np.log(largest[last : last + 2] - 1)
    share = (a - np.log(LEVEL - 1)) / (a - b)
    return float(DEPTHS[last] + share * (DEPTHS[last + 1] - DEPTHS[last]))
