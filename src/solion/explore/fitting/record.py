"""One record of a finished fit, beside the run at the fitted numbers."""

from __future__ import annotations

import dataclasses

import numpy as np
from matplotlib.figure import Figure

from solion.explore.fitting.curves import RecordPanel, curves
from solion.explore.fitting.data import Measurement, outliers
from solion.explore.fitting.quality import Quality
from solion.explore.fitting.residual import Weighting
from solion.result.result import Result
from solion.views.style import prefixed, time_unit


@dataclasses.dataclass(frozen=True)
class FittedRecord:
    """One record of a finished fit; arrays are over the rows that were compared.

    ``measured``, ``before`` and ``after`` are in ``unit``: the record, the run at the starting numbers and at the fitted ones;
    ``voltage`` is the record's where it has one, else the run's. ``result`` is the run at the fitted numbers.
    """

    data: Measurement
    weighting: Weighting
    observed: str
    unit: str
    time: np.ndarray
    voltage: np.ndarray
    measured: np.ndarray
    before: np.ndarray
    after: np.ndarray
    residual: np.ndarray
    result: Result
    quality: Quality

    @property
    def axis(self) -> tuple[np.ndarray, str, float]:
        """Where each residual lies, its heading, and the factor to the unit there."""
        factor, unit = time_unit(self.time)
        return self.time, f"time ({unit})", factor

    @property
    def columns(self) -> dict[str, np.ndarray]:
        """Of a file with the record and the run, by their headings."""
        unit = self.unit
        return {
            "time [s]": self.time,
            "voltage [V]": self.voltage,
            f"measured [{unit}]": self.measured,
            f"fitted [{unit}]": self.after,
            "residual [1]": self.residual,
        }

    def draw(self) -> Figure:
        """In time, a current against voltage too; once more on a logarithmic scale where the record spans a decade."""
        factor, unit = (1.0, "1") if self.unit == "1" else prefixed(self.measured, self.unit)
        up = self.observed.replace("_", " ") + ("" if unit == "1" else f" ({unit})")
        seconds, second = time_unit(self.time)
        volts, volt = prefixed(self.voltage, "V")
        across = [(self.time * seconds, f"time ({second})")]
        if self.observed == "current":
            across.insert(0, (self.voltage * volts, f"voltage ({volt})"))
        size = np.abs(self.measured[self.measured != 0])
        shown = [values * factor for values in (self.before, self.measured, self.after)]
        panels = [RecordPanel(label, up, *((x, y) for y in shown)) for x, label in across]  # pyright: ignore[reportArgumentType]
        return curves(panels, size.max() > 10 * np.quantile(size, 0.01))

    def words(self, convention: str) -> tuple[str, ...]:
        """What a reader must know of it: whether the run describes it, what was noted in reading, which rows were left out."""
        return (*self.quality.words(self.observed, convention), *self.data.notes, *self._left_out())

    def _left_out(self) -> tuple[str, ...]:
        """How many rows were not compared, and which of them are outliers."""
        used, rows, found = len(self.time), len(self.data), []
        spikes = np.zeros(rows, bool) if self.data.keep_outliers else outliers(self.data.column(self.observed))
        if spikes.any():
            times = ", ".join(f"{t:.6g}" for t in self.data.time[spikes][:5])
            found.append(
                f"{int(spikes.sum())} single rows of {self.observed} lie far off their neighbours (at t = {times} s"
                f"{', ...' if spikes.sum() > 5 else ''}) and were not compared; --keep-outliers compares them."
            )
        if used + int(spikes.sum()) < rows:
            found.append(f"{used} of {rows} rows were compared; others hold no {self.observed} or a jump.")
        return tuple(found)
