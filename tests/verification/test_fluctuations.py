"""Thermal noise of ions: it answers to the balance it disturbs, keeps the ions, and holds the spectrum that theory asks for."""

import dataclasses
import functools
import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solion as so
from solion.base.errors import InputError
from solion.base.parameters import as_arrays, without_sources
from solion.devices import Contact, Film, FilmMemristor, Mirrored, Periodic, SolvedSteps, Still, Thermal, Uniform
from solion.grids.sides import divergence, gradients, wavenumbers
from solion.laws.charge_transfer import AreaResistance
from solion.laws.free_energy import chemical_potentials
from solion.protocols import rest

H = 80e-9
LTO = so.materials.lithium_titanate()


def film(extent, fluctuations, filling=0.02):
    contact = Contact(AreaResistance(1.0))
    whole = Film(LTO, thickness=H, filling=filling)
    return FilmMemristor(top=contact, film=whole, bottom=contact, extent=extent, fluctuations=fluctuations)


def scaled(device, cells):
    return as_arrays(without_sources(device).system(cells))


PLANE = Periodic(width=H, columns=16)
NOISE = Thermal(step=0.64, depth=H, shortest=0.0)


def test_noise_and_drift_are_those_of_the_mobility():
    """The covariance of the noise is twice the operator that mu is multiplied with, over N v, and its drift that operator's
    divergence: what exp(-N G) needs, whatever the composition."""
    system = scaled(film(Mirrored(width=H, depth=H, columns=3, rows=2), Thermal(step=0.64, shortest=30e-9, seed=1)), 8)
    line, sides, noise = system.film.grid, system.sides, system.fluctuates
    noise = dataclasses.replace(noise, passes=jnp.ones_like(noise.passes))
    content = jnp.asarray(np.random.default_rng(0).uniform(0.1, 0.9, system.shape))
    random = noise.draw(line, sides, system.shape, 1.0, jax.random.key(0))
    sizes = [part.size for part in random]

    @jax.jit
    def kicked(content, numbers):
        parts = jnp.split(numbers, np.cumsum(sizes)[:-1])
        faces = tuple(part.reshape(face.shape) for part, face in zip(parts, random, strict=True))
        return noise.rate(line, sides, system.modes, system._ion_mobility, content, faces).ravel()

    @jax.jit
    def operator(content):
        def moved(mu):
            slopes = gradients(line, sides, mu.reshape(system.shape))
            fluxes = tuple(m * s for m, s in zip(system.fields(system.unknowns(content.ravel())).ions, slopes, strict=True))
            return divergence(line, sides, fluxes).ravel()

        return -jax.jacfwd(moved)(jnp.zeros(content.size))

    still = jnp.zeros(sum(sizes))
    spread = np.asarray(jax.jacfwd(kicked, 1)(content, still))
    whole = np.asarray(operator(content))
    np.testing.assert_allclose(spread @ spread.T * noise.ions, 2 * whole, atol=1e-10 * np.abs(whole).max())
    assert np.abs(spread.sum(axis=0)).max() < 1e-12 * np.abs(spread).max()  # no ions are made
    divergence_of = np.asarray(jnp.einsum("ijj->i", jax.jacfwd(operator)(content).reshape(*whole.shape, content.size)))
    np.testing.assert_allclose(kicked(content, still) * noise.ions, divergence_of, atol=1e-9 * np.abs(divergence_of).max())


@functools.cache
def spectrum(step, seeds=4, steps=1200):
    """<|c_k|^2> N v (mu_h' + 2 kappa k^2) of each mode, and lambda dt of each: steps of the method itself, at rest."""
    system = scaled(film(PLANE, NOISE), 16)
    method = dataclasses.replace(system.method, length=step)
    start = jnp.full(256, 0.02)
    waves = system.fluctuates.waves

    @jax.jit
    def run(seed):
        one = dataclasses.replace(method, seed=seed)

        def advance(carry, taken):
            y, total = carry
            done = one.step(system, 0.0, y, jnp.zeros(258), step, None, taken)
            modes = jnp.tensordot(waves.T, system.modes.of((system.conserved(done.y) - 0.02).reshape(system.shape)), 1)
            return (done.y, total + jnp.where(taken >= steps // 6, modes**2, 0.0)), jnp.max(done.error)

        (y, total), error = jax.lax.scan(advance, (system.unknowns(start), jnp.zeros(system.shape)), jnp.arange(steps))
        return total / (steps - steps // 6), jnp.max(error), jnp.sum(system.conserved(y))

    found, error, ions = jax.lax.map(run, jnp.arange(seeds))
    assert float(jnp.max(error)) == 0
    assert float(jnp.max(jnp.abs(ions - 0.02 * 256))) < 1e-9
    squares = (2 - 2 * np.cos(np.pi * np.arange(16) / 16))[:, None, None] * 256 + np.asarray(wavenumbers(system.sides))
    stiffness = float(jax.grad(lambda c: jnp.sum(jnp.stack(_potentials(system, c))))(0.02))
    whole = stiffness + 2 * float(system.film.gradient_energy) * squares
    rates = float(system._ion_mobility(jnp.asarray(0.02))) * squares * whole
    return np.asarray(found).mean(axis=0) * float(system.fluctuates.ions) * whole, rates * step


def _potentials(system, c):
    return chemical_potentials(system.film.free_energy, c)


def test_the_spectrum_at_rest_is_that_of_theory_whatever_the_step():
    """S(k) = 1/(N (mu_h' + 2 kappa k^2)) in three bands, steps up to 30 times what the stiffest mode would bear explicitly."""
    share, stiff = spectrum(1e-2)
    inside = np.ones(share.shape, bool)
    inside[0, 0, 0] = False
    bands = np.quantile(stiff[inside], [0, 1 / 3, 2 / 3, 1])
    for low, high in itertools.pairwise(bands):
        band = inside & (stiff >= low) & (stiff <= high)
        assert share[band].mean() == pytest.approx(1, abs=0.015)


def test_noise_that_cannot_be_is_refused():
    block = Mirrored(width=H, depth=H, columns=8, rows=8)
    for extent, noise, words in (
        (Mirrored(width=H, columns=64), Thermal(step=1.0), "depth that it stands for"),
        (block, Thermal(step=1.0, depth=H), "leave this out"),
        (Mirrored(width=H, columns=64), Thermal(step=1.0, depth=H / 4, shortest=0.0), "holds 8.28 ions.*take depth = "),
        (Mirrored(width=H, depth=H, columns=64, rows=64), Thermal(step=1.0, shortest=2e-9), "take shortest = 5"),
    ):
        with pytest.raises(InputError, match=words):
            film(extent, noise).system(64)
    with pytest.raises(InputError, match="noise is of a film in space"):
        so.simulate(dataclasses.replace(film(PLANE, NOISE), extent=film(PLANE, NOISE).__class__.extent), rest(duration=1.0))
    solved = dataclasses.replace(film(PLANE, Still(steps=SolvedSteps())), extent=FilmMemristor.extent)
    with pytest.raises(InputError, match="steps of another kind"):
        so.simulate(solved, rest(duration=1.0))
    film(Mirrored(width=H, depth=H, columns=64, rows=64), Thermal(step=1.0)).system(64)


def test_a_seed_fixes_the_path_and_an_interrupted_run_has_the_same_noise(tmp_path):
    device = film(PLANE, NOISE)
    how = {"cells": 16, "initial": Uniform()}
    drive = rest(duration=20 * 0.64, samples=4)
    whole = so.simulate(device, drive, checkpoint=tmp_path / "a", checkpoint_every=0.0, **how)
    assert whole.status == "finished"
    assert "time error" not in whole.audit
    assert all(entry["ok"] for entry in whole.audit.values())
    assert any("seed 0" in text and "no error estimate" in text for text in whole.warnings)

    class Stopped(Exception):
        pass

    def stop(progress):
        if progress.steps >= 10:
            raise Stopped

    with pytest.raises(Stopped):
        so.simulate(device, drive, checkpoint=tmp_path / "b", checkpoint_every=0.0, on_progress=stop, **how)
    resumed = so.simulate(device, drive, checkpoint=tmp_path / "b", resume=True, **how)
    np.testing.assert_array_equal(resumed.dataset["composition"], whole.dataset["composition"])
    other = so.simulate(film(PLANE, dataclasses.replace(NOISE, seed=1)), drive, **how).dataset["composition"][-1].values
    mine = whole.dataset["composition"][-1].values
    assert abs(np.corrcoef(mine.ravel(), other.ravel())[0, 1]) < 0.3
    deep = so.simulate(film(PLANE, dataclasses.replace(NOISE, depth=1e-2)), drive, **how).dataset["composition"][-1].values
    assert np.std(deep) / np.std(mine) == pytest.approx(np.sqrt(H / 1e-2), rel=0.02)  # the same noise in more ions
    assert film(PLANE, Still()).fluctuations.still
