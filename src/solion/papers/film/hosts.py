"""Fig. 5: ion diffusivity, diffusion time and switching time of intercalation hosts."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase
from matplotlib.patches import FancyArrowPatch, Rectangle

from solion.base.parameters import table
from solion.explore.sizing import Speed, speeds
from solion.papers.case import INPUT, Case, Claim, Found, Shape, around, at_least
from solion.papers.run_pool import RunPool
from solion.views.style import INK, MUTED, title

THICKNESS, SHARE = 50e-9, 0.1  # stated: h, tau_switch/tau_D
PATHS = {1: "#d9822b", 2: "#2f8f6b", 3: "#6b5fb0"}
WANTED = {
    "lithium_titanate",
    "lithium_iron_phosphate",
    "molybdenum_disulfide",
    "expanded_molybdenum_disulfide",
    "lithium_cobalt_oxide",
    "graphite",
    "bilayer_graphene",
}
NAMES = {1: "1D: channels", 2: "2D: layers", 3: "3D: any direction"}


def run(run_pool: RunPool) -> list[Speed]:
    """The table of all hosts with an entry."""
    return speeds(thickness=THICKNESS, ratio=SHARE)


def _complete(evidence: list[Speed]) -> Found:
    names = [speed.host.label for speed in evidence]
    sourced = [row.reference and row.provenance for speed in evidence for row in table(speed.host)]
    ok = {speed.name for speed in evidence} >= WANTED and all(sourced)
    assumed = sum(row.provenance == "assumed" for speed in evidence for row in table(speed.host) if row.path in ("low", "high"))
    note = f"{assumed} of the {2 * len(evidence)} ends are assumed: the paper gives its values in the figure alone"
    return Found(ok, f"{len(names)} hosts: {'; '.join(names)}", note)


def _lto(evidence: list[Speed]) -> Found:
    speed = next(speed for speed in evidence if speed.host.label == "LTO")
    return Found(
        speed.diffusion[1],
        f"{speed.diffusion[1]:.3g} s at D = {speed.diffusivity[0]:.0e} m²/s",
        "64 s at 80 nm, as the paper states",
    )


def _fast(evidence: list[Speed]) -> Found:
    quick = [speed.host.label for speed in evidence if speed.switching[0] <= 1e-3]
    least = min(speed.switching[0] for speed in evidence)
    return Found(len(quick), f"{'; '.join(quick)}: below 1 ms; fastest {least:.2g} s")


def _order(evidence: list[Speed]) -> Found:
    """Geometric middle of D: LTO against hosts with fewer path dimensions."""
    middle = {speed.host.label: float(np.sqrt(np.prod(speed.diffusivity))) for speed in evidence}
    slower = [name for name, value in middle.items() if value < middle["LTO"]]
    others = {name: value for name, value in middle.items() if name != "LTO"}
    words = f"middle of LTO {middle['LTO']:.1e} m²/s, of the others {min(others.values()):.1e} to {max(others.values()):.1e}"
    return Found(not slower, words, f"slower: {', '.join(slower)}" if slower else "")


def draw(canvas: FigureBase, evidence: list[Speed]) -> None:
    """(a) paths of diffusion; (b) range of each host, with axes of diffusion and switching time."""
    left, right = canvas.subfigures(1, 2, width_ratios=(0.36, 1.0), squeeze=False)[0]
    sketches = left.subplots(3, 1)
    for axes, (paths, name) in zip(sketches, NAMES.items(), strict=True):
        _sketch(axes, paths)
        axes.text(1.16, 0.5, name, transform=axes.transAxes, fontsize=8.5, color=PATHS[paths], va="center")
    title(sketches[0], "a", "diffusion paths")
    axes = right.subplots()
    rows = sorted(evidence, key=lambda speed: speed.diffusivity[0] * speed.diffusivity[1])
    for k, speed in enumerate(rows):
        axes.plot(speed.diffusivity, (k, k), color=PATHS[speed.host.paths], lw=9, solid_capstyle="butt")
        axes.text(
            float(np.sqrt(np.prod(speed.diffusivity))),
            k + 0.3,
            f"{speed.host.label} ({speed.host.ion})",
            ha="center",
            va="bottom",
            fontsize=8.5,
            color=INK,
        )
    axes.set_xscale("log")
    axes.set_xlim(2e-18, 3e-8)
    axes.set_ylim(-0.6, len(rows) - 0.1)
    axes.set_yticks([])
    axes.set_xlabel("ion diffusivity $D$ (m²/s) at room temperature")
    for place, share, name in ((1.0, 1.0, r"\tau_\mathrm{D}"), (1.15, SHARE, r"\tau_\mathrm{switch}")):

        def other(value, scale=share * THICKNESS**2):
            return scale / np.maximum(value, 1e-300)

        second = axes.secondary_xaxis(place, functions=(other, other))
        second.set_xlabel(f"${name}$ (s) at $h$ = {THICKNESS * 1e9:g} nm", color=MUTED)
    low, high = SHARE * THICKNESS**2 / 1e-3, SHARE * THICKNESS**2 / 1e-6
    axes.axvspan(low, high, color="#d5dbe3", alpha=0.5, lw=0)
    axes.text(np.sqrt(low * high), -0.5, "1 ms to 1 µs", ha="center", fontsize=8, color=MUTED)
    axes.text(-0.03, 1.02, r"$\bf{b}$", transform=axes.transAxes, fontsize=9.5)


def _sketch(axes: Axes, paths: int) -> None:
    """A film between its electrodes and where ions can go in it."""
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_aspect("equal")
    axes.axis("off")
    for edge in (0.0, 0.9):
        axes.add_patch(_bar(edge))
    colour = PATHS[paths]
    if paths < 3:
        for x in (0.2, 0.4, 0.6, 0.8):
            axes.plot((x, x), (0.14, 0.86), color="#b8c1cc", lw=5 if paths == 1 else 2)
    arrows = {
        1: [((0.4, 0.25), (0.4, 0.75))],
        2: [((0.5, 0.25), (0.5, 0.75)), ((0.66, 0.45), (0.74, 0.62))],
        3: [((0.5, 0.5), end) for end in ((0.5, 0.82), (0.5, 0.18), (0.85, 0.5), (0.15, 0.5), (0.72, 0.72), (0.28, 0.28))],
    }[paths]
    for start, end in arrows:
        axes.add_patch(
            FancyArrowPatch(
                start, end, arrowstyle="<|-|>" if paths == 1 else "-|>", mutation_scale=9, color=colour, lw=1.3, zorder=5
            )
        )


def _bar(edge: float):
    return Rectangle((0, edge), 1, 0.1, facecolor="#9aa5b1", edgecolor="none")


CASE = Case(
    "5",
    "Speed of intercalation hosts",
    "Hosts with fewer dimensions of diffusion paths conduct ions faster; at 50 nm, with a switching time of a tenth of the"
    " diffusion time, some switch within microseconds to milliseconds.",
    "Fig. 5 and section 'Discussion and perspectives'",
    "h²/D of each host at 50 nm; no simulation",
    run,
    (
        Claim(
            "every host of the figure has an entry with sources",
            _complete,
            Shape("all hosts, every number sourced", "the hosts that the figure names"),
            INPUT,
        ),
        Claim("τ_D of LTO at 50 nm, in s", _lto, around(25.0, 1e-3, "h²/D of the stated D_p0"), INPUT, "h²/D"),
        Claim("hosts that reach a millisecond", _fast, at_least(1, "the paper says some do; the ranges decide"), INPUT),
        Claim(
            "hosts with channels or layers are faster than LTO",
            _order,
            Shape("middle of every range above that of LTO", "the figure's order, by ranges of our own table"),
            INPUT,
        ),
    ),
    draw,
)
