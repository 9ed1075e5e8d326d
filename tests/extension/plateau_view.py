"""A stranger's view in one file: any quantity over a dimension that is not time, with its flattest stretch as a number."""

import numpy as np

from solion.analysis.metric import pure
from solion.views import AbstractView
from solion.views.style import blank, styled


class PlateauView(AbstractView):
    """Fields without time against their coordinate, and the share of it over which they are flat."""

    name = "plateau"
    title = "Plateau"
    caption = "Each quantity against its coordinate."
    rank = 20.0

    def applies(self, data):
        return bool(self.fields(data))

    @styled
    def draw(self, data):
        canvas = blank(6.0, 3.5)
        axes = canvas.subplots()
        for field in self.fields(data):
            (dimension,) = field.dims
            axes.plot(data.dataset[dimension], field, label=field.attrs["long_name"])
            axes.set_xlabel(data.dataset[dimension].attrs["long_name"])
            axes.set_ylabel(field.attrs["units"])
        axes.legend()
        return canvas

    def metrics(self, data):
        for field in self.fields(data):
            flat = float(np.mean(np.abs(np.gradient(field.values)) < 1e-9 * np.ptp(field.values)))
            yield pure(f"{field.name}_flat_share", flat, f"share over which the {field.name} is flat", headline=True)

    @staticmethod
    def fields(data):
        return [field for field in data.having(role="field") if field.ndim == 1 and "time" not in field.dims]
