"""Orders of the film's discretisation by manufactured solutions: second in space at every kind of contact, in time
that of the stepper.

A smooth composition c*(x, t) that obeys the wetting conditions is made a solution by a source: in each cell dc*/dt
plus the difference of the exact ion fluxes at its faces (none at the ends, as the film has it). The exact
fluxes come from the formulas of the model, written here once more.
"""

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solion as so
from solion.base.parameters import as_arrays
from solion.devices.line import LineSystem
from solion.laws import AbstractWetting, RegularSolution, Transfer
from solion.numerics.stepping.rosenbrock import project, rosenbrock_step
from solion.protocols.drive import Drive

KAPPA, RATIO, DEFECTS, SITES, OMEGA, RHO = 0.02, 1e-5, 0.01, 5 / 3, -12.0, 0.7
END, CURRENT = 0.1, 0.3  # the current rises to CURRENT at END
INF = jnp.inf


class Spring(AbstractWetting):
    """Surface energy s (c - 1/2)^2 / 2."""

    strength: Any

    def energy(self, composition):
        return 0.5 * self.strength * (composition - 0.5) ** 2


def exact(x, t, strength):
    """c*: a hump at each end, whose gradient there is what a spring of this strength asks for."""

    def hump(x):
        return (1 - x) ** 2 * (1 + 2 * x) + strength / (2 * KAPPA) * x * (1 - x) ** 2

    return 0.5 + 0.2 * jnp.cos(8 * t) * hump(x) - 0.15 * jnp.exp(-5 * t) * hump(1 - x)


def derivative(function, x):
    return jax.jvp(function, (x,), (jnp.ones_like(x),))[1]


def fields(x, t, strength):
    """(M_p, M_n, dmu_p/dx) of c* at points x, by the equations of the model."""

    def potential(x):
        def slope(x):
            return derivative(lambda x: exact(x, t, strength), x)

        c = exact(x, t, strength)
        ions, electrons = jnp.log(c / (1 - c)), jnp.log((c + DEFECTS) / (SITES - c - DEFECTS))
        return ions + electrons + OMEGA * c**RHO - 2 * KAPPA * derivative(slope, x)

    c = exact(x, t, strength)
    m_p, m_n = c * (1 - c), (c + DEFECTS) * (1 - (c + DEFECTS) / SITES)
    force = (m_n * derivative(potential, x) - CURRENT * t / END) / (m_n + RATIO * m_p)
    return m_p, m_n, force


class Manufactured(LineSystem):
    """A film with the source that makes c* its solution."""

    def balance(self, t, y, w, drive):
        rate, constraint = super().balance(t, y, w, drive)
        (region,) = self.regions
        strength, grid = region.wettings[0].strength, region.film.grid
        faces = jnp.arange(1, grid.cells) * grid.spacing
        m_p, _, force = fields(faces, t, strength)
        _, change = jax.jvp(lambda t: exact(grid.centres, t, strength), (t,), (jnp.ones_like(t),))
        return rate + change + grid.divergence(-m_p * force), constraint


def ohmic(eta, surface):
    return 0.1 * eta


def film(cells, strength):
    """The system, its drive and its start."""
    energy = RegularSolution(
        ion_interaction=OMEGA - 20.0, electron_interaction=20.0, exponent=RHO, electron_sites=SITES, defects=DEFECTS
    )
    material = so.MixedConductor(
        name="test",
        free_energy=energy,
        gradient_energy=KAPPA * (80e-9) ** 2,
        concentration=22e3,
        ion_diffusivity=RATIO * 1e-11,
        electron_diffusivity=1e-11,
    )
    contact = so.Contact(Transfer(ohmic), Spring(strength))
    device = so.FilmMemristor(top=contact, film=so.Film(material, 80e-9, 0.5), bottom=contact)
    plain = dataclasses.replace(device.system(cells).regions[0], thermal_voltage=1.0)
    system = as_arrays(Manufactured((plain,), device.system(cells).interfaces, 0.0, 1.0))
    one = jnp.ones(1)
    drive = Drive(0 * one, one, 0 * one, CURRENT * one, END * one, INF * one, INF * one)
    return system, drive, system.unknowns(exact(plain.film.grid.centres, 0.0, strength))


@jax.jit
def integrate(system, drive, y, steps):
    """Composition, w, ends and voltage after equal steps."""
    h = END / steps

    def body(k, state):
        step = rosenbrock_step(system, k * h, *state, h, drive)
        return step.y, project(system, (k + 1) * h, step.y, step.w, drive)

    y, w = jax.lax.fori_loop(0, steps, body, (y, system.start(0.0, y, drive)))
    (state,), circuit = system.fields(y)
    return system.conserved(y), jnp.stack(state.ends), circuit.voltages(w)[0]


def errors(cells, strength, steps=100):
    """Largest error of the composition, of its end values, and of the voltage."""
    system, drive, y = film(cells, strength)
    composition, ends, voltage = integrate(system, drive, y, steps)
    x = (np.arange(cells) + 0.5) / cells
    points, weights = np.polynomial.legendre.leggauss(60)
    m_p, m_n, force = fields(jnp.asarray(0.5 * (points + 1)), END, strength)
    drop = np.sum(0.5 * weights * np.asarray((CURRENT + RATIO * m_p * force) / m_n))
    return (
        float(np.max(np.abs(composition - exact(x, END, strength)))),
        float(np.max(np.abs(ends - exact(jnp.array([0.0, 1.0]), END, strength)))),
        abs(float(voltage) - (2 * CURRENT / 0.1 + drop)),
    )


GRIDS = (32, 64)


@pytest.mark.parametrize("strength", [0.0, 0.04, -0.04], ids=["neutral", "repelling", "attracting"])
def test_second_order_in_space(strength):
    table = np.array([errors(cells, strength) for cells in GRIDS])
    orders = np.log2(table[:-1] / table[1:])
    print(strength, table, orders, sep="\n")
    assert np.all(orders[-1] > 1.85)
    assert table[-1, 0] < 5e-4


def refined(cells, strength):
    """Largest errors of the composition after 4, 8 and 16 steps, against a solution of many on the same grid."""
    system, drive, y = film(cells, strength)
    reference, *_ = integrate(system, drive, y, 800)
    return [float(np.max(np.abs(integrate(system, drive, y, n)[0] - reference))) for n in (4, 8, 16)]


@pytest.mark.parametrize("strength", [0.0, 0.01], ids=["neutral", "wetting"])
def test_order_in_time(strength):
    """With a moving source and a rising current, where the grid does not make it stiff."""
    found = refined(8, strength)
    orders = np.log2(np.divide(found[:-1], found[1:]))
    print(found, orders)
    assert np.all(orders > 4.9)
    assert found[-1] < 1e-9


@pytest.mark.parametrize("strength", [0.0, 0.01], ids=["neutral", "wetting"])
def test_error_in_time_of_a_stiff_grid(strength):
    """A fine grid is stiff (kappa / dx^4): the order falls to about three, as it must, at errors that are already small."""
    found = refined(32, strength)
    print(found)
    assert np.all(np.array(found) < [5e-7, 3e-8, 5e-9])
