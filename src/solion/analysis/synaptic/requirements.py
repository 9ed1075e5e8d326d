"""What a synapse must do to train a network, and whether one does: a verdict on each demand, with where the demand comes from."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping

from solion.base.errors import InputError, nearest
from solion.base.parameters import Sourced, assumed, stated
from solion.materials import WorkingIon

PAPER = "section 1 of Schwacke et al. (2024), doi:10.1002/aelm.202300577"
RPU = "Gokmen and Vlasov (2016), doi:10.3389/fnins.2016.00333"
MEMORY = f"as remembered of {RPU}; its table was not at hand"


@dataclasses.dataclass(frozen=True)
class Demand:
    """A measured quantity, its bound, whether it must lie below or above, and who asks for it."""

    quantity: str
    limit: Sourced
    unit: str
    above: bool  # the quantity must be at least the limit; otherwise at most

    def met_by(self, value: float) -> bool:
        return value >= self.limit.value if self.above else value <= self.limit.value


DEMANDS = (
    Demand("pulse_width", stated(1e-9, f"pulses as short as 1 ns; {PAPER}, after {RPU}"), "s", False),
    Demand("pulse_voltage", stated(1.0, f"1 V or less; {PAPER}, after {RPU}"), "V", False),
    Demand("states", stated(100.0, f"100 to 1000 states, the lower bound; {PAPER}, after {RPU}"), "1", True),
    Demand("dynamic_range", stated(10.0, f"at least an order of magnitude; {PAPER}, after {RPU}"), "1", True),
    Demand("pulses_endured", stated(1e10, f"over 1e10 programming pulses; {PAPER}"), "1", True),
    Demand("retention", assumed(86400.0, f"one training epoch, taken as a day; no time is given; {PAPER}"), "s", True),
    Demand("asymmetry", assumed(0.05, MEMORY), "1", False),
    Demand("cycle_to_cycle_noise", assumed(0.3, f"of one step; {MEMORY}"), "1", False),
    Demand("area", assumed(4e-14, f"0.04 um2; {MEMORY}"), "m2", False),
)


@dataclasses.dataclass(frozen=True)
class Verdict:
    """One demand, what was measured (nan: not measured), and whether it is met (None: cannot be said)."""

    demand: Demand
    value: float
    met: bool | None

    def __str__(self) -> str:
        demand, word = self.demand, {True: "met", False: "NOT met", None: "not measured"}[self.met]
        unit = "" if demand.unit == "1" else f" {demand.unit}"
        measured = "" if self.met is None else f" {self.value:.3g}{unit},"
        bound = f"{'at least' if demand.above else 'at most'} {demand.limit.value:g}{unit}"
        return f"{demand.quantity}:{measured} {bound} wanted: {word} ({demand.limit.source.reference})"


def verdict(measured: Mapping[str, float]) -> list[Verdict]:
    """A verdict on every demand from measured quantities, by name (SI).

    The names are those of :data:`DEMANDS`; one left out, or nan, is a demand of which nothing can be said. Raises
    InputError for a name that no demand has.
    """
    names = [demand.quantity for demand in DEMANDS]
    for name in measured:
        if name not in names:
            raise InputError(f"No demand is on {name!r}{nearest(name, names)}; demands are on {', '.join(names)}.")
    found = []
    for demand in DEMANDS:
        value = float(measured.get(demand.quantity, math.nan))
        found.append(Verdict(demand, value, None if math.isnan(value) else demand.met_by(value)))
    return found


def quoted_verdict(ion: WorkingIon) -> list[Verdict]:
    """The verdict on what the paper states of a working ion, of several devices together.

    A number that is only a lower bound, since the experiment ended there, can meet a demand but not fail it.
    """
    demands = {demand.quantity: demand for demand in DEMANDS}
    measured = {}
    for entry in ion.quoted:
        demand = demands.get(entry.quantity)
        if demand is not None and (demand.met_by(entry.number.value) or not entry.at_least):
            measured[entry.quantity] = entry.number.value
    return verdict(measured)
