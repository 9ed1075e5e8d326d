"""Retention: what is left of a conductance that is left alone, against the logarithm of time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.figure import Figure

from solion.analysis.data import Data
from solion.analysis.metric import Metric, pure
from solion.analysis.synaptic.retention import retention
from solion.views.style import CHANNEL, MUTED, blank, styled, time_unit
from solion.views.view import AbstractView

QUIET = ("open circuit", "rest")  # labels of steps in which a state is left alone


class RetentionView(AbstractView):
    """G(t)/G(0) against time on a logarithmic axis, with the times at which a tenth and a half are lost."""

    name = "retention"
    title = "Retention"
    caption = "Part that is left of the conductance, against time."
    rank = 8.0

    def applies(self, data: Data) -> bool:
        labels = data.labels if data.responses else []
        return bool(labels) and data.time.size > 2 and all(label in QUIET for label in labels)

    @styled
    def draw(self, data: Data) -> Figure:
        canvas, (seconds, conductance) = blank(7.5, 4.0), data.dense(data.responses[0])
        axes, (factor, unit) = canvas.subplots(), time_unit(seconds)
        later = seconds > seconds[0]
        axes.semilogx((seconds[later] - seconds[0]) * factor, conductance[later] / conductance[0], color=CHANNEL)
        found = retention(seconds, conductance)
        for part, time in ((0.9, found.time_to_lose_tenth), (0.5, found.time_to_half)):
            if np.isfinite(time) and time > 0:
                axes.plot([time * factor], [part], "o", color=CHANNEL, ms=5)
                text = f"  {time * factor:.3g} {unit}"
                axes.annotate(text, (time * factor, part), va="bottom", fontsize=8.5, color=MUTED)
        axes.set_ylim(min(0.0, float(np.min(conductance / conductance[0]))), None)
        axes.set_xlabel(f"time ({unit})")
        axes.set_ylabel("$G(t)/G(0)$")
        return canvas

    def metrics(self, data: Data) -> Iterator[Metric]:
        found = retention(*data.dense(data.responses[0]))
        for name, value, unit, meaning in (
            ("retention_second", found.after_second, "1", "G(t)/G(0) after 1 s"),
            ("retention_hour", found.after_hour, "1", "G(t)/G(0) after an hour"),
            ("retention_day", found.after_day, "1", "G(t)/G(0) after a day"),
            ("time_to_lose_tenth", found.time_to_lose_tenth, "s", "time until G has lost a tenth"),
            ("time_to_half", found.time_to_half, "s", "time until G has halved"),
            ("drift_exponent", found.drift_exponent, "1", "-d ln G/d ln t over the last decade of time"),
        ):
            if value == value or unit == "s":  # a share at a time beyond the run says nothing; a time not reached does
                yield pure(name, value, meaning, unit, headline=name in ("retention_hour", "time_to_half"))
