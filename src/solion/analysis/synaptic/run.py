"""The numbers that sum up a run of a gated channel: its pulses, its retention, where charge and energy went."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from solion.analysis.metric import Metric
from solion.analysis.recorded import attribute, values
from solion.analysis.synaptic.record import pulses_of
from solion.analysis.synaptic.retention import retention
from solion.analysis.synaptic.summary import synaptic_metrics

QUIET = ("open circuit", "rest")  # labels of steps in which a state is left alone
FAINT = 1e-9  # part of all losses below which one is round-off
HEAT = "heat_"  # how the integrals of what is dissipated begin


def steps_of(dataset) -> list[str]:
    """Label of each step that the run reached."""
    names = [step["label"] for step in attribute(dataset, "protocol", [])]
    return [names[k] for k in np.unique(np.asarray(dataset["segment"].values, int))]


def left_alone(dataset) -> bool:
    """Whether the run does nothing but wait, so that its conductance shows retention."""
    return dataset["time"].size > 2 and all(label in QUIET for label in steps_of(dataset))


def losses(dataset) -> dict[str, np.ndarray]:
    """Energy dissipated up to each sample (J), by what dissipates it, in words."""
    names = [str(name) for name in dataset.data_vars if str(name).startswith(HEAT)]
    return {dataset[name].attrs["long_name"].removeprefix("energy lost to "): values(dataset, name) for name in names}


def dissipates(dataset) -> bool:
    """Whether the run loses energy anywhere, beyond round-off of the free energy it turns over."""
    if "free_energy" not in dataset or "gate_energy" not in dataset:
        return False
    lost = sum(float(row[-1]) for row in losses(dataset).values())
    turned = lost + abs(float(np.ptp(values(dataset, "free_energy")))) + abs(float(values(dataset, "gate_energy")[-1]))
    return lost > FAINT * turned


def gated_metrics(dataset) -> Iterator[Metric]:
    """Metrics of a run that has a ``conductance`` between source and drain."""
    g = values(dataset, "conductance")
    yield _one("conductance_start", g[0], "S", "conductance between source and drain at the start")
    yield _one("conductance_end", g[-1], "S", "conductance between source and drain at the end")
    yield _one("conductance_ratio", g.max() / g.min(), "1", "largest over smallest conductance at any instant")
    if "pulse" in steps_of(dataset):
        facts = attribute(dataset, "material", {})
        found = synaptic_metrics(
            pulses_of(dataset), area=facts.get("film_area"), aspect=1 / facts.get("sheet_factor", 1.0)
        )
        yield from (metric for metric in found if metric.value == metric.value)
    if left_alone(dataset):
        yield from _kept(values(dataset, "time"), g)
    yield from _charges(dataset)
    yield from _energies(dataset)


def _kept(time, conductance) -> Iterator[Metric]:
    kept = retention(time, conductance)
    for name, value, unit, meaning in (
        ("retention_second", kept.after_second, "1", "G(t)/G(0) after 1 s"),
        ("retention_hour", kept.after_hour, "1", "G(t)/G(0) after an hour"),
        ("retention_day", kept.after_day, "1", "G(t)/G(0) after a day"),
        ("time_to_lose_tenth", kept.time_to_lose_tenth, "s", "time until G has lost a tenth"),
        ("time_to_half", kept.time_to_half, "s", "time until G has halved"),
        ("drift_exponent", kept.drift_exponent, "1", "-d ln G/d ln t over the last decade of time"),
    ):
        if value == value or unit == "s":  # a share at a time beyond the run says nothing; a time not reached does
            yield _one(name, value, unit, meaning)


def _charges(dataset) -> Iterator[Metric]:
    for name, meaning in (
        ("charge", "charge through the gate"),
        ("charge_ions", "charge of the ions that crossed into the channel"),
        ("charge_leak", "charge that leaked through the electrolyte as electrons"),
    ):
        if name in dataset:
            yield _one(name, values(dataset, name)[-1], "C", f"net {meaning}")
    if "ions_lost" in dataset:
        lost = values(dataset, "ions_lost")[-1]
        yield _one("ions_lost", lost, "1", "ions lost to the surroundings, per formula unit of the channel")


def _energies(dataset) -> Iterator[Metric]:
    if "gate_energy" in dataset:
        yield _one("gate_energy", values(dataset, "gate_energy")[-1], "J", "work of the gate's source during the run")
    if "free_energy" in dataset:
        stored = values(dataset, "free_energy")
        yield _one("free_energy_change", stored[-1] - stored[0], "J", "free energy gained by both films")
    found = losses(dataset)
    for what, energy in found.items():
        if energy[-1] > FAINT * sum(row[-1] for row in found.values()):
            yield _one(f"loss_{what.replace(' ', '_')}", energy[-1], "J", f"energy lost to {what}")
    if "read_energy" in dataset:
        yield _one("read_energy", values(dataset, "read_energy")[-1], "J", "work of the continuous read of the channel")


def _one(name: str, value: float, unit: str, meaning: str) -> Metric:
    return Metric(name, float(value), unit, float("nan"), meaning)
