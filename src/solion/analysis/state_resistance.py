"""Resistance of a film whose ions stand still: of a state of phases, or of any profile of composition.

Two routes. Near V = 0, from the exchange currents of the contacts (Tian and Bazant, section 'Dimensionless Results', with
the conductance of each contact at zero overpotential in the place of Da f):

    R(c_T, c_B) = 1/i_0,T(c_T) + 1/i_0,B(c_B) + R_b + R_s,      R_b = h_0/M_n(c_b0) + (1 - h_0)/M_n(c_b1)

(scaled), the film's own share R_b being that of its two phases by the lever rule. At any voltage, from the whole
circuit V = eta_T - eta_B + mu_n(B) - mu_n(T) + i R_s solved for the current at a frozen profile; this one includes
what the diffuse interface adds. A reading that lasts much less than tau_D, or is too small to move ions, measures it.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike

from solion.base.compiled import Program
from solion.base.errors import InputError
from solion.base.parameters import as_arrays, without_sources
from solion.devices.circuit import solve
from solion.devices.film_layer import Film
from solion.devices.film_memristor import FilmMemristor
from solion.laws.charge_transfer import exchange_current
from solion.protocols.drive import Drive
from solion.thermodynamics import interface, ion_poor_fraction, phase_diagram

PHASES = ("rich", "poor")
SMALL = 1e-3  # k_B T/e, a signal to which everything answers in proportion


def low_bias_resistance(device: FilmMemristor, top: float, bottom: float) -> float:
    """V/I in ohm for |V| far below V_T, with compositions c/c_0 ``top`` and ``bottom`` at the contacts.

    The film's own resistance is that of its two phases at rest, or of the uniform film where it has one phase.
    Raises InputError for a composition outside the open range of the material.
    """
    device = without_sources(device)
    region = as_arrays(device.region(8))
    if region.lumped:
        raise InputError(
            "low_bias_resistance: a film free to bend has a stress at its contacts that the whole profile makes; ask"
            " frozen_resistance with the profile."
        )
    limit = float(device.film.material.free_energy.capacity)
    scales = device.scales()
    resistance = float(device.series_resistance / scales.area_resistance) + _bulk(device.here, region)
    for name, contact, composition in (("top", device.top, top), ("bottom", device.bottom, bottom)):
        if not 0 < composition < limit:
            raise InputError(f"low_bias_resistance: {name} = {composition:g} is outside its allowed range (0, {limit:g}).")
        # in the middle of a phase, where gradients vanish
        surface = region.surface_at(jnp.asarray(composition, float), 0.0)
        resistance += float(scales.current_density / exchange_current(as_arrays(device.transfer(contact)), surface))
    return resistance * float(scales.resistance)


def frozen_current(device: FilmMemristor, composition: ArrayLike, voltage: ArrayLike) -> np.ndarray:
    """Current in A at each ``voltage`` (V) through a film whose ``composition`` (c/c_0 in each cell) is held.

    ``composition`` has the axes of the film: x, in space x, y (and z). Raises InputError for compositions outside the open range
    of the material.
    """
    currents, _ = _frozen(device, composition, voltage)
    return currents.reshape(np.shape(voltage)) * float(device.scales().current)


def frozen_resistance(device: FilmMemristor, composition: ArrayLike, voltage: ArrayLike) -> np.ndarray:
    """V/I in ohm at each ``voltage`` (V), dV/dI where it is zero, through a film whose ``composition`` is held."""
    scales = device.scales()
    applied = np.atleast_1d(np.asarray(voltage, float)) / float(scales.voltage)
    currents, ohmic = _frozen(device, composition, voltage)
    rest = applied == 0
    resistance = np.where(rest, ohmic, applied / np.where(rest, 1.0, currents))
    return resistance.reshape(np.shape(voltage)) * float(scales.resistance)


def _frozen(device: FilmMemristor, composition: ArrayLike, voltage: ArrayLike) -> tuple[np.ndarray, float]:
    """Currents at each voltage, and the resistance without one (scaled)."""
    profile = _profile(device, composition)
    applied = np.atleast_1d(np.asarray(voltage, float)) / float(device.scales().voltage)
    solve_for = _solve_in_space if device.extent.resolved else _solve
    currents, ohmic = solve_for(as_arrays(without_sources(device).system(len(profile))), profile.ravel(), applied)
    return np.asarray(currents), float(ohmic)


def phase_profile(film: Film, top: str, bottom: str, cells: int = 200) -> np.ndarray:
    """Composition in each cell of a film at rest with these phases (``rich``, ``poor``) at its contacts.

    State I of multiphase polarization is (rich, poor), state III (poor, rich); with the same phase at both contacts
    (state II) the other one lies in the middle. Interfaces have their equilibrium shape, the mean is exact. Raises
    InputError for other words, and for a film that is a single phase at its filling or too thin to hold the phases.
    """
    for name, phase in (("top", top), ("bottom", bottom)):
        if phase not in PHASES:
            raise InputError(f"phase_profile: {name} = {phase!r} is unknown; it is 'rich' or 'poor'.")
    filling = float(film.filling)
    solid = film.solid
    ion_poor_fraction(solid, filling)  # refuses a film of one phase
    shape = interface(solid, composition=filling)
    x = (np.arange(cells) + 0.5) / cells
    # distance from where the rich phase is: a contact, both of them, or the middle
    depth = {
        ("rich", "poor"): x,
        ("poor", "rich"): 1 - x,
        ("rich", "rich"): 0.5 - np.abs(x - 0.5),
        ("poor", "poor"): np.abs(x - 0.5),
    }[top, bottom]

    def placed(position):
        at = (position - depth) * float(film.thickness)
        return np.interp(at, shape.position, shape.composition)

    low, high = -1.0, 2.0
    for _ in range(100):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if placed(middle).mean() < filling else (low, middle)
    profile = placed(0.5 * (low + high))
    found = [("rich" if profile[end] > 0.5 * (profile.min() + profile.max()) else "poor") for end in (0, -1)]
    if found != [top, bottom] or np.ptp(profile) < 0.5 * np.ptp(shape.composition):
        raise InputError(
            f"phase_profile: a film {float(film.thickness):.3g} m thick of filling {filling:g} is too thin to hold the"
            f" phases {top} and {bottom} at its contacts beside interfaces {shape.width:.2g} m wide."
        )
    return profile + (filling - profile.mean())


def _bulk(film: Film, region) -> float:
    filling = float(film.filling)
    gap = phase_diagram(film.solid).at(filling)
    if gap is None:
        return 1 / float(region.film.electron_mobility(filling))
    poor = ion_poor_fraction(film.solid, filling)
    parts = zip((poor, 1 - poor), gap.binodal, strict=True)
    return sum(share / float(region.film.electron_mobility(c)) for share, c in parts)


def _profile(device: FilmMemristor, composition: ArrayLike) -> np.ndarray:
    profile = np.asarray(composition, float)
    limit = float(device.film.material.free_energy.capacity)
    if not device.extent.resolved and (profile.ndim != 1 or profile.size < 8):
        raise InputError("composition: a profile has one number for each of at least 8 cells.")
    across = device.extent.sides(len(profile), device.film.thickness).cells
    across = across[: 1 + (across[1] > 1)]
    if device.extent.resolved and profile.shape != (len(profile), *across):
        raise InputError(
            f"composition: its shape {profile.shape} is not (cells, {', '.join(map(str, across))}), as its extent has."
        )
    if not (profile.min() > 0 and profile.max() < limit):
        raise InputError(f"composition: {profile.min():g} ... {profile.max():g} is outside its allowed range (0, {limit:g}).")
    return profile


def _circuit(system, profile, voltages):
    """Currents at each voltage, and the ohmic resistance at rest (scaled)."""
    _, circuit = system.fields(system.unknowns(profile))

    def current(voltage):
        return solve(circuit, Drive.of_voltage(voltage), jnp.zeros(()))[0]

    return jax.vmap(current)(voltages), sum(
        1 / junction.exchange for junction in circuit.junctions
    ) + circuit.resistance + circuit.series_resistance


_solve = Program(_circuit)


def _space(system, profile, voltages):
    """The same of a film in space, whose potential is solved for; small signals are those of a thousandth of k_B T/e."""
    y = system.unknowns(profile)

    def current(voltage):
        return system.start(0.0, y, Drive.of_voltage(voltage[None]))[1]

    # of either sign, as ions that are not at rest drive a current of their own
    *currents, forth, back = jax.lax.map(current, jnp.append(voltages, jnp.array([SMALL, -SMALL])))
    return jnp.stack(currents), 2 * SMALL / (forth - back)


_solve_in_space = Program(_space)
