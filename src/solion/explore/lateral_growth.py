"""How fast a ripple along a film grows or decays: eigenvalues of its equations at a steady state of one dimension.

Of a film that is the same everywhere in its plane, ripples cos(k y) of different k do not mix. One of them lives on two columns
of cells between mirrors, of a width that gives k^2 exactly; its growth follows from the linearised equations in space, mu_n and
contacts included, whose largest eigenvalue is its rate:

    d(delta c)/dt = J_k delta c,    delta c ~ exp(s t)

The closed forms of :mod:`solion.thermodynamics.lateral` are its limits for a sharp interface (fingers) and for a poor phase far
from equilibrium (focusing). Nothing here is a barrier: the film under current has no energy that falls.
"""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from solion.analysis.data import Data, plain
from solion.base.errors import InputError
from solion.devices.device import AbstractDevice
from solion.devices.extent import Alike, Mirrored
from solion.devices.film_memristor import FilmMemristor
from solion.devices.series import InLead
from solion.experiments.assembly import assemble
from solion.experiments.transient import simulate
from solion.protocols import hold
from solion.thermodynamics import cells_that_let_go, front_pinning, phase_diagram

STEADY = 1e-6  # largest rate of a composition, per tau_D, of a state that is called steady
DWELL = 1000.0  # tau_D that a state is given to become so
HELD = 1.0  # of what the tension does to a ripple, above which what the grid does to it is no longer an error
TILT = 1e-6  # of the unknowns, of which differences are taken


class LateralGrowth(NamedTuple):
    """Growth rate ``rate`` (1/tau_D) of a ripple of ``wavenumber`` (1/h), its ``shape`` across the film (scaled to one), the
    ``composition`` it grows on, and ``frequency`` (1/tau_D), zero where it does not swing."""

    rate: float
    frequency: float
    wavenumber: float
    shape: np.ndarray
    composition: np.ndarray


def lateral_growth(device: FilmMemristor, current: float, wavenumber: float, *, cells: int = 96) -> LateralGrowth:
    """The ripple of ``wavenumber`` (1/h) that grows fastest on the steady state of a film under a current.

    ``current`` in i_D, positive from top to bottom, is forced; the film starts with its phases apart (state I) and is given 1000
    tau_D. Rates change by about 2 % from 72 to 108 cells. Raises InputError where wavenumber or current cannot be, where the
    grid holds the front more than its tension does (:func:`solion.thermodynamics.front_pinning`), and where the film does not
    come to rest in that state, as above its critical current.
    """
    if not wavenumber > 0:
        raise InputError(f"lateral_growth: wavenumber = {wavenumber!r} is outside its allowed range (0, inf) 1/h.")
    material, thickness, filling = device.here.solid, float(device.film.thickness), float(device.film.filling)
    if (gap := phase_diagram(material).at(filling)) is not None:
        wave, content = wavenumber / thickness, gap.binodal[0]
        held = front_pinning(material, thickness / cells, content) / wave**2
        if held > HELD:
            enough = cells_that_let_go(material, thickness, wave, 0.1 * HELD, content)
            raise InputError(
                f"lateral_growth: cells = {cells} hold the front with up to {held:.2g} times the force of its tension on a ripple"
                f" of {wavenumber:g}/h, so that its growth would be the grid's; take at least {enough}."
            )
    steady = steady_state(dataclasses.replace(device, extent=Alike(), series=InLead()), float(current), cells)
    return ripple(device, steady, float(current), wavenumber)


def ripple(device: FilmMemristor, composition: np.ndarray, current: float, wavenumber: float) -> LateralGrowth:
    """The same on a ``composition`` that is given, of cells across the film, whether it is steady or not."""
    thickness, scales = float(device.film.thickness), device.scales()
    width = 2 * np.sqrt(2) / wavenumber * thickness  # two columns, whose second difference is k^2
    pair = dataclasses.replace(device, extent=Mirrored(width=width, columns=2))
    drive = hold(current=current * scales.current_density * scales.area, duration=scales.time)
    model = assemble(pair, drive, composition.size, {})
    row = jax.tree.map(lambda entry: entry[0], model.schedule.drive)
    rates = np.asarray(_jacobian(model.system, jnp.asarray(composition), row))
    values, vectors = np.linalg.eig(rates)
    first = int(np.argmax(np.real(values)))
    fastest, shape = complex(values[first]), np.real(vectors[:, first])
    return LateralGrowth(fastest.real, abs(fastest.imag), wavenumber, shape / shape[np.argmax(abs(shape))], composition)


@jax.jit
def _jacobian(system, composition, drive):
    """d(rate)/d(composition) of a ripple, column by column, by central differences of the whole equations."""
    base = jnp.repeat(system.unknowns(composition), 2)
    capacity = jax.jvp(system.conserved, (base,), (jnp.ones_like(base),))[1]
    w = system.start(0.0, base, drive)

    def rate(y):
        return system.rate(0.0, y, system.solved(0.0, y, w, drive, 1e-9), drive)

    def column(k):
        tilt = jnp.zeros_like(base).at[2 * k].set(TILT).at[2 * k + 1].set(-TILT)
        change = (rate(base + tilt) - rate(base - tilt)) / (2 * TILT)
        return change[::2] / capacity[2 * k]

    return jax.lax.map(column, jnp.arange(composition.size)).T


def steady_state(device: AbstractDevice, current: float, cells: int) -> np.ndarray:
    """The composition of a film that a current has been forced through for long."""
    scales = device.scales()
    drive = hold(current=current * scales.current_density * scales.area, duration=DWELL * scales.time, samples=4)
    result = simulate(device, drive, cells=cells)
    held = plain(Data.of(result).fields()[0])
    moved = np.max(np.abs(held[-1] - held[-2])) / (0.25 * DWELL)
    switched = (held[-1, 0] > held[-1, -1]) != (held[0, 0] > held[0, -1])
    if result.status != "finished" or moved > STEADY or switched:
        raise InputError(
            f"lateral_growth: current = {current:g} i_D leaves the film no steady state with its ions on the side where they are"
            f" ({'it switches' if switched else result.message.rstrip('.')}). Take one below the film's critical current."
        )
    return held[-1]
