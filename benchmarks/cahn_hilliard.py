"""Side by side on a problem that others do too: a film at rest relaxes (Cahn-Hilliard with M = c (1 - c)).

    pip install evoxels sympy diffrax && python benchmarks/cahn_hilliard.py

Ours solves for the electrons and the contacts beside it; evoxels (MIT licence) and the semi-implicit spectral step written here
do not. Each is held against its own solution at a quarter of its smallest step (ours: at a tolerance of 1e-9), so that errors are
those of the steps; walls above and below, periods along, the same grid. evoxels is left out where it is not installed.
"""

from __future__ import annotations

import time

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.fft import dctn, idctn

import solion as so
from solion.devices import Contact, Film, Periodic, Wavy
from solion.laws import AreaResistance
from solion.laws.free_energy import chemical_potentials
from solion.protocols import rest

THICKNESS, CELLS, END = 80e-9, 64, 0.05  # m, along and across, tau_D
LTO = so.materials.lithium_titanate()
FILM = Film(LTO, thickness=THICKNESS, filling=0.3)
KAPPA = float(LTO.gradient_energy) / THICKNESS**2
START = Wavy(amplitude=0.15)
STEPS = (250, 1000, 4000)  # of first order


def device() -> so.FilmMemristor:
    """A film whose contacts are open."""
    contact = Contact(AreaResistance(1.0))
    return so.FilmMemristor(top=contact, film=FILM, bottom=contact, extent=Periodic(width=THICKNESS, columns=CELLS))


def ours(tolerance: float):
    """(field at the end, seconds after compiling, steps)."""
    film = device()
    drive = rest(duration=END * film.scales().time, samples=1)
    for _ in range(2):
        began = time.perf_counter()
        result = so.simulate(film, drive, cells=CELLS, initial=START, tolerance=so.Tolerance(tolerance, tolerance))
        seconds = time.perf_counter() - began
    return result.dataset["composition"][-1].values, seconds, result.settings["steps"]


def potential(c, _=None):
    """mu_h."""
    return sum(chemical_potentials(LTO.free_energy, jnp.clip(c, 1e-9, 1 - 1e-9)))


def evoxels(start: np.ndarray, steps: int):
    """The same by evoxels' semi-implicit Fourier step on JAX."""
    from evoxels.pdes import CahnHilliard
    from evoxels.solvers import TimeDependentSolver
    from evoxels.timesteppers import PseudoSpectralIMEX
    from evoxels.voxelfields import VoxelFields

    fields = VoxelFields((CELLS, CELLS, 1), domain_size=(1.0, 1.0, 1.0 / CELLS))
    fields.precision = "float64"
    walls = {"eps": KAPPA, "D": 1.0, "mu_hom": potential, "bc": ("neumann", "periodic", "periodic")}
    for _ in range(2):
        fields.add_field("c", start[..., None])
        solver = TimeDependentSolver(
            fields, "c", "jax", problem_cls=CahnHilliard, timestepper_cls=PseudoSpectralIMEX, device="cpu"
        )
        solver.solve(END / steps, frames=1, max_iters=steps, problem_kwargs=walls, verbose=False)
    return fields.fields["c"][..., 0], solver.computation_time, steps


def spectral(start: np.ndarray, steps: int):
    """A semi-implicit step of one's own: 2 kappa max(M) k^4 implicit by cosines, all else explicit, in one compiled loop."""
    spacing, step = 1 / CELLS, END / steps
    angles = jnp.pi * jnp.arange(CELLS) / CELLS
    squares = (2 - 2 * jnp.cos(angles))[:, None] / spacing**2 + (2 - 2 * jnp.cos(2 * angles)) / spacing**2
    inverse = 1 / (1 + step * 0.25 * (2 * KAPPA * squares + 5.0) * squares)

    def divergence(weights, values):
        down = 0.5 * (weights[1:] + weights[:-1]) * jnp.diff(values, axis=0)
        along = 0.5 * (weights + jnp.roll(weights, -1, 1)) * (jnp.roll(values, -1, 1) - values)
        return (jnp.diff(jnp.pad(down, ((1, 1), (0, 0))), axis=0) + along - jnp.roll(along, 1, 1)) / spacing**2

    def advance(c, _):
        mu = potential(c) - 2 * KAPPA * divergence(jnp.ones_like(c), c)
        modes = inverse * jnp.fft.fft(dctn(step * divergence(c * (1 - c), mu), axes=[0]), axis=1)
        return c + idctn(jnp.fft.ifft(modes, axis=1).real, axes=[0]), None

    run = jax.jit(lambda c: jax.lax.scan(advance, c, None, length=steps)[0])
    for _ in range(2):
        began = time.perf_counter()
        found = np.asarray(run(jnp.asarray(start)))
        seconds = time.perf_counter() - began
    return found, seconds, steps


def main() -> None:
    """Print the table."""
    start = device().profile(START, CELLS).reshape(CELLS, CELLS)
    exact, _, _ = ours(1e-9)
    print("| | steps | s | largest error of c |")
    print("|---|---|---|---|")
    for tolerance in (1e-3, 1e-4, 2e-5, 1e-6):
        found, seconds, steps = ours(tolerance)
        print(f"| ours, tolerance {tolerance:g} | {steps} | {seconds:.2f} | {np.abs(found - exact).max():.1e} |", flush=True)
    for name, run in (("semi-implicit spectral, own", spectral), ("evoxels, PseudoSpectralIMEX", evoxels)):
        try:
            exact, _, _ = run(start, 4 * STEPS[-1])
        except ImportError as error:
            print(f"| {name}: not installed ({error}) | | | |")
            continue
        for steps in STEPS:
            found, seconds, _ = run(start, steps)
            print(f"| {name} | {steps} | {seconds:.2f} | {np.abs(found - exact).max():.1e} |", flush=True)


if __name__ == "__main__":
    main()
