"""Maps of layers: how even the current is beyond one, over its thickness and its conductivity, and what it costs."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from solion.base.errors import InputError
from solion.explore.sweeps.figure_data import plan_data
from solion.explore.sweeps.seeds import seed_axis
from solion.study.quantities import registry, spelled
from solion.views.style import blank, styled

LIMIT = 1.2
BETWEEN = 61  # places along each axis between the runs
EDGE = 0.5  # of ln(resistance): nearer to a corner of the map a line is too short for its label
WINDOW = "outer_hot_spot_1_um"  # finer ones need a finer mesh at the electrode than a soft layer deserves
CENTIMETRE = 1e4  # ohm cm2 in ohm m2


class CandidateLayer(NamedTuple):
    """A layer: thickness (m), conductivity (S/m), area-specific resistance (ohm m2), and the hot-spot factor beyond it.

    ``edge``: it is the thinnest or the most conductive of the map, so that one beyond the map may do with less.
    """

    thickness: float
    conductivity: float
    resistance: float
    factor: float
    edge: bool

    def __str__(self) -> str:
        more = "; at the edge of the map, so that one beyond it may do with less" if self.edge else ""
        return (
            f"{self.thickness * 1e6:.3g} um at {self.conductivity * 1e-2:.3g} S/cm: {self.resistance * CENTIMETRE:.3g} ohm cm2, "
            f"H = {self.factor:.3g}{more}"
        )


class LayerMap:
    """The hot-spot factor beyond a layer over thickness and conductivity.

    ``dataset`` over ``thickness`` (m) and ``conductivity`` (S/m): ``factor`` (median over the seeds), ``low`` and ``high`` (10
    and 90 percent of them), ``resistance`` (thickness over conductivity, ohm m2).
    """

    def __init__(self, dataset: xr.Dataset):
        self.dataset = dataset

    @classmethod
    def of(cls, sweep: xr.Dataset, metric: str = WINDOW) -> LayerMap:
        """The map of a sweep over ``device.layers.N.thickness`` and ``.conductivity``, with seeds or without.

        Raises :class:`InputError` where these axes or the metric are missing.
        """
        axes = _axes(sweep)
        if axes is None:
            raise InputError(
                "a map of layers needs a grid over thickness and conductivity of one layer, device.layers.0.thickness and "
                "device.layers.0.conductivity, with a metric of the current beyond it."
            )
        if metric not in sweep:
            raise InputError(f"this sweep has no {metric}; keep it with --metric {metric}, or name another metric.")
        seeds = seed_axis(sweep)
        named = {axes[0]: "thickness", axes[1]: "conductivity"}
        kept = {name for name in (*axes, seeds) if name}
        values = sweep[metric].isel({name: 0 for name in sweep[metric].dims if name not in kept}).rename(named)
        values = values.sortby("thickness").sortby("conductivity")
        over = seeds or "none"
        values = (values if seeds else values.expand_dims(over)).transpose("thickness", "conductivity", over)
        with np.errstate(all="ignore"):
            low, middle, high = np.nanquantile(values.values, [0.1, 0.5, 0.9], axis=-1)
        lengths = _si(values["thickness"].values, sweep[axes[0]].attrs["units"], "m")
        conductivities = _si(values["conductivity"].values, sweep[axes[1]].attrs["units"], "S/m")
        found = {
            "factor": (middle, "1", f"{metric}, median over seeds"),
            "low": (low, "1", "10 percent of the seeds"),
            "high": (high, "1", "90 percent of the seeds"),
            "resistance": (lengths[:, None] / conductivities, "ohm m2", "thickness over conductivity"),
        }
        return cls(
            xr.Dataset(
                {
                    name: (("thickness", "conductivity"), numbers, {"units": unit, "long_name": words})
                    for name, (numbers, unit, words) in found.items()
                },
                {
                    "thickness": ("thickness", lengths, {"units": "m"}),
                    "conductivity": ("conductivity", conductivities, {"units": "S/m"}),
                },
                {"seeds": values.shape[-1]},
            )
        )

    def between(self, quantile: str = "factor") -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Logarithms of thickness, of conductivity and of H - 1 on a fine grid: between the runs linear in one another."""
        axes = [np.log(self.dataset[name].values) for name in ("thickness", "conductivity")]
        excess = np.log(np.maximum(self.dataset[quantile].values - 1, 1e-9))
        fine = [np.unique(np.concatenate((axis, np.linspace(axis[0], axis[-1], BETWEEN)))) for axis in axes]
        rows = np.array([np.interp(fine[1], axes[1], row) for row in excess])
        return fine[0], fine[1], np.array([np.interp(fine[0], axes[0], column) for column in rows.T]).T

    def frontier(self, limit: float = LIMIT, quantile: str = "factor") -> list[CandidateLayer]:
        """For each conductivity the thinnest layer beyond which H stays below a limit, where the map holds one.

        ``quantile``: factor (the median), low or high. Between the runs ln(H - 1) is linear in the logarithms of thickness and
        conductivity.
        """
        if not limit > 1:
            raise InputError(f"limit = {limit!r} of the hot-spot factor is outside its allowed range (1, inf).")
        found = []
        thickness = np.log(self.dataset["thickness"].values)
        fine, conductivity, excess = self.between(quantile)
        columns = np.array([np.interp(thickness, fine, row) for row in excess.T])
        for place, column in zip(conductivity, columns, strict=True):
            needed, reached = _thinnest(thickness, column, np.log(limit - 1))
            if np.isfinite(needed):
                ends = needed <= thickness[0] or place >= conductivity[-1]
                size, sigma = float(np.exp(needed)), float(np.exp(place))
                found.append(CandidateLayer(size, sigma, size / sigma, 1 + float(np.exp(reached)), bool(ends)))
        return found

    def least(self, limit: float = LIMIT, quantile: str = "factor") -> CandidateLayer:
        """The layer of least resistance with H below a limit. Raises :class:`InputError` where the map holds none."""
        found = self.frontier(limit, quantile)
        if not found:
            lowest = float(self.dataset[quantile].min())
            raise InputError(f"no layer of this map brings H below {limit:g}; the lowest is {lowest:.3g}. Take thicker layers.")
        return min(found, key=lambda choice: choice.resistance)

    def figure(self, limit: float = LIMIT) -> Figure:
        """H over conductivity and thickness, lines of equal resistance, and the layers on the limit."""
        return _draw(self, limit)


def _thinnest(thickness: np.ndarray, excess: np.ndarray, limit: float) -> tuple[float, float]:
    """The thickness from which the excess stays below the limit, and the excess there; nan where the thickest is above it.

    All three in logarithms.
    """
    above = np.flatnonzero(~(excess <= limit))
    if not above.size:
        return float(thickness[0]), float(excess[0])
    last = above[-1]
    if last == len(excess) - 1:
        return np.nan, np.nan
    if not np.isfinite(excess[last]):  # a run without a result
        return float(thickness[last + 1]), float(excess[last + 1])
    share = (excess[last] - limit) / (excess[last] - excess[last + 1])
    return float(thickness[last : last + 2] @ [1 - share, share]), limit


def _axes(sweep: xr.Dataset) -> tuple[str, str] | None:
    """The axes of thickness and conductivity of one layer, each with at least two values."""
    plan = plan_data(sweep)
    names = [entry["keys"][0] for entry in plan["axes"] if len(entry["values"]) > 1] if plan["design"] == "grid" else []
    for name in names:
        head, _, last = name.rpartition(".")
        if head.startswith("device.layers.") and last == "thickness" and f"{head}.conductivity" in names:
            return name, f"{head}.conductivity"
    return None


def has_map(sweep: xr.Dataset) -> bool:
    """Whether a sweep is one over the thickness and the conductivity of a layer."""
    return WINDOW in sweep and _axes(sweep) is not None


def _si(values: np.ndarray, unit: str, wanted: str) -> np.ndarray:
    units = registry()
    return values * float(units.Quantity(1.0, units.parse_units(spelled(unit))).to(wanted).magnitude)


@styled
def _draw(layers: LayerMap, limit: float) -> Figure:
    thickness, conductivity, excess = layers.between()
    x, y = np.exp(conductivity) * 1e-2, np.exp(thickness) * 1e6
    drawing = blank(6.4, 4.4)
    axes = drawing.add_subplot()
    levels = np.array([1.02, 1.03, 1.05, 1.07, 1.1, 1.15, 1.2, 1.3, 1.5, 2.0, 3.0])
    filled = axes.contourf(x, y, excess, levels=np.log(levels - 1), cmap="viridis", extend="both")
    resistance = np.log(y[:, None] * 1e-4 / x)  # of ohm cm2
    decades = 10.0 ** np.arange(np.floor(resistance.min() / np.log(10)), np.ceil(resistance.max() / np.log(10)) + 1)
    lines = np.log(np.sort(np.concatenate((decades, 3 * decades))))
    lines = lines[(lines > resistance.min() + EDGE) & (lines < resistance.max() - EDGE)]
    marks = axes.contour(x, y, resistance, levels=lines, colors="white", linewidths=0.8, linestyles="--")
    axes.clabel(marks, fmt={line: f"{np.exp(line):.3g} Ω cm²" for line in lines}, fontsize=8)
    axes.contour(x, y, excess, levels=[np.log(limit - 1)], colors="white", linewidths=2.4, linestyles="solid")
    if layers.frontier(limit):
        best = layers.least(limit)
        star: dict[str, Any] = {"color": "#e69f00", "ms": 15, "mec": "white", "clip_on": False, "zorder": 5}
        axes.plot(best.conductivity * 1e-2, best.thickness * 1e6, "*", **star)
    axes.set(xscale="log", yscale="log", xlabel="conductivity of the layer (S/cm)", ylabel="thickness of the layer (µm)")
    ticks = layers.dataset["thickness"].values * 1e6
    axes.set_yticks(ticks, [f"{value:.3g}" for value in ticks])
    axes.minorticks_off()
    axes.grid(False)
    axes.set_title(f"Largest current beyond the layer over its mean; thick line: {limit:g}")
    bar = drawing.colorbar(filled, ax=axes)
    bar.set_ticks(np.log(levels - 1).tolist(), labels=[f"{level:g}" for level in levels])
    return drawing
