"""When the phase at each contact changes, and how far the film has switched (multiphase polarization).

The film is in state I while the ion-rich phase is at the top contact and the ion-poor one at the bottom, in state III
the other way round, in state II while both contacts see the same phase. I <-> II is partial (pMP), I <-> III full
multiphase polarization (fMP); Tian and Bazant, Interfacial resistive switching by multiphase polarization.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from solion.analysis.data import Data, plain
from solion.base.errors import InputError

CONTACTS = ("top", "bottom")
STATES = {
    1: "I: ion-rich at the top, ion-poor at the bottom",
    2: "II: the same phase at both contacts",
    3: "III: ion-poor at the top, ion-rich at the bottom",
}


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
    data, found = Data.of(run), []
    for contact, surface in _contacts(data).items():
        located = _located(data, surface, level) or _interpolated(data.time, surface, level)
        found += [(contact, *crossing) for crossing in located]
    tau = data.scale("time")
    return sorted((Switch(c, t, t / tau, up) for c, t, up in found), key=lambda switch: switch.time)


def has_contacts(data: Data) -> bool:
    """Whether the run is one of a film between two contacts whose phases its device knows."""
    return len(data.surfaces) == len(CONTACTS) and "two_phase" in data.attribute("material", {})


def _contacts(data: Data) -> dict[str, Any]:
    """Composition against time at the contacts, the first declared on top."""
    if len(data.surfaces) != len(CONTACTS):
        raise InputError(f"Switching is that of a film between two contacts; this run has {len(data.surfaces)} surfaces.")
    return dict(zip(CONTACTS, data.surfaces, strict=True))


def switching_times(run: Any, level: float = 0.5) -> SwitchingTimes:
    """When each contact changes phase for the first time."""
    first = {switch.contact: switch for switch in reversed(switches(run, level))}
    times = [first[c].time if c in first else np.nan for c in CONTACTS]
    scaled = [first[c].scaled_time if c in first else np.nan for c in CONTACTS]
    return SwitchingTimes(*times, *scaled)


def states(run: Any, level: float = 0.5) -> np.ndarray:
    """State of the film at each sample: 1, 2 or 3 for the states of :data:`STATES`."""
    top, bottom = (plain(surface) > level for surface in _contacts(Data.of(run)).values())
    return np.where(top == bottom, 2, np.where(top, 1, 3))


def polarization(run: Any, level: float = 0.5) -> str:
    """How far the film switched during the run: ``none``, ``partial`` (pMP) or ``full`` (fMP)."""
    visited = set(states(run, level).tolist())
    return "full" if {1, 3} <= visited else "partial" if len(visited) > 1 else "none"


def _located(data: Data, surface, level: float) -> list[tuple[float, bool]]:
    """(time, rising) of the events recorded for this surface and level."""
    if "event" not in data.dataset.dims:
        return []
    rows = zip(*(data.dataset[f"event_{part}"].values for part in ("name", "time", "rising")), strict=True)
    found = []
    for event, time, rising in rows:
        name, _, crossed = str(event).partition(" crosses ")
        if name == surface.name and np.isclose(float(crossed), level, rtol=1e-5):
            found.append((float(time), bool(rising)))
    return found


def _interpolated(time, surface, level: float) -> list[tuple[float, bool]]:
    """(time, rising) of the crossings between samples."""
    excess = plain(surface) - level
    (at,) = np.nonzero((excess[:-1] > 0) != (excess[1:] > 0))
    share = excess[at] / (excess[at] - excess[at + 1])
    crossings = time[at] + share * (time[at + 1] - time[at])
    return [(float(t), bool(excess[k] <= 0)) for k, t in zip(at, crossings, strict=True)]
