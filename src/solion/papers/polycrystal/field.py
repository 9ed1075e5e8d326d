"""Fig. 4: how unevenly a current crosses a polycrystal, and what a homogenising layer makes of it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.figure import FigureBase

from solion.analysis.extremes import Extremes, fit_extremes, sample_quantile
from solion.analysis.hot_spots import spread
from solion.conduction import Conduction, Elements, Sizes, conduct
from solion.devices.polycrystal import Layer, lu2021
from solion.papers.bench import Bench
from solion.papers.case import Between, Case, Choice, Claim, Found, Shape, around, at_least, at_most
from solion.papers.film.panels import COLOURS, title
from solion.papers.polycrystal.setup import grains, median_words
from solion.plotting.style import MUTED

WINDOW = 100e-9  # m; a maximum has no meaning without one
LAYER = (10e-6, 1e-2)  # stated: m, S/m
DEPTHS = np.array([0.02, 0.1, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 7.0, 9.9]) * 1e-6
SEEDS, WIDE_SEEDS, SWEEP_SEEDS, QUICK_SEEDS = range(20), range(4), range(10), range(3)
SIZES = Sizes(junctions=20e-9, faces=0.4e-6, bulk=2e-6)  # H(100 nm) within 1 % of meshes of half and of twice the size
COARSE = Sizes(junctions=40e-9, faces=0.6e-6, bulk=3e-6)
MODES = 15  # waves whose decay is compared
LEVEL = 1.1  # the layer has homogenised where the maximum has fallen below this
# H(100 nm), 10 to 90 % of 20 samples of an independent program, and medians of z(max < 1.1) in um where it is below 10
BANDS = {
    0.05: (2.2, 2.5), 0.1: (2.7, 3.4), 0.2: (3.4, 4.6), 0.5: (4.3, 7.3), 1.0: (4.9, 10.1), 2.0: (5.7, 14.0), 5.0: (6.8, 19.0),
    10.0: (7.3, 22.0), 50.0: (7.7, 29.0),
}  # fmt: skip
CONDUCTIVITY = {
    0.05: 0.954, 0.1: 0.912, 0.2: 0.841, 0.5: 0.684, 1.0: 0.526, 2.0: 0.362, 5.0: 0.189, 10.0: 0.105, 50.0: 0.023,
}  # fmt: skip


@dataclass(frozen=True)
class Bare:
    """Over samples of grains without layers: H(100 nm) of both faces, conductivity over the grain's, worst conservation."""

    factor: np.ndarray
    conductivity: np.ndarray
    conservation: float


@dataclass(frozen=True)
class Covered:
    """Over faces of samples of grains under layers.

    ``outer`` is H(100 nm) at the layer's outer face; ``profile`` (faces, depths) the largest mean of j_z over a piece
    of the mesh within the layer; ``depth`` where it falls below 1.1 (m, infinite where nowhere).
    """

    outer: np.ndarray
    profile: np.ndarray
    depth: np.ndarray


def device(ratio: float, layer: bool):
    """The ceramic between equipotential electrodes, with layers on both faces where wanted."""
    layers = tuple(Layer(*LAYER, face) for face in ("bottom", "top")) if layer else ()
    return dataclasses.replace(lu2021(ratio), layers=layers)


def solve(
    bench: Bench, ratio: float, seed: int, layer: bool, width: float = 100e-6, sizes: Sizes | None = None
) -> Conduction:
    """One sample of grains; a coarser mesh in the quick form."""
    bench.count(1)
    engine = Elements(sizes=sizes or (COARSE if bench.quick else SIZES))
    return conduct(device(ratio, layer), grains(seed, width), engine=engine)


def bare(bench: Bench, ratio: float, seeds: range) -> Bare:
    """Samples without layers, once for all cases that ask for as many."""

    def one(seed):
        run = solve(bench, ratio, seed, False)
        factors = [run.hot_spot(WINDOW, f"{face}_electrode").factor for face in ("bottom", "top")]
        return factors, float(run.dataset["effective_conductivity"]) / 0.05, run.audit["conservation"]["value"]

    def every():
        factors, conductivity, audits = zip(*bench.map(one, seeds), strict=True)
        return Bare(np.array(factors), np.array(conductivity), max(audits))

    return bench.once(f"bare {ratio} {seeds}", every)


def covered(bench: Bench, ratio: float, seeds: range, width: float = 100e-6) -> Covered:
    """Samples under layers, once for all cases that ask for as many."""

    def one(seed):
        run, found = solve(bench, ratio, seed, True, width), []
        for face in ("bottom", "top"):
            planes = [run.profile(-z if face == "bottom" else width + z) for z in DEPTHS]
            largest = np.array([spread(plane.size, plane.current_density)[0] for plane in planes])
            found.append((run.hot_spot(WINDOW, f"{face}_electrode").factor, largest, falls_below(largest)))
        return found

    def every():
        return Covered(*map(np.array, zip(*[face for both in bench.map(one, seeds) for face in both], strict=True)))

    return bench.once(f"covered {ratio} {seeds} {width}", every)


def falls_below(largest: np.ndarray) -> float:
    """Depth (m) at which the maximum falls below 1.1, between planes by straight lines in its logarithm."""
    over = np.flatnonzero(largest >= LEVEL)
    if not over.size:
        return float(DEPTHS[0])
    last = over[-1]
    if last == DEPTHS.size - 1:
        return np.inf
    a, b = np.log(largest[last : last + 2] - 1)
    share = (a - np.log(LEVEL - 1)) / (a - b)
    return float(DEPTHS[last] + share * (DEPTHS[last + 1] - DEPTHS[last]))


# ------------------------------------------------------------------------------------------------------------- map, 4a and 4e


@dataclass(frozen=True)
class Map:
    """One sample bare and under layers, with current densities on a regular grid (nx, nz)."""

    bare: Conduction
    covered: Conduction
    polygons: list
    fields: tuple[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray], ...]


def run_map(bench: Bench) -> Map:
    """Sample 1 at Lambda = 1."""
    runs = [solve(bench, 1.0, 1, layer) for layer in (False, True)]
    shown = []
    for run, extra in zip(runs, (0.0, LAYER[0]), strict=True):
        x = np.linspace(0.2e-6, 99.8e-6, 240)
        z = np.linspace(0.2e-6 - extra, 99.8e-6 + extra, 240)
        assert run.fields is not None
        _, current = run.fields.sample(np.stack(np.meshgrid(x, z, indexing="ij"), axis=-1).reshape(-1, 2))
        current = np.asarray(current).reshape(x.size, z.size, 2)
        shown.append((x, z, current[..., 0], current[..., 1]))
    return Map(runs[0], runs[1], grains(1).polygons(), tuple(shown))


def _detour(evidence: Map) -> Found:
    factor = evidence.bare.dataset["bottom_grain_factor"].values
    size = evidence.bare.dataset["bottom_grain_contact"].values
    off = float(np.sum(np.abs(factor - 1) * size) / size.sum())
    sideways = np.abs(evidence.fields[0][2]).mean() / evidence.fields[0][3].mean()
    return Found(off, f"{off:.2f} of the current, grain by grain; sideways {sideways:.2f} of the mean along z")


def _conserved(evidence: Map) -> Found:
    return Found(max(run.audit["conservation"]["value"] for run in (evidence.bare, evidence.covered)))


def draw_map(canvas: FigureBase, evidence: Map) -> None:
    """Current density with streamlines, bare and between layers, and the bottom of the first enlarged."""
    panels = canvas.subplots(1, 3, width_ratios=(1, 1, 1))
    mean = float(evidence.bare.dataset["current_density"])
    for axes, (x, z, jx, jz), run, letter, text in zip(
        panels, (*evidence.fields, evidence.fields[0]), (evidence.bare, evidence.covered, evidence.bare), ("4a", "4b", "4e"),
        ("bare", "between layers", "near the electrode"), strict=True,
    ):  # fmt: skip
        mean = float(run.dataset["current_density"])
        picture = axes.pcolormesh(
            x * 1e6,
            z * 1e6,
            np.hypot(jx, jz).T / mean,
            vmin=0,
            vmax=2.5,
            cmap="magma",
            shading="nearest",
            rasterized=True,
        )
        cells = PolyCollection([cell * 1e6 for cell in evidence.polygons], facecolor="none", edgecolor="white", lw=0.35)
        axes.add_collection(cells)
        # streamplot wants evenly spaced positions to the last digit
        even = [np.linspace(v[0], v[-1], v.size) * 1e6 for v in (x, z)]
        axes.streamplot(
            *even, jx.T, jz.T, color="#9fd3ff", density=1.2 if letter != "4e" else 4.0, linewidth=0.5, arrowsize=0.5
        )
        axes.set(
            aspect="equal",
            xlabel="x (µm)",
            ylabel="z (µm)",
            xlim=(x[0] * 1e6, x[-1] * 1e6),
            ylim=(z[0] * 1e6, z[-1] * 1e6),
        )
        if letter == "4e":
            axes.set(xlim=(35, 65), ylim=(0.2, 30))
        axes.grid(False)
        title(axes, letter, text)
    canvas.colorbar(picture, ax=panels, shrink=0.7, label="|j| over mean")


# --------------------------------------------------------------------------------------------------------- hot spots, 4f


@dataclass(frozen=True)
class HotSpots:
    """Samples at Lambda = 1 and 2, and the extreme-value fit at 2."""

    one: Bare
    two: Bare
    extremes: Extremes


def run_hot_spots(bench: Bench) -> HotSpots:
    """Both Lambda."""
    seeds = SWEEP_SEEDS if bench.quick else SEEDS
    one, two = bare(bench, 1.0, seeds), bare(bench, 2.0, seeds)
    return HotSpots(one, two, fit_extremes(two.factor, 100e-6, resamples=100))


def _median(which: str):
    def find(evidence: HotSpots) -> Found:
        values = getattr(evidence, which).factor.ravel()
        return Found(float(np.median(values)), f"{median_words(values)}; median {sample_quantile(values, 0.5)}",
                     f"{values.size} faces of 100 µm, window {WINDOW * 1e9:g} nm")  # fmt: skip

    return find


def _tenfold(evidence: HotSpots) -> Found:
    largest = max(evidence.one.factor.max(), evidence.two.factor.max())
    shares = [np.mean(part.factor > 10) for part in (evidence.one, evidence.two)]
    return Found(
        float(largest), f"{largest:.3g}; above 10 on {shares[0]:.0%} of the faces at Λ = 1, {shares[1]:.0%} at 2"
    )


def _per_area(evidence: HotSpots) -> str:
    centimetre = evidence.extremes.median(1e-2)
    return f"plane model, Λ = 2: median of the largest over a line of 1 cm {centimetre} (90 %), tail {evidence.extremes.tail}"


def draw_hot_spots(canvas: FigureBase, evidence: HotSpots) -> None:
    """Distribution of H(100 nm), and of its largest value over larger electrodes by the extreme-value fit."""
    left, right = canvas.subplots(1, 2)
    for part, colour, text in ((evidence.one, COLOURS[0], "Λ = 1"), (evidence.two, COLOURS[1], "Λ = 2")):
        values = np.sort(part.factor.ravel())
        left.plot(values, (np.arange(values.size) + 0.5) / values.size, "o-", ms=3, color=colour, label=text)
    left.axvline(10, color=MUTED, ls=":")
    left.set(xscale="log", xlabel="H(100 nm) of a face of 100 µm", ylabel="share of faces below")
    left.legend()
    title(left, "4f", "largest over mean current")
    lengths = np.geomspace(1e-4, 1e-2, 20)
    bands = [evidence.extremes.median(length) for length in lengths]
    right.fill_between(
        lengths * 1e3, [b.low for b in bands], [b.high for b in bands], color=COLOURS[1], alpha=0.2, lw=0
    )
    right.loglog(lengths * 1e3, [b.value for b in bands], color=COLOURS[1], label="Λ = 2, median and 90 % band")
    right.set(xlabel="width of the electrode (mm)", ylabel="largest H(100 nm)")
    right.legend()
    title(right, "", "wider electrodes")


# ------------------------------------------------------------------------------------------------- layers, 4b, 4f and 4g


@dataclass(frozen=True)
class Layers:
    """Faces under layers at Lambda = 1 and 2, 100 um wide and, where run, 200 um, and the decay of modes in a layer."""

    one: Covered
    two: Covered
    wide: dict[float, Covered]
    modes: tuple[np.ndarray, np.ndarray, np.ndarray]


def run_layers(bench: Bench) -> Layers:
    """Once for both cases."""
    return bench.once("layers", lambda: _layers(bench))


def _layers(bench: Bench) -> Layers:
    seeds = QUICK_SEEDS if bench.quick else SEEDS
    wide = {} if bench.quick else {ratio: covered(bench, ratio, WIDE_SEEDS, 200e-6) for ratio in (1.0, 2.0)}
    return Layers(covered(bench, 1.0, seeds), covered(bench, 2.0, seeds), wide, _modes(bench))


def _modes(bench: Bench) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(k, amplitudes of the cosine modes at 3 um, and those at 1 um times the cosh law) of one sample, over the largest at
    1 um."""
    run = solve(bench, 1.0, 2, True, sizes=Sizes(junctions=40e-9, faces=0.2e-6, bulk=0.8e-6))
    k = np.pi / 100e-6 * np.arange(1, MODES + 1)
    amplitudes = []
    for plane in (run.profile(100e-6 + z) for z in (1e-6, 3e-6)):
        edges = np.concatenate(([0.0], np.cumsum(plane.size)))
        # exact integral of cos(kx) over each piece
        weights = np.diff(np.sin(k[:, None] * edges), axis=1) / k[:, None]
        amplitudes.append(weights @ plane.current_density)
    law = np.cosh(k * (LAYER[0] - 3e-6)) / np.cosh(k * (LAYER[0] - 1e-6))
    unit = np.abs(amplitudes[0]).max()
    return k, amplitudes[1] / unit, amplitudes[0] * law / unit


def _outer(which: str):
    def find(evidence: Layers) -> Found:
        values = getattr(evidence, which).outer
        return Found(float(np.median(values)), median_words(values))

    return find


def _wide(ratio: float):
    def find(evidence: Layers) -> Found | None:
        if not evidence.wide:
            return None
        values = evidence.wide[ratio].outer
        return Found(float(np.median(values)), median_words(values))

    return find


def _depth(evidence: Layers) -> Found:
    """Where the median over faces of the maximum falls below 1.1."""
    found = falls_below(np.median(evidence.one.profile, axis=0))
    own = evidence.one.depth
    low, high = np.quantile(own, [0.1, 0.9]) * 1e6
    words = f"{found * 1e6:.2f} µm; by face {np.median(own) * 1e6:.2f} [{low:.2f} to {high:.2f}] µm"
    return Found(
        found * 1e6,
        words,
        f"Λ = 2: {falls_below(np.median(evidence.two.profile, axis=0)) * 1e6:.2f} µm; the paper says some 3 µm",
    )


def _three(evidence: Layers) -> Found:
    values = evidence.one.profile[:, int(np.argmin(np.abs(DEPTHS - 3e-6)))]
    return Found(float(np.median(values)), median_words(values))


def _law(evidence: Layers) -> Found:
    _, solved, law = evidence.modes
    off = float(np.abs(solved - law).max())
    return Found(off, f"{off:.2%} of the largest amplitude, for the {MODES} longest waves")


def draw_outer(canvas: FigureBase, evidence: Layers) -> None:
    """Largest over mean current at the layer's outer face, by width."""
    axes = canvas.subplots()
    rows = [("Λ = 1, 100 µm", evidence.one.outer), ("Λ = 2, 100 µm", evidence.two.outer)]
    rows += [(f"Λ = {ratio:g}, 200 µm", found.outer) for ratio, found in evidence.wide.items()]
    axes.boxplot(
        [values for _, values in rows], orientation="horizontal", tick_labels=[label for label, _ in rows], widths=0.5
    )
    axes.set(xlabel="H(100 nm) at the layer's outer face")
    title(axes, "4f", "with a layer")


def draw_decay(canvas: FigureBase, evidence: Layers) -> None:
    """The maximum over depth, and the decay of single waves."""
    left, right = canvas.subplots(1, 2)
    for part, colour, text in ((evidence.one, COLOURS[0], "Λ = 1"), (evidence.two, COLOURS[1], "Λ = 2")):
        low, mid, high = np.quantile(part.profile, [0.1, 0.5, 0.9], axis=0)
        left.plot(DEPTHS * 1e6, mid, color=colour, label=text)
        left.fill_between(DEPTHS * 1e6, low, high, color=colour, alpha=0.18, lw=0)
    left.axhline(LEVEL, color=MUTED, ls=":")
    left.axvline(3.0, color=MUTED, ls=":")
    left.set(yscale="log", ylim=(1, 8), xlabel="distance from the ceramic (µm)", ylabel="largest over mean current")
    left.set_yticks([1, 1.1, 1.5, 2, 3, 5], ["1", "1.1", "1.5", "2", "3", "5"])
    left.legend()
    title(left, "4g", "decay in the layer, median and 10 to 90 %")
    k, solved, law = evidence.modes
    right.plot(k * 1e-6, solved, "o", color=COLOURS[0], ms=5, label="solved")
    right.plot(k * 1e-6, law, "x", color=MUTED, label="from 1 µm by cosh(k(t - z))")
    right.set(xlabel="wave number (1/µm)", ylabel="amplitude at 3 µm")
    right.legend()
    title(right, "", "single waves")


# ------------------------------------------------------------------------------------------------------------ sweep of Lambda


def run_sweep(bench: Bench) -> dict[float, Bare]:
    """Bare faces over Lambda."""
    return {ratio: bare(bench, ratio, SWEEP_SEEDS) for ratio in ((0.1, 1.0, 2.0) if bench.quick else tuple(BANDS))}


def _in_bands(evidence) -> Found:
    medians = {ratio: float(np.median(found.factor)) for ratio, found in evidence.items() if ratio >= 0.1}
    outside = [ratio for ratio, value in medians.items() if not BANDS[ratio][0] <= value <= BANDS[ratio][1]]
    words = ", ".join(f"{ratio:g}: {value:.3g}" for ratio, value in medians.items())
    return Found(not outside, words, f"outside at {outside}" if outside else "")


def _smallest(evidence) -> Found | None:
    if 0.05 not in evidence:
        return None
    return Found(
        float(np.median(evidence[0.05].factor)),
        median_words(evidence[0.05].factor),
        "the same on ten other samples, 2.58. Here the window slides freely; windows side by side give 2.1, and steps of a "
        "part of a window lie between: where spikes are as narrow as the window, H depends on how it is moved",
    )


def _conducts(evidence) -> Found:
    means = {ratio: float(np.mean(found.conductivity)) for ratio, found in evidence.items()}
    off = max(abs(value / CONDUCTIVITY[ratio] - 1) for ratio, value in means.items())
    return Found(off, ", ".join(f"{ratio:g}: {value:.3f}" for ratio, value in means.items()), f"{off:.1%} off at most")


def draw_sweep(canvas: FigureBase, evidence) -> None:
    """H and effective conductivity over Lambda."""
    left, right = canvas.subplots(1, 2)
    ratios = np.array(list(evidence))
    low, mid, high = np.array([np.quantile(found.factor, [0.1, 0.5, 0.9]) for found in evidence.values()]).T
    left.fill_between(
        list(BANDS),
        *np.array(list(BANDS.values())).T,
        color=MUTED,
        alpha=0.2,
        lw=0,
        label="independent program, 10 to 90 %",
    )
    left.errorbar(
        ratios, mid, (mid - low, high - mid), fmt="o", color=COLOURS[0], capsize=2, label="median, 10 to 90 %"
    )
    left.axhline(10, color=MUTED, ls=":")
    left.set(xscale="log", yscale="log", xlabel="Λ", ylabel="H(100 nm)")
    left.legend()
    title(left, "", "hot spots over Λ")
    line = np.geomspace(0.03, 80, 100)
    right.loglog(line, 1 / (1 + line), color=MUTED, label="brick layer")
    right.loglog(
        ratios, [np.mean(found.conductivity) for found in evidence.values()], "o", color=COLOURS[0], label="solved"
    )
    right.set(xlabel="Λ", ylabel="$\\sigma_\\mathrm{eff}/\\sigma_g$")
    right.legend()
    title(right, "", "effective conductivity")


_LAMBDA = Choice(
    "conductivities", "σ_g = 5e-4 S/cm, Λ = 1 and 2", "Table S1 of the paper is not at hand; Λ = R_gb σ_g/d alone decides",
    lambda _: "1 to 2 gives both the factor of 10 and the 3 µm",
)  # fmt: skip
_SIZE = Choice("domain", "100 µm square, plane", "not in the text",
    lambda evidence: _per_area(evidence) if isinstance(evidence, HotSpots) else
               "largest values grow with the width; see the row of 200 µm")  # fmt: skip
CASES = (
    Case(
        "4a", "Flux through grains", "Ions detour around grain boundaries; some grains carry more than others.",
            "Fig. 4a, 4b, 4e",
        "some 110 grains of 10 µm at Λ = 1, bare and between layers of 10 µm", run_map,
        (
            Claim("share of the current that grains of a face carry too much or too little of", _detour, at_least(0.05)),
            Claim("current in over current out, relative difference", _conserved, at_most(1e-9), "theory"),
        ), draw_map, (_LAMBDA,),
    ),
    Case(
        "4f", "Hot spots at the electrode", "The largest current density is over ten times the mean.", "Fig. 4f",
        f"{len(SEEDS)} samples of grains, two faces each, at Λ = 1 and 2", run_hot_spots,
        (
            Claim("median of H(100 nm) at Λ = 1", _median("one"), around(7.3, 0.2), "independent program"),
            Claim("median of H(100 nm) at Λ = 2", _median("two"), around(9.8, 0.2), "independent program"),
            Claim("largest of all faces", _tenfold, at_least(10.0)),
        ), draw_hot_spots, (_LAMBDA, _SIZE),
    ),
    Case(
        "4b", "The layer's outer face", "With the layer there is almost no fluctuation at its outer face.", "Fig. 4b, 4f",
        f"the samples of 4f under 10 µm of layer, and {len(WIDE_SEEDS)} of 200 µm", run_layers,
        (
            Claim("H(100 nm) at the outer face, Λ = 1", _outer("one"), Between(1.02, 1.08), "independent program"),
            Claim("the same at Λ = 2", _outer("two"), at_most(1.15), "independent program"),
            Claim("faces of 200 µm, Λ = 1", _wide(1.0), at_most(1.13), "independent program"),
            Claim("faces of 200 µm, Λ = 2", _wide(2.0), at_most(1.22), "independent program"),
        ), draw_outer, (_LAMBDA, _SIZE),
    ),
    Case(
        "4g", "Decay through the layer", "The largest current density falls to the mean within some 3 µm.", "Fig. 4g",
        "the layers of 4b, planes parallel to the ceramic", run_layers,
        (
            Claim("median of the maximum below 1.1 from, µm", _depth, around(2.8, 0.4), "independent program; paper: ~3"),
            Claim("maximum at 3 µm", _three, Between(1.06, 1.12), "independent program"),
            Claim("waves follow cosh(k(t - z)), largest deviation over the largest amplitude", _law, at_most(0.01), "theory"),
        ), draw_decay, (_LAMBDA, _SIZE),
    ),
    Case(
        "4-sweep", "Hot spots over Λ", "(Not in the paper: what its unpublished conductivities decide.)",
            "Fig. 4f, any conductivities",
        f"{len(BANDS)} values of Λ, {len(SWEEP_SEEDS)} samples each", run_sweep,
        (
            Claim("medians of H(100 nm) within the bands from Λ = 0.1 on", _in_bands,
                  Shape("10 to 90 % of an independent program"), "independent program"),
            Claim("median at Λ = 0.05 within its band", _smallest, Between(*BANDS[0.05]), "independent program", must=False),
            Claim("effective conductivity, largest relative difference", _conducts, at_most(0.05), "independent program"),
        ), draw_sweep,
    ),
)  # fmt: skip
