"""What the run of an ionic synapse should say of itself: the number that matters, and the remedy."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from solion.base.constants import FARADAY
from solion.base.reference_temperature import temperatures_apart
from solion.laws.salt import BinarySalt

EDGE = 1e-6  # of the sites, so near to none or all of them a surface is exhausted
HIGH = 10.0  # V, beyond the stability of any electrolyte (some 5 V)
DROPS = {
    "electrolyte_drop": "ohmic drop of the electrolyte",
    "concentration_overpotential": "polarisation of its salt",
    "overpotential_channel": "overpotential of the channel",
    "overpotential_reservoir": "overpotential of the reservoir",
}


def warnings_of(device: Any, films: list[Any], plane: float | None, dataset: Any):
    """Sentences about a finished run of an IonicSynapse; ``films`` are its InsertionFilms with cells, ``plane`` a lattice plane
    (m) where they are resolved."""
    yield from temperatures_apart(device)
    steps = json.loads(dataset.attrs["protocol"])
    relaxation = float(device.electrolyte.material.relaxation_time)
    shortest = min(step["duration"] for step in steps)
    voltage = np.abs(dataset["voltage"].values)
    if shortest < 3 * relaxation:
        material = device.electrolyte.material
        stored = relaxation * float(material.ionic_conductivity * device.area / device.electrolyte.thickness) * voltage.max()
        yield (
            f"the shortest step, {shortest:.2g} s, is not long against the dielectric time of the electrolyte,"
            f" {relaxation:.2g} s: it also charges the electrolyte as a capacitor, up to {stored:.2g} C at {voltage.max():.2g} V,"
            f" which is not modelled; take steps of {3 * relaxation:.2g} s or more, or an ionic conductivity above"
            f" {3 * relaxation / shortest * float(material.ionic_conductivity):.2g} S/m."
        )
    electrolyte, ionic = device.electrolyte, np.abs(dataset["ion_current_density"].values)
    if isinstance(electrolyte.salt, BinarySalt):
        charge, part = float(device.channel.host.charge), float(electrolyte.material.transference)
        most = electrolyte.salt.limiting_current(charge, part, float(electrolyte.thickness))
        if ionic.max() > most:
            sand = electrolyte.salt.sand_time(float(ionic.max()), charge, part)
            yield (
                f"the ionic current reaches {ionic.max():.3g} A/m2, beyond the limiting current of the salt, {most:.3g} A/m2:"
                f" it can flow for about {sand:.2g} s; take a lower current, a thinner electrolyte or a transference nearer 1."
            )
    yield from _exhausted(device, films, dataset, steps)
    if plane is not None:
        yield from _coarse(films, plane, dataset["x"].values, shortest)
        yield from _lattice(films, plane, dataset["x"].values, shortest)
    kinds = np.array([step["label"] for step in steps])[dataset["segment"].values]
    driven = np.isin(kinds, ["pulse", "hold"])
    leak, ions = (np.abs(dataset[f"{name}_current_density"].values[driven]) for name in ("leak", "ion"))
    if driven.any() and leak.mean() > ions.mean():
        yield (
            f"more electrons leak while the gate is driven than ions move ({leak.mean():.2g} against {ions.mean():.2g} A/m2 on"
            " average); take larger pulses, or an electrolyte of lower electronic conductivity."
        )
    forced = np.array([step["mode"] == "current" for step in steps])[dataset["segment"].values]
    if forced.any() and voltage[forced].max() > HIGH:
        worst = int(np.argmax(np.where(forced, voltage, 0.0)))
        parts = {name: float(abs(dataset[name].values[worst])) for name in DROPS}
        most = max(parts, key=lambda name: parts[name])
        amperes = abs(float(dataset["current"].values[worst]))
        yield (
            f"the forced current of {amperes:.2g} A takes {voltage[worst]:.3g} V, more than any electrolyte stands; the largest"
            f" part is the {DROPS[most]}, {parts[most]:.3g} V: lower the current, or set a voltage compliance."
        )


def _exhausted(device: Any, films: list[Any], dataset: Any, steps: list[dict[str, Any]]):
    """Films that a forced current left empty or full at the electrolyte: what they held, and what the last step asked for."""
    number = int(dataset["segment"].values[-1])
    if steps[number]["mode"] != "current" or steps[number]["start"] == steps[number]["end"] == 0:
        return
    density = float(np.abs(dataset["current_density"].values[-1]))
    asked = density * float(device.area) * steps[number]["duration"]
    for name, film in zip(("channel", "reservoir"), films, strict=False):
        end, sites = float(dataset[f"composition_{name}_surface"].values[-1]), float(film.host.free_energy.capacity)
        if EDGE * sites < end < (1 - EDGE) * sites:
            continue
        empty, x = end < 0.5 * sites, float(dataset[f"composition_{name}"].values[0])
        holds, start = ("ions", "fuller") if empty else ("room", "emptier")
        capacity = float(film.host.charge * FARADAY * film.host.concentration) * (x if empty else sites - x)  # C/m3
        reach = 0.5 * capacity * float(film.area / device.area) / density
        lasts = float(np.pi * film.host.diffusivity) * reach * reach  # Sand's time
        yield (
            f"the {name} started at x = {x:.3g}, with {holds} for {capacity * float(film.area * film.thickness):.2g} C; step"
            f" {number + 1} asks for {asked:.2g} C, which diffusion to its surface keeps up for about {lasts:.2g} s: pass less"
            f" charge or a lower current, or start the {name} {start}."
        )


def _lattice(films: list[Any], plane: float, places: np.ndarray, shortest: float):
    """Films whose first cell is a lattice plane though ions diffuse farther than that in every step."""
    sides = (("channel", places[places > 0]), ("reservoir", -places[places < 0]))
    for (name, found), film in zip(sides, films, strict=False):
        width = 2 * float(found.min()) if found.size > 1 else np.inf
        planes = round(float(film.thickness) / plane)
        if width < 1.05 * plane < float(np.sqrt(film.host.diffusivity * shortest)):
            yield (
                f"the first of {found.size} cells of the {name} is one lattice plane, {width:.2g} m, which fills evenly: at the"
                f" electrolyte the film is a lattice gas, not a continuum up to its edge; ions diffuse farther than a plane in"
                f" every step, so take {max(planes // 2, 1)} cells or fewer."
            )


def _coarse(films: list[Any], plane: float, places: np.ndarray, shortest: float):
    """Films whose cell at the electrolyte is wide for what diffuses in the shortest step."""
    sides = (("channel", places[places > 0]), ("reservoir", -places[places < 0]))
    for (name, found), film in zip(sides, films, strict=False):
        if found.size < 2:
            continue
        reach = float(np.sqrt(film.host.diffusivity * shortest))
        width, wanted = 2 * float(found.min()), max(0.2 * reach, plane)
        if width > max(0.5 * reach, 1.05 * plane):
            within = " (less than a lattice plane, so that the first cell must be one)" if reach < plane else ""
            yield (
                f"cells of {width:.2g} m at the electrolyte are coarse for a step of {shortest:.2g} s, in which ions diffuse"
                f" {reach:.2g} m into the {name}{within}; use {int(np.ceil(film.thickness / wanted))} cells, or"
                f" depth=Resolved(finest={wanted:.2g}), in a study device.depth.kind = resolved and device.depth.finest ="
                f" {wanted:.2g} m."
            )
