"""The devices and protocols of the film paper, in units of its scales. Every run has one shape: one compilation.

Source: Tian and Bazant, Interfacial resistive switching by multiphase polarization in ion-intercalation nanofilms.
"""

from __future__ import annotations

import functools

import numpy as np

from solion.devices import Contact, Film, FilmMemristor
from solion.laws import ButlerVolmer
from solion.materials import lithium_titanate
from solion.papers.run_pool import RunPool
from solion.protocols import hold, ramp
from solion.protocols.protocol import Protocol
from solion.result.result import Result

CELLS, SAMPLES, STEPS = 200, 200, 6
SWEEP = 125.0  # V_T per tau_D, stated: 50 mV/s at tau_D = 64 s
ELECTRODES = {
    "LTO4": {"filling": 0.1, "rates": (1e-3, 1e-6), "asymmetries": (0.3, 0.08)},
    "LTO7": {"filling": 0.9, "rates": (1e-1, 1e-3), "asymmetries": (0.05, 0.2)},
}


@functools.cache
def memristor(
    filling: float, rates: tuple[float, float] = (1e-2, 1e-2), asymmetries: tuple[float, float] = (0.5, 0.5)
) -> FilmMemristor:
    """An 80 nm film of lithium titanate, R_s = 100 V_T/i_D; ``rates`` (Da, in i_D), ``asymmetries`` of top and bottom."""
    film = Film(lithium_titanate(), thickness=80e-9, filling=filling)
    i_D, V_T = film.units.i_D, film.units.V_T
    top, bottom = (
        Contact(ButlerVolmer(rate=rate * i_D, asymmetry=asymmetry)) for rate, asymmetry in zip(rates, asymmetries, strict=True)
    )
    return FilmMemristor(top=top, film=film, bottom=bottom, series_resistance=100 * V_T / i_D)


def voltammogram(device: FilmMemristor, peak: float) -> Protocol:
    """Two cycles 0, +peak, -peak, 0 (V_T) at the paper's rate."""
    volt, second = device.scales().voltage, device.scales().time
    corners = ((0.0, peak), (peak, -peak), (-peak, 0.0))
    once = [ramp(voltage=(a * volt, b * volt), rate=SWEEP * volt / second, samples=SAMPLES) for a, b in corners]
    return functools.reduce(Protocol.then, once).repeat(2)


def sweep_and_rest(device: FilmMemristor, peak: float, rest: float) -> Protocol:
    """One positive sweep 0, peak, 0 (V_T), then ``rest`` tau_D at V = 0."""
    volt, second = device.scales().voltage, device.scales().time
    there, back = (
        ramp(voltage=(a * volt, b * volt), rate=SWEEP * volt / second, samples=SAMPLES) for a, b in ((0.0, peak), (peak, 0.0))
    )
    return there.then(back).then(hold(voltage=0.0, duration=rest / 4 * second, samples=SAMPLES).repeat(4))


def current_pulse(device: FilmMemristor, current: float, plateau: float, rest: float, rise: float = 0.01) -> Protocol:
    """``current`` (i_D) reached in ``rise`` tau_D, held until ``plateau``, taken back, and ``rest`` tau_D without it."""
    scales = device.scales()
    value, second = current * scales.current, scales.time
    up = ramp(current=(0.0, value), duration=rise * second, samples=SAMPLES)
    part = hold(current=value, duration=(plateau - rise) / 3 * second, samples=SAMPLES)
    down = ramp(current=(value, 0.0), duration=rise * second, samples=SAMPLES)
    return up.then(part.repeat(3)).then(down).then(hold(current=0.0, duration=rest * second, samples=SAMPLES))


def held(device: FilmMemristor, duration: float) -> Protocol:
    """V = 0 for ``duration`` tau_D."""
    part = hold(voltage=0.0, duration=duration / STEPS * device.scales().time, samples=SAMPLES)
    return part.repeat(STEPS)


def loop(run_pool: RunPool, peak: float, electrodes: dict) -> Result:
    """The voltammogram of these electrodes, run once however many cases ask for it."""
    name = f"loop {peak} {sorted(electrodes.items())}"
    device = memristor(**electrodes)
    return run_pool.once(name, lambda: run_pool.simulate(device, voltammogram(device, peak), cells=CELLS))


def column(result: Result, name: str, cycle: int | None = None) -> np.ndarray:
    """A variable of the run as numbers, of one cycle if asked."""
    data = result.dataset[name].values
    return data if cycle is None else data[result.dataset["cycle"].values == cycle]


def scaled_time(result: Result) -> np.ndarray:
    """Time over tau_D."""
    return result.dataset["scaled_time"].values
