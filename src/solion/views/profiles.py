"""Profiles of the fields of a run across the device at several instants."""

from __future__ import annotations

import re

import numpy as np
from matplotlib.figure import Figure

from solion.analysis.data import Data, plain
from solion.views.moments import mark_moving
from solion.views.style import blank, cycle_colours, prefixed, styled, time_unit
from solion.views.view import AbstractView

SHOWN = 6  # instants


class ProfilesView(AbstractView):
    """Each field against position: from the first instant, light, to the last, dark."""

    name = "profiles"
    title = "Profiles"
    caption = "Fields against position, from the first instant (light) to the last (dark)."
    rank = 32.0

    def applies(self, data: Data) -> bool:
        return bool(data.fields())

    @styled
    def draw(self, data: Data) -> Figure:
        fields, seconds = data.fields(), data.time
        canvas = blank(10.0, 3.1 * len(fields))
        factor, unit = time_unit(seconds)
        wanted = np.linspace(seconds[0], seconds[-1], SHOWN)
        rows = np.unique(np.clip(np.searchsorted(seconds, wanted, side="right") - 1, 0, seconds.size - 1))
        for axes, field in zip(canvas.subplots(len(fields), 1, squeeze=False)[:, 0], fields, strict=True):
            position, values = data.position(field), plain(field)
            places, name = plain(position), position.attrs.get("units", "m")
            metres, name = prefixed([np.ptp(places)], name) if name == "m" else (1.0, name)
            for row, colour in zip(rows, cycle_colours(len(rows)), strict=True):
                at = places[row] if places.ndim > 1 else places
                axes.plot(at * metres, values[row], color=colour, label=f"{seconds[row] * factor:.3g} {unit}")
            mark_moving(axes, seconds, places * metres, values)
            axes.set_xlabel(f"{position.attrs.get('long_name', 'position')} ({name})")
            kind = field.attrs.get("units", "1")
            words = re.sub(r"(\w+/\w+_\w+)", r"$\1$", field.attrs.get("long_name", str(field.name)))
            axes.set_ylabel(words + ("" if kind in ("", "1") else f" ({kind})"))
            axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0))
        return canvas
