"""What a train of pulses did: one row per pulse. Every metric of a synapse is a function of this."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from solion.analysis.data import Data, plain
from solion.analysis.step_curves import integral_to
from solion.base.errors import InputError

LARGEST = 1.0  # S: a channel that conducts more was given in another unit


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
            try:
                values = np.atleast_1d(np.asarray(getattr(self, field.name), float))
            except (TypeError, ValueError):
                raise InputError(
                    f"PulseRecord.{field.name} holds what is no number; signs are +1 (potentiation) and -1 (depression)."
                ) from None
            object.__setattr__(self, field.name, values)
        shapes = {field.name: getattr(self, field.name).shape for field in dataclasses.fields(self)}
        if len(set(shapes.values())) > 1 or self.sign.ndim != 1:
            raise InputError(f"A PulseRecord needs arrays of one length; these have {shapes}.")
        signed = np.isin(self.sign, (-1.0, 1.0)) | ((self.sign == 0) & (self.charge == 0))  # a pulse may pass no charge
        if not signed.all():
            raise InputError(
                f"PulseRecord.sign = {self.sign[~signed][0]:g} is outside its "
                f"allowed range; +1 is potentiation and -1 depression."
            )
        for name in ("before", "after"):
            values = getattr(self, name)
            if not np.all(np.isfinite(values)):
                row = int(np.argmin(np.isfinite(values)))
                raise InputError(
                    f"PulseRecord.{name} of pulse {row + 1} is {values[row]}; leave out pulses without a conductance."
                )
            if values.size and np.abs(values).max() > LARGEST:
                raise InputError(
                    f"PulseRecord.{name} reaches {np.abs(values).max():g} S, above "
                    f"{LARGEST:g} S; conductances are in S, not in uS."
                )

    @classmethod
    def of_conductance(cls, sign, conductance, *, charge=np.nan, width=np.nan, energy=np.nan) -> PulseRecord:
        """Pulses of which only the conductance is known: ``conductance`` at the start and after each pulse (one more entry)."""
        sign, conductance = np.asarray(sign), np.asarray(conductance, float)
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
    them where they are shorter), by the run's own steps; between two pulses with nothing in between, its value at the edge.
    Charge and energy are the run's own integrals where it has them. Raises InputError where the protocol has no such step or
    the run no conductance.
    """
    data = Data.of(run)
    if not data.responses:
        raise InputError("This run has no conductance of a channel; pulses are read from a run of an ionic synapse.")
    segment, response = data.segments, data.responses[0]
    names = [step["label"] for step in data.steps]
    reached = [k for k, name in enumerate(names) if name == label and np.any(segment == k)]
    if not reached:
        raise InputError(f"No step of the protocol is labelled {label!r}; its labels are {sorted(set(names))}.")
    reached = [k for k in reached if np.count_nonzero(segment == k) > 1]  # a run may end as a pulse begins
    if not reached:
        raise InputError("No pulse has a beginning and an end: the run ended as the first one began.")
    time, conductance = data.time, plain(response)
    voltage, current = data.terminal("voltage"), data.terminal("current")
    charge = _integral(data, current, kind="charge")
    energy = _integral(data, voltage * current, role="work", kind="energy")
    curve, total = data.curve(response), _integral(data, conductance, kind="conductance_time")
    sides = [-1, *reached, len(names)]
    rows = []
    for place, step in enumerate(reached, start=1):
        first, *_, last = np.flatnonzero(segment == step)
        passed = charge[last] - charge[first]

        def read(after, until, edge):
            at = np.flatnonzero((segment > after) & (segment < until))
            if at.size < 2:
                return conductance[edge]
            begin, end = max(time[at[-1]] - window, time[at[0]]), time[at[-1]]
            if not end > begin:
                return conductance[at[-1]]
            if curve is not None:
                return np.diff(integral_to(curve, np.array([begin, end]))[:, 0])[0] / (end - begin)
            return (total[at[-1]] - np.interp(begin, time[at], total[at])) / (end - begin)

        rows.append(
            (
                np.sign(passed),
                passed,
                read(sides[place - 1], step, first),
                read(step, sides[place + 1], last),
                time[first],
                time[last] - time[first],
                energy[last] - energy[first],
            )
        )
    return PulseRecord(*np.array(rows).T)


def _integral(data: Data, rate: np.ndarray, **declared: Any) -> np.ndarray:
    """A quantity summed over time by the run itself, or here by trapezoids from what was sampled."""
    if found := data.having(**declared):
        return plain(found[0])
    from scipy.integrate import cumulative_trapezoid

    return cumulative_trapezoid(rate, data.time, initial=0.0)
