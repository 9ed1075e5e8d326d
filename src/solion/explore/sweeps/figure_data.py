"""What the figures of a sweep show: its axes, and its metrics in units with a prefix, with labels."""

from __future__ import annotations

import dataclasses
import json
import math
from typing import Any

import numpy as np
import xarray as xr
from matplotlib import colormaps
from matplotlib.axes import Axes

from solion.explore.sweeps.store import FIRST, LAST
from solion.explore.sweeps.task import FAILED, REFUSED
from solion.views.style import MUTED, prefixed

MOST_METRICS = 6  # shown where none was asked for
SAME = 1e-6  # relative spread below which a metric is taken as constant
WIDE = 30.0  # largest over smallest value beyond which a scale is logarithmic
_PREFIXED = {"s", "m", "V", "A", "W", "J", "C", "S"}
STATUSES = {  # how a run can end, in the order of what it means, each with its colour
    "finished": "#a9c6dd",
    "stopped": "#56b4e9",
    "depleted": "#e69f00",
    "saturated": "#c2570c",
    "runaway": "#b91c1c",
    "doubtful": "#d9b44a",
    "failed": "#b2182b",
    "refused": "#7b3294",
}


@dataclasses.dataclass(frozen=True)
class ShownAxis:
    """An axis of the figures: ``positions`` of its values, which are numbers or, for names, places 0, 1, ..."""

    name: str
    values: list[Any]
    positions: np.ndarray
    label: str
    log: bool
    words: bool

    @property
    def random(self) -> bool:
        """Whether its values are seeds, of which none is nearer to another."""
        return self.name.split(".")[-1] == "seed"

    def dress(self, axes: Axes, direction: str) -> None:
        """Label the x or y axis, with a logarithmic scale or names where the values are such."""
        getattr(axes, f"set_{direction}label")(self.label)
        if self.log:
            getattr(axes, f"set_{direction}scale")("log")
            if self.positions.min() >= 1e-3 and self.positions.max() <= 1e4:  # 0.6 rather than a power of ten
                scale = axes.xaxis if direction == "x" else axes.yaxis
                scale.set_major_formatter("{x:g}")
                few = self.positions.max() < 30 * self.positions.min()
                scale.set_minor_formatter(lambda value, _: f"{value:g}" if few and f"{value:e}"[0] in "246" else "")
        if self.words:
            names = list(dict.fromkeys(self.values))
            getattr(axes, f"set_{direction}ticks")(range(len(names)), [_short(name) for name in names])

    def text(self, value: Any) -> str:
        """One value with its name, for a title or a legend."""
        return f"{self.label.partition(' (')[0]} {_short(value) if self.words else self.number(value)}"

    def number(self, value: float) -> str:
        """A number of the axis with its unit."""
        unit = self.label.partition(" (")[2].rstrip(")")
        return f"{value:.4g} {unit}".strip()


@dataclasses.dataclass(frozen=True)
class ShownMetric:
    """A metric as it is drawn: numbers in a unit with a prefix, or the places of its ``words``, each with its colour."""

    name: str
    values: np.ndarray
    label: str
    log: bool
    words: tuple[str, ...] = ()
    colours: tuple[Any, ...] = ()


def plan_data(dataset: xr.Dataset) -> dict[str, Any]:
    """The plan that a dataset of a sweep came from."""
    return json.loads(dataset.attrs["plan"])


def shown_axes(dataset: xr.Dataset) -> list[ShownAxis]:
    """The axes along which something varies."""
    plan, axes = plan_data(dataset), []
    labels = _labels([entry["keys"][0] for entry in plan["axes"]])
    for entry, text in zip(plan["axes"], labels, strict=True):
        name = entry["keys"][0]
        values = dataset[name].values.tolist()
        words = entry["unit"] == ""
        names = list(dict.fromkeys(values))
        if len(names) < 2:
            continue
        positions = np.array([names.index(value) for value in values] if words else values, float)
        log = not words and (entry["log"] or (positions.min() > 0 and positions.max() / positions.min() >= 100))
        unit = "" if entry["unit"] in ("", "1") else f" ({_pretty(entry['unit'])})"
        axes.append(ShownAxis(name, values, positions, text + unit, bool(log), words))
    return axes


def _labels(names: list[str]) -> list[str]:
    """The last words of dotted keys, as few as tell them apart, without numbers."""
    parts = [[word.replace("_", " ") for word in name.split(".") if not word.isdecimal()] or [name] for name in names]
    for count in range(1, 6):
        short = [" ".join(words[-count:]) for words in parts]
        if len(set(short)) == len(short):
            return short
    return names


def _pretty(unit: str) -> str:
    micro = f"µ{unit[1:]}" if unit[:1] == "u" and unit[1:] in (*_PREFIXED, "m") else unit
    return {"i_D": r"$i_\mathrm{D}$", "V_T": r"$V_\mathrm{T}$", "tau_D": r"$\tau_\mathrm{D}$"}.get(unit, micro)


def _short(value: Any) -> str:
    text = str(value)
    return text.replace("_", " ") if len(text) <= 24 else f"{text[:22]}…"


def metric_names(dataset: xr.Dataset) -> list[str]:
    """Names of all metrics that the sweep kept."""
    return [
        str(name)
        for name, variable in dataset.data_vars.items()
        if name not in (*FIRST, *LAST) and variable.dims == dataset["status"].dims
    ]


def shown_metrics(dataset: xr.Dataset) -> list[ShownMetric]:
    """The metrics that the report draws: those asked for, else a few that vary; how runs ended first, where they differ."""
    names, wanted = metric_names(dataset), plan_data(dataset)["metrics"]
    if not wanted:
        varying = [name for name in names if _varies(dataset[name].values)]
        wanted = sorted(varying, key=lambda name: dataset[name].attrs.get("headline", math.inf))[:MOST_METRICS]
    chosen = [*(["status"] if _varies(dataset["status"].values) else []), *(name for name in wanted if name in names)]
    return [_metric(dataset, name) for name in chosen]


def _varies(values: np.ndarray) -> bool:
    if values.dtype.kind == "O":
        return len(set(values.ravel().tolist())) > 1
    known = values[np.isfinite(values)]
    return bool(known.size) and (known.size < values.size or np.ptp(known) > SAME * np.abs(known).max())


def _metric(dataset: xr.Dataset, name: str) -> ShownMetric:
    values = dataset[name].values
    title = {"status": "how the run ended"}.get(name, name.replace("on_off", "on/off").replace("_", " "))
    if values.dtype.kind == "O":
        found = {str(value) for value in values.ravel() if value}
        order = list(STATUSES) if name == "status" else json.loads(dataset[name].attrs.get("words", "[]"))
        every = [*order, *sorted(found - set(order))]
        shades = (
            STATUSES
            if name == "status"
            else dict(zip(every, colormaps["Blues"](np.linspace(0.15, 0.9, len(every))), strict=True))
        )
        words = tuple(word for word in every if word in found)
        places = [words.index(value) if value else np.nan for value in values.ravel()]
        places, colours = (np.reshape(np.array(places, float), values.shape), tuple(shades.get(word, MUTED) for word in words))
        return ShownMetric(name, places, title, False, words, colours)
    values = np.where(np.isfinite(values), values, np.nan)
    unit = dataset[name].attrs["units"]
    factor, unit = prefixed(values, unit) if unit in _PREFIXED else (1.0, unit)
    values = values * factor
    known = values[np.isfinite(values)]
    log = bool(known.size and known.min() > 0 and known.max() / known.min() >= WIDE)
    return ShownMetric(name, values, title if unit in ("", "1") else f"{title} ({unit})", log)


def failed(dataset: xr.Dataset) -> np.ndarray:
    """Which runs went wrong."""
    return np.isin(dataset["status"].values, (FAILED, REFUSED))


def cut_short(dataset: xr.Dataset) -> np.ndarray:
    """Which runs gave a result and ended before their protocol, so that what they add up over time is not the whole."""
    return ~np.isin(dataset["status"].values, ("finished", FAILED, REFUSED, ""))
