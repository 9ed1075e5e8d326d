"""Whole cycles of an alloying particle, through the loss of its core: a front inward as carriers come, another as they leave.

A front that has consumed its host is gone, and nothing can come back from where it went. Carriers leave through the surface, so
the emptied phase begins there: a second front runs inward, the emptied host its shell, the product its core. It is the same
problem with the roles exchanged. With a deficit of carriers for their excess, beta -> 1/beta, a_0 -> b, N_0 -> N_0/beta and
E -> E_top - E, the equations of :mod:`solion.balances.shell_front` hold as they stand (the shell now shrinks and pulls on the
front, which costs work again), so each leg is a run of :class:`AlloyParticle`. E_top is where the emptied phase has its largest
deficit, as 0 V is where the product has its largest excess. What a leg leaves inside (a core that arrest kept, product that did
not empty) is rigid, and the next leg ends there.
"""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar, NamedTuple

import numpy as np
import xarray as xr

from solion.base.constants import FARADAY
from solion.base.errors import InputError
from solion.base.parameters import assumed, parameter, without_sources
from solion.base.quantity import Quantity
from solion.devices.alloy_particle import HOUR, AlloyParticle
from solion.devices.alloy_quantities import PARTS
from solion.experiments.alloy_legs import KEPT_QUANTITIES, TOLERANCE, WHOLE, joined, leg_rows, leg_values
from solion.experiments.experiment import AbstractExperiment, Stage, placed, refuse_resume, require
from solion.experiments.transient import simulate
from solion.laws.core_shell.kinematics import core_radius
from solion.laws.core_shell.shell import ElasticReversal, RigidPlastic
from solion.laws.core_shell.surface_film import Fracturing
from solion.protocols import hold
from solion.result.result import Result

BY_CYCLE = (
    Quantity("hysteresis", "voltage", "voltage out less voltage in at the same fraction, mean over what both legs cover"),
    Quantity("mechanical_hysteresis", "voltage", "its part that work of stress takes"),
    Quantity("taken", "charge", "charge taken in"),
    Quantity("given", "charge", "charge given back"),
    Quantity("kept_fraction", None, "fraction that stays reacted at the end of the cycle"),
)


class Leg(NamedTuple):
    """A particle as one leg finds it: radii (m) of its surface and of what is rigid inside, whether that is product, film (m)."""

    outer: float
    inside: float
    product: bool
    film: float


class AlloyCycling(AbstractExperiment):
    """Cycles at one rate between two potentials, in first; a leg ends at its potential, or where its front is through."""

    c_rate: float = parameter(unit="1/h", low=1e-6, high=1e4, doc="C-rate, of the whole host")
    lowest: float = parameter(unit="V", low=-1, high=3, doc="potential at which the way in ends")
    highest: float = parameter(unit="V", low=0, high=5, doc="potential at which the way out ends")
    top: float = parameter(
        0.0,
        unit="V",
        low=0,
        high=10,
        doc="E_top, at which the emptied phase has its largest deficit; 0 for twice the plateau",
        source=assumed(0.0, "emptied phase and product mirror each other: as wide in composition, as far from the plateau"),
    )
    cycles: int = 1
    cells: int = placed("numerics", 60, low=8, high=10_000)

    takes: ClassVar = AlloyParticle
    verb: ClassVar = "cycle_particle"
    quantities: ClassVar[tuple[Quantity, ...]] = (*KEPT_QUANTITIES, *BY_CYCLE)

    def run(self, device, *, on_progress=None, checkpoint=None, resume=False, title=""):
        refuse_resume(resume)
        return cycle_particle(
            device,
            c_rate=float(self.c_rate),
            lowest=float(self.lowest),
            highest=float(self.highest),
            top=float(self.top),
            cycles=self.cycles,
            cells=self.cells,
            on_progress=on_progress,
            title=title,
        )


def emptying(device: AlloyParticle, radius: float, top: float) -> AlloyParticle:
    """The particle whose front runs in from the surface of the product at ``radius`` (m) as carriers leave (see the module).

    Its voltages are E_top less those of ``device``, its currents the opposite, its excess the emptied phase's deficit. A shell
    with an elastic layer flows throughout here, and a film that cracks does neither crack nor heal: the surface shrinks.
    """
    material, film = device.material, device.film
    shell, swelling = material.shell, film.swelling  # pyright: ignore[reportAttributeAccessIssue]
    if isinstance(shell, ElasticReversal):
        shell = RigidPlastic(yield_stress=shell.yield_stress)
    if isinstance(swelling, Fracturing):
        film = dataclasses.replace(film, swelling=dataclasses.replace(swelling, growth_rate=0.0))
    mirrored = dataclasses.replace(
        material,
        ratio=1 / material.ratio,
        molar_volume=material.ratio * material.molar_volume,
        plateau=top - material.plateau,
        shell=shell,
        diffusion=dataclasses.replace(material.diffusion, partial_volume=-material.diffusion.partial_volume),
    )
    return dataclasses.replace(device, material=mirrored, film=film, shape=device.shape.resized(radius))


def cycle_particle(
    device: AlloyParticle,
    *,
    c_rate: float,
    lowest: float,
    highest: float,
    top: float = 0.0,
    cycles: int = 1,
    cells: int = 60,
    samples: int = 120,
    on_progress=None,
    title: str = "",
) -> Result:
    """Cycle a particle at ``c_rate`` (1/h) between ``lowest`` and ``highest`` (V), carriers in first, through full conversion.

    The result holds both legs of every cycle in one, and by cycle the hysteresis of the voltage with its mechanical part, the
    charges and what stays reacted. Carriers that are in the product beyond its own at a turn leave at once, which is told.
    Raises InputError for potentials that do not hold the plateau between them.
    """
    require("cycle_particle", device, AlloyParticle)
    device = without_sources(device)
    plateau = float(device.material.plateau)
    top = top or 2 * plateau
    if not lowest < plateau < min(highest, top):
        raise InputError(
            f"cycle_particle: lowest = {lowest:g} V, highest = {highest:g} V and top = {top:g} V are outside their allowed "
            f"range: the plateau, {plateau:g} V, lies above the first and below the others."
        )
    if cycles < 1 or not c_rate > 0:
        raise InputError(f"cycle_particle: cycles = {cycles}, c_rate = {c_rate:g} 1/h: both are positive.")
    leg = Leg(float(device.shape.radius), 0.0, False, float(device.film.film_thickness))  # pyright: ignore[reportAttributeAccessIssue]
    current, rows, notes, checks = float(device.current_at(c_rate)), [], [], {}
    for number in range(2 * cycles):
        out = number % 2 == 1
        if on_progress is not None:
            on_progress(Stage(number / (2 * cycles), f"{'out' if out else 'in'}, cycle {number // 2 + 1}"))
        body = emptying(device, leg.outer, top) if out else dataclasses.replace(device, shape=device.shape.resized(leg.outer))
        if leg.film > 0:
            body = dataclasses.replace(body, film=dataclasses.replace(body.film, film_thickness=leg.film))
        end = min(1 - (leg.inside / leg.outer) ** (device.shape.order + 1), WHOLE)
        way = hold(current=-current, duration=1.5 * HOUR / c_rate, samples=samples)
        way = way.until("voltage", below=top - highest if out else lowest).until("reacted_fraction", above=end)
        run = simulate(body, way, cells=cells, tolerance=TOLERANCE)
        rows.append(_told(run, device, leg, out, top, rows[-1] if rows else None))
        checks |= {f"{name}, leg {number + 1}": entry for name, entry in run.audit.items()}
        notes += [f"leg {number + 1}: {text}" for text in _turned(device, run, out)]
        fraction = float(run.dataset["reacted_fraction"][-1])
        through = fraction >= min(end, WHOLE) - 1e-6
        stays = float(core_radius(fraction, leg.outer, device.shape.order))
        nested = leg.inside > 0 and not through
        leg = Leg(float(run.dataset["outer"][-1]), 0.0 if through else stays, not out, float(run.dataset["film_thickness"][-1]))
        leg = leg._replace(product=out)
        if nested and number + 1 < 2 * cycles:
            notes.append(
                f"leg {number + 1} stopped before it reached what the leg before had left inside; layers within layers are not "
                "in the model, and the cycling ends here."
            )
            break
    return _joined(device, rows, notes, checks, title, {"c_rate": c_rate, "lowest": lowest, "highest": highest, "top": top})


def _told(run: Result, device: AlloyParticle, leg: Leg, out: bool, top: float, before: xr.Dataset | None) -> xr.Dataset:
    """A leg in the particle's own voltages, currents and fractions, after the legs before it; its first instant is left out."""
    values, power = leg_values(run), device.shape.order + 1
    front = core_radius(values["reacted_fraction"], leg.outer, device.shape.order)
    whole, ratio = float(device.shape.radius) ** power, float(device.material.ratio)
    inside = leg.inside**power
    product = front**power - inside if out else values["outer"] ** power - front**power + inside
    values["reacted_fraction"] = np.clip(product / ratio / whole, 0.0, 1.0)
    if out:
        turned = (*(f"potential_{part}" for part, _ in PARTS), "current", "charge")
        values |= {"voltage": top - values["voltage"]} | {name: -values[name] for name in turned}
        values["potential_plateau"] = 0 * front + float(device.material.plateau)
    reacted = FARADAY * float(device.material.concentration * device.shape.volume) * values["reacted_fraction"][0]
    values["charge"] = values["charge"] + reacted
    return leg_rows(run, values, before, "leg, in and out by turns")


def _turned(device: AlloyParticle, run: Result, out: bool) -> list[str]:
    """What is to be said of a leg's end."""
    data, found = run.dataset, []
    if run.status not in ("finished", "stopped"):
        found.append(f"{run.status}: {run.message}")
    order, ratio = device.shape.order, float(device.material.ratio)
    volume = data["outer"].values[-1] ** (order + 1) - data["core"].values[-1] ** (order + 1)
    left = float(data["excess"].values[-1].mean()) * volume / data["outer"].values[-1] ** (order + 1)
    if left > 0.01:
        found.append(
            f"the {'emptied phase' if out else 'product'} {'lacks' if out else 'holds'} {left:.1%} of a full particle's carriers "
            f"{'against' if out else 'beyond'} its own at the turn (beta = {ratio:g}); they {'come' if out else 'leave'} at once."
        )
    return found


def _by_cycle(into: xr.Dataset, out: xr.Dataset) -> dict[str, float]:
    """Numbers of one cycle."""
    low = max(float(into["reacted_fraction"].min()), float(out["reacted_fraction"].min()))
    high = min(float(into["reacted_fraction"].max()), float(out["reacted_fraction"].max()))
    common = np.linspace(low, high, 201)[1:-1]

    def gap(name: str) -> float:
        order = np.argsort(out["reacted_fraction"].values)
        back = np.interp(common, out["reacted_fraction"].values[order], out[name].values[order])
        return float(np.mean(back - np.interp(common, into["reacted_fraction"], into[name])))

    charge = [abs(float(part["charge"][-1] - part["charge"][0])) for part in (into, out)]
    return {
        "hysteresis": gap("voltage"),
        "mechanical_hysteresis": gap("potential_stress"),
        "taken": charge[0],
        "given": charge[1],
        "kept_fraction": float(out["reacted_fraction"][-1]),
    }


def _joined(device, rows: list[xr.Dataset], notes, checks, title: str, settings: dict[str, Any]) -> Result:
    cycles = [_by_cycle(*pair) for pair in zip(rows[::2], rows[1::2], strict=False)]
    last = cycles[-1] if cycles else {"hysteresis": np.nan, "mechanical_hysteresis": np.nan, "kept_fraction": np.nan}
    return joined(
        rows,
        device,
        experiment="AlloyCycling",
        title=title or "Cycles of an alloying particle",
        message=f"{len(rows)} legs; in the last cycle the voltage out lies {last['hysteresis']:.3f} V above that in, of which "
        f"stress takes {last['mechanical_hysteresis']:.3f} V; {last['kept_fraction']:.3f} of the host stays reacted.",
        settings=settings,
        checks=checks,
        notes=notes,
        extra={item.name: ("run", np.array([cycle[item.name] for cycle in cycles]), item.attributes()) for item in BY_CYCLE},
    )
