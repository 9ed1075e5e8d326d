"""A candidate that is not even: the first nucleation on cells of random patches, currents in the plane counted; its page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from solion.base.errors import InputError
from solion.base.parameters import build
from solion.devices import CoatedElectrode, CoatingLayer
from solion.explore.coating.candidate import CoatingCandidate
from solion.explore.coating.evaluate import conductivities, evaluate
from solion.explore.coating.verdict import at_shares
from solion.explore.coating_patches import (
    ElectrolyteField,
    FirstNucleation,
    WeibullFit,
    first_nucleation,
    in_plane_change,
    random_patches,
    weibull,
)
from solion.laws import InsertionButlerVolmer, IonTransport
from solion.laws.salt_limit import porous_diffusivity
from solion.views.page import badge, header, html, picture, section, verdict, write_page
from solion.views.style import COLOURS, INK, blank, styled

UNEVEN_FILE = "patches.json"
GROUP, ALIKE = 10, 0.2


class UnevenCoating(NamedTuple):
    """First nucleations of cells, their Weibull distribution, the area (m2) of one cell, what sideways currents would change."""

    name: str
    found: FirstNucleation
    fit: WeibullFit
    area: float
    current: float
    in_plane: float

    @property
    def sentences(self) -> list[str]:
        """What was found, in words."""
        low, middle, high = np.quantile(self.found.current, (0.05, 0.5, 0.95)) / 10
        groups = len(self.found.current) // GROUP
        ten, predicted = self.tenfold / 10, self.fit.larger(GROUP) / 10
        large = (
            f"Ten times the area of {1e4 * self.area:.3g} cm² has a median of {ten:.3g} mA/cm² ({groups} groups of ten cells); "
        )
        if abs(np.log(ten / predicted)) > ALIKE:
            large += f"Weibull (shape {self.fit.shape:.3g}) says {predicted:.3g}: the cells, some with defects, are no single"
            large += " population, so do not take it to larger areas."
        else:
            larger = self.fit.larger(100) / 10
            large += f"Weibull (shape {self.fit.shape:.3g}) agrees, {predicted:.3g}, and says {larger:.3g} of a hundred times."
        return [
            f"{self.name}: the first patch nucleates on top at {middle:.3g} mA/cm² (5 to 95 % of cells {low:.3g} to {high:.3g}); "
            f"an even coating would at {self.found.even / 10:.3g}. The operating current is {self.current / 10:.3g}.",
            large,
            f"The most loaded patch carries up to {self.found.focus.max():.3g} times the mean. Lithium that moves in the plane "
            f"of the coating, which is left out, would change currents of patches by about {self.in_plane:.2%}.",
        ]

    @property
    def tenfold(self) -> float:
        """Median threshold (A/m2) of ten cells together, by the least of each ten."""
        current = self.found.current
        groups = current[: len(current) // GROUP * GROUP].reshape(-1, GROUP)
        return float(np.median(groups.min(axis=1)))


def electrode_of(candidate: CoatingCandidate) -> CoatedElectrode:
    """The candidate at its medians as a device; each layer with what it conducts at rest."""
    x = at_shares(candidate, np.full((1, len(candidate.uncertain)), 0.5))
    ions, electrons = conductivities(candidate, x)

    def one(value):
        return float(np.ravel(np.asarray(value))[0])

    layers = tuple(
        build(
            CoatingLayer,
            transport=IonTransport(ion_conductivity=one(ion)),
            thickness=one(x[f"layers.{k}.thickness"]),
            electron_conductivity=one(electron),
            reference_temperature=one(x["temperature"]),
        )
        for k, (ion, electron) in enumerate(zip(ions, electrons, strict=True))
    )
    into, bottom, above = (InsertionButlerVolmer(exchange_current=one(x[f"interfaces.{name}"])) for name in ("i01", "i02", "i0T"))
    return CoatedElectrode(
        layers,
        into=into,
        bottom=bottom,
        above=above,
        barrier=one(evaluate(candidate, x, shared=False).barrier),
        pressure=one(x["operation.pressure"]),
        temperature=one(x["temperature"]),
    )


def uneven_coating(
    candidate: CoatingCandidate,
    cells: int = 200,
    patches: int = 256,
    size: float = 1e-4,
    *,
    thickness: float = 0.1,
    barrier: float = 0.1,
    defects: float = 0.01,
    seed: int = 0,
) -> UnevenCoating:
    """Cells of square patches of this ``size`` (m) with random thicknesses, barriers and defects. Raises InputError."""
    electrode = electrode_of(candidate)
    if not np.isfinite(electrode.electron_resistance) or float(electrode.barrier) == 0:
        why = "a layer conducts no electrons" if electrode.barrier else "there is no barrier"
        raise InputError(f"{candidate.file}: {why}, so that no patch is the first to nucleate; patches have nothing to tell.")
    middle = {path: float(number.at(0.5)) for path, number in candidate.numbers.items()}
    kappa = float(porous_diffusivity(middle["electrolyte.conductivity"], middle["electrolyte.porosity"]))
    field = ElectrolyteField(size=size, conductivity=kappa, distance=middle["electrolyte.distance"])
    drawn = random_patches(cells, patches, thickness=thickness, barrier=barrier, defects=defects, seed=seed)
    found = first_nucleation(electrode, *drawn, field)
    change = in_plane_change(float(electrode.thickness), size, thickness)
    return UnevenCoating(candidate.name, found, weibull(found.current), patches * size**2, middle["operation.current"], change)


def write_uneven(result: UnevenCoating, folder: Path) -> None:
    """``patches.json``, the distribution as a picture, and a page."""
    from solion.views.page import drawn

    place = folder / "figures"
    place.mkdir(parents=True, exist_ok=True)
    image = drawn(distribution_figure(result), place, "distribution")
    numbers = {
        "first_nucleation": result.found.current.tolist(),
        "even": result.found.even,
        "ten_cells": result.tenfold,
        "shape": result.fit.shape,
        "scale": result.fit.scale,
    }
    (folder / UNEVEN_FILE).write_text(json.dumps(numbers, indent=2) + "\n", encoding="utf-8")
    first, *rest = result.sentences
    body = [
        header(f"{result.name}: patches", f"{len(result.found.current)} cells of {1e4 * result.area:.3g} cm²; currents in A/m²"),
        verdict(badge("first nucleation", "info"), html(first)),
        *(section(f"said-{k}", title, html(text)) for k, (title, text) in enumerate(zip(("Area", "Focus"), rest, strict=True))),
        section(
            "distribution", "Cells that have nucleated on top", picture(image, "distribution", "Dots: cells; line: Weibull.")
        ),
    ]
    write_page(folder, f"{result.name}: patches", body)


@styled
def distribution_figure(result: UnevenCoating) -> Figure:
    """Share of cells whose first patch has nucleated against the current."""
    canvas = blank(6.4, 4.2)
    axes = canvas.subplots()
    current = np.sort(result.found.current)
    axes.plot(current / 10, (np.arange(current.size) + 0.5) / current.size, ".", color=COLOURS[0], label="cells")
    line = np.geomspace(current[0], max(current[-1], result.found.even), 200)
    axes.plot(line / 10, -np.expm1(-((line / result.fit.scale) ** result.fit.shape)), color=COLOURS[1], label="Weibull")
    axes.axvline(result.found.even / 10, color=INK, ls="--", lw=1, label="an even coating")
    axes.axvline(result.current / 10, color=INK, lw=1, label="operating current")
    axes.set(xscale="log", xlabel="current (mA/cm²)", ylabel="share of cells with lithium on top", ylim=(0, 1))
    axes.legend()
    return canvas
