"""The numbers of a stationary current: conductivity against bounds and estimates, resistances, current density."""

from __future__ import annotations

import math
from collections.abc import Iterator

from solion.analysis.data import Data
from solion.analysis.metric import Metric, pure
from solion.views.page import Markup, number, practical, symbols, table
from solion.views.view import AbstractView

HEADLINES = ("effective_conductivity", "boundary_ratio")


class ConductivityView(AbstractView):
    """Effective conductivity with its bounds, and every other single number of the cell."""

    name = "conductivity"
    title = "Conductivity"
    rank = 12.0

    def draws(self, data: Data) -> bool:
        return False

    def applies(self, data: Data) -> bool:
        return bool(data.having(kind="conductivity", dimensions=()))

    def metrics(self, data: Data) -> Iterator[Metric]:
        for entry in data.having(dimensions=()):
            if entry.attrs.get("role") != "loss" and entry.dtype.kind == "f":
                name, value = str(entry.name), float(entry)
                yield pure(name, value, entry.attrs["long_name"], entry.attrs["units"], headline=name in HEADLINES)

    def table(self, data: Data) -> Markup:
        found, *others = data.having(kind="conductivity", dimensions=())

        def over(value: float) -> str:
            return number(value / float(found), 4) if math.isfinite(float(found)) else ""

        rows = [
            (str(entry.name).replace("_", " "), practical(float(entry), entry.attrs["units"]),
             over(float(entry)), symbols(entry.attrs["long_name"]))
            for entry in (found, *others) if math.isfinite(float(entry))
        ]  # fmt: skip
        grain = next((row for row in data.attribute("parameters", []) if row["path"] == "grain.conductivity"), None)
        if grain is not None:
            value = grain["value"]
            rows.append(("grain", practical(value, "S/m"), over(value), Markup("interior of a grain")))
        return table(("", "value", "over the effective one", "meaning"), rows, "wnns")
