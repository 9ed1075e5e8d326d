"""What the report of a sweep over seeds shows: quantiles in a table, the distribution of hot spots and larger electrodes."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from solion.analysis.extremes import Extremes
from solion.explore.sweeps.figure_data import metric_names
from solion.explore.sweeps.seeds import enough, face_of, hot_spot_extremes, seed_axis, seed_quantiles
from solion.views.page import Markup, number, symbols, table, unit_text
from solion.views.style import BOTTOM, CURRENT, MUTED, blank, styled

MOST_ROWS = 60
LARGEST = {1: (1e-2, "1 cm"), 2: (1e-4, "1 cm²")}  # electrodes that are extrapolated to, by the dimension of a face


def seed_table(dataset: xr.Dataset) -> Markup | None:
    """Quantiles of every metric over the seeds, at each point of the other axes; None where no seed is swept."""
    axis = seed_axis(dataset)
    if axis is None:
        return None
    rows: list[tuple] = []
    others = [str(name) for name in dataset["status"].dims if name != axis]
    for name in metric_names(dataset):
        values = dataset[name].values
        if values.dtype.kind != "f" or not np.isfinite(values).any() or np.nanmax(values) == np.nanmin(values):
            continue
        found = seed_quantiles(dataset, name)
        for place in np.ndindex(*(found.sizes[other] for other in others)):
            at = found.isel(dict(zip(others, place, strict=True)))
            words = ", ".join(_point(at, other) for other in others if found.sizes[other] > 1)
            low, middle, high = at["value"].values
            band = Markup(f"{number(float(at['low'][1]), 3)} to {number(float(at['high'][1]), 3)}")
            unit = unit_text(dataset[name].attrs["units"])
            rows.append(
                (name.replace("_", " "), words, number(middle, 4), band, number(low, 4), number(high, 4), unit, int(at["runs"]))
            )
    heads = ("metric", "at", "median", "its 90 % interval", "10 %", "90 %", "unit", "runs")
    body = table(heads, rows[:MOST_ROWS], "wtnnnnwn")
    more = f"<p>and {len(rows) - MOST_ROWS} more: seed_quantiles gives them.</p>" if len(rows) > MOST_ROWS else ""
    note = (
        f"Over {dataset.sizes[axis]} values of {symbols(axis)}. The interval is that of the order statistics, and as wide as the "
        "sample where there are too few seeds for it."
    )
    return Markup(f"<p>{note}</p>{body}{more}")


def _point(at: xr.Dataset, name: str) -> str:
    value = at[name].item()
    text = f"{value:.4g}" if isinstance(value, float) else str(value)
    unit = at[name].attrs.get("units", "")
    word = [part for part in name.split(".") if not part.isdecimal()][-1].replace("_", " ")
    return f"{word} = {text} {'' if unit == '1' else unit}".rstrip()


def extremes_figure(dataset: xr.Dataset) -> tuple[Figure, str] | None:
    """The hot-spot factors of all faces with the fitted distribution, and the median largest one of larger electrodes."""
    if not enough(dataset):
        return None
    fitted = hot_spot_extremes(dataset)
    dimension = len(face_of(dataset))
    size, words = LARGEST[dimension]
    largest = fitted.median(size)
    caption = (
        f"H(100 nm) of {fitted.values.size} faces with the extreme-value distribution fitted to them (shape "
        f"{fitted.shape:.2g}, tail {fitted.tail}), and the median of the largest one on larger electrodes with its 90 % "
        f"interval: {largest} on {words}, an extrapolation."
    )
    return _draw(fitted, dimension), caption


@styled
def _draw(fitted: Extremes, dimension: int) -> Figure:
    drawing = blank(8.4, 3.5)
    left, right = drawing.subplots(1, 2)
    values = np.sort(fitted.values)
    left.step(values, (np.arange(values.size) + 1) / values.size, where="post", color=BOTTOM, label="faces of all runs")
    grid = np.linspace(0.01, 0.99, 99)
    found = [fitted.quantile(probability) for probability in grid]
    left.plot([estimate.value for estimate in found], grid, color=CURRENT, label="fit")
    left.fill_betweenx(
        grid, [estimate.low for estimate in found], [estimate.high for estimate in found], color=CURRENT, alpha=0.15, lw=0
    )
    left.set(xlabel="H(100 nm)", ylabel="share of faces below", ylim=(0, 1))
    left.set_xlim(0.5 * values[0], 1.6 * values[-1])
    left.legend(loc="lower right")
    sizes = np.geomspace(fitted.area, LARGEST[dimension][0], 30)
    medians = [fitted.median(size) for size in sizes]
    scale, unit = (1e3, "width of the electrode (mm)") if dimension == 1 else (1e6, "area of the electrode (mm²)")
    right.plot(sizes * scale, [estimate.value for estimate in medians], color=CURRENT)
    right.fill_between(
        sizes * scale,
        [estimate.low for estimate in medians],
        [estimate.high for estimate in medians],
        color=CURRENT,
        alpha=0.15,
        lw=0,
    )
    right.axvline(fitted.area * scale, color=MUTED, lw=0.8, ls=":")
    right.set(xscale="log", xlabel=unit, ylabel="median of the largest H(100 nm)")
    top = max(estimate.value for estimate in medians)
    right.set_ylim(0, min(3 * top, 1.1 * max(estimate.high for estimate in medians)))
    return drawing
