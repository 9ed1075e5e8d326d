"""Films in space, sweeps that are too long for tests: order in the grid, random contacts, a pillar that breaks.

    python benchmarks/film_in_space_answers.py order contacts pillar

order: growth rates of a ripple on 48, 96 and 192 cells and the order they show. contacts: the smallest time to switch at one
current over random contacts, whose spread is what an ensemble of devices shows. pillar: the thinnest place of an ion-rich pillar
between the contacts, with a wave of one per cent, thinner and thicker than 1/pi of the thickness (Plateau and Rayleigh).
"""

from __future__ import annotations

import dataclasses
import sys
import time

import numpy as np

import solion as so
from solion.devices import Contact, Film, Mirrored, RandomPattern
from solion.devices.start import AbstractInitial
from solion.explore.critical_current.runs import StepRuns
from solion.explore.lateral_growth import lateral_growth
from solion.laws import ButlerVolmer, EvenCurrent
from solion.protocols import hold

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
    rates = [lateral_growth(film, 0.03, np.pi / 2, cells=cells).rate for cells in (48, 96, 192)]
    seen = np.log2((rates[0] - rates[1]) / (rates[1] - rates[2]))
    print(f"growth per tau_D on 48, 96, 192 cells: {', '.join(f'{rate:.6f}' for rate in rates)}; order {seen:.2f} (2 asked)")


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


class Pillar(AbstractInitial):
    """A quarter of a pillar at the mirrors, its radius waved by one per cent along x."""

    radius: float

    def profile(self, region, regions):
        """Ion-rich within the radius."""
        phases = region.phases()
        x = (np.arange(region.cells) + 0.5) / region.cells
        y, z = ((np.arange(n) + 0.5) / n * length for n, length in zip(region.across, region.reach, strict=True))
        far = np.sqrt(y[:, None] ** 2 + z[None, :] ** 2)
        waved = self.radius * (1 + 0.01 * np.cos(np.pi * x))[:, None, None]
        share = 0.5 * (1 - np.tanh((far[None] - waved) / 0.03))
        return phases.poor + (phases.rich - phases.poor) * share


def pillar(cells: int = 24, width: float = 0.6) -> None:
    """Radii of 0.2 and 0.4 h at rest for 20 tau_D, as many columns as the width takes."""
    columns = round(cells * width)
    for radius in (0.20, 0.40):
        share = np.pi * radius**2 / 4 / width**2
        film = dataclasses.replace(FILM, filling=0.0329517 + 0.929012 * share)
        extent = Mirrored(width=width * H, depth=width * H, columns=columns, rows=columns)
        device = transferring(film=film, extent=extent)
        began = time.perf_counter()
        rest = hold(current=0.0, duration=20 * FILM.units.tau_D, samples=8)
        result = so.simulate(device, rest, cells=cells, initial=Pillar(radius))
        across = (result.dataset["composition"].values > 0.5).mean(axis=(2, 3)) * width**2
        thinnest = np.sqrt(4 * across.min(axis=1) / np.pi)
        print(f"R = {radius:g} h: thinnest {', '.join(f'{r:.3f}' for r in thinnest)} ({time.perf_counter() - began:.0f} s)")


if __name__ == "__main__":
    for name in sys.argv[1:] or ("order", "contacts", "pillar"):
        {"order": order, "contacts": contacts, "pillar": pillar}[name]()
