"""All metrics of a train of pulses, each with its unit and its definition."""

from __future__ import annotations

import numpy as np

from solion.analysis.metric import Metric
from solion.analysis.synaptic.energy import PRACTICAL, charge_linearity, energy_per_decade, normalised_energy
from solion.analysis.synaptic.linearity import branches, deviation_from_line, loop_asymmetry, nonlinearity
from solion.analysis.synaptic.record import PulseRecord
from solion.analysis.synaptic.retention import endurance
from solion.analysis.synaptic.states import dynamic_range, states
from solion.analysis.synaptic.updates import cycle_to_cycle, symmetry_factor, symmetry_point, update_map
from solion.base.errors import InputError


def synaptic_metrics(record: PulseRecord, *, area: float | None = None, aspect: float = 1.0) -> list[Metric]:
    """The metrics of a pulse record. ``area`` (m2, of the film) and ``aspect`` (w/l of the read gap) give the energy its scale.

    A metric that the record cannot tell, such as asymmetry without pulses of both signs, is nan. Raises InputError for an
    empty record.
    """
    if not len(record):
        raise InputError("There are no pulses to measure.")
    low, high = dynamic_range(record)
    updates, count = update_map(record), states(record)
    rows = [
        ("pulses", len(record), "1", "pulses in the record"),
        ("conductance_minimum", low, "S", "lowest conductance read"),
        ("conductance_maximum", high, "S", "highest conductance read"),
        ("dynamic_range", high / low, "1", "highest over lowest conductance"),
        ("median_step", np.median(np.abs(record.change)), "S", "median of |dG| over all pulses"),
        ("states", count, "1", "range over the median |dG|, or over twice the noise of a step where that is fewer"),
        ("bits", np.log2(count), "1", "log2 of states"),
        (
            "symmetry_factor",
            symmetry_factor(updates),
            "1",
            "median over conductance of 1 - |dG+ - |dG-||/(dG+ + |dG-|); 1 is symmetric",
        ),
        ("asymmetry", 1 - symmetry_factor(updates), "1", "1 - symmetry_factor"),
        ("symmetry_point", symmetry_point(updates), "S", "conductance at which dG+ = |dG-|"),
        (
            "cycle_to_cycle_noise",
            cycle_to_cycle(record),
            "1",
            "standard deviation of dG about its mean at the same G, over the mean |dG|",
        ),
        ("endurance_trend", endurance(record), "1", "change of |dG| at the same G, per decade of pulses"),
        *_branches(record),
        *_charge(record),
        *_energy(record, area, aspect),
    ]
    return [Metric(name, float(value), unit, np.nan, meaning) for name, value, unit, meaning in rows]


def _branches(record):
    pair = branches(record)
    if pair is None or min(branch.size for branch in pair) < 3:
        return
    for name, branch in zip(("up", "down"), pair, strict=True):
        nu, quality = nonlinearity(branch)
        law = "(1 - exp(-nu p))/(1 - exp(-nu)) of the part p of the pulses"
        yield f"nonlinearity_{name}", nu, "1", f"nu of a fit of the first run {name} by {law}; 0 is linear"
        yield f"nonlinearity_{name}_r2", quality, "1", f"coefficient of determination of that fit, {name}"
        yield (f"deviation_{name}", deviation_from_line(branch), "1", f"largest distance from a straight line, run {name}")
    up, down = pair
    yield "loop_asymmetry", loop_asymmetry(up, down), "1", "area between the way up and the way back, over the range"
    span = np.ptp(np.concatenate(pair))
    yield ("return_error", (down[-1] - up[0]) / span, "1", "G after the first run down less G before the run up, over the range")


def _charge(record):
    exponent, quality = charge_linearity(record.charge, record.change)
    yield (
        "charge_exponent",
        exponent,
        "1",
        "d ln|dG|/d ln|Q| over all pulses; nan where charges differ by less than a factor of two",
    )
    yield "charge_line_r2", quality, "1", "R2 of |dG| proportional to |Q|"


def _energy(record, area, aspect):
    yield (
        "energy_per_pulse",
        np.nanmedian(record.energy) if np.isfinite(record.energy).any() else np.nan,
        "J",
        ("median of int V I dt at the gate over a pulse, without charging the lines"),
    )
    yield "energy_per_decade", energy_per_decade(record), "J", "energy of the pulses up over the decades they climb"
    if area is not None:
        energies = normalised_energy(record.energy, record.change, area, aspect) / PRACTICAL
        yield (
            "normalised_energy",
            np.nanmedian(energies) if np.isfinite(energies).any() else np.nan,
            "aJ/(um2 nS)",
            ("median of E/(A |dG| l/w), A the area of the whole film"),
        )
