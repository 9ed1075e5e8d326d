"""Heat conducted across a film: against one temperature for all of it, against closed forms, and its ledger."""

import dataclasses

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest

from solion.base.parameters import as_arrays, without_sources
from solion.devices import ConductedHeat, LumpedHeat
from solion.materials import lithium_titanate
from solion.papers.film.setup import memristor
from solion.protocols.drive import Drive

ROOM = 298.15
CURRENT = 0.4


def heated(heat, cells, energies=(0.4, 0.5, 0.2)):
    """The system of a film whose resistances to heat are in T_0/(V_T i_D), all its rates activated."""
    device = memristor(0.3)
    unit = ROOM / float(device.scales().power_density)
    ions, electrons, contacts = energies
    material = dataclasses.replace(lithium_titanate(), ion_activation_energy=ions, electron_activation_energy=electrons)
    ends = {name: dataclasses.replace(getattr(device, name), activation_energy=contacts) for name in ("top", "bottom")}
    film = dataclasses.replace(device.film, material=material)
    return as_arrays(without_sources(dataclasses.replace(device, film=film, heat=heat(unit), **ends)).system(cells))


def across(cells, energies=(0.4, 0.5, 0.2)):
    """Of conductance 50 across the film, 20 above and 40 below."""

    def heat(unit):
        return ConductedHeat(below=0.025 * unit, above=0.05 * unit, conductivity=50 * 80e-9 / unit)

    return heated(heat, cells, energies)


def drive(current):
    one, none = jnp.ones(1), jnp.zeros(1)
    return Drive(none, one, current * one, current * one, one, jnp.inf * one, jnp.inf * one)


@eqx.filter_jit
def one_instant(system, y, w):
    """Rates, what its contacts and its terminal miss, and the heat made and lost, at a state and circuit of no equilibrium."""
    return *system.balance(0.0, y, w, drive(CURRENT)), system.integrands(0.0, y, w, drive(CURRENT))


observe = eqx.filter_jit(lambda system, y, w: system.observe(0.0, y, w, drive(CURRENT)))
CELLS = 10
X = (np.arange(CELLS) + 0.5) / CELLS


def test_evenly_warm_it_is_the_film_of_one_temperature():
    """Speeds, transfer at the contacts and the heat made of one state at 348 K."""
    w, rise = jnp.array([CURRENT, 3.0, -2.0]), 0.1677
    content = jnp.asarray(0.3 + 0.2 * np.cos(np.pi * X))
    even, single = across(CELLS), heated(lambda unit: LumpedHeat(resistance=1e-3 * unit), CELLS)
    rates, missed, (made, left) = one_instant(even, even.unknowns(content).at[1::2].set(rise), w)
    told, known, (same, _) = one_instant(single, single.unknowns(content).at[-1].set(rise), w)
    np.testing.assert_allclose(rates[::2], told[:-1], rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(missed, known, rtol=1e-11)
    assert (float(made), float(left)) == pytest.approx((float(same), 60 * rise), rel=1e-12)


def test_heat_goes_where_the_ledger_says():
    """At a state of no symmetry: V i = losses + dG/dt, and what the cells gain is what is made less what leaves."""
    system, w = across(CELLS), jnp.array([CURRENT, 3.0, -2.0])
    y = system.unknowns(jnp.asarray(0.3 - 0.2 * np.cos(2 * X))).at[1::2].set(jnp.asarray(0.1 * X**2 + 0.02))
    rates, _, (made, left) = one_instant(system, y, w)
    seen = observe(system, y, w)
    lost = sum(value for name, value in seen.items() if name.startswith("dissipation"))
    power = float(seen["electrical_power"])
    assert abs(power - lost - seen["energy_rate"]) < 1e-12 * power
    assert float(system.heat.capacity * jnp.mean(rates[1::2])) == pytest.approx(float(made - left), rel=1e-12)
    assert float(made) == pytest.approx(power, rel=1e-3)  # what is stored is r-small
    assert seen["temperature"] == seen["temperature_bottom"] > seen["temperature_top"] > ROOM


def test_conduction_against_its_closed_form():
    """k T'' = -q with q = i^2/M_n, k T' = T/R - i eta at the first end and alike at the last: a parabola, to second order."""
    errors, (first, last, series) = [], (3.0, 2.0, 50.0)  # i eta of both contacts and half of R_s i^2
    for cells in (CELLS, 2 * CELLS):
        system = across(cells, energies=(0.0, 0.0, 0.0))
        y = system.unknowns(jnp.full(cells, 0.3))

        def warming(rise, w, system=system, y=y):
            return np.asarray(one_instant(system, y.at[1::2].set(jnp.asarray(rise)), w)[0][1::2]) * float(system.heat.capacity)

        made = warming(np.zeros(cells), jnp.array([1.0, 3.0, -2.0]))
        conducted = np.stack([warming(row, jnp.zeros(3)) for row in np.eye(cells)], axis=-1)
        found = np.linalg.solve(-conducted, made)
        k, (above, below) = float(system.heat.conductance), map(float, system.heat.ends)
        electrons = 0.31 * (1 - 0.31 / (5 / 3))
        # T = a + b x - q x^2/2k; k b = T(0)/R - heat of the first end; q - k b = T(1)/R - heat of the last
        q = 1 / electrons
        a, b = np.linalg.solve([[above, -k], [below, below + k]], [first + series, last + series + q + below * q / (2 * k)])
        x = (np.arange(cells) + 0.5) / cells
        errors.append(np.max(np.abs(found / (a + b * x - q * x**2 / (2 * k)) - 1)))
    print(errors)
    assert errors[1] < 1e-3
    assert np.log2(errors[0] / errors[1]) > 1.9
