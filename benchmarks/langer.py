"""Langer's rate of nucleation against runs with noise, where both can be done: a film of 24 cells that keeps its ions.

    python benchmarks/langer.py

A film of lithium titanate 30 nm thick, two columns wide, at c = 0.14: uniform, metastable, and as deep as makes the barrier a few
k_B T. Of its own cells everything is finite, the determinants of all modes included, so that nothing depends on a cut-off:

    k = lambda/(2 pi) sqrt(det H_0/|det H|) exp(-N v (F - F_0))    a contact; two of them

over modes that keep the ions. The steps with noise are those of the product; a film whose largest content passes 0.45 is counted
and begins anew. Corrections to the rate are of the order of one over the barrier.
"""

from __future__ import annotations

import dataclasses
import time

import jax
import jax.numpy as jnp
import numpy as np

import solion as so
from solion.base.constants import AVOGADRO
from solion.base.parameters import as_arrays, without_sources
from solion.devices import Contact, Film, FilmMemristor, Mirrored, Thermal
from solion.laws import AreaResistance

LTO = so.materials.lithium_titanate()
THICKNESS, CELLS, COLUMNS, FILLING = 30e-9, 12, 2, 0.14
LANES, BLOCK, GONE = 128, 500, 0.45  # films side by side; steps between looks; content that counts as nucleated


def film(ions: float):
    """The scaled system whose cells hold so many sites."""
    edge = THICKNESS / CELLS
    depth = ions / (float(LTO.concentration) * AVOGADRO * edge**2)
    contact, extent = Contact(AreaResistance(1.0)), Mirrored(width=COLUMNS * edge, columns=COLUMNS)
    noise = Thermal(step=1.0, depth=depth, shortest=0.0)
    whole = Film(LTO, thickness=THICKNESS, filling=FILLING)
    device = FilmMemristor(top=contact, film=whole, bottom=contact, extent=extent, fluctuations=noise)
    return as_arrays(without_sources(device).system(CELLS))


def langer(system) -> tuple[float, float, float]:
    """(rate, growth rate at the saddle, barrier in k_B T); per tau_D."""
    size = int(np.prod(system.shape))

    def whole(c):
        return size * system._energy(c.reshape(system.shape))

    slope, bend = jax.jit(jax.grad(whole)), jax.jit(jax.hessian(whole))
    basis = np.linalg.qr(np.c_[np.ones(size), np.random.default_rng(0).standard_normal((size, size - 1))])[0][:, 1:]
    flat = np.full(size, FILLING)
    saddle = np.broadcast_to(0.3 * np.exp(-((np.arange(CELLS) / 2) ** 2))[:, None, None], system.shape).ravel()
    saddle = flat + saddle - saddle.mean()
    for _ in range(100):
        step = -basis @ np.linalg.solve(basis.T @ np.asarray(bend(saddle)) @ basis, basis.T @ np.asarray(slope(saddle)))
        saddle = saddle + min(1.0, 0.05 / np.abs(step).max()) * step
    around, at = (np.linalg.eigvalsh(basis.T @ np.asarray(bend(c)) @ basis) for c in (flat, saddle))
    assert np.sum(at < 0) == 1
    assert around[0] > 0
    assert np.abs(step).max() < 1e-10

    def rate(c):
        return system.rate(0.0, system.unknowns(c), jnp.zeros(size + 2), None)

    growth = float(np.max(np.real(np.linalg.eigvals(np.asarray(jax.jacfwd(rate)(jnp.asarray(saddle)))))))
    barrier = float(system.fluctuates.ions) * float(whole(saddle) - whole(flat))
    logarithm = 0.5 * (np.log(around).sum() - np.log(np.abs(at)).sum()) - barrier
    return 2 * growth / (2 * np.pi) * float(np.exp(logarithm)), growth, barrier


def counted(system, step: float, enough: int = 400, most: int = 60) -> tuple[int, float]:
    """(nucleations, tau_D that all films together took) in runs with noise."""
    size = int(np.prod(system.shape))
    flat, method = system.unknowns(jnp.full(size, FILLING)), dataclasses.replace(system.method, length=step)

    @jax.jit
    def block(y, seeds):
        def lane(y, seed):
            own = dataclasses.replace(method, seed=seed)

            def advance(y, k):
                done = own.step(system, 0.0, y, jnp.zeros(size + 2), step, None, k)
                over = jnp.max(system.conserved(done.y)) > GONE
                return jnp.where(over, flat, done.y), (over, jnp.max(done.error))

            y, (over, error) = jax.lax.scan(advance, y, jnp.arange(BLOCK))
            return y, jnp.sum(over), jnp.max(error)

        return jax.vmap(lane)(y, seeds)

    y, found, blocks = jnp.tile(flat, (LANES, 1)), 0, 0
    while found < enough and blocks < most:
        y, over, error = block(y, jnp.arange(LANES, dtype=float) + blocks * LANES)
        assert float(jnp.max(error)) == 0
        found, blocks = found + int(jnp.sum(over)), blocks + 1
    return found, blocks * BLOCK * LANES * step


def main() -> None:
    """Barriers of 4 and 5.5 k_B T."""
    _, _, barrier = langer(film(3000.0))
    for height, share in ((4.0, 0.1), (4.0, 0.05), (5.5, 0.1)):
        system = film(3000.0 * height / barrier)
        rate, growth, own = langer(system)
        began = time.process_time()
        found, lasted = counted(system, share / growth)
        print(f"barrier {own:.2f} k_B T, steps of {share:g}/growth: {found} nucleations, {found / lasted:.4g} per tau_D "
              f"(+- {100 / max(found, 1) ** 0.5:.0f} %), Langer {rate:.4g}, ratio {found / lasted / rate:.3f} "
              f"({time.process_time() - began:.0f} s of the processors)", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
