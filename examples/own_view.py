"""A view of one's own: how uneven the film is, in figures, tiles, metrics and report."""

import tempfile
from pathlib import Path

import solion as so
from solion.analysis.metric import pure
from solion.views import AbstractView
from solion.views.style import blank, styled, time_axis


class Unevenness(AbstractView):
    """Largest difference in space of each field, against time."""

    name = "unevenness"
    title = "Unevenness"
    caption = "Largest less smallest value of each field, against time."
    rank = 35.0  # behind the maps, before the surfaces

    def applies(self, data):
        return bool(data.fields())

    @styled
    def draw(self, data):
        canvas = blank(10.0, 3.0)
        axes = canvas.subplots()
        for field in data.fields():
            axes.plot(data.time, self.spread(field), label=field.attrs["long_name"])
        axes.legend()
        time_axis(axes, data)
        return canvas

    def metrics(self, data):
        for field in data.fields():
            meaning = f"largest difference in space of {field.attrs['long_name']}"
            yield pure(f"{field.name}_unevenness", self.spread(field).max(), meaning, headline=True)

    @staticmethod
    def spread(field):
        return field.max(field.dims[-1]) - field.min(field.dims[-1])


result = so.study.load("step-current", ["numerics.cells=40"]).run()
assert "unevenness" in result.kinds()
print(next(line for line in result.summary().splitlines() if "unevenness" in line))
page = result.report(Path(tempfile.mkdtemp()))
assert dict((m.name, m.value) for m in so.views.metrics(result))["composition_unevenness"] > 0.5
assert "Largest less smallest value" in page.read_text(encoding="utf-8")
