"""The ledger of a run: what must stay, balance or never be negative, each against a limit that a wrong run exceeds.

Everything is found by its declared role: inventories, work of sources, losses, what is stored, what leaves with matter. Each
check is measured against what it is about: decision 0032 says what it proves, and why its limit is what it is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from solion.base.quantity import variables

ROUND_OFF = 1e-8  # of all power: with the limit of 1e-6 this allows 1e-14, some fifty units in the last place of a sum over cells
FINER = "ask for a tenfold smaller tolerance"
REMEDIES = {
    "time error": FINER,
    "energy balance": FINER,
    "drive": "the circuit is not solved at some sample: its voltages and currents do not count; please report the study",
    "ion drift": "the equations of the device do not keep what they should",
    "conservation": "a flux of the device's own equations or laws is lost or counted twice",
    "power balance": "check the signs of the device's laws: its losses are not what its equations dissipate",
    "stored energy": "check the derivatives of the device's energies: its equations follow others",
    "smallest dissipation": "check the signs of the device's laws: one of them gives work instead of heat",
}


def audit(dataset: Any, scales: Any, leak: float, time_error: float, missed: float) -> dict[str, dict[str, Any]]:
    """Checks by name: value, limit (None where it is only reported), meaning, verdict.

    ``leak`` is the fastest change of an invariant by the equations over that of its parts, ``time_error`` the sum of the
    steps' errors in any one step of the protocol, relative to the contents, ``missed`` what a terminal misses of its drive.
    """

    def of(role: str, kind: str) -> list[np.ndarray]:
        return [dataset[name].values for name in variables(dataset, role=role, kind=kind)]

    time = dataset["time"].values
    losses = of("loss", "power")
    power, total = np.sum(of("work", "power"), axis=0), np.sum(losses, axis=0)
    slopes = of("check", "power")
    rate, energy = np.sum(of("stored", "power"), axis=0), np.sum(of("stored", "energy"), axis=0)
    work, heat, carried = of("work", "energy"), of("loss", "energy"), of("carried", "energy")
    exact = bool(work)  # the stepper itself integrated
    if exact:
        supplied = sum(values[-1] for values in work)
        lost = sum(values[-1] for values in (*heat, *carried))
    else:
        supplied, lost = _integral(power, time), _integral(total, time)
    turnover = _integral(np.abs(power) + total, time) + abs(energy[-1] - energy[0]) + 1e-300
    # in a film at rest that air empties, power and losses are round-off of what its free energy changes by
    idle = 1e-12 * turnover / (time[-1] - time[0]) if time[-1] > time[0] else 0.0
    least = ROUND_OFF * np.max(np.abs(power) + total, initial=0.0) + idle + 1e-20 * scales.power + 1e-300
    exchanged = np.max(np.abs(rate), initial=0.0)
    smallest = max(-float(np.min(values)) / float(np.max(np.abs(values), initial=least)) for values in losses)
    inventories = [dataset[name] for name in variables(dataset, role="inventory")]
    current = variables(dataset, role="terminal", kind="current")[0]
    # by the run's own steps where it has them: a current that jumps as a voltage is put on is not that between two samples
    passed = [float(dataset[name].sum()) for way in ("charge in", "charge out") for name in variables(dataset, of=way)]
    charge = sum(passed) if passed else _integral(dataset[current].values, time)
    worked = [] if exact else [float(dataset[name].sum()) for name in variables(dataset, of="work")]
    other = (
        {}
        if not slopes
        else {
            "stored energy": _entry(
                np.max(np.abs(rate - np.sum(slopes, axis=0))) / (exchanged + least),
                1e-6,
                "rate of the stored energy less the derivative of that energy along the rates, over the largest such rate",
            )
        }
    )
    return {
        "ion drift": _entry(
            # the last digits of a sum of large parts are no loss
            max(
                float(np.max(np.abs(entry.values - entry.values[0])))
                / max(1.0, abs(entry.values[0]), entry.attrs.get("parts", 0.0))
                for entry in inventories
            ),
            1e-12,
            "largest change of what must stay (over the size of its parts where that is above one), "
            + "; ".join(entry.attrs["long_name"] for entry in inventories),
        ),
        "conservation": _entry(
            leak, 1e-9, "fastest change of what must stay by the equations at any sample, over that of its parts"
        ),
        "drive": _entry(
            missed,
            1e-4,  # a circuit that is not solved misses by far more; currents that are differences of near numbers by up to 1e-5
            "what the terminal's voltage and current miss of the drive's equation at any sample, over the largest in its step",
        ),
        "time error": _entry(
            time_error,
            1e-2,
            "sum of the errors that the steps estimate of themselves, relative to the contents, in any step of the protocol",
        ),
        "power balance": _entry(
            np.max(np.abs(power - total - rate)) / (exchanged + least),
            1e-6,
            "electrical power less dissipation less the rate of stored energy at each sample, over the largest such rate",
        ),
        **other,
        "energy balance": _entry(
            abs(supplied - lost - (energy[-1] - energy[0])) / turnover,
            1e-5 if exact else None,
            "the same integrated over time, relative to all energy turned over"
            + ("; by the stepper, within its tolerance" if exact else "; limited by how densely the samples lie"),
        ),
        "smallest dissipation": _entry(
            smallest, 1e-9, "most negative value of any loss over its own largest, which the second law forbids"
        ),
        "charge passed": _entry(charge, None, "integral of the terminal current, C"),
        "work supplied": _entry(sum(worked) if worked else supplied, None, "integral of V I, J"),
    }


def judged(status: str, message: str, checks: Mapping[str, Mapping[str, Any]]) -> tuple[str, str]:
    """Status and message after the audit: a run that failed it is doubtful, and says so first."""
    bad = [name for name, entry in checks.items() if not entry["ok"]]
    if not bad or status == "failed":
        return status, message
    return (
        "doubtful",
        f"doubtful: the audit failed ({failures(checks)}); {REMEDIES.get(bad[0], 'see the audit')}. Otherwise: {message}",
    )


def failures(checks: Mapping[str, Mapping[str, Any]]) -> str:
    """The checks that a run failed, with what was found and allowed."""

    def size(entry):
        return f"{entry['value']:.1e}" if math.isfinite(entry["value"]) else "not a number"

    return ", ".join(f"{name} {size(entry)} above {entry['limit']:.0e}" for name, entry in checks.items() if not entry["ok"])


def inaccurate(checks: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether a run failed checks of its accuracy and no other: shorter steps may mend it.

    Where the equations keep what must stay, a drift of it is what the steps restored too little of.
    """
    bad = {name for name, entry in checks.items() if not entry["ok"]}
    mended = {name for name, remedy in REMEDIES.items() if remedy == FINER}
    if "conservation" in checks and "conservation" not in bad:
        mended.add("ion drift")
    return bool(bad) and bad <= mended


def _integral(values, time) -> float:
    return float(np.trapezoid(values, time))


def _entry(value, limit, meaning) -> dict[str, Any]:
    value = float(value)
    return {"value": value, "limit": limit, "meaning": meaning, "ok": bool(limit is None or value <= limit)}
