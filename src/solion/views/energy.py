"""Where the work of the source goes: what each part dissipates, and the free energy that stays."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solion.analysis.data import Data, integral, plain, running_integral
from solion.analysis.metric import Metric, pure
from solion.views.style import INK, LOSSES, blank, outer_legend, prefixed, styled, time_axis, time_unit
from solion.views.view import AbstractView

FAINT = 1e-9  # part of all losses below which one is round-off


class EnergyView(AbstractView):
    """Losses stacked under the work of the source: as power, and summed over time."""

    name = "energy"
    title = "Energy"
    rank = 50.0
    caption = (
        "Work of the source and where it went: losses stacked, with each part's share at the end, and the free energy gained. "
        "The power is drawn as well where the device does not sum its energies up itself."
    )

    def applies(self, data: Data) -> bool:
        return data.driven and bool(data.having(role="stored", kind="energy") and works(data))

    def draws(self, data: Data) -> bool:
        lost = sum(row[-1] for row in losses(data).values())
        stored, work = plain(data.first(role="stored", kind="energy")), next(iter(works(data).values()))
        return bool(lost > FAINT * (lost + np.ptp(stored) + abs(work[-1])))

    @styled
    def draw(self, data: Data) -> Figure:
        summed, (work, *_) = losses(data), works(data).values()
        total = sum(row[-1] for row in summed.values())
        summed = {what: row for what, row in summed.items() if row[-1] > FAINT * total}
        powers = {} if data.having(role="loss", kind="energy") else losses(data, "power")
        powers = {what: row for what, row in powers.items() if what in summed}  # so that a colour means one part in both
        canvas = blank(10.0, 5.4 if powers else 4.2)
        panels = np.atleast_1d(canvas.subplots(2 if powers else 1, 1, sharex=True))
        if powers:
            source = plain(data.first(role="work", kind="power"))
            _stack(panels[0], data, powers, source, "W", "power", "source, $V i$")
        lower = panels[-1]
        shares = {f"{what}, {row[-1] / total:.1%}": row for what, row in summed.items()}
        stored = plain(data.first(role="stored", kind="energy"))
        factor = _stack(lower, data, shares, work, "J", "energy", "work of the source")
        seconds = data.time
        lower.plot(seconds * time_unit(seconds)[0], (stored - stored[0]) * factor, color=INK, ls=":", label="free energy gained")
        lower.axhline(0, color=INK, lw=0.5)
        for axes in panels:
            time_axis(axes, data, label=axes is lower, scaled=axes is panels[0] and bool(powers))
            outer_legend(axes, turned=True)
        canvas.align_ylabels()
        return canvas

    def metrics(self, data: Data) -> Iterator[Metric]:
        """Work, free energy gained and losses: as the run summed them up, or here from its samples."""
        recorded = data.having(role="work", kind="energy")
        others = [*data.having(role="state", kind="energy"), *data.having(role="carried", kind="energy")]
        for entry in (*recorded, *others):
            yield pure(str(entry.name), plain(entry)[-1], f"{entry.attrs['long_name']} during the run", "J")
        stored = plain(data.first(role="stored", kind="energy"))
        if not recorded:
            cycles = data.summary("work", "energy")
            work = sum(cycles.values()) if cycles else integral(data.time, plain(data.first(role="work", kind="power")))
            yield data.metric("electrical_work", work, "energy", "work done by the source during the run", headline=True)
            yield data.metric("free_energy_change", stored[-1] - stored[0], "energy", "free energy gained")
            return
        yield pure("free_energy_change", stored[-1] - stored[0], "free energy gained", "J")
        found = losses(data)
        for what, energy in found.items():
            if energy[-1] > FAINT * sum(row[-1] for row in found.values()):
                yield pure(f"loss_{what.replace(' ', '_')}", energy[-1], f"energy lost to {what}", "J")


def losses(data: Data, kind: str = "energy") -> dict[str, np.ndarray]:
    """Energy dissipated up to each sample (J), or the ``power`` (W), by what dissipates it, in words."""
    recorded = data.having(role="loss", kind=kind)
    if recorded:
        return {_what(entry): plain(entry) for entry in recorded}
    return {_what(entry): running_integral(data.time, plain(entry)) for entry in data.having(role="loss", kind="power")}


def works(data: Data) -> dict[str, np.ndarray]:
    """Work of each source up to each sample, J, that of the driven terminal first."""
    recorded = data.having(role="work", kind="energy")
    if recorded:
        return {str(entry.name): plain(entry) for entry in recorded}
    powers = data.having(role="work", kind="power")
    return {str(entry.name): running_integral(data.time, plain(entry)) for entry in powers}


def _what(entry: xr.DataArray) -> str:
    """What dissipates, in words, from the meaning of the variable."""
    words = entry.attrs["long_name"]
    for start in ("energy lost to ", "power lost to ", "power lost by ", "power lost in "):
        words = words.removeprefix(start)
    return words


def _stack(axes: Axes, data: Data, parts: dict[str, np.ndarray], total, symbol, quantity, label) -> float:
    """Draw the parts on top of one another and their total as a line; the factor of the unit drawn in."""
    factor, unit = prefixed([total, sum(parts.values())], symbol)
    seconds = data.time
    times, colours = seconds * time_unit(seconds)[0], [LOSSES[k % len(LOSSES)] for k in range(len(parts))]
    axes.stackplot(times, [row * factor for row in parts.values()], lw=0, labels=list(parts), colors=colours)
    axes.plot(times, total * factor, color=INK, lw=1.1, label=label)
    axes.set_ylabel(f"{quantity} ({unit})")
    return factor
