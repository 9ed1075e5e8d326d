"""Films in space, sweeps that are too long for tests: orders in the grid, random contacts, pillars, islands and fronts in space.

    python benchmarks/film_in_space_answers.py order manufactured contacts fingers held pillar islands edges

order: growth rates of a ripple on 96, 144 and 216 cells and the order they show. manufactured: current, rate of stored energy and
rate of a wave of a given smooth composition on three grids, for each kind of contact. contacts: the smallest time to switch at
one current over random contacts, whose spread is what an ensemble of devices shows. fingers: how a front displaced by
cos(ky) cos(kz) grows in a run of three dimensions. held: how fast the longest wave of a pillar at rest grows on cells of six
sizes and without them, by eigenvalues. pillar: the thinnest place of an ion-rich pillar between the contacts, with a
wave of five per cent, thinner and thicker than 1/pi of the thickness (Plateau and Rayleigh). islands: lives of half spheres.
edges: the steady state between one that stays and one that switches, in the plane and in space.
"""

from __future__ import annotations

import dataclasses
import sys
import time
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import scipy.sparse as sparse
from scipy.sparse.linalg import LinearOperator, eigs, splu
from scipy.special import k0

import solion as so
from solion.base.parameters import as_arrays, without_sources
from solion.devices import Contact, Film, Island, Mirrored, RandomPattern, SolvedSteps, Still, Wavy
from solion.devices.device import observe
from solion.devices.start import AbstractInitial
from solion.explore.critical_current.runs import StepRuns
from solion.explore.edge_state import edge_states
from solion.explore.lateral_growth import lateral_growth, ripple
from solion.laws import AreaResistance, ButlerVolmer, EvenCurrent, EvenPotential, LinearWetting
from solion.numerics import system as traced
from solion.protocols import hold
from solion.protocols.drive import Drive
from solion.thermodynamics import front_growth, island_life, pillar_growth
from solion.thermodynamics.lateral import front
from solion.thermodynamics.phases import _evaluate, ion_mobility

H = 80e-9
FILM = Film(so.materials.lithium_titanate(), thickness=H, filling=0.3)


def transferring(**changed) -> so.FilmMemristor:
    """Symmetric contacts of 1e-3 i_D."""
    contact = Contact(ButlerVolmer(rate=1e-3 * FILM.units.i_D, asymmetry=0.5))
    return so.FilmMemristor(**({"top": contact, "film": FILM, "bottom": contact} | changed))


def order() -> None:
    """Growth at 0.03 i_D of a ripple of pi/2 per thickness."""
    contact = Contact(EvenCurrent())
    film = so.FilmMemristor(top=contact, film=FILM, bottom=contact)
    rates = [lateral_growth(film, 0.03, np.pi / 2, cells=cells).rate for cells in (96, 144, 216)]
    seen = np.log((rates[0] - rates[1]) / (rates[1] - rates[2])) / np.log(1.5)
    print(f"growth per tau_D on 96, 144, 216 cells: {', '.join(f'{rate:.6f}' for rate in rates)}; order {seen:.2f} (2 asked)")


def contacts(members: int = 16, current: float = 0.06) -> None:
    """Times to the first ion-rich place on contacts with a random rate, lognormal by 0.5 over 8 nm."""
    found = []
    for seed in range(members):
        pattern = RandomPattern(spread=0.5, length=0.1 * H, seed=seed)
        plain = transferring(extent=Mirrored(width=2 * H, columns=80))
        film = dataclasses.replace(plain, bottom=dataclasses.replace(plain.bottom, rates=pattern))
        runs = StepRuns(film, 80.0, 72)
        found.append(runs(runs.profile(None), current).bottom)
    times = np.sort(np.asarray(found))
    done = np.isfinite(times)
    spread = np.std(np.log(times[done])) if done.sum() > 1 else np.nan
    print(f"{done.sum()} of {members} contacts switch at {current:g} i_D within 80 tau_D (none without a pattern)")
    print(f"  tau_B/tau_D: {', '.join(f'{t:.3g}' for t in times)}; standard deviation of ln tau_B {spread:.2f}")


@jax.jit
def _looked_at(system, content, how):
    """Current, rate of the stored energy, and rate of the slowest wave of contents under a voltage."""
    y = system.unknowns(content.ravel())
    w = traced.start(system, 0.0, y, how)
    seen = observe(system, 0.0, y, w, how)
    rates = system.rate(0.0, y, w, how).reshape(system.shape)[..., 0]
    waves = (jnp.cos(jnp.pi * (jnp.arange(n) + 0.5) / n) for n in rates.shape)
    return jnp.stack([seen["current"], seen["energy_rate"], jnp.einsum("xy,x,y->", rates, *waves) / rates.size])


def manufactured(voltage: float = 20.0) -> None:
    """A smooth composition that meets each contact as it asks, on 24, 48 and 96 cells across and along."""
    transfer, resistance = (
        ButlerVolmer(rate=1e-2 * FILM.units.i_D, asymmetry=0.5),
        AreaResistance(FILM.units.V_T / FILM.units.i_D),
    )
    wetted = Contact(transfer, LinearWetting(5e-5))
    kinds = {
        "even current": Contact(EvenCurrent()),
        "equipotential": Contact(EvenPotential()),
        "linear": Contact(resistance),
        "Butler-Volmer": Contact(transfer),
        "Butler-Volmer, wetting": wetted,
    }
    weights = 1.0, 0.0, voltage, voltage, 1.0, np.inf, np.inf
    how = Drive(*(jnp.asarray([number], float) for number in weights))
    for name, contact in kinds.items():
        found = []
        for cells in (24, 48, 96):
            device = so.FilmMemristor(top=contact, film=FILM, bottom=contact, extent=Mirrored(width=H, columns=cells))
            system = as_arrays(without_sources(device).system(cells))
            x = ((np.arange(cells) + 0.5) / cells)[:, None]
            pull = float(contact.wetting.slope(jnp.asarray(0.5))) / (2 * float(system.film.gradient_energy))  # n.grad c, inwards
            content = 0.45 + 0.2 * np.cos(np.pi * x) * np.cos(np.pi * x.T) + pull * x * (1 - x)
            for inwards, side in ((x, 1), (1 - x, -1)):  # no slope of mu at a wetted contact: mu_h' c_x = 2 kappa c_xxx
                stiff = _evaluate(FILM.material)(0.45 + side * 0.2 * np.cos(np.pi * x.T)).slope
                content = content + stiff * pull / (2 * float(system.film.gradient_energy)) * inwards**3 * (1 - inwards) ** 4 / 6
            found.append(np.asarray(_looked_at(system, jnp.asarray(content), how)))
        seen = np.log2(np.abs((found[0] - found[1]) / (found[1] - found[2])))
        print(f"{name}: order of current {seen[0]:.2f}, energy rate {seen[1]:.2f}, rate of a wave {seen[2]:.2f}", flush=True)


def fingers(cells: int = 72, columns: int = 8) -> None:
    """Fronts displaced by 1e-3 h cos(ky) cos(kz), half a wave along the width and half a one along as large a depth."""
    for width, current in ((2 * np.sqrt(2), 0.03), (2.0, 0.03), (2.0, 0.06)):
        extent = Mirrored(width=width * H, depth=width * H, columns=columns, rows=columns)
        contact = Contact(EvenCurrent())
        device = so.FilmMemristor(top=contact, film=FILM, bottom=contact, extent=extent)
        drive = hold(current=current * device.scales().current, duration=8 * FILM.units.tau_D, samples=16)
        began = time.perf_counter()
        result = so.simulate(device, drive, cells=cells, initial=Wavy(amplitude=1e-3, waves_across=1))
        wave = np.cos(np.pi * (np.arange(columns) + 0.5) / columns)
        content = result.dataset["composition"].values
        size = np.abs(np.einsum("txyz,y,z->tx", content - content.mean(axis=(2, 3), keepdims=True), wave, wave)).max(axis=1)
        times = result.dataset["scaled_time"].values
        late = times > 3
        rate = np.polyfit(times[late], np.log(size[late]), 1)[0]
        k = np.sqrt(2) * 2 * columns / width * np.sin(np.pi / 2 / columns)  # of the columns
        form = front_growth(FILM.material, 0.3, H, k, current, ("evenly", "evenly"))
        waved = ripple(device, content[-1].mean(axis=(1, 2)), current, k).rate
        rests = lateral_growth(device, current, k, cells=cells).rate
        print(f"growth in space at {current:g} i_D, k = {k:.4f}/h, {cells} cells: run {rate:.5f} per tau_D, eigenvalue "
              f"{waved:.5f} ({rests:.5f} at rest), closed form {form:.5f} ({result.settings['steps']} steps, "
              f"{time.perf_counter() - began:.0f} s)", flush=True)  # fmt: skip


class Pillar(AbstractInitial):
    """A quarter of a pillar at the mirrors, its radius waved by ``wave`` along x."""

    radius: float
    wave: float = 0.05

    def profile(self, region, regions):
        """Ion-rich within the radius."""
        poor, rich = so.thermodynamics.phase_diagram(FILM.material).binodal
        x = (np.arange(region.cells) + 0.5) / region.cells
        y, z = ((np.arange(n) + 0.5) / n * length for n, length in zip(region.across, region.reach, strict=True))
        far = np.sqrt(y[:, None] ** 2 + z[None, :] ** 2)
        waved = self.radius * (1 + self.wave * np.cos(np.pi * x))[:, None, None]
        share = 0.5 * (1 - np.tanh((far[None] - waved) / 0.03))
        content = poor + (rich - poor) * share
        return content * region.mean / content.mean()


def _slopes(cells: int, step: float) -> Any:
    """Differences of neighbours over their distance."""
    return sparse.csr_matrix((np.eye(cells, k=1) - np.eye(cells))[:-1] / step)


def _wave_of(curvature: Any, flows: Any, weights: np.ndarray, start: np.ndarray, mean: float, wave: float):
    """(composition, growth per tau_D of a wave along x whose second difference is -wave) of a pillar at rest from a start."""
    evaluate, stiffness = _evaluate(FILM.material), 2 * float(FILM.material.gradient_energy) / H**2
    c, level = start, float(evaluate(start[:1]).potential[0])
    for _ in range(60):
        point = evaluate(c)
        second: Any = sparse.diags(point.slope) + stiffness * curvature
        whole: Any = sparse.bmat([[second, -np.ones((c.size, 1))], [weights[None], None]], format="csc")
        change = splu(whole).solve(np.append(level - point.potential - stiffness * curvature @ c, mean - weights @ c))
        share = 1.0
        while np.any(c + share * change[:-1] <= 0) or np.any(c + share * change[:-1] >= 1):
            share /= 2
        c, level = c + share * change[:-1], level + share * change[-1]
        if np.abs(change).max() < 1e-12:
            break
    moved = ion_mobility(FILM.material, c)
    stays, moves = (
        splu(sparse.csc_matrix(m))
        for m in (second + stiffness * wave * sparse.eye(c.size), flows(moved) + sparse.diags(moved * wave))  # pyright: ignore
    )
    inverse: Any = LinearOperator((c.size, c.size), lambda v: stays.solve(moves.solve(np.ravel(v))))  # pyright: ignore
    return c, float(np.max(np.real(-1 / np.asarray(eigs(inverse, k=3, return_eigenvectors=False)))))


def _on_squares(radius: float, cells: int, width: float) -> float:
    """Growth of the longest wave of a quarter of a pillar between mirrors, on as many cells as are across the film."""
    poor, rich = so.thermodynamics.phase_diagram(FILM.material).binodal
    n = round(cells * width)
    step = width / n
    y = (np.arange(n) + 0.5) * step
    across: tuple[Any, ...] = sparse.kron(_slopes(n, step), sparse.eye(n)), sparse.kron(sparse.eye(n), _slopes(n, step))

    def flows(moved):
        return sum(d.T @ sparse.diags(0.5 * step * abs(d) @ moved) @ d for d in across)

    start = poor + (rich - poor) * 0.5 * (1 - np.tanh((np.hypot(y[:, None], y[None]).ravel() - radius) / 0.03))
    mean = poor + (rich - poor) * np.pi * radius**2 / 4 / width**2
    wave = (2 * cells * np.sin(np.pi / 2 / cells)) ** 2
    return _wave_of(sum(d.T @ d for d in across), flows, np.ones(n * n) / n**2, start, mean, wave)[1]


def _on_rings(radius: float, width: float) -> tuple[float, float]:
    """(radius at c = 1/2, growth) on fine rings around the axis, with as much room."""
    poor, rich = so.thermodynamics.phase_diagram(FILM.material).binodal
    outer = width * np.sqrt(4 / np.pi)
    n = round(512 * outer)
    step = outer / n
    r, faces, across = (np.arange(n) + 0.5) * step, np.arange(1, n) * step, _slopes(n, step)
    back: Any = sparse.diags(1 / r) @ across.T

    def flows(moved):
        return back @ sparse.diags(faces * 0.5 * (moved[1:] + moved[:-1])) @ across

    start = poor + (rich - poor) * 0.5 * (1 - np.tanh((r - radius) / 0.03))
    mean = poor + (rich - poor) * (radius / outer) ** 2
    c, growth = _wave_of(back @ sparse.diags(faces) @ across, flows, r / r.sum(), start, mean, np.pi**2)
    return float(np.interp(-0.5, -c, r)), growth


def held(width: float = 0.6) -> None:
    """Growth of the longest wave of pillars at rest on cells of six sizes, and without them."""
    for radius in (0.20, 0.26, 0.30, 0.36, 0.42):
        rates = [_on_squares(radius, cells, width) for cells in (32, 48, 64, 72, 96, 128)]
        true, free = _on_rings(radius, width)
        form = pillar_growth(FILM.material, H, true)
        print(f"R = {radius:g} h: growth per tau_D on 32, 48, 64, 72, 96, 128 cells {', '.join(f'{s:+.4f}' for s in rates)}")
        print(f"  on rings {free:+.4f}, {true:.4f} h at c = 1/2, for which the closed form says {form:+.4f}", flush=True)


def pillar(cells: int = 64, width: float = 0.6, lasts: float = 100.0) -> None:
    """Radii on either side of 1/pi of the thickness at rest, as many columns as the width takes."""
    columns = round(cells * width)
    phases = so.thermodynamics.phase_diagram(FILM.material).binodal
    for radius in (0.20, 0.26, 0.36, 0.42):
        share = np.pi * radius**2 / 4 / width**2
        film = dataclasses.replace(FILM, filling=phases[0] + (phases[1] - phases[0]) * share)
        extent = Mirrored(width=width * H, depth=width * H, columns=columns, rows=columns)
        device = transferring(film=film, extent=extent)
        began = time.perf_counter()
        rest = hold(current=0.0, duration=lasts * FILM.units.tau_D, samples=16)
        result = so.simulate(device, rest, cells=cells, initial=Pillar(radius))
        across = (result.dataset["composition"].values > 0.5).mean(axis=(2, 3)) * width**2
        thin, thick = (np.sqrt(4 * part(across, axis=1) / np.pi) for part in (np.min, np.max))
        wave = (thick - thin) / (thick + thin)
        print(f"R = {radius:g} h ({time.perf_counter() - began:.0f} s, {result.settings['steps']} steps): thinnest "
              f"{', '.join(f'{r:.3f}' for r in thin)}; wave {wave[0]:.3f} -> {wave[-1]:.3f}", flush=True)  # fmt: skip


def _between_planes(distance: float, radius: float) -> float:
    """What 1/r becomes at a ``radius`` r in the middle between planes of no potential at ``distance`` above and below."""
    n = np.arange(1, 60, 2)
    return float(2 / distance * np.sum(k0(n * np.pi * radius / (2 * distance))))


def islands(cells: int = 64, width: float = 0.5, times: float = 1.0) -> None:
    """Half spheres at the bottom until their contact falls below c = 0.5, against the law of sharp ones; 80 nm ``times`` thick.

    Beside R^3 dc^2/(6 M_p0 gamma): the quasi-steady law with the layer at the top and the mirrored islands around, and with the
    mobility between both, which a small island raises by its supersaturation.
    """
    columns = round(cells * width)
    film = dataclasses.replace(FILM, thickness=times * H)
    units, material = film.units, FILM.material
    extent = Mirrored(width=width * times * H, depth=width * times * H, columns=columns, rows=columns)
    device = transferring(film=film, extent=extent, fluctuations=Still(steps=SolvedSteps()))
    for radius in (0.12, 0.16, 0.20, 0.25, 0.30):
        form = island_life(material, 0.3, times * H, radius, 3)
        began = time.perf_counter()
        rest = hold(current=0.0, duration=1.3 * form * units.tau_D, samples=4)
        result = so.simulate(device, rest, cells=cells, initial=Island(radius, width=0.06 / times))
        data = result.dataset
        gone = (data["event_name"].values == "greatest_composition_bottom crosses 0.5") & ~data["event_rising"].values
        life = float(data["event_time"].values[gone][0] / units.tau_D) if gone.any() else np.nan
        near = life / (form * _share(material, times, radius, width))
        print(f"R = {radius:g} h, {cells} cells: {life:.4f} tau_D, closed form {form:.4f}, ratio {life / form:.3f}")
        print(
            f"  {near:.3f} of the law in this box ({time.perf_counter() - began:.0f} s, {result.settings['steps']} steps)",
            flush=True,
        )


def _share(material, times: float, radius: float, width: float) -> float:
    """Life in a box over R^3 dc^2/(6 M_p0 gamma): layer, islands behind the mirrors, and the mobility on the way."""
    sharp, phases = front(material, times * H), so.thermodynamics.phase_diagram(material)
    low, high = phases.binodal
    depth = 1 - (0.3 - low) / (high - low)
    places = [np.hypot(i, j) * 2 * width for i in range(-3, 4) for j in range(-3, 4) if i or j]
    taken = np.log(2) / depth - sum(_between_planes(depth, place) for place in places)  # of 1/R
    poor = np.linspace(low, 0.99 * phases.spinodal[0], 400)
    level, mobility = _evaluate(material)(poor).potential, ion_mobility(material, poor)
    moved = np.append(0.0, np.cumsum(np.diff(level) * 0.5 * (mobility[1:] + mobility[:-1])))  # int M_p dmu from the plateau
    radii = (np.arange(400) + 0.5) / 400 * radius
    flow = np.interp(2 * sharp.tension / (sharp.step * radii), level - level[0], moved)
    slowed = (1 - radii * taken) * sharp.step * radii / flow  # dt/dR
    return float(np.sum(slowed) / np.sum(radii**2 * sharp.step**2 / (2 * sharp.ions[0] * sharp.tension)))


def edges(cells: int = 32, columns: int = 16, currents: tuple[float, ...] = (0.08,)) -> None:
    """Edge states of a film half as wide as thick, in the plane and in space."""
    for rows in (0, columns):
        extent = Mirrored(width=0.5 * H, depth=0.5 * H * (rows > 0), columns=columns, rows=rows)
        began = time.process_time()
        for edge in edge_states(transferring(extent=extent), currents, cells=cells):
            rates = ", ".join(f"{rate:.4g}" for rate in edge.rates)
            print(f"edge state at {edge.current:g} i_D, {'x'.join(map(str, edge.composition.shape))} cells: at the bottom from "
                  f"{edge.least:.4f} to {edge.greatest:.4f}; {edge.unstable} unstable, rates {rates} per tau_D; "
                  f"{time.process_time() - began:.0f} s of the processors", flush=True)  # fmt: skip


PARTS = {part.__name__: part for part in (order, manufactured, contacts, fingers, held, pillar, islands, edges)}

if __name__ == "__main__":
    for name in sys.argv[1:] or PARTS:
        PARTS[name]()
