"""Figs. 4a, 4b and 4e: maps of the current through grains."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.figure import FigureBase

from solion.papers.case import CHECKED, PREDICTED, Case, Claim, Found, at_least, at_most
from solion.papers.polycrystal.samples import LAMBDA, LAYER, solve
from solion.papers.polycrystal.setup import grains
from solion.papers.run_pool import RunPool
from solion.result import Result
from solion.views.style import title


@dataclass(frozen=True)
class Map:
    """One sample bare and under layers, with current densities on a regular grid (nx, nz)."""

    bare: Result
    covered: Result
    polygons: list
    fields: tuple[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray], ...]


def run_map(run_pool: RunPool) -> Map:
    """Sample 1 at Lambda = 1."""
    runs = [solve(run_pool, 1.0, 1, layer) for layer in (False, True)]
    shown = []
    for run, extra in zip(runs, (0.0, LAYER[0]), strict=True):
        x = np.linspace(0.2e-6, 99.8e-6, 240)
        z = np.linspace(0.2e-6 - extra, 99.8e-6 + extra, 240)
        assert run.fields is not None
        _, current = run.fields.sample(np.stack(np.meshgrid(x, z, indexing="ij"), axis=-1).reshape(-1, 2))
        current = np.asarray(current).reshape(x.size, z.size, 2)
        shown.append((x, z, current[..., 0], current[..., 1]))
    return Map(runs[0], runs[1], grains(1).polygons(), tuple(shown))


def _detour(evidence: Map) -> Found:
    factor = evidence.bare.dataset["bottom_grain_factor"].values
    size = evidence.bare.dataset["bottom_grain_contact"].values
    off = float(np.sum(np.abs(factor - 1) * size) / size.sum())
    sideways = np.abs(evidence.fields[0][2]).mean() / evidence.fields[0][3].mean()
    return Found(off, f"{off:.2f} of the current, grain by grain; sideways {sideways:.2f} of the mean along z")


def _conserved(evidence: Map) -> Found:
    return Found(max(run.audit["conservation"]["value"] for run in (evidence.bare, evidence.covered)))


def draw_map(canvas: FigureBase, evidence: Map) -> None:
    """Current density with streamlines, bare and between layers, and the bottom of the first enlarged."""
    panels = canvas.subplots(1, 3, width_ratios=(1, 1, 1))
    mean = float(evidence.bare.dataset["current_density"])
    for axes, (x, z, jx, jz), run, letter, text in zip(
        panels,
        (*evidence.fields, evidence.fields[0]),
        (evidence.bare, evidence.covered, evidence.bare),
        ("4a", "4b", "4e"),
        ("bare", "between layers", "near the electrode"),
        strict=True,
    ):
        mean = float(run.dataset["current_density"])
        picture = axes.pcolormesh(
            x * 1e6, z * 1e6, np.hypot(jx, jz).T / mean, vmin=0, vmax=2.5, cmap="magma", shading="nearest", rasterized=True
        )
        cells = PolyCollection([cell * 1e6 for cell in evidence.polygons], facecolor="none", edgecolor="white", lw=0.35)
        axes.add_collection(cells)
        # streamplot wants evenly spaced positions to the last digit
        even = [np.linspace(v[0], v[-1], v.size) * 1e6 for v in (x, z)]
        axes.streamplot(*even, jx.T, jz.T, color="#9fd3ff", density=1.2 if letter != "4e" else 4.0, linewidth=0.5, arrowsize=0.5)
        axes.set(aspect="equal", xlabel="x (µm)", ylabel="z (µm)", xlim=(x[0] * 1e6, x[-1] * 1e6), ylim=(z[0] * 1e6, z[-1] * 1e6))
        if letter == "4e":
            axes.set(xlim=(35, 65), ylim=(0.2, 30))
        axes.grid(False)
        title(axes, letter, text)
    canvas.colorbar(picture, ax=panels, shrink=0.7, label="|j| over mean")


CASES = (
    Case(
        "4a",
        "Flux through grains",
        "Ions detour around grain boundaries; some grains carry more than others.",
        "Fig. 4a, 4b, 4e",
        "some 110 grains of 10 µm at Λ = 1, bare and between layers of 10 µm",
        run_map,
        (
            Claim(
                "share of the current that grains of a face carry too much or too little of",
                _detour,
                at_least(0.1, "'certain grains instead of the others': a tenth, ten times what a mesh of half the size moves"),
                PREDICTED,
            ),
            Claim(
                "current in over current out, relative difference",
                _conserved,
                at_most(1e-9, "a direct solve of 1e5 unknowns keeps twelve digits"),
                CHECKED,
                "conservation",
            ),
        ),
        draw_map,
        (LAMBDA,),
    ),
)
