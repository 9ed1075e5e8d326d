"""The numbers that sum up a run, each with its unit, its scaled value and its meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from solion.analysis.hysteresis import loops
from solion.analysis.metric import Metric
from solion.analysis.recorded import attribute, cycles, dataset_of, integral, scale, swept, values
from solion.analysis.resistance import on_off_ratio
from solion.analysis.switching import STATES, polarization, states, switches, switching_times
from solion.analysis.synaptic.run import gated_metrics
from solion.base.errors import InputError

READ_FRACTIONS = (0.2, 0.4, 0.6, 0.8)  # of the highest and the lowest voltage of a sweep
MOST_CYCLES = 4  # a longer run lists its first two cycles and its last one


def metrics(run: Any) -> list[Metric]:
    """All metrics that apply to a run.

    Of a film: its switching, its terminals, each cycle of a sweep, its read pulses. Of a channel with a gate (a run that has
    a ``conductance``): its pulses, its retention, its charges and energies.
    """
    dataset = dataset_of(run)
    if not dataset["time"].size:
        return []
    if "conductance" in dataset:
        return list(gated_metrics(dataset))
    return [entry for group in (_film, _terminals, _cycles, _reads) for entry in group(dataset)]


def _film(dataset) -> Iterator[Metric]:
    if "composition_top" not in dataset:
        return
    times = switching_times(dataset)
    for contact, time, scaled in (
        ("top", times.top, times.scaled_top),
        ("bottom", times.bottom, times.scaled_bottom),
    ):
        yield Metric(
            f"switching_time_{contact}", time, "s", scaled,
            f"first time the composition at the {contact} contact crosses 0.5", "τ_D",
        )  # fmt: skip
    yield _word("polarization", polarization(dataset), "none; partial: states I-II or II-III; full: states I-III")
    yield _number("phase_changes", len(switches(dataset)), "changes of phase at either contact")
    state = int(states(dataset)[-1])
    yield _word("final_state", STATES[state].split(":")[0], f"state at the end, {STATES[state]}")
    if not swept(dataset) and "composition" in dataset:
        drift = np.abs(values(dataset, "composition")[-1] - values(dataset, "composition")[0]).max()
        yield _number("composition_change", drift, "largest change of local composition from start to end")


def _terminals(dataset) -> Iterator[Metric]:
    measured = _measure(dataset)
    time, voltage, current = (values(dataset, name) for name in ("time", "voltage", "current"))
    if not swept(dataset):
        for kind, row, unit, scaled_unit in (("voltage", voltage, "V", "V_T"), ("current", current, "A", "i_D S")):
            yield measured(f"{kind}_maximum", row.max(), kind, unit, f"highest {kind}", scaled_unit)
            yield measured(f"{kind}_minimum", row.min(), kind, unit, f"lowest {kind}", scaled_unit)
    charge = integral(time, current)
    yield measured("charge", charge, "charge", "C", "net charge from top to bottom", "i_D S τ_D")
    passed = integral(time, np.abs(current))
    yield measured("charge_passed", passed, "charge", "C", "charge passed in either direction", "i_D S τ_D")
    if "electrical_power" in dataset:
        work = integral(time, values(dataset, "electrical_power"))
        yield measured("electrical_work", work, "energy", "J", "work done by the source during the run", _ENERGY)
    if "free_energy" in dataset:
        energy = values(dataset, "free_energy")
        change = energy[-1] - energy[0]
        yield measured("free_energy_change", change, "energy", "J", "free energy gained by the film", _ENERGY)


def _cycles(dataset) -> Iterator[Metric]:
    """Extremes, loop areas, on/off ratios and energy of each cycle of a sweep."""
    if not swept(dataset):
        return
    measured = _measure(dataset)
    time, current = values(dataset, "time"), values(dataset, "current")
    power = values(dataset, "electrical_power") if "electrical_power" in dataset else None
    parts, areas = cycles(dataset), {loop.cycle: loop for loop in loops(dataset)}
    for cycle in _chosen(list(parts)):
        part, name = parts[cycle], f"cycle_{cycle + 1}"
        yield measured(f"{name}_current_maximum", current[part].max(), "current", "A", "highest current", "i_D S")
        yield measured(f"{name}_current_minimum", current[part].min(), "current", "A", "lowest current", "i_D S")
        if cycle in areas:
            loop = areas[cycle]
            yield measured(f"{name}_loop_area", loop.area, "power", "W", "area of both lobes of the loop", _POWER)
            for side, value in (("positive", loop.positive), ("negative", loop.negative)):
                meaning = f"contour integral of i dV at {side} V; below zero: more conductive after the peak"
                yield measured(f"{name}_lobe_{side}", value, "power", "W", meaning, _POWER)
        if power is not None:
            energy = integral(time[part], power[part])
            yield measured(f"{name}_energy", energy, "energy", "J", "work done by the source in this cycle", _ENERGY)
    yield from _on_off(dataset, max(areas, default=None))


def _on_off(dataset, cycle) -> Iterator[Metric]:
    """On/off ratios of one cycle, or of the whole run where no cycle is closed."""
    voltage = values(dataset, "voltage")
    for extreme in (voltage.max(), voltage.min()):
        if abs(extreme) < 1e-9 * np.abs(voltage).max():
            continue  # zero but for round-off: the sweep has one sign
        for fraction in READ_FRACTIONS:
            read = float(fraction * extreme)
            try:
                ratio = on_off_ratio(dataset, read, cycle)
            except InputError:
                continue  # this cycle does not pass that voltage twice
            where = "" if cycle is None else f" of cycle {cycle + 1}"
            scaled = read / scale(dataset, "voltage")
            meaning = f"largest over smallest current at {scaled:.4g} V_T among the branches{where}"
            yield _number(f"on_off_ratio_at_{read:+.3g}_V", ratio, meaning)


def _reads(dataset) -> Iterator[Metric]:
    """Conductance at the first and the last read pulse."""
    found = read_pulses(dataset)
    if found.size < 1:
        return
    measured = _measure(dataset)
    conductance = found["conductance"]
    for name, value in (("first", conductance[0]), ("last", conductance[-1])):
        meaning = f"i/V at the end of the {name} read pulse"
        yield measured(f"read_conductance_{name}", value, "conductance", "S", meaning, "i_D S/V_T")
    ratio = conductance.max() / conductance.min() if conductance.min() > 0 else np.nan
    yield _number("read_conductance_range", ratio, "largest over smallest conductance among the read pulses")


def read_pulses(run: Any) -> np.ndarray:
    """End of each read pulse: a structured array of ``pulse`` (from 1), ``time`` in s and ``conductance`` i/V in S."""
    dataset = dataset_of(run)
    steps = attribute(dataset, "protocol", [])
    segment = np.asarray(dataset["segment"].values, int)
    time, voltage, current = (values(dataset, name) for name in ("time", "voltage", "current"))
    rows = []
    for number, step in enumerate(steps):
        (inside,) = np.nonzero(segment == number)
        if step["label"] == "read" and inside.size and voltage[inside[-1]] != 0:
            last = inside[-1]
            rows.append((step["cycle"] + 1, time[last], current[last] / voltage[last]))
    return np.array(rows, dtype=[("pulse", int), ("time", float), ("conductance", float)])


_POWER = "V_T i_D S"
_ENERGY = "V_T i_D S τ_D"


def _chosen(numbers: list[int]) -> list[int]:
    return numbers if len(numbers) <= MOST_CYCLES else [*numbers[:2], numbers[-1]]


def _measure(dataset) -> Callable[..., Metric]:
    """Maker of metrics of this run, scaled by kind of quantity."""

    def measured(name, value, kind, unit, meaning, scaled_unit) -> Metric:
        return Metric(name, float(value), unit, float(value / scale(dataset, kind)), meaning, scaled_unit)

    return measured


def _number(name: str, value: float, meaning: str) -> Metric:
    return Metric(name, float(value), "1", float("nan"), meaning)


def _word(name: str, value: str, meaning: str) -> Metric:
    return Metric(name, value, "", float("nan"), meaning)
