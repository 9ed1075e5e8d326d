"""What a voltage does to a filament memristor at one instant: the rates between its events, and the numbers they take."""

from __future__ import annotations

import functools
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from solion.balances.disk import Disk
from solion.base.constants import FARADAY
from solion.base.parameters import as_arrays, without_sources
from solion.devices.filament_memristor import FilamentMemristor
from solion.laws.charge_transfer import AbstractChargeTransfer, InsertionButlerVolmer, Surface, metal_surface

RATIOS = np.geomspace(1e-5, 4.0, 60)  # radius of the head over the gap; beyond them the head is a planar electrode
VOLTAGES = np.geomspace(1e-6, 30.0, 2000)  # V, of the table of ionic currents; below them it is linear
OPENED = 1e-9  # m, gap with which a neck that is gone begins


class FilamentState(NamedTuple):
    """Of each device: gap and its largest value since it opened (m), squared radii of filament and neck (m^2), depth stripped off
    the neck (m)."""

    gap: jax.Array
    opened: jax.Array
    body: jax.Array
    neck: jax.Array
    stripped: jax.Array


class Numbers(NamedTuple):
    """The device as plain numbers, and the shape of the spreading resistance of the filament's head."""

    molar: float
    surface: Surface  # of the metal
    growth: AbstractChargeTransfer
    stripping: AbstractChargeTransfer
    dissolution: float
    shorting: float
    thickening: float
    conductivity: float
    length: float
    metal: float
    path: float
    contact: float
    floor: float
    flaw: float
    log_shape: jax.Array  # of the head's spreading resistance, at RATIOS
    log_ionic: jax.Array  # of the electrode's ionic current, at VOLTAGES


@functools.cache
def head_table() -> NDArray:
    """ln(R sigma a) of a head at RATIOS."""
    return np.log([Disk(ratio, 1.0).shape for ratio in RATIOS])


def numbers_of(device: FilamentMemristor) -> Numbers:
    """The numbers of a device."""
    electrode, law = device.electrode, device.griffith
    crack = law.toughness * law.molar_volume / (FARADAY * law.geometry)
    return Numbers(
        float(law.molar_volume / FARADAY),
        metal_surface(electrode.thermal_voltage),
        as_arrays(without_sources(electrode.kinetics)),
        as_arrays(InsertionButlerVolmer(exchange_current=device.stripping_current)),
        float(device.dissolution),
        device.shorting_factor(),
        float(device.thickening / device.filaments),
        float(electrode.conductivity),
        float(electrode.thickness),
        float(device.resistivity * electrode.thickness / (np.pi * device.filaments)),
        0.375 * float(device.mean_free_path),
        float(device.contact_resistance),
        float(electrode.floor),
        float(crack**2 / np.pi),
        jnp.asarray(head_table()),
        jnp.log(electrode.current(VOLTAGES)),
    )


def read_table(table, points: NDArray, log):
    """Straight line in a table of logarithms at evenly spaced logarithms of ``points``; constant beyond its ends."""
    start, spacing = float(np.log(points[0])), float(np.log(points[1] / points[0]))
    place = jnp.clip((log - start) / spacing, 0.0, points.size - 1.001)
    below = place.astype(int)
    return table[below] + (place - below) * (table[below + 1] - table[below])


class FilamentRates(NamedTuple):
    """What a voltage does at one instant, as rates: closing and opening of the gap, stripping and mending of the neck (m/s), and
    what comes to the squared radius of a metallic filament (m^2/s)."""

    closing: jax.Array
    opening: jax.Array
    strip: jax.Array
    mend: jax.Array
    added: jax.Array


def head_shape(ratio, n: Numbers):
    """R sigma a of a head of a radius over its gap, by straight lines in a table of logarithms."""
    return jnp.exp(read_table(n.log_shape, RATIOS, jnp.log(jnp.maximum(ratio, RATIOS[0])))) * jnp.minimum(RATIOS[-1] / ratio, 1.0)


def rates_of(state: FilamentState, head, threshold, widest, voltage, held, ionic, n: Numbers, shape=head_shape) -> FilamentRates:
    """Rates with a head of radius ``head`` at a programmed voltage, of which ``held`` is across a metallic filament."""
    # growth of the head across the gap
    grown = jnp.maximum(state.opened - state.gap, 0.0)
    flaw = n.flaw / threshold**2
    eta = threshold * jnp.sqrt(flaw / (flaw + grown))
    ratio = head / jnp.maximum(state.gap, 1e-12)
    ohmic = n.conductivity * jnp.abs(voltage) / (jnp.pi * head * shape(ratio, n))
    kinetic = n.growth.current(jnp.maximum(-voltage - eta, 0.0), n.surface)
    closing = n.molar * jnp.minimum(kinetic, ohmic)
    # opening of the gap, ever slower towards its largest
    drive = jnp.maximum(n.shorting * held - n.dissolution, 0.0)
    supply = n.conductivity * 4 * drive / (jnp.pi * head)
    strip = n.molar * jnp.minimum(n.stripping.current(drive, n.surface), supply)
    opening = strip * jnp.maximum(1 - state.gap / widest, 0.0)
    # neck of a metallic filament: stripped by a positive bias, mended and thickened by a negative one
    mend = n.molar * n.stripping.current(n.shorting * jnp.maximum(-held, 0.0), n.surface)
    # what a positive bias takes off the whole length is driven by the share that the metal leaves of it
    share = jnp.where(voltage < 0, 1.0, -n.shorting)
    return FilamentRates(closing, opening, strip, mend, n.thickening * n.molar * share * jnp.abs(ionic) / (jnp.pi * n.length))
