"""When the phase at each contact changes, and how far the film has switched (multiphase polarization).

The film is in state I while the ion-rich phase is at the top contact and the ion-poor one at the bottom, in state III
the other way round, in state II while both contacts see the same phase. I <-> II is partial (pMP), I <-> III full
multiphase polarization (fMP); Tian and Bazant, Interfacial resistive switching by multiphase polarization.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from solion.analysis.recorded import dataset_of, scale, values

CONTACTS = ("top", "bottom")
STATES = {
    1: "I: ion-rich at the top, ion-poor at the bottom",
    2: "II: the same phase at both contacts",
    3: "III: ion-poor at the top, ion-rich at the bottom",
}
_EVENT = re.compile(r"composition_(top|bottom) crosses (\S+)")


@dataclass(frozen=True)
class Switch:
    """One change of phase at a contact.

    ``time`` in s and ``scaled_time`` in tau_D, both from the start of the run; ``rising`` where the contact turns
    ion-rich.
    """

    contact: str
    time: float
    scaled_time: float
    rising: bool


@dataclass(frozen=True)
class SwitchingTimes:
    """First change of phase at each contact, from the start of the run, in s; nan where it never comes.

    ``scaled_top`` and ``scaled_bottom`` are the same in tau_D. The earlier is that of partial polarization, the later
    that of full polarization.
    """

    top: float
    bottom: float
    scaled_top: float
    scaled_bottom: float


def switches(run: Any, level: float = 0.5) -> list[Switch]:
    """Every change of phase at a contact in order of time: its composition c/c_0 crosses ``level``.

    From the events located during the run where it watched this level, otherwise by straight lines between samples.
    """
    dataset = dataset_of(run)
    found = []
    for contact in CONTACTS:
        located = _located(dataset, contact, level)
        found += located or _interpolated(dataset, contact, level)
    tau = scale(dataset, "time")
    return sorted((Switch(c, t, t / tau, up) for c, t, up in found), key=lambda switch: switch.time)


def switching_times(run: Any, level: float = 0.5) -> SwitchingTimes:
    """When each contact changes phase for the first time."""
    first = {switch.contact: switch for switch in reversed(switches(run, level))}
    times = [first[c].time if c in first else np.nan for c in CONTACTS]
    scaled = [first[c].scaled_time if c in first else np.nan for c in CONTACTS]
    return SwitchingTimes(*times, *scaled)


def states(run: Any, level: float = 0.5) -> np.ndarray:
    """State of the film at each sample: 1, 2 or 3 for the states of :data:`STATES`."""
    dataset = dataset_of(run)
    top = values(dataset, "composition_top") > level
    bottom = values(dataset, "composition_bottom") > level
    return np.where(top == bottom, 2, np.where(top, 1, 3))


def polarization(run: Any, level: float = 0.5) -> str:
    """How far the film switched during the run: ``none``, ``partial`` (pMP) or ``full`` (fMP)."""
    visited = set(states(run, level).tolist())
    return "full" if {1, 3} <= visited else "partial" if len(visited) > 1 else "none"


def _located(dataset, contact, level):
    """(contact, time, rising) of the events recorded for this contact and level."""
    if "event_name" not in dataset:
        return []
    rows = zip(dataset["event_name"].values, dataset["event_time"].values, dataset["event_rising"].values, strict=True)
    found = []
    for name, time, rising in rows:
        match = _EVENT.fullmatch(str(name))
        if match and match[1] == contact and np.isclose(float(match[2]), level, rtol=1e-5):
            found.append((contact, float(time), bool(rising)))
    return found


def _interpolated(dataset, contact, level):
    """(contact, time, rising) of the crossings between samples."""
    time, excess = values(dataset, "time"), values(dataset, f"composition_{contact}") - level
    (at,) = np.nonzero((excess[:-1] > 0) != (excess[1:] > 0))
    share = excess[at] / (excess[at] - excess[at + 1])
    crossings = time[at] + share * (time[at + 1] - time[at])
    return [(contact, float(t), bool(excess[k] <= 0)) for k, t in zip(at, crossings, strict=True)]
