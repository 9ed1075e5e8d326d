"""Draws the figures of docs/critical-current.md and prints its tables: python docs/figures/critical_current.py [folder]."""

import sys
from pathlib import Path

import numpy as np
from matplotlib.colors import LogNorm

import solion as so
from solion.explore.critical_current import fold, largest_current, sensitivities, switching_map, switching_times, threshold
from solion.views.style import BOTTOM, CURRENT, INK, MUTED, TOP, VOLTAGE, blank, cycle_colours, styled

TITANATE = so.materials.lithium_titanate()
EQUATION_5, CORRECTED = so.thermodynamics.critical_current, so.thermodynamics.critical_current_diffuse


def film(filling: float = 0.3, thickness: float = 80e-9) -> so.FilmMemristor:
    """A film of lithium titanate; the contacts do not matter where the current is given."""
    film = so.Film(TITANATE, thickness, filling)
    contact = so.Contact(so.laws.ButlerVolmer(rate=1e-2 * film.units.i_D, asymmetry=0.5))
    return so.FilmMemristor(contact, film, contact)


def within(values, thickness):
    """Those fillings at which a film of this thickness holds two phases."""
    low, high = so.thermodynamics.two_phase_fillings(TITANATE, thickness)
    return values[(values > low) & (values < high)]


@styled
def critical(folder: Path) -> None:
    """Critical current over filling by every route, for two thicknesses, and the deviations from the fold."""
    figure = blank(10.0, 5.6)
    axes = figure.subplots(2, 2, sharex=True, height_ratios=(2, 1))
    print("| c_m | simulated, 80 tau_D | bracket | fold | Eq. 5 | off by | corrected | off by | first way out |")
    print("|---|---|---|---|---|---|---|---|---|")
    for column, thickness in enumerate((80e-9, 320e-9)):
        cells = 200 if column == 0 else 400
        upper, lower = axes[:, column]
        fillings = within(np.linspace(0.05, 0.95, 91), thickness)
        exact = np.array([fold(film(c, thickness), cells=cells).current for c in fillings])
        for formula, colour, dashes, label in (
            (lambda c, h: EQUATION_5(TITANATE, c), CURRENT, (0, (5, 2)), "Eq. 5 of the paper"),
            (lambda c, h: CORRECTED(TITANATE, c, h), VOLTAGE, (0, (1, 1.2)), "corrected formula"),
        ):
            values = np.array([formula(c, thickness) for c in fillings])
            upper.plot(fillings, values, color=colour, ls=dashes, lw=2.0, label=label, zorder=3)
            lower.plot(fillings, 100 * (values / exact - 1), color=colour, ls=dashes, lw=2.0)
        upper.plot(fillings, exact, color=INK, lw=1.2, label="fold of the steady states (exact)")
        upper.set_title(f"film of {thickness * 1e9:.0f} nm")
        upper.set_ylim(0, 0.55)
        lower.set_ylim(-45, 65)
        lower.axhline(0, color=MUTED, lw=0.8)
        lower.set_xlabel("mean composition $c_m$")
        if column:
            continue
        for c in np.arange(1, 10) / 10:
            found, at = threshold(film(c), accuracy=2e-3), fold(film(c)).current
            upper.plot(c, found.current, "o", ms=6, mfc="none", mec=TOP, label="simulated, 80 $\\tau_D$" if c == 0.1 else None)
            ways = so.thermodynamics.ways_to_switch(TITANATE, c, thickness)
            first = min(ways, key=ways.__getitem__)
            five, corrected = EQUATION_5(TITANATE, c), ways[first]
            print(
                f"| {c:.1f} | {found.current:.4f} | [{found.low:.4f}, {found.high:.4f}] | {at:.4f} | {five:.4f} | "
                f"{five / at - 1:+.1%} | {corrected:.4f} | {corrected / at - 1:+.1%} | {first} |",
                flush=True,
            )
        upper.set_ylabel("critical current ($i_D$)")
        lower.set_ylabel("off the fold (%)")
        upper.legend(loc="upper left")
    figure.savefig(folder / "critical-current.png", dpi=130)


@styled
def slowing(folder: Path) -> None:
    """Critical slowing down by both laws, and the reciprocal of the switching times."""
    figure = blank(10.0, 7.4)
    (left, right), (bottom, top) = figure.subplots(2, 2)
    excess = np.geomspace(1e-5, 0.3, 14)
    for c, colour in ((0.1, TOP), (0.3, BOTTOM), (0.9, CURRENT)):
        at = fold(film(c), cells=100)
        runs = switching_times(film(c), at.current * (1 + excess), cells=100, plateau=400.0)
        first = np.fmin(runs["tau_T"], runs["tau_B"])
        left.loglog(excess, first, "o", ms=5, mfc="none", color=colour, label=f"$c_m$ = {c}")
        left.loglog(excess, at.slowing / np.sqrt(at.current * excess), color=colour, lw=1.0)
    left.set(xlabel="$i/i_c - 1$", ylabel="first switch ($\\tau_D$)", title="Beside a fold: $A/\\sqrt{i - i_c}$, A from the fold")
    left.legend()
    found = threshold(film(0.7), cells=100, accuracy=1e-7)
    runs = [(run.current, run.first) for run in found.runs if np.isfinite(run.first)]
    current, time = np.array(sorted(runs)).T
    beyond = current / found.law.critical - 1
    right.semilogx(beyond, time, "o", ms=5, mfc="none", color=VOLTAGE, label="$c_m$ = 0.7, sudden current")
    line = np.geomspace(max(beyond.min(), 1e-8), 0.3, 50)
    right.semilogx(line, found.law.time(found.law.critical * (1 + line)), color=VOLTAGE, lw=1.0)
    right.set(xlabel="$i/i_d - 1$", ylabel="first switch ($\\tau_D$)", title="Past an unstable state: $\\ln(1/(i - i_d))/g$")
    right.legend()
    for c, colour in zip((0.1, 0.3, 0.5, 0.7, 0.9), cycle_colours(5), strict=True):
        critical = fold(film(c), cells=100).current
        runs = switching_times(film(c), critical + np.linspace(0.01, 0.6, 25), cells=100)
        for axes, name in ((bottom, "tau_B"), (top, "tau_T")):
            axes.plot(runs["current"] - critical, 1 / runs[name], ".-", ms=4, lw=1.0, color=colour, label=f"$c_m$ = {c}")
    for axes, name, end in ((bottom, "B", "bottom"), (top, "T", "top")):
        axes.set(xlabel="$i - i_c$ ($i_D$)", ylabel=f"$1/\\tau^{name}$ ($1/\\tau_D$)", title=f"Rate of switching, {end} end")
        axes.set_ylim(0)
        axes.legend()
    figure.savefig(folder / "critical-slowing.png", dpi=130)


@styled
def chart(folder: Path, size: int = 24) -> None:
    """The map of switching times with the fold and the largest current."""
    fillings, currents = np.linspace(0.1, 0.9, size), np.geomspace(0.05, 2.0, size)
    table = switching_map(film(), fillings, currents, cells=100)
    figure = blank(10.5, 3.9)
    partial = np.fmin(table["tau_T"], table["tau_B"])
    full = np.maximum(table["tau_T"], table["tau_B"])
    panels = (
        (partial, "partial polarization ($\\tau_D$)", LogNorm(0.01, 10), "viridis_r"),
        (full, "full polarization ($\\tau_D$)", LogNorm(0.01, 10), "viridis_r"),
        (full / partial, "window: full over partial", LogNorm(1, 20), "magma_r"),
    )
    line = np.linspace(0.1, 0.9, 60)
    exact = [fold(film(c), cells=100).current for c in line]
    largest = [largest_current(film(c), cells=100).current for c in line]
    for axes, (values, title, norm, colours) in zip(figure.subplots(1, 3, sharey=True), panels, strict=True):
        axes.grid(False)
        drawn = axes.pcolormesh(fillings, currents, values.T, norm=norm, cmap=colours, shading="nearest")
        axes.plot(line, exact, color=INK, lw=1.5, label="fold")
        axes.plot(line, largest, color=CURRENT, lw=1.5, ls=(0, (5, 2)), label="largest current at rest")
        axes.set(yscale="log", title=title, xlabel="mean composition $c_m$", ylim=(0.05, 2.0))
        figure.colorbar(drawn, ax=axes, pad=0.02)
    figure.axes[0].set_ylabel("current ($i_D$)")
    figure.axes[0].legend(loc="lower right")
    figure.savefig(folder / "switching-map.png", dpi=130)


def tables() -> None:
    """What moves the critical current, and the largest current."""
    paths = {}
    for c in (0.1, 0.3, 0.5, 0.8, 0.9):
        paths[c] = sensitivities(film(c))
    print("\n| number | " + " | ".join(f"c_m = {c}" for c in paths) + " |")
    for path in paths[0.3]:
        print(f"| {path} | " + " | ".join(f"{paths[c].get(path, 0.0):+.2f}" for c in paths) + " |")
    print("\n| c_m | i_c | largest | |")
    for c in (0.1, 0.3, 0.5, 0.7, 0.9):
        most = largest_current(film(c))
        print(f"| {c} | {fold(film(c)).current:.4f} | {most.current:.3f} | {most.end} |")


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent)
    target.mkdir(parents=True, exist_ok=True)
    for draw in (critical, slowing, chart):
        draw(target)
    tables()
