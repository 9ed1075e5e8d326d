"""The device whose scaled behaviour a design is measured on, and what limits it: temperature, thickness, voltage."""

from __future__ import annotations

import dataclasses
from typing import TypeVar

import jax.numpy as jnp

from solion.base.compiled import Program
from solion.base.constants import FARADAY, thermal_voltage
from solion.base.errors import InputError
from solion.base.parameters import Part, Sourced, as_arrays, assumed, build, calibrated, stated, without_sources
from solion.devices import Contact, Film, FilmMemristor, PhaseSeparated
from solion.devices.circuit import solve
from solion.laws import ButlerVolmer
from solion.materials import at_temperature, critical_temperature, energies_scaled, lithium_titanate
from solion.protocols.drive import Drive
from solion.thermodynamics import critical_current, interface, ion_poor_fraction, phase_diagram

P = TypeVar("P", bound=Part)
PAPER = "Tian and Bazant"
CONDUCTIVITY = 0.005  # S/m, of the film filled to 0.9: what Tian and Bazant need for the measured current


def reference_device() -> FilmMemristor:
    """Film of Tian and Bazant's Fig. 2a between two equal symmetric contacts, of which partial polarization is a switch.

    Its electron diffusivity gives the film filled to 0.9 the 0.005 S/m with which the paper fits measured currents. The
    paper's D_p/D_n = 1e-5 would make it 0.34 S/m, and every current and energy 68 times larger; scaled behaviour hardly changes.
    """
    material = lithium_titanate()
    law = material.free_energy
    content = 0.9 + law.defects
    mobile = float(material.electron_mobility.mobility(jnp.asarray(content), law.electron_sites))
    per_diffusivity = material.concentration * FARADAY / thermal_voltage(material.reference_temperature) * mobile
    material = replaced(
        material,
        "electron_diffusivity",
        calibrated(CONDUCTIVITY / per_diffusivity, f"0.005 S/m at c = 0.9, which fits the current measured on LTO7; {PAPER}"),
    )
    film = build(Film, material=material, thickness=stated(80e-9, f"h; {PAPER}"), filling=stated(0.3, f"c_m of Fig. 2a; {PAPER}"))
    units = film.units
    contact = Contact(
        build(
            ButlerVolmer,
            rate=stated(1e-2 * units.i_D, f"Da = 1e-2 of the top contact of Fig. 4b; {PAPER}"),
            asymmetry=assumed(0.5, "symmetric, as the contacts of Fig. 4a and 4b"),
        )
    )
    resistance = stated(100 * units.V_T / units.i_D, f"R_s = 100 V_T/i_D; {PAPER}")
    return build(
        FilmMemristor,
        top=contact,
        film=film,
        bottom=contact,
        series_resistance=resistance,
        area=stated((500e-6) ** 2, f"S = 500 um x 500 um; {PAPER}"),
        temperature=assumed(298.15, "room temperature; the paper names none"),
    )


def replaced(part, name: str, number: Sourced):
    """The part with one number replaced, and its source."""
    sources = dict(part.sources) | {name: number}
    return dataclasses.replace(part, **{name: number.value}, sources=tuple(sources.items()))


def device_at_temperature(device: FilmMemristor, temperature: float) -> FilmMemristor:
    """The device at ``temperature`` (K): its material, the energies of its contacts in k_B T, and V_T.

    Rates of contacts and the series resistance stay the same multiples of i_D and V_T/i_D, since their activation is
    unknown; user functions of contacts stay as they are. Raises InputError as ``at_temperature`` does.
    """
    material = at_temperature(device.film.material, temperature)
    factor = device.temperature / temperature
    remark = f"at {temperature:g} K from {device.temperature:g} K"
    changed = dataclasses.replace(
        device,
        top=energies_scaled(device.top, factor, remark),
        bottom=energies_scaled(device.bottom, factor, remark),
        film=dataclasses.replace(device.film, material=material),
        temperature=float(temperature),
    )
    return same_multiples(changed, device)


def with_thickness(device: FilmMemristor, thickness: float) -> FilmMemristor:
    """The same device with another thickness, its contacts and series resistance the same multiples of i_D and V_T/i_D."""
    changed = dataclasses.replace(device, film=dataclasses.replace(device.film, thickness=float(thickness)))
    return same_multiples(changed, device)


def same_multiples(changed: FilmMemristor, device: FilmMemristor) -> FilmMemristor:
    """``changed`` with the currents of its contacts in the same ratio to i_D as in ``device``, its resistance to V_T/i_D."""
    old, new = device.scales(), changed.scales()
    current = float(new.current_density / old.current_density)
    return dataclasses.replace(
        changed,
        top=_multiplied(changed.top, "A/m2", current),
        bottom=_multiplied(changed.bottom, "A/m2", current),
        series_resistance=changed.series_resistance * float(new.voltage / old.voltage) / current,
    )


def _multiplied(part: P, unit: str, factor: float) -> P:
    """The part with every number of this unit, in it and inside it, times a factor."""
    changed = {}
    for field in dataclasses.fields(part):
        value = getattr(part, field.name)
        if isinstance(value, Part):
            changed[field.name] = _multiplied(value, unit, factor)
        elif field.metadata.get("parameter") and field.metadata["unit"] == unit:
            changed[field.name] = value * factor
    return dataclasses.replace(part, **changed)


def thinnest(device: FilmMemristor) -> float:
    """Smallest thickness (m) in which both phases have room: the rarer one is as wide as the interface between them.

    Raises InputError where the film of this filling has one phase only, at its temperature.
    """
    material, filling = device.here.solid, float(device.film.filling)
    phases = phase_diagram(material)
    if not phases.two_phase:
        raise InputError(
            f"design: temperature = {device.temperature:g} K leaves {material.name} a single phase, which cannot switch by "
            f"phase change; its miscibility gap closes at {critical_temperature(material):.4g} K, stay below."
        )
    poor, rich = phases.binodal
    if not poor < filling < rich:
        raise InputError(
            f"design: filling = {filling:g} gives {material.name} a single phase at {device.temperature:g} K; choose one "
            f"inside ({poor:.4g}, {rich:.4g})."
        )
    share = ion_poor_fraction(material, filling)
    return float(interface(material, device.temperature).width / min(share, 1 - share))


def _frozen(system, profile, current):
    _, circuit = system.fields(system.unknowns(profile))
    top, bottom = circuit.junctions
    return circuit.voltages(solve(circuit, Drive.of_current(current), jnp.zeros(())))[0], top.exchange, bottom.exchange


frozen_circuit = Program(_frozen)


def at_rest(device: FilmMemristor, current: float, cells: int, rich_at: str) -> tuple[float, float, float]:
    """Voltage (V_T) that drives ``current`` (i_D) through the film as it starts, and both exchange currents (i_D)."""
    system = as_arrays(without_sources(device).system(cells))
    profile = jnp.asarray(device.profile(PhaseSeparated(rich_at=rich_at), cells), float)
    voltage, top, bottom = frozen_circuit(system, profile, jnp.asarray(current, float))
    return float(voltage), float(top), float(bottom)


def switching_voltage(device: FilmMemristor, cells: int = 100) -> float:
    """Voltage (V) that drives the critical current through the film before anything moves.

    V = eta_T(i_c) - eta_B(i_c) + (mu_n(B) - mu_n(T)) at i_c + i_c R_s, with i_c of Tian and Bazant, Eq. 5, and the profile
    at rest. An estimate: Eq. 5 neglects the width of the interface, which asks for more in a thin film, while a contact that
    fills with ions conducts better, so that a thick film can switch at less.
    """
    current = critical_current(device.here.solid, float(device.film.filling))
    voltage, _, _ = at_rest(device, current, cells, "top")
    return voltage * float(device.scales().voltage)
