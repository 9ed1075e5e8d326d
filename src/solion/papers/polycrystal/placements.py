"""Figs. 2e, 2f and 5h-i: the trigger bias against distance, size of the electrode and surface."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.figure import FigureBase

from solion.analysis.trigger import touch_probability
from solion.papers.case import CHECKED, INPUT, MODEL_LIMIT, Case, Choice, Claim, Found, Shape, around, at_least, at_most
from solion.papers.polycrystal.setup import CONTACT_RADIUS, GRAIN, LARGEST_BIAS, PADS, TIP, name, surface, trigger
from solion.papers.run_pool import RunPool
from solion.views.style import COLOURS, INK, MUTED, title

DISTANCES = np.linspace(0.0, 1e-6, 30)
SIZES = (TIP, 1e-6, *PADS)
LAYER, ROUGH = 10e-6, 0.05  # stated; assumed share of the thickness
REGION = 250e-9  # m from a boundary: the "grain boundary regions" that are compared


@dataclass(frozen=True)
class Places:
    """Distances (m) of placements from the nearest boundary and their trigger biases (V)."""

    wanted: np.ndarray
    distance: np.ndarray
    bias: np.ndarray


def run_places(run_pool: RunPool) -> Places:
    """Placements along the normals of boundaries of a map, at random places."""
    grains = surface()
    inside = grains.random_points(60, 6, 20e-6)
    away = grains.nearest_boundary(inside)
    normal = (inside - away) / np.linalg.norm(inside - away, axis=1)[:, None]
    points = away[:30] + normal[:30] * DISTANCES[:, None]
    distance = grains.distance(points)
    return Places(DISTANCES, distance, grains.trigger_bias(trigger(), points))


def _rising(evidence: Places) -> Found:
    order = np.argsort(evidence.distance)
    steps = np.diff(evidence.bias[order])
    return Found(bool(np.all(steps >= 0)), f"{evidence.bias.min():.3g} to {evidence.bias.max():.3g} V over 30 placements")


def _linear(evidence: Places) -> Found:
    part = (evidence.distance > 20e-9) & (evidence.bias < 8.9)
    slope = np.polyfit(evidence.distance[part], evidence.bias[part], 1)[0]
    return Found(slope / trigger().slope, f"{slope * 1e-9:.4f} V/nm against η_gb π/(2a) = {trigger().slope * 1e-9:.4f} V/nm")


def _saturates(evidence: Places) -> Found:
    highest = evidence.distance[evidence.bias < 9.0].max()
    first = evidence.distance[evidence.bias >= 9.0].min()
    return Found(
        trigger().saturation * 1e9,
        f"{trigger().saturation * 1e9:.0f} nm; placements: between {highest * 1e9:.0f} and {first * 1e9:.0f} nm",
    )


def draw_places(canvas: FigureBase, evidence: Places) -> None:
    """Trigger bias over distance, placements and closed form."""
    axes = canvas.subplots()
    x = np.linspace(0, 1e-6, 500)
    axes.plot(x * 1e9, trigger().bias(x), color=MUTED, lw=1, label="closed form, one boundary")
    axes.plot(evidence.distance * 1e9, evidence.bias, "o", color=COLOURS[0], ms=5, label="placements on a map")
    axes.set(xlabel="distance to the nearest boundary (nm)", ylabel="trigger bias (V)")
    axes.legend()
    title(axes, "2e", "trigger bias against distance")


@dataclass(frozen=True)
class Electrodes:
    """By size in m: trigger biases (V) at boundaries and in grains, and the share of random placements that touch a boundary."""

    boundary: dict[float, np.ndarray]
    interior: dict[float, np.ndarray]
    touched: dict[float, float]
    density: float


def run_sizes(run_pool: RunPool) -> Electrodes:
    """Ten placements of each kind for each size on one map."""
    grains, law = surface(600e-6, 4), trigger()
    count = 5 if run_pool.quick else 10
    tries = 300 if run_pool.quick else 2000
    boundary, interior, touched = {}, {}, {}
    for size in SIZES:
        half = size / 2
        inside = grains.deepest(count, margin=half, tries=tries)
        at = grains.nearest_boundary(grains.random_points(count, 1, margin=half))
        interior[size], boundary[size] = (grains.trigger_bias(law, points, size) for points in (inside, at))
        touched[size] = grains.touched(size, count=tries)
    return Electrodes(boundary, interior, touched, grains.density)


def _below(evidence: Electrodes) -> Found:
    ratios = {size: evidence.interior[size].min() / evidence.boundary[size].max() for size in SIZES if size < GRAIN}
    return Found(min(ratios.values()), "; ".join(f"{name(size)} {ratio:.3g} times" for size, ratio in ratios.items()))


def _same(evidence: Electrodes) -> Found:
    wide = [size for size in SIZES if size >= 5 * GRAIN]
    off = max(abs(np.median(evidence.interior[size]) / np.median(evidence.boundary[size]) - 1) for size in wide)
    return Found(
        float(off),
        f"{off:.1%} apart for {', '.join(map(name, wide))}",
        "an electrode wider than a grain covers boundaries wherever it is put; whether 'consistently larger' is meant of such "
        "pads is not in the text",
    )


def draw_sizes(canvas: FigureBase, evidence: Electrodes) -> None:
    """Trigger biases and the chance to touch a boundary over the electrode's size."""
    left, right = canvas.subplots(1, 2)
    rows = ((evidence.boundary, COLOURS[0], "grain boundary", 10), (evidence.interior, COLOURS[1], "interior", 5))
    for values, colour, label, size in rows:  # both are seen where they are alike
        sizes = np.repeat(list(values), [len(v) for v in values.values()])
        left.loglog(sizes * 1e6, np.concatenate(list(values.values())), "o", color=colour, ms=size, alpha=0.6, label=label)
    left.set(xlabel="electrode size (µm)", ylabel="trigger bias (V)")
    left.legend()
    title(left, "2f", "trigger bias against size")
    sizes = np.geomspace(5e-9, 5e-4, 200)
    right.loglog(sizes * 1e6, touch_probability(sizes, evidence.density), color=MUTED, label="$1-\\exp(-L_A D)$")
    right.loglog(
        [s * 1e6 for s in evidence.touched],
        [max(p, 1e-4) for p in evidence.touched.values()],
        "o",
        color=INK,
        ms=5,
        label="counted on the map",
    )
    right.set(xlabel="electrode size (µm)", ylabel="chance to touch a boundary")
    right.legend()
    title(right, "", "random placements")


@dataclass(frozen=True)
class Surfaces:
    """Trigger biases (V) at 100 points of the bare ceramic near its boundaries and of the layer over it."""

    bare: np.ndarray
    layered: np.ndarray


def run_surfaces(run_pool: RunPool) -> Surfaces:
    """100 points each."""
    grains, random = surface(), np.random.default_rng(8)
    foot = grains.nearest_boundary(grains.random_points(100, 9, 20e-6))
    angle, away = random.random(100) * 2 * np.pi, REGION * random.random(100)
    points = foot + away[:, None] * np.stack((np.cos(angle), np.sin(angle)), axis=1)
    thickness = LAYER * np.exp(ROUGH * random.standard_normal(100))
    return Surfaces(grains.trigger_bias(trigger(), points), trigger().bias_over_layer(thickness))


def _stronger(evidence: Surfaces) -> Found:
    low, middle = evidence.layered.min(), np.median(evidence.bare)
    return Found(low / middle, f"lowest on the layer {low:.0f} V, median near boundaries {middle:.2f} V")


def _even(evidence: Surfaces) -> Found:
    spread = [float(np.std(v) / np.mean(v)) for v in (evidence.layered, evidence.bare)]
    return Found(spread[0] / spread[1], f"coefficients of variation {spread[0]:.3f} and {spread[1]:.2f}")


def _seen(evidence: Surfaces) -> Found:
    share = float(np.mean(evidence.layered <= LARGEST_BIAS))
    return Found(
        share,
        f"{share:.0%} of the points",
        "the paper measures biases on the layer; what failed there within 10 V is not "
        "the ceramic "
        "under 10 µm of layer, but the layer itself or something the text does not name",
    )


def draw_surfaces(canvas: FigureBase, evidence: Surfaces) -> None:
    """Distributions of the trigger bias on both surfaces."""
    axes = canvas.subplots()
    bins = list(map(float, np.geomspace(0.1, 1000, 60)))
    axes.hist(evidence.bare, bins, color=COLOURS[0], alpha=0.8, label="LLZO, near boundaries")
    axes.hist(evidence.layered, bins, color=COLOURS[2], alpha=0.8, label="homogenising layer")
    axes.axvline(LARGEST_BIAS, color=MUTED, ls=":", label="largest bias of the instrument")
    axes.set(xscale="log", xlabel="trigger bias (V)", ylabel="points")
    axes.legend()
    title(axes, "5h", "trigger bias on both surfaces")


CASES = (
    Case(
        "2e",
        "Trigger bias against the distance to a boundary",
        "The trigger bias grows with the distance of the tip to grain boundaries.",
        "Fig. 2e",
        "30 placements up to 1 µm from boundaries of a map of 400 grains",
        run_places,
        (
            Claim(
                "monotone",
                _rising,
                Shape("never falls with the distance", "the law that was put in, of the nearest boundary"),
                INPUT,
            ),
            Claim(
                "slope of the linear part over the closed form",
                _linear,
                around(1.0, 0.03, "η_gb π/(2a) is its limit; the fit begins at 20 nm, four radii, where asin is 1 % off"),
                CHECKED,
                "theory",
            ),
            Claim(
                "saturates at, nm",
                _saturates,
                around(222.0, 0.01, "where η_gb/((2/π) asin(a/x)) reaches 9 V"),
                INPUT,
                "arithmetic",
            ),
        ),
        draw_places,
        (CONTACT_RADIUS,),
    ),
    Case(
        "2f",
        "Trigger bias against the size of the electrode",
        "The trigger bias in grains is consistently larger than at boundaries.",
        "Fig. 2f",
        "tip and pads of 1 to 500 µm on a map of 3600 grains, deepest places in grains and places on boundaries",
        run_sizes,
        (
            Claim(
                "smallest ratio, interior to boundary, of electrodes below the grain size",
                _below,
                at_least(1.1, "'consistently larger', by more than pads are alike; the law put in rises with the distance"),
                INPUT,
            ),
            Claim(
                "difference of the two from five grain sizes on",
                _same,
                at_most(0.1, "the chance that a disk of five grains misses every boundary is e⁻¹⁰"),
                CHECKED,
                "theory",
            ),
        ),
        draw_sizes,
        (Choice("sizes", ", ".join(map(name, SIZES)), "the text names the tip and 500 µm", lambda _: "tip to 500 µm"),),
    ),
    Case(
        "5h-i",
        "The layer's surface",
        "On the homogenising layer the trigger bias is larger than on grain boundaries and very uniform.",
        "Fig. 5h, 5i",
        "100 points within 250 nm of boundaries, and 100 on 10 µm of layer",
        run_surfaces,
        (
            Claim(
                "lowest on the layer over the median near boundaries",
                _stronger,
                at_least(1.0, "'significantly larger'; the potential of a disk at the depth of the layer, by formula"),
                INPUT,
            ),
            Claim(
                "ratio of the coefficients of variation",
                _even,
                at_most(0.2, "'very consistent'; the roughness of the layer was put in"),
                INPUT,
            ),
            Claim(
                "share of the layer's biases within the instrument's 10 V",
                _seen,
                at_least(0.5, "the paper measured them: most at least"),
                MODEL_LIMIT,
                instead=at_most(0.0, "355 V and more by the potential of a disk under 10 µm of layer"),
            ),
        ),
        draw_surfaces,
        (
            Choice(
                "roughness of the layer",
                f"{ROUGH:.0%} of its thickness",
                "Fig. 5g has no numbers in the text",
                lambda _: "up to some 10 %",
            ),
        ),
    ),
)
