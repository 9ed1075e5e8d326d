"""Which grains carry the current at the faces of a polycrystal."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.figure import Figure

from solion.analysis.data import Data
from solion.analysis.metric import Metric, pure
from solion.views.faces import colour_of
from solion.views.page import Markup, number, quantity, side_by_side, table
from solion.views.style import INK, blank, styled
from solion.views.view import AbstractView

WIDE = 1e-6  # m: contacts narrower than that are slivers of the cut
MOST_GRAINS = 12


class ContactsView(AbstractView):
    """Mean current density of each grain at the faces of the ceramic against the size of its contact."""

    name = "shares"
    title = "Grains"
    rank = 15.0
    caption = (
        "Mean current density through each grain at the faces of the ceramic, over the mean of the face, against the size of its "
        "contact."
    )

    def applies(self, data: Data) -> bool:
        return bool(_faces(data))

    @styled
    def draw(self, data: Data) -> Figure:
        drawing = blank(6.4, 3.6)
        axes = drawing.add_subplot()
        for face in _faces(data):
            factor, style = data.first(of="grain factor", place=face).values, {"ms": 4.5, "mec": "white", "mew": 0.5}
            axes.plot(_width(data, face) * 1e6, factor, "o", color=colour_of(face), label=f"{face} face", **style)
        axes.axhline(1, color=INK, lw=0.8, ls=":")
        axes.set(xscale="log", xlabel="width of the contact (µm)", ylabel=r"mean $j_z$ of the grain over that of the face")
        axes.set_ylim(0, None)
        axes.legend()
        return drawing

    def metrics(self, data: Data) -> Iterator[Metric]:
        factors = [data.first(of="grain factor", place=face).values[_width(data, face) > WIDE] for face in _faces(data)]
        if any(part.size for part in factors):
            meaning = "largest mean j_z of a grain wider than 1 um, over the mean"
            yield pure("largest_grain_factor", np.concatenate(factors).max(), meaning)

    def table(self, data: Data) -> Markup:
        """The grains through which the most current passes, at either face."""
        tables = []
        for face in _faces(data):
            number_, contact, share, factor = (data.first(of=f"grain {part}", place=face) for part in _COLUMNS)
            order = np.argsort(factor.values)[::-1][:MOST_GRAINS]
            rows = [
                (
                    int(number_[k]),
                    _size(float(contact[k]), contact.attrs["units"]),
                    Markup(f"{number(100 * float(share[k]), 3)} %"),
                    number(float(factor[k]), 3),
                )
                for k in order
            ]
            heading = Markup(f"<h3>{face} face, {factor.size} grains</h3>")
            tables.append(Markup(heading + table(("grain", "contact", "share", "mean over mean"), rows, "nnnn")))
        return side_by_side(*tables)


_COLUMNS = ("number", "contact", "share", "factor")


def _faces(data: Data) -> list[str]:
    return [found.attrs["place"] for found in data.having(of="grain factor")]


def _width(data: Data, face: str) -> np.ndarray:
    contact = data.first(of="grain contact", place=face)
    return contact.values if contact.attrs["units"] == "m" else np.sqrt(contact.values)


def _size(size: float, unit: str) -> Markup:
    return quantity(size, unit) if unit == "m" else Markup(f"{number(size * 1e12)} µm²")
