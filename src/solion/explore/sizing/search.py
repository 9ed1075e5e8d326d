"""Which thickness and material switch within a time at a voltage, with the uncertainty of what is known of the material.

Every host is taken to behave, in scaled numbers, as one device simulated here (lithium titanate unless another is given):
s(h) = tau_switch/tau_D at this voltage for a few thicknesses, since a thinner film has a relatively wider interface. The
largest thickness that switches in the time t then solves h^2 s(h) = D_p t, for each of many draws of D_p from its range.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from solion.base.errors import InputError
from solion.base.parameters import table
from solion.base.scaling import mixed_conductor_scales
from solion.devices import FilmMemristor
from solion.explore.sizing.dimensions import Response, area_for_current, area_for_energy, in_units
from solion.explore.sizing.number_text import si_text
from solion.explore.sizing.reference import (
    at_rest,
    device_at_temperature,
    reference_device,
    switching_voltage,
    thinnest,
    with_thickness,
)
from solion.explore.sizing.response import CELLS, WAIT, respond
from solion.explore.sizing.speeds import chosen
from solion.explore.sizing.warming import BOUNDARY, FILM, USUAL, Substrate, chosen_substrate, warming
from solion.materials import Diffusivity, MixedConductor, arrhenius
from solion.thermodynamics import clamping_limit, critical_current, interface

NODES = 5  # thicknesses that are simulated
ACROSS = 2.0  # cells across the interface in the thickest of them: times within 1 % (2 % at 3 V) of those with four
STEP = 1.1  # of the voltage, in the search for one that switches

Interval = tuple[float, float, float]  # low, median, high


@dataclass(frozen=True)
class Candidate:
    """One host. Intervals are (low, median, high) of the draws; all but ``thickness`` hold for a film as thick as ``film``.

    ``thickness`` (m): the largest one that switches in time; its low end does so for all but the slowest draws. ``film``:
    that low end, or the thinnest film that can hold both phases where the low end is thinner. ``chance``: share of draws
    with which ``film`` switches in time. ``diffusivity`` in m^2/s, ``time`` s, ``peak_current`` A, ``energy`` J per
    switch, ``series_resistance`` ohm and ``exchange_current`` A (the smaller of both contacts): what they must be.
    ``voltage``: of the critical current through the film at rest (V), an estimate of the least that switches. ``area`` in m^2.
    ``warming``: by how much (K) a switch warms it at most, see :mod:`.sizing.warming`.
    """

    name: str
    host: Diffusivity
    diffusivity: Interval
    thickness: Interval
    film: float
    chance: float
    time: Interval
    peak_current: Interval
    energy: Interval
    series_resistance: Interval
    exchange_current: Interval
    voltage: float
    area: float
    warming: Interval


@dataclass(frozen=True)
class Design:
    """The answer: a candidate for each host, fastest first, and what it rests on.

    ``floor``: thinnest film that holds both phases (m); ``thicknesses`` (m) and ``ratios`` tau_switch/tau_D as simulated;
    ``basis``: sentences on what is simulated, assumed and calibrated.
    """

    time: float
    voltage: float
    temperature: float
    filling: float
    full: bool
    floor: float
    thicknesses: tuple[float, ...]
    ratios: tuple[float, ...]
    candidates: tuple[Candidate, ...]
    basis: tuple[str, ...]


def design(
    time: float,
    voltage: float,
    *,
    materials: tuple[str, ...] | None = None,
    device: FilmMemristor | None = None,
    temperature: float | None = None,
    area: float | None = None,
    current: float | None = None,
    energy: float | None = None,
    full: bool = False,
    confidence: float = 0.9,
    draws: int = 4000,
    seed: int = 0,
    cells: int = CELLS,
    substrate: str = USUAL,
) -> Design:
    """Which thickness of which material switches within ``time`` (s) at ``voltage`` (V).

    ``materials`` are names of diffusivity entries, all unless given. ``device`` is the one whose scaled behaviour stands for
    all; ``temperature`` (K) is its own unless given. The electrode area follows from one of ``area`` (m^2), peak ``current``
    (A) and ``energy`` (J) per switch, or is the device's. ``full`` asks both contacts to change phase, not one. ``confidence`` is
    the share of draws between low and high ends of the intervals. ``substrate``: what takes up the heat, Si, MgO or SiO2.

    Raises InputError where no film can do it: a voltage that switches no film, a time too short for every host, a single phase.
    """
    _positive("time", time, "s")
    _within("confidence", confidence, 0.5, 0.999)
    _within("draws", draws, 100, 1_000_000)
    device = reference_device() if device is None else device
    if not isinstance(device, FilmMemristor):
        raise InputError(f"design: device = {type(device).__name__} is not a FilmMemristor.")
    device.require_line("design")
    if sum(value is not None for value in (area, current, energy)) > 1:
        raise InputError("design: area, current and energy each determine the area; give one of them.")
    for name, value, unit in (("area", area, "m^2"), ("current", current, "A"), ("energy", energy, "J")):
        if value is not None:
            _positive(name, value, unit)
    hosts, sink = chosen(materials), chosen_substrate(substrate)
    base = device_at_temperature(device, device.temperature if temperature is None else temperature)
    floor = thinnest(base)
    simulated = _Simulated(base, voltage, full, floor, cells)
    size = float(device.area if area is None else area)
    question = _Question(device.film.material, time, abs(voltage), size, current, energy, confidence, int(draws), seed, sink)
    candidates = [_candidate(name, host, simulated, question) for name, host in hosts.items()]
    candidates.sort(key=lambda candidate: -candidate.diffusivity[1])
    if not any(candidate.chance > 0 for candidate in candidates):
        best = min(candidates, key=lambda candidate: candidate.time[0])
        raise InputError(
            f"design: time = {si_text(time, 's')} is too short at {si_text(voltage, 'V')} for every material asked: the fastest, "
            f"{best.host.label}, needs {si_text(best.time[0], 's')} to {si_text(best.time[2], 's')} in the thinnest film that "
            f"holds both phases, {si_text(floor, 'm')}."
        )
    return Design(
        time,
        voltage,
        float(base.temperature),
        float(base.film.filling),
        full,
        floor,
        tuple(simulated.nodes.tolist()),
        tuple(simulated.ratios.tolist()),
        tuple(candidates),
        _basis(base, simulated, question),
    )


class _Question(NamedTuple):
    """What is asked: time (s) at a voltage (V), area (m^2) unless a peak current (A) or an energy (J) sets it, and the draws.

    ``material`` is that of the device as it was given, at its own temperature.
    """

    material: MixedConductor
    time: float
    voltage: float
    area: float
    current: float | None
    energy: float | None
    confidence: float
    draws: int
    seed: int
    substrate: Substrate

    def interval(self, values) -> Interval:
        """Low end, median and high end of draws."""
        tail = (1 - self.confidence) / 2
        low, middle, high = np.quantile(values, (tail, 0.5, 1 - tail))
        return float(low), float(middle), float(high)


def _candidate(name: str, host: Diffusivity, simulated: _Simulated, question: _Question) -> Candidate:
    """One host as thick as it may be, with what its contacts and its circuit must do."""
    base, interval = simulated.device, question.interval
    known, scale = question.material, base.scales()
    multiple = base.series_resistance * scale.current_density / scale.voltage  # of V_T/i_D
    faster = float(arrhenius(known.electron_activation_energy, base.temperature, known.reference_temperature))
    reference, diffusivity = host.sample(base.temperature, question.draws, question.seed)
    thickness = interval(simulated.thickness(question.time * diffusivity))
    film = max(simulated.floor, thickness[0])
    response = simulated.response(film)
    one = mixed_conductor_scales(
        thickness=film,
        area=1.0,
        concentration=known.concentration,
        ion_diffusivity=diffusivity,
        electron_diffusivity=reference / (known.ion_diffusivity / known.electron_diffusivity) * faster,
        temperature=base.temperature,
    )
    size = question.area
    if question.current is not None:
        size = float(np.median(area_for_current(question.current, response, one)))
    elif question.energy is not None:
        size = float(np.median(area_for_energy(question.energy, response, one)))
    switch = in_units(response, one)
    exchange, needed = simulated.contacts(film)
    return Candidate(
        name=name,
        host=host,
        diffusivity=interval(diffusivity),
        thickness=thickness,
        film=film,
        chance=float(np.mean(switch.time <= question.time * (1 + 1e-9))),
        time=interval(switch.time),
        peak_current=interval(switch.peak_current * size),
        energy=interval(switch.energy * np.full(question.draws, size)),
        series_resistance=interval(multiple * one.voltage / (one.current_density * size)),
        exchange_current=interval(exchange * one.current_density * size),
        voltage=needed,
        area=size,
        warming=interval(warming(question.substrate, film, size, switch.time, question.voltage * switch.peak_current)),
    )


class _Simulated:
    """Responses of the device at a few thicknesses, and between and beyond them."""

    def __init__(self, device: FilmMemristor, voltage: float, full: bool, floor: float, cells: int):
        self.device, self.cells, self.floor = device, cells, floor
        width = interface(device.film.material, device.temperature).width
        self.thickest = max(width * cells / ACROSS, 1.5 * floor)
        self.nodes = np.geomspace(floor, self.thickest, NODES)
        found = [respond(with_thickness(device, node), voltage, full=full, cells=cells) for node in self.nodes]
        if any(response is None for response in found):
            self._refuse(voltage, full)
        self.responses = Response(*(np.array(row) for row in zip(*(r for r in found if r), strict=True)))
        self.ratios = self.responses.time

    def thickness(self, reach):
        """Thickness (m) of which h^2 s(h) is ``reach`` (m^2); beyond the nodes s stays that of the nearest."""
        # a film that is faster than a thinner one counts as no faster, so that the answer holds for all thinner ones
        known, sought = np.log(np.maximum.accumulate(self.nodes**2 * self.ratios)), np.log(reach)
        inside = np.interp(sought, known, np.log(self.nodes))
        beyond = np.where(sought < known[0], sought - known[0], np.maximum(sought - known[-1], 0.0))
        return np.exp(inside + beyond / 2)

    def response(self, thickness: float) -> Response:
        """The response at a thickness, between nodes by straight lines of logarithms."""
        at = np.log(thickness)
        return Response(*(np.exp(np.interp(at, np.log(self.nodes), np.log(np.abs(row)))) for row in self.responses))

    def contacts(self, thickness: float) -> tuple[float, float]:
        """The smaller exchange current of both contacts at the start (i_D), and the voltage of the critical current (V)."""
        device = with_thickness(self.device, min(thickness, self.thickest))
        _, top, bottom = at_rest(device, 0.0, self.cells, "top")
        return min(top, bottom), switching_voltage(device, self.cells)

    def _refuse(self, voltage: float, full: bool) -> None:
        """Say which voltage would do, by trial."""
        material = self.device.film.material
        formula = switching_voltage(with_thickness(self.device, self.thickest), self.cells)
        trial = max(abs(voltage), 0.7 * formula)
        for _ in range(60):
            trial *= STEP
            tried = [
                respond(with_thickness(self.device, node), np.copysign(trial, voltage), full=full, cells=self.cells)
                for node in (self.nodes[0], self.nodes[-1])
            ]
            if all(tried):
                break
        else:
            raise InputError(
                f"design: voltage = {si_text(voltage, 'V')} does not switch {material.name}, nor does any to "
                f"{si_text(trial, 'V')}."
            )
        critical = critical_current(material, float(self.device.film.filling))
        kind = "both contacts" if full else "a contact"
        raise InputError(
            f"design: voltage = {si_text(voltage, 'V')} does not change the phase at {kind} of {material.name} filled to "
            f"{float(self.device.film.filling):g} within {WAIT:g} tau_D, at any thickness; the critical current is "
            f"{critical:.3g} i_D, and {si_text(float(np.copysign(trial, voltage)), 'V')} is enough."
        )


def _basis(device: FilmMemristor, simulated: _Simulated, question: _Question) -> tuple[str, ...]:
    material = device.film.material
    low, high = min(simulated.ratios), max(simulated.ratios)
    fitted = [
        f"calibrated: {row.path} = {row.value:.3g} {row.unit} ({row.reference})."
        for row in table(device)
        if row.provenance == "calibrated"
    ]
    return (
        f"simulated: tau_switch / tau_D = {low:.3g} to {high:.3g} of {material.name} filled to {float(device.film.filling):g}, "
        f"at this voltage, in films {simulated.nodes[0] * 1e9:.3g} to {simulated.nodes[-1] * 1e9:.3g} nm thick; thicker ones are "
        "taken as the thickest of these.",
        f"assumed: every host has the phases, the filling, the c_0 and the D_p/D_n = "
        f"{material.ion_diffusivity / material.electron_diffusivity:.2g} of {material.name}, and contacts with the same rates "
        "in units of its own i_D; only the ion diffusivity is its own.",
        f"assumed: D_p is as likely anywhere in its range (by decade), the activation energy in its own; {question.draws} "
        f"draws, seed {question.seed}, {question.confidence:.0%} of them between the ends of each interval.",
        f"heat: the power of the peak for the time of the switch, spread into {question.substrate.words}; assumed: a film of "
        f"{FILM:g} W/(m K) on a boundary of {BOUNDARY:g} m2 K/W. All else is isothermal.",
        _stress(device),
        *(fitted or ["calibrated: no number."]),
    )


def _stress(device: FilmMemristor) -> str:
    """What a film that is held in its plane would pay, as far as it is known."""
    material = device.film.material
    held = float(material.misfit.coefficient(material.concentration, device.temperature))
    if held == 0:
        return f"stress: no misfit of {material.name} is known, so that clamping and bending are left out for all."
    limit = clamping_limit(material).coefficient
    return (
        f"stress: {material.name} held in its plane has B = {held:.2g} of the {limit:.3g} k_B T at which phases cease; that of "
        "another host is left out, and can decide (docs/film-physics.md)."
    )


def _positive(name: str, value: float, unit: str) -> None:
    if not (np.isfinite(value) and value > 0):
        raise InputError(f"design: {name} = {value:g} {unit} is outside its allowed range: above 0, finite.")


def _within(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise InputError(f"design: {name} = {value:g} is outside its allowed range [{low:g}, {high:g}].")
