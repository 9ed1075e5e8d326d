"""What limits a rate: parts of a resistance in series, stacked over time."""

from __future__ import annotations

from collections.abc import Iterator

from matplotlib.figure import Figure

from solion.analysis.data import Data, plain
from solion.analysis.metric import Metric, pure
from solion.views.style import COLOURS, blank, styled, time_unit
from solion.views.view import AbstractView


class ResistanceSharesView(AbstractView):
    """Every variable of role ``share``, stacked: together they are one."""

    name = "resistance-shares"
    title = "What limits the rate"
    caption = "Shares of the resistance in series between the source of carriers and the front."
    rank = 10.0

    def applies(self, data: Data) -> bool:
        return bool(data.having(role="share", dimensions=("time",)))

    @styled
    def draw(self, data: Data) -> Figure:
        shares = data.having(role="share", dimensions=("time",))
        canvas = blank(7.0, 3.6)
        axes, (factor, unit) = canvas.subplots(), time_unit(data.time)
        labels = [row.attrs["long_name"] for row in shares]
        axes.stackplot(data.time * factor, [plain(row) for row in shares], labels=labels, colors=COLOURS, alpha=0.85)
        axes.set_ylim(0, 1)
        axes.set_xlim(data.time[0] * factor, data.time[-1] * factor)
        axes.set_xlabel(f"time ({unit})")
        axes.set_ylabel("share")
        axes.legend(loc="center right", frameon=True)
        return canvas

    def metrics(self, data: Data) -> Iterator[Metric]:
        for row in data.having(role="share", dimensions=("time",)):
            yield pure(
                f"{row.name}_mean", data.mean_of(row), f"share of the resistance, mean over time: {row.attrs['long_name']}"
            )
