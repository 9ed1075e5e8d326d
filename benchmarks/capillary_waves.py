"""How a flat front between both phases fluctuates, against the law of capillary waves: runs with noise, at rest.

    python benchmarks/capillary_waves.py [columns]

    <|h_k|^2> = 1/(N gamma k^2)    per lateral area in h^2, heights and lengths in h, N ions in h^3 of a full film, gamma in k_B T

The front's height is what the film holds in a column, over b_1 - b_0, so that bulk phases add their own fluctuations,
(d_0/mu_0' + d_1/mu_1')/(N (b_1 - b_0)^2). Runs by the steps of the product are held against both the law and the harmonic theory
of the same cells, whose covariance is the inverse of the energy's curvature about the flat front.
"""

from __future__ import annotations

import dataclasses
import sys
import time

import jax
import jax.numpy as jnp
import numpy as np

import solion as so
from solion.base.constants import GAS_CONSTANT
from solion.base.parameters import as_arrays, without_sources
from solion.devices import Contact, Film, FilmMemristor, Periodic, PhaseSeparated, Thermal
from solion.laws.charge_transfer import AreaResistance
from solion.laws.free_energy import total_potential
from solion.thermodynamics import interface, phase_diagram

THICKNESS, CELLS, FILLING, DEPTH = 40e-9, 32, 0.5, 1e-6
LANES, STEPS = 16, 1500
LTO = so.materials.lithium_titanate()


def film(columns: int):
    """The scaled system of a film as wide as it is thick, and its flat start."""
    contact, noise = Contact(AreaResistance(1.0)), Thermal(step=1.0, depth=DEPTH, shortest=0.0)
    whole = Film(LTO, thickness=THICKNESS, filling=FILLING)
    extent = Periodic(width=THICKNESS, columns=columns)
    device = FilmMemristor(top=contact, film=whole, bottom=contact, extent=extent, fluctuations=noise)
    start = device.profile(PhaseSeparated(), CELLS).reshape(CELLS, -1)[:, 0]
    return as_arrays(without_sources(device).system(CELLS)), np.asarray(start)


def flat(system, start: np.ndarray) -> np.ndarray:
    """The flat front at rest, by Newton's method in one dimension."""
    columns = int(np.prod(system.shape)) // CELLS

    def whole(c):
        return CELLS * system._energy(jnp.broadcast_to(c[:, None, None], system.shape))

    slope, bend = jax.jit(jax.grad(whole)), jax.jit(jax.hessian(whole))
    basis = np.linalg.qr(np.c_[np.ones(CELLS), np.random.default_rng(0).standard_normal((CELLS, CELLS - 1))])[0][:, 1:]
    for _ in range(200):
        step = -basis @ np.linalg.solve(basis.T @ np.asarray(bend(start)) @ basis, basis.T @ np.asarray(slope(start)))
        start = start + min(1.0, 0.05 / np.abs(step).max()) * step
    assert np.abs(step).max() < 1e-9
    return np.repeat(start, columns)


def main(columns: int = 24) -> None:
    """Modes of one to four waves across."""
    system, start = film(columns)
    rest, size = flat(system, start), CELLS * columns
    ions = float(system.fluctuates.ions)  # of a full cell
    phases, front = phase_diagram(LTO), interface(LTO)
    poor, rich = phases.binodal
    tension = front.tension / (float(LTO.concentration) * GAS_CONSTANT * float(LTO.reference_temperature) * THICKNESS)
    jump, waves = rich - poor, np.arange(1, 5)

    def heights(c):
        return (c.reshape(CELLS, columns).sum(axis=0) / CELLS) / jump

    bend = np.asarray(jax.jit(jax.hessian(lambda c: size * system._energy(c.reshape(system.shape))))(jnp.asarray(rest)))
    basis = np.linalg.qr(np.c_[np.ones(size), np.random.default_rng(0).standard_normal((size, size - 1))])[0][:, 1:]
    spread = basis @ np.linalg.solve(basis.T @ bend @ basis, basis.T) / ions
    along = np.asarray(jax.jacfwd(heights)(jnp.asarray(rest)))
    phase = np.exp(-2j * np.pi * np.outer(waves, np.arange(columns)) / columns) / columns
    harmonic = np.real(np.einsum("ki,ij,kj->k", phase @ along, spread, np.conj(phase @ along)))

    def rate(c):
        return system.rate(0.0, system.unknowns(c), jnp.zeros(size + 2), None)

    decays = -np.real(np.linalg.eigvals(np.asarray(jax.jit(jax.jacfwd(rate))(jnp.asarray(rest)))))
    slowest = decays[decays > 1e-6 * decays.max()].min()
    step = 0.3 / slowest
    method = dataclasses.replace(system.method, length=step)

    @jax.jit
    def run(seed):
        own = dataclasses.replace(method, seed=seed)

        def advance(y, k):
            done = own.step(system, 0.0, y, jnp.zeros(size + 2), step, None, k)
            seen = jnp.asarray(phase) @ heights(system.conserved(done.y))
            return done.y, (jnp.abs(seen) ** 2, jnp.max(done.error))

        _, (squares, error) = jax.lax.scan(advance, system.unknowns(jnp.asarray(rest)), jnp.arange(STEPS))
        return jnp.mean(squares[STEPS // 6 :], axis=0), jnp.max(error)

    began = time.process_time()
    found, error = (np.asarray(part) for part in jax.lax.map(run, jnp.arange(LANES, dtype=float)))
    assert error.max() == 0
    mean, doubt = found.mean(axis=0), found.std(axis=0) / np.sqrt(LANES)
    law = 1 / (tension * (2 * np.pi * waves) ** 2) / (ions * size)
    bulk = (
        sum(0.5 / float(jax.grad(lambda c: total_potential(system.film.free_energy, c))(c)) for c in (poor, rich))
        / jump**2
        / (ions * size)
    )
    print(f"{columns} columns, {CELLS} cells; slowest mode {slowest:.3g} per tau_D, steps of {step:.3g} tau_D")
    for k in range(waves.size):
        print(
            f"{waves[k]} waves: runs {mean[k]:.4g} (+- {100 * doubt[k] / mean[k]:.1f} %), over harmonic theory"
            f" {mean[k] / harmonic[k]:.3f}, over capillary waves and bulk {mean[k] / (law[k] + bulk):.3f}, capillary share"
            f" {law[k] / (law[k] + bulk):.2f}"
        )
    print(f"{time.process_time() - began:.0f} s of the processors")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
