"""The films in space of the section "in space": devices, currents held until they switch, and pulses with a long rest after.

Two grids serve all of it, 72 x 80 cells on h x 2h or on h x h, so that runs of a kind differ in numbers alone.
"""

from __future__ import annotations

import dataclasses
import functools

from solion.devices import Contact, Even, FilmMemristor, Mirrored, Patch
from solion.devices.start import AbstractInitial
from solion.explore.critical_current.runs import StepRun, StepRuns
from solion.laws import EvenCurrent, LinearWetting
from solion.papers.film.setup import memristor
from solion.papers.run_pool import RunPool
from solion.protocols import hold
from solion.protocols.protocol import Protocol
from solion.result.result import Result

FILLING, THICKNESS = 0.3, 80e-9
CELLS, COLUMNS, WIDTH, PATCH = 72, 80, 2.0, 0.2  # across; along; of the film and of a patch, in thicknesses
SAMPLES = 12  # of each part of a pulse and of the rest after it
PROGRAM = "independent finite-volume program"
EVERYWHERE = {"greatest_composition_top": 0.5, "greatest_composition_bottom": 0.5, "least_composition_top": 0.5}


@functools.cache
def transferring(rate: float = 1e-3, factor: float = 1.0, width: float = WIDTH) -> FilmMemristor:
    """Symmetric contacts of a rate (i_D), the bottom one ``factor`` times better on a patch."""
    device = memristor(FILLING, (rate, rate))
    law = device.top.transfer
    patch = Even() if factor == 1 else Patch(end=PATCH * THICKNESS, factor=factor)
    extent = Mirrored(width=width * THICKNESS, columns=COLUMNS)
    return dataclasses.replace(device, top=Contact(law), bottom=Contact(law, rates=patch), series_resistance=0.0, extent=extent)


@functools.cache
def wetted(strength: float) -> FilmMemristor:
    """Contacts that pass the current evenly, a patch of the bottom one wetted."""
    dry = Patch(start=PATCH * THICKNESS, end=WIDTH * THICKNESS, factor=0.0)
    bottom = Contact(EvenCurrent(), LinearWetting(strength), wettings=dry)
    return dataclasses.replace(transferring(), top=Contact(EvenCurrent()), bottom=bottom)


def step(run_pool: RunPool, device: FilmMemristor, current: float, dwell: float) -> StepRun:
    """A current (i_D) held until the bottom is ion-rich anywhere, for at most ``dwell`` tau_D."""
    run_pool.count(1)
    runs = StepRuns(device, dwell, CELLS)
    return runs(runs.profile(None), current)


def pulse(current: float, lasts: float, after: float, rests: tuple[float, ...]) -> Protocol:
    """``current`` (i_D) until the bottom is ion-rich anywhere (at most ``lasts`` tau_D), ``after`` tau_D more, then rest."""
    scales = transferring().scales()
    held = {"current": current * scales.current, "samples": SAMPLES}
    first = hold(duration=lasts * scales.time, **held).until("greatest_composition_bottom", above=0.5)
    protocol = first.then(hold(duration=after * scales.time, **held))
    for rest in rests:
        protocol = protocol.then(hold(current=0.0, duration=rest * scales.time, samples=SAMPLES))
    return protocol


def pulsed(run_pool: RunPool, device: FilmMemristor, protocol: Protocol, initial: AbstractInitial | None = None) -> Result:
    """The run of a pulse."""
    return run_pool.simulate(device, protocol, cells=CELLS, initial=initial, watch=EVERYWHERE)
