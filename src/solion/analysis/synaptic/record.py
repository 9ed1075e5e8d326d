"""What a train of pulses did: one row per pulse. Every metric of a synapse is a function of this."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from solion.analysis.recorded import attribute, dataset_of, values
from solion.errors import InputError


@dataclasses.dataclass(frozen=True)
class PulseRecord:
    """Pulses in the order they were given; every array has one entry per pulse.

    ``sign``: +1 drives ions into the channel (potentiation), -1 out of it. ``charge``: through the gate, C, with its sign.
    ``before`` and ``after``: conductance as read around the pulse, S. ``time``: start of the pulse, s, and ``width``, s.
    ``energy``: work of the gate during the pulse, J; nan where unknown.
    """

    sign: np.ndarray
    charge: np.ndarray
    before: np.ndarray
    after: np.ndarray
    time: np.ndarray
    width: np.ndarray
    energy: np.ndarray

    def __post_init__(self):
        for field in dataclasses.fields(self):
            object.__setattr__(self, field.name, np.atleast_1d(np.asarray(getattr(self, field.name), float)))
        shapes = {field.name: getattr(self, field.name).shape for field in dataclasses.fields(self)}
        if len(set(shapes.values())) > 1 or self.sign.ndim != 1:
            raise InputError(f"A PulseRecord needs arrays of one length; these have {shapes}.")

    @classmethod
    def of_conductance(cls, sign, conductance, *, charge=np.nan, width=np.nan, energy=np.nan) -> PulseRecord:
        """Pulses of which only the conductance is known: ``conductance`` at the start and after each pulse (one more entry)."""
        sign, conductance = np.asarray(sign, float), np.asarray(conductance, float)
        if conductance.shape != (sign.size + 1,):
            raise InputError(
                f"{sign.size} pulses need {sign.size + 1} conductances, the first before any pulse; there are {conductance.size}."
            )
        full = [np.broadcast_to(np.asarray(entry, float), sign.shape) for entry in (charge, width, energy)]
        time = np.arange(sign.size, dtype=float)
        return cls(sign, full[0], conductance[:-1], conductance[1:], time, full[1], full[2])

    def __len__(self) -> int:
        return self.sign.size

    def __getitem__(self, which) -> PulseRecord:
        """Some of the pulses: a mask, a slice or indices."""
        return PulseRecord(**{field.name: getattr(self, field.name)[which] for field in dataclasses.fields(self)})

    @property
    def change(self) -> np.ndarray:
        """Change of conductance by each pulse, S."""
        return self.after - self.before

    @property
    def conductance(self) -> np.ndarray:
        """Conductance before the first pulse and after each: one entry more than pulses, S."""
        return np.concatenate([self.before[:1], self.after])

    def runs(self) -> list[PulseRecord]:
        """The record cut where the sign of the pulses changes."""
        edges = np.flatnonzero(np.diff(self.sign)) + 1
        return [self[part] for part in np.split(np.arange(len(self)), edges)]


def pulses_of(run: Any, *, label: str = "pulse", window: float = 5.0) -> PulseRecord:
    """The pulses of a run of an ionic synapse: the steps of its protocol with this ``label``.

    Conductance before and after a pulse is the mean over the last ``window`` s of the steps between pulses (over all of
    them where they are shorter); between two pulses with nothing in between, its value at the edge. Needs ``time``,
    ``segment``, ``voltage`` and ``current`` of the gate and ``conductance`` of the channel. Raises InputError where the
    protocol has no such step or the run no conductance.
    """
    dataset = dataset_of(run)
    if "conductance" not in dataset:
        raise InputError("This run has no conductance of a channel; pulses are read from a run of an ionic synapse.")
    segment = np.asarray(dataset["segment"].values, int)
    names = [step["label"] for step in attribute(dataset, "protocol", [])]
    reached = [k for k, name in enumerate(names) if name == label and np.any(segment == k)]
    if not reached:
        raise InputError(f"No step of the protocol is labelled {label!r}; its labels are {sorted(set(names))}.")
    time, conductance = values(dataset, "time"), values(dataset, "conductance")
    voltage, current = values(dataset, "voltage"), values(dataset, "current")
    sides = [-1, *reached, len(names)]
    rows = []
    for place, step in enumerate(reached, start=1):
        inside = np.flatnonzero(segment == step)
        charge = np.trapezoid(current[inside], time[inside])
        rows.append((
            np.sign(charge), charge,
            _mean(time, conductance, (segment > sides[place - 1]) & (segment < step), window, inside[0]),
            _mean(time, conductance, (segment > step) & (segment < sides[place + 1]), window, inside[-1]),
            time[inside[0]], time[inside[-1]] - time[inside[0]],
            np.trapezoid(voltage[inside] * current[inside], time[inside]),
        ))  # fmt: skip
    return PulseRecord(*np.array(rows).T)


def _mean(time, conductance, quiet, window, edge) -> float:
    """Mean of the conductance over the last ``window`` s of the quiet steps; at the sample ``edge`` where there are none."""
    at = np.flatnonzero(quiet)
    if at.size < 2:
        return float(conductance[edge])
    end = time[at[-1]]
    begin = max(end - window, time[at[0]])
    inner = at[(time[at] > begin)]
    t = np.concatenate([[begin], time[inner]])
    g = np.concatenate([[np.interp(begin, time[at], conductance[at])], conductance[inner]])
    return float(np.trapezoid(g, t) / (t[-1] - t[0]))
