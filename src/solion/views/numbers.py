"""Single numbers of a result, such as resistances or a critical current density; conductivities against their bounds."""

from __future__ import annotations

import math
from collections.abc import Iterator

import xarray as xr

from solion.analysis.data import Data
from solion.analysis.metric import Metric, pure
from solion.views.page import Markup, number, practical, symbols, table
from solion.views.view import AbstractView

FEW = 4  # numbers that are all shown first


class NumbersView(AbstractView):
    """Every single number that is no loss; a table of conductivities where there are some."""

    name = "numbers"
    title = "Conductivity"
    rank = 12.0

    def draws(self, data: Data) -> bool:
        return False

    def applies(self, data: Data) -> bool:
        return bool(_singles(data))

    def metrics(self, data: Data) -> Iterator[Metric]:
        found = _singles(data)
        for entry in found:
            name, value = str(entry.name), float(entry)
            first = "headline" in entry.attrs or len(found) <= FEW
            yield pure(name, value, entry.attrs["long_name"], entry.attrs["units"], headline=first)

    def table(self, data: Data) -> Markup | None:
        known = data.having(kind="conductivity", dimensions=())
        if not known:
            return None
        found, *others = known

        def over(value: float) -> str:
            return number(value / float(found), 4) if math.isfinite(float(found)) else ""

        rows = [
            (
                str(entry.name).replace("_", " "),
                practical(float(entry), entry.attrs["units"]),
                over(float(entry)),
                symbols(entry.attrs["long_name"]),
            )
            for entry in (found, *others)
            if math.isfinite(float(entry))
        ]
        grain = next((row for row in data.attribute("parameters", []) if row["path"] == "grain.conductivity"), None)
        if grain is not None:
            value = grain["value"]
            rows.append(("grain", practical(value, "S/m"), over(value), Markup("interior of a grain")))
        return table(("", "value", "over the effective one", "meaning"), rows, "wnns")


def _singles(data: Data) -> list[xr.DataArray]:
    found = data.having(dimensions=())
    return [entry for entry in found if entry.dtype.kind == "f" and entry.attrs.get("role", "loss") != "loss"]
