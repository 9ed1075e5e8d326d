"""Cells of few ions fluctuate as Boltzmann's law has them, far from a Gaussian: the noise that depends on the composition."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solion as so
from solion.base.constants import AVOGADRO
from solion.base.parameters import as_arrays, without_sources
from solion.devices import Contact, Film, FilmMemristor, Mirrored, Thermal
from solion.laws.charge_transfer import AreaResistance

pytestmark = pytest.mark.computes
H = 80e-9
LTO = so.materials.lithium_titanate()


def moments(one, count):
    """Second and third moment of a cell about the mean, over ``count`` lanes of ``one(number)``, with their standard errors."""
    found = np.asarray(jax.jit(jax.vmap(one))(jnp.arange(count)))
    return found.mean(axis=0), found.std(axis=0) / np.sqrt(count)


def test_a_few_cells_of_few_ions_have_the_moments_of_boltzmanns_law():
    """Sixteen cells of 1300 sites each, a tenth filled: as exp(-N G) has them by Metropolis' steps, which know no mobility."""
    edge, mean, size = H / 8, 0.1, 16
    depth = 1300 / (float(LTO.concentration) * AVOGADRO * edge**2)
    noise, contact = Thermal(step=1.0, depth=depth, shortest=0.0), Contact(AreaResistance(1.0))
    whole, extent = Film(LTO, thickness=H, filling=mean), Mirrored(width=2 * edge, columns=2)
    device = FilmMemristor(top=contact, film=whole, bottom=contact, extent=extent, fluctuations=noise)
    system = as_arrays(without_sources(device).system(8))
    ions, flat = float(system.fluctuates.ions) * size, jnp.full(size, mean)

    def energy(c):
        return ions * system._energy(c.reshape(system.shape))

    def averaged(states):
        late = states[len(states) // 5 :] - mean
        return jnp.stack([jnp.mean(late**2), jnp.mean(late**3)])

    def exchanged(lane):
        def sweep(c, key):
            pair, width, chance = jax.random.split(key, 3)
            one, other = jax.random.choice(pair, size, (2,), replace=False)
            move = 0.04 * jax.random.normal(width)
            new = c.at[one].add(move).at[other].add(-move)
            inside = (jnp.min(new) > 0) & (jnp.max(new) < 1)
            taken = inside & (jnp.log(jax.random.uniform(chance)) < energy(c) - energy(jnp.where(inside, new, c)))
            return (c := jnp.where(taken, new, c)), c

        return averaged(jax.lax.scan(sweep, flat, jax.random.split(jax.random.key(lane), 2500))[1])

    fastest = jnp.linalg.norm(jax.jacfwd(lambda c: system.rate(0.0, system.unknowns(c), jnp.zeros(size + 2), None))(flat), 2)
    step = float(0.5 / fastest)
    method = dataclasses.replace(system.method, length=step)

    def noisy(lane):
        own = dataclasses.replace(method, seed=lane.astype(float))

        def advance(y, k):
            y = own.step(system, 0.0, y, jnp.zeros(size + 2), step, None, k).y
            return y, system.conserved(y)

        return averaged(jax.lax.scan(advance, system.unknowns(flat), jnp.arange(1500))[1])

    (exact, doubt), (found, spread) = moments(exchanged, 96), moments(noisy, 32)
    assert exact[1] > 0.3 * exact[0] ** 1.5  # far from a Gaussian
    assert np.all(doubt + spread < [0.025 * exact[0], 0.12 * exact[1]])
    assert np.all(np.abs(found - exact) < 3 * np.hypot(doubt, spread))
