"""A recorded result as views and analyses read it: variables are looked up by what they declare. SI units.

Every variable of a result carries ``kind`` (what its unit is of), ``role`` (what it is to the device), ``place`` and
``long_name`` in its attributes. Nothing here asks for a variable by its name.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from solion.analysis.metric import Metric
from solion.analysis.step_curves import StepCurves, cubic, extremes, integral_to, step_curves
from solion.base.errors import InputError
from solion.base.quantity import UNITS, variables

if TYPE_CHECKING:
    import xarray

INSTANT = 1e-12  # of the time; two samples closer than this are the two ends of a jump


@dataclasses.dataclass(frozen=True)
class Data:
    """A result's dataset, and ``volume``: the field that the engine of a polycrystal found, which no file holds."""

    dataset: xarray.Dataset
    volume: Any = None

    @classmethod
    def of(cls, run: Any, volume: Any = None) -> Data:
        """From a Result, its dataset, or a Data as it is. Raises InputError for anything else."""
        if isinstance(run, cls):
            return run
        import xarray

        dataset = getattr(run, "dataset", run)
        if not isinstance(dataset, xarray.Dataset):
            raise InputError(
                f"{type(run).__name__} is not a recorded run; give what solion.simulate returned or solion.load read, or its "
                "dataset."
            )
        return cls(dataset, volume)

    def having(
        self,
        *,
        role: str | None = None,
        kind: str | None = None,
        place: str | None = None,
        of: str | None = None,
        dimensions: tuple[str, ...] | None = None,
    ) -> list[xarray.DataArray]:
        """Variables that declare all of this, in the order in which the device declares them; ``kind=""`` is a pure number.

        ``of`` is what a number of a place is of, where a place has several of one kind: "density", "size".

        The numbers of each cycle are found by :meth:`summary` instead.
        """
        declared = {"role": role, "kind": kind, "place": place, "of": of}
        wanted = {key: value for key, value in declared.items() if value is not None}
        found = [
            name
            for name, dims, attributes in (self._declared if role is None else self._by_role.get(role, ()))
            if all(attributes.get(key, "") == value for key, value in wanted.items()) and dimensions in (None, dims)
        ]
        return [self.variable(name) for name in found]

    def variable(self, name: Any) -> xarray.DataArray:
        """A variable or coordinate by its name. xarray builds one anew each time that it is asked: here once."""
        if name not in self._built:
            self._built[name] = self.dataset[name]
        return self._built[name]

    @functools.cached_property
    def _built(self) -> dict[Any, xarray.DataArray]:
        return {}

    @functools.cached_property
    def _declared(self) -> list[tuple[str, tuple, dict[str, Any]]]:
        """Name, dimensions and attributes of every variable but the numbers of cycles."""
        known = self.dataset.variables
        found = ((name, known[name].dims, known[name].attrs) for name in variables(self.dataset))
        return [(name, dims, attributes) for name, dims, attributes in found if attributes.get("role") != "summary"]

    @functools.cached_property
    def _by_role(self) -> dict[str, list[tuple[str, tuple, dict[str, Any]]]]:
        found: dict[str, list[tuple[str, tuple, dict[str, Any]]]] = {}
        for entry in self._declared:
            found.setdefault(entry[2].get("role", ""), []).append(entry)
        return found

    def first(self, **declared: Any) -> xarray.DataArray:
        """The first variable of :meth:`having`. Raises InputError where there is none."""
        found = self.having(**declared)
        if not found:
            words = ", ".join(f"{name} {value!r}" for name, value in declared.items())
            raise InputError(
                f"This result has no variable that declares {words}; it has {', '.join(map(str, self.dataset.data_vars))}."
            )
        return found[0]

    def terminal(self, kind: str, place: str | None = None) -> np.ndarray:
        """``voltage`` or ``current`` of a terminal at each sample; of the first one, which the protocol drives, unless named."""
        return plain(self.first(role="terminal", kind=kind, place=place))

    def summary(self, of: str, kind: str, place: str | None = None) -> dict[int, float]:
        """A number of each cycle by its number from 0, found by the run's own steps; none where the run kept none.

        ``of`` is "highest" or "lowest" of a terminal's ``kind``, "positive lobe" or "negative lobe", "charge in" or "charge
        out", "work": of the first terminal unless named.
        """
        where = self.first(role="terminal", kind="voltage").attrs.get("place", "") if place is None else place
        found = variables(self.dataset, role="summary", kind=kind, place=where, of=of)
        cycles = self.dataset["cycle_number"].values if found else ()
        return (
            {int(cycle): float(value) for cycle, value in zip(cycles, plain(self.dataset[found[0]]), strict=True)}
            if found
            else {}
        )

    @property
    def impedance(self) -> np.ndarray:
        """A spectrum, complex, in the unit of its real part, at ``dataset["frequency"]``."""
        real, imaginary = self.having(dimensions=("frequency",))[:2]
        return plain(real) + 1j * plain(imaginary)

    @functools.cached_property
    def knots(self) -> dict[str, np.ndarray] | None:
        """Time (s), step of the protocol, voltage and current of the first terminal at the ends of the run's own steps."""
        where = self.first(role="terminal", kind="voltage").attrs.get("place", "")
        found = [variables(self.dataset, role="summary", kind=kind, place=where, of="knots") for kind in ("voltage", "current")]
        if not all(found):
            return None
        names = {"time": "knot_time", "segment": "knot_segment", "voltage": found[0][0], "current": found[1][0]}
        return {key: plain(self.dataset[name]) for key, name in names.items()}

    def curve(self, variable: xarray.DataArray) -> StepCurves | None:
        """What is monitored over time (s), by the run's own steps; None where the run kept none of it."""
        if (name := f"{variable.name}_knots") not in self.dataset:
            return None
        time, segment, values = (plain(self.dataset[each]) for each in ("knot_time", "knot_segment", name))
        curves = step_curves(time, segment.astype(int), values[:, None])
        return curves if curves.start.size else None

    def dense(self, variable: xarray.DataArray, parts: int = 8) -> tuple[np.ndarray, np.ndarray]:
        """Time (s) and values of :meth:`curve` at ``parts`` places of each step; those of the samples where the run kept none."""
        if (curve := self.curve(variable)) is None:
            return self.time, plain(variable)
        share = np.arange(parts) / parts
        time = curve.start[:, None] + share * curve.length[:, None]
        values = cubic(share[:, None, None], curve.powers[:, None])[..., 0].T
        last = curve.start[-1] + curve.length[-1], curve.powers[:, -1, 0].sum()
        return np.append(time, last[0]), np.append(values, last[1])

    def range_of(self, variable: xarray.DataArray) -> tuple[float, float]:
        """Lowest and highest value during the run, by :meth:`curve` and the samples."""
        values, curve = plain(variable), self.curve(variable)
        if curve is None:
            return float(values.min()), float(values.max())
        whole = curve._replace(group=np.zeros_like(curve.group))
        low, high = (float(extremes(whole, 1, way)[0][0, 0]) for way in (-1, 1))
        return min(low, float(values.min())), max(high, float(values.max()))

    def mean_of(self, variable: xarray.DataArray) -> float:
        """Mean over the run's time, by :meth:`curve`, or by the samples where the run kept none."""
        values, curve, length = plain(variable), self.curve(variable), self.time[-1] - self.time[0]
        if not length > 0:
            return float(values[-1])
        whole = np.trapezoid(values, self.time) if curve is None else integral_to(curve, self.time[-1:])[0, 0]
        return float(whole / length)

    @property
    def driven(self) -> bool:
        """Whether it is a run in time of a device with terminals."""
        return "time" in self.dataset and all(
            self.having(role="terminal", kind=kind, dimensions=("time",)) for kind in ("voltage", "current")
        )

    @property
    def responses(self) -> list[xarray.DataArray]:
        """Conductances that a read sees, against time."""
        return self.having(role="response", kind="conductance", dimensions=("time",))

    @property
    def surfaces(self) -> list[xarray.DataArray]:
        """Compositions where a film meets a contact or an interface, against time."""
        return self.having(role="surface", dimensions=("time",))

    def fields(self) -> list[xarray.DataArray]:
        """Fields over time and one coordinate."""
        return [field for field in self.having(role="field") if field.ndim == 2 and field.dims[0] == "time"]

    def position(self, field: xarray.DataArray) -> xarray.DataArray:
        """Where the cells of a field are, m: along its coordinate, or at each sample where the coordinate moves."""
        found = [
            entry
            for entry in field.coords.values()
            if field.dims[-1] in entry.dims and set(entry.dims) <= set(field.dims) and entry.attrs.get("role") == "coordinate"
        ]
        return max(found, key=lambda entry: entry.ndim) if found else field[field.dims[-1]]

    def attribute(self, name: str, default: Any) -> Any:
        """What a JSON attribute holds, or ``default`` where the result has none."""
        text = self.dataset.attrs.get(name)
        return default if text is None else json.loads(text)

    @property
    def title(self) -> str:
        """The title as text for a figure, in which a dollar sign is one."""
        return self.dataset.attrs.get("title", "").replace("$", r"\$")

    @property
    def time(self) -> np.ndarray:
        """Times of the samples, s."""
        return plain(self.variable("time"))

    @property
    def segments(self) -> np.ndarray:
        """Step of the protocol, from 0, at each sample."""
        return np.asarray(self.dataset["segment"].values, int)

    @property
    def steps(self) -> list[dict[str, Any]]:
        """Steps of the protocol: label, mode, start, end, duration, cycle."""
        return self.attribute("protocol", [])

    @property
    def labels(self) -> list[str]:
        """Label of each step that the run reached."""
        steps = self.steps
        return [steps[k]["label"] for k in np.unique(self.segments)] if steps else []

    def scale(self, kind: str) -> float:
        """Scale of a kind of quantity in SI, one of the device or what follows from them; nan where there is none."""
        scales = self.attribute("scales", {})
        current = scales.get("current_density", np.nan) * scales.get("area", np.nan)
        voltage, time = scales.get("voltage", np.nan), scales.get("time", np.nan)
        composed = {
            "current": current,
            "resistance": voltage / current,
            "conductance": current / voltage,
            "power": voltage * current,
            "charge": current * time,
            "energy": voltage * current * time,
        }
        return float(composed[kind] if kind in composed else scales.get(kind, np.nan))

    def symbol(self, kind: str) -> str:
        """What the model calls the scale of a kind of quantity, empty where it has no name for it."""
        return self.attribute("symbols", {}).get(kind, "").replace("tau", "τ")

    def metric(self, name: str, value: Any, kind: str, meaning: str, **more: Any) -> Metric:
        """A metric of a kind of quantity, with its unit, and its scaled value where its scale has a name."""
        symbol = self.symbol(kind)
        scaled = float(value) / self.scale(kind) if symbol else math.nan
        return Metric(name, float(value), UNITS[kind], scaled, meaning, symbol, **more)

    def cycles(self) -> dict[int, slice]:
        """The samples of each cycle of the protocol, by its number from 0.

        Each begins with the last sample of the one before, so that a cycle sampled once at its corner is closed; where the
        drive jumps there, both ends of the jump are sampled and it begins with its own.
        """
        number, time = np.asarray(self.dataset["cycle"].values, int), self.time
        if not number.size:
            return {}
        starts = [0, *(np.flatnonzero(np.diff(number)) + 1)]
        ends = [*starts[1:], number.size]
        return {int(number[a]): slice(_joined(time, int(a)), int(b)) for a, b in zip(starts, ends, strict=True)}

    @property
    def swept(self) -> bool:
        """Whether the protocol sweeps the voltage up and down, so that current against voltage is a loop."""
        ramps = [step for step in self.steps if step["mode"] != "current"]
        rises = np.array([step["end"] - step["start"] for step in ramps])
        reach = np.ptp(self.terminal("voltage")) if self.driven and self.time.size else 0.0
        return bool(min(rises.clip(0).sum(), (-rises).clip(0).sum()) > 0.5 * reach > 0)


def plain(variable: Any) -> np.ndarray:
    """A variable as plain numbers."""
    return np.asarray(variable.values, float)


def each(field: xarray.DataArray) -> Iterator[np.ndarray]:
    """One sample of a field after the other, of which little is in memory at a time where it lies on disk."""
    block = max(2**21 * field.sizes["time"] // max(field.nbytes, 1), 1)
    for first in range(0, field.sizes["time"], block):
        yield from plain(field[first : first + block])


def integral(time: np.ndarray, rate: np.ndarray) -> float:
    """Trapezoidal integral of a rate over time."""
    return float(np.trapezoid(rate, time))


def running_integral(time: np.ndarray, rate: np.ndarray) -> np.ndarray:
    """Trapezoidal integral of a rate from the start to each sample."""
    return np.concatenate(([0.0], np.cumsum(np.diff(time) * (rate[1:] + rate[:-1]) / 2)))


def _joined(time, start: int) -> int:
    """The sample before ``start`` unless there is none or they are the two ends of a jump."""
    return start if start == 0 or time[start] - time[start - 1] <= INSTANT * abs(time[start]) else start - 1
