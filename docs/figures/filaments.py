"""Draws the figures of docs/filaments.md and prints its tables: python docs/figures/filaments.py [folder]."""

import dataclasses
import sys
from pathlib import Path

import numpy as np
from matplotlib.colors import LogNorm

from solion.analysis.boundary_map import BoundaryMap
from solion.analysis.contact_fraction import decompose
from solion.analysis.spectra.circuit_fit import fit_circuit
from solion.analysis.spectra.circuits import Resistor, Zarc
from solion.analysis.spectra.relaxation import relaxation_times
from solion.analysis.trigger import Trigger
from solion.balances.disk import Disk, equivalent_radius
from solion.devices.filament_memristor import FilamentMemristor
from solion.devices.nano_electrode import NanoElectrode
from solion.experiments.filament_cycling import run_filament
from solion.grids.grains.tessellation import voronoi
from solion.laws.initiation import Griffith
from solion.papers.polycrystal import printed
from solion.papers.run_pool import RunPool
from solion.protocols import cyclic_voltammetry
from solion.views.style import BOTTOM, CURRENT, INK, MUTED, TOP, VOLTAGE, blank, cycle_colours, styled

# a/L: R sigma L and S by axisymmetric finite elements of an independent program
ELEMENTS = {
    0.001: (249.84, 0.950), 0.01: (24.885, 0.845), 0.03: (8.2213, 0.737), 0.1: (2.3894, 0.544), 0.3: (0.72493, 0.289),
    0.5: (0.39499, 0.163), 0.94: (0.17109, 0.047), 1.5: (0.08516, 0.0094), 2.0: (0.05361, 0.0022),
}  # fmt: skip


@styled
def disk(folder: Path) -> None:
    """Spreading resistance and shorting factor over a/L; current density with charge transfer."""
    figure = blank(12.0, 3.6)
    left, middle, right = figure.subplots(1, 3)
    ratios = np.geomspace(1e-4, 3.0, 60)
    disks = [Disk(ratio, 1.0) for ratio in ratios]
    left.loglog(ratios, [d.shape / d.radius for d in disks], color=INK, label="series")
    left.loglog(ratios, 1 / (4 * ratios), color=MUTED, ls=":", label="$1/4a$")
    left.loglog(ratios, 1 / (np.pi * ratios**2), color=MUTED, ls="--", label="$L/\\pi a^2$")
    left.loglog(list(ELEMENTS), [r for r, _ in ELEMENTS.values()], "o", color=CURRENT, ms=4, label="finite elements")
    left.set(xlabel="$a/L$", ylabel="$R\\,\\sigma L$", title="spreading resistance")
    left.legend()
    middle.semilogx(ratios, [d.shorting_factor() for d in disks], color=INK, label="series")
    middle.semilogx(list(ELEMENTS), [s for _, s in ELEMENTS.values()], "o", color=CURRENT, ms=4, label="finite elements")
    middle.semilogx(ratios, np.clip(1 - 2 * np.sqrt(2 * ratios / np.pi), 0, 1), color=MUTED, ls=":", label="small $a$")
    middle.set(xlabel="$a/L$", ylabel="$S$", title="what a metallic filament leaves")
    middle.legend()
    r = np.linspace(0, 0.999, 400)
    for wagner, colour in zip((0.0, 0.1, 1.0, 10.0), cycle_colours(4), strict=True):
        right.plot(r, Disk(1.0, 1e4, wagner).current_density(r), color=colour, label=f"$\\sigma R_{{ct}}/a$ = {wagner:g}")
    right.set(xlabel="$r/a$", ylabel="current density over mean", ylim=(0, 3), title="charge transfer evens it out")
    right.legend()
    figure.savefig(folder / "filament-disk.png", dpi=110)
    print("| a/L | R σ L | finite elements | S | finite elements |\n|---|---|---|---|---|")
    for ratio, (resistance, share) in ELEMENTS.items():
        d = Disk(ratio, 1.0)
        print(f"| {ratio:g} | {d.shape / ratio:.5g} | {resistance:g} | {d.shorting_factor():.4f} | {share:g} |")


@styled
def chart(folder: Path) -> None:
    """Trigger bias of the tip over a surface of grains, and its distribution for electrodes placed at random."""
    made = voronoi((40e-6, 40e-6), 10e-6, seed=5)
    grains, trigger = BoundaryMap.of_polygons(made.box, made.polygons()), Trigger()
    figure = blank(11.0, 4.2)
    left, middle, right = figure.subplots(1, 3, width_ratios=(1.15, 1.15, 1.0))
    for axes, size, corner in ((left, 40e-6, (0.0, 0.0)), (middle, 2e-6, tuple(made.polygons()[6][0] - 1e-6))):
        x = np.linspace(0, size, 300)
        points = np.stack(np.meshgrid(x + corner[0], x + corner[1], indexing="ij"), -1).reshape(-1, 2)
        bias = grains.trigger_bias(trigger, points).reshape(300, 300)
        drawn = axes.pcolormesh(x * 1e6, x * 1e6, bias.T, norm=LogNorm(0.1, 10), cmap="magma", rasterized=True)
        axes.set(aspect="equal", xlabel="x (µm)", title=f"trigger bias, {size * 1e6:g} µm")
        axes.grid(False)
        figure.colorbar(drawn, ax=axes, shrink=0.75, label="V")
    wide = voronoi((200e-6, 200e-6), 10e-6, seed=3)
    surface = BoundaryMap.of_polygons(wide.box, wide.polygons())
    for size, colour in zip((9.3e-9, 1e-6, 5e-6, 10e-6), (INK, TOP, BOTTOM, CURRENT), strict=True):
        bias = np.sort(surface.trigger_bias(trigger, surface.random_points(3000, 1, 10e-6), size))
        right.semilogx(bias, np.arange(bias.size) / bias.size, color=colour, label=f"{size * 1e6:.3g} µm")
    right.set(xlabel="trigger bias (V)", ylabel="share of placements below", title="random placements")
    right.legend(title="electrode", loc="center right")
    figure.savefig(folder / "filament-map.png", dpi=110)


@styled
def memristor(folder: Path) -> None:
    """Loops of tip and pads, set and reset biases over cycles, on/off over bias rate."""
    figure = blank(12.0, 3.7)
    left, middle, right = figure.subplots(1, 3)
    for size, colour, label in ((0.0, INK, "tip"), (100e-6, TOP, "100 µm"), (500e-6, CURRENT, "500 µm")):
        electrode = NanoElectrode(radius=equivalent_radius(size)) if size else NanoElectrode()
        device = dataclasses.replace(FilamentMemristor(), electrode=electrode)
        loop = cyclic_voltammetry(limits=(-0.3, 1.0), rate=0.2, cycles=2, samples=600).with_compliance(current=1e-3)
        run = run_filament(device, loop, formed=True).dataset
        left.semilogy(
            run["voltage"], np.abs(run["current"]) + 1e-13, color=colour, label=f"{label}, S = {device.shorting_factor():.2f}"
        )
    left.set(xlabel="bias (V)", ylabel="|current| (A)", ylim=(3e-11, 3e-3), title="two loops from the metallic state")
    left.legend(loc="center right", bbox_to_anchor=(1.0, 0.4))
    loop = cyclic_voltammetry(limits=(-0.25, 0.25), rate=0.2, cycles=200, samples=160).with_compliance(current=1e-3)
    many = run_filament(FilamentMemristor(), loop, devices=100, formed=True, traces=False).dataset
    for name, colour in (("set_bias", TOP), ("reset_bias", BOTTOM)):
        low, mid, high = np.nanquantile(np.abs(many[name].values), [0.05, 0.5, 0.95], axis=1)
        middle.fill_between(range(1, 201), low, high, color=colour, alpha=0.25, lw=0)
        middle.plot(range(1, 201), mid, color=colour, label=name.replace("_", " "))
    middle.set(xlabel="cycle", ylabel="|bias| (V)", ylim=(0.1, 0.27), title="100 devices, 5 to 95 %")
    middle.legend()
    rates, device = (np.geomspace(0.005, 5, 10), FilamentMemristor(jitter=0.0, radius_jitter=0.0, gap_jitter=0.0, settling=0.1))
    found = []
    for rate in rates:
        loop = cyclic_voltammetry(limits=(-0.5, 0.8), rate=rate, cycles=3, samples=2000)
        run = run_filament(device, loop, formed=True, traces=False).dataset
        found.append([abs(float(run[name].values[2, 0])) for name in ("set_bias", "reset_bias")])
    right.semilogx(rates, np.array(found)[:, 0], "o-", ms=4, color=TOP, label="set")
    right.semilogx(rates, np.array(found)[:, 1], "o-", ms=4, color=BOTTOM, label="reset")
    right.set(xlabel="sweep rate (V/s)", ylabel="|bias| (V)", title="faster sweeps, later switches")
    right.legend()
    figure.savefig(folder / "filament-memristor.png", dpi=110)


@styled
def spectra(folder: Path) -> None:
    """A noisy spectrum of three arcs, its distribution of relaxation times and its fit."""
    frequency = np.logspace(0, 9, 91)
    circuit = Resistor(1e-5) + Zarc(2e-3, 8.85e-9) + Zarc(2e-4, 1.8e-6) + Zarc(2e-3, 1e-3)
    z, random = circuit.impedance(2 * np.pi * frequency), np.random.default_rng(1)
    z = z + 2e-3 * np.abs(z) * (random.standard_normal(z.size) + 1j * random.standard_normal(z.size))
    found = relaxation_times(frequency, z)
    fit = fit_circuit(
        Resistor(1e-4) + Zarc(1e-3, 1e-8) + Zarc(1e-3, 1e-6) + Zarc(1e-3, 1e-2),
        frequency,
        z,
        fixed=("Zarc1.exponent", "Zarc2.exponent", "Zarc3.exponent"),
    )
    figure = blank(9.5, 3.3)
    left, right = figure.subplots(1, 2)
    left.plot(z.real * 1e4, -z.imag * 1e4, "o", ms=3, color=VOLTAGE, label="0.2 % noise")
    left.plot(found.impedance.real * 1e4, -found.impedance.imag * 1e4, color=CURRENT, label="from relaxation times")
    left.set(aspect="equal", xlabel="Z′ (Ω cm²)", ylabel="-Z″ (Ω cm²)", title="spectrum")
    left.legend(loc="upper left", bbox_to_anchor=(0.0, 1.9))
    right.loglog(found.time, np.maximum(found.gamma * 1e4, 1e-3), color=VOLTAGE)
    for peak in found.peaks(0.01):
        right.annotate(f"{peak.area * 1e4:.3g} Ω cm²", (peak.time, peak.height * 1e4), ha="center", va="bottom", fontsize=8)
    right.set(xlabel="relaxation time (s)", ylabel="γ (Ω cm²)", ylim=(1e-2, 300), title="relaxation times and areas")
    figure.savefig(folder / "relaxation-times.png", dpi=110)
    print("\n" + "\n".join(f"- {number}" for number in fit.numbers))


def tables() -> None:
    """Flaws, contact, and the honesty panel."""
    law = Griffith()
    print("\n| flaw | critical overpotential |\n|---|---|")
    for flaw in (1e-9, 1e-8, 1e-7, 3.07e-7, 1e-6, 1e-5):
        print(f"| {flaw * 1e9:g} nm | {float(law.critical_overpotential(flaw)) * 1e3:.3g} mV |")
    for radius in (1e-6, 10e-6):
        print("\n" + decompose(0.1, radius, 0.05).words)
    with RunPool(quick=True) as run_pool:
        print(f"\n{printed.run(run_pool).panel}")


if __name__ == "__main__":
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent)
    for draw in (disk, chart, memristor, spectra):
        draw(folder)
    tables()
