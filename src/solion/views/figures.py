"""The figures that apply to a run, by name."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from solion.analysis.metrics import read_pulses
from solion.analysis.recorded import dataset_of, swept
from solion.analysis.synaptic.run import dissipates, left_alone, steps_of
from solion.base.errors import InputError, nearest
from solion.views.boundary import boundary
from solion.views.conductance import conductance
from solion.views.energy import energy
from solion.views.energy_split import energy_split
from solion.views.loop import loop
from solion.views.overview import overview
from solion.views.pulse_steps import pulse_steps
from solion.views.readout import readout
from solion.views.retention import kept
from solion.views.spacetime import spacetime
from solion.views.style import PARTS
from solion.views.terminals import terminals
from solion.views.updates import updates

KINDS = {
    "overview": overview,
    "loop": loop,
    "terminals": terminals,
    "spacetime": spacetime,
    "boundary": boundary,
    "energy": energy,
    "readout": readout,
    "conductance": conductance,
    "pulses": pulse_steps,
    "updates": updates,
    "retention": kept,
    "split": energy_split,
}


def applicable(run: Any) -> list[str]:
    """Names of the figures that a run has something to show in; none for a run of a single sample."""
    dataset = dataset_of(run)
    if dataset["time"].size < 2:
        return []
    film, gated = "composition_top" in dataset, "conductance" in dataset
    pulsed = gated and "pulse" in steps_of(dataset)
    has = {
        "overview": "composition" in dataset and film,
        "loop": swept(dataset),
        "terminals": not gated,
        "spacetime": "composition" in dataset and film,
        "boundary": film,
        "energy": all(name in dataset for name in (*PARTS, "electrical_power", "free_energy")),
        "readout": read_pulses(dataset).size > 1,
        "conductance": gated,
        "pulses": pulsed,
        "updates": pulsed,
        "retention": gated and left_alone(dataset),
        "split": gated and dissipates(dataset),
    }
    return [name for name in KINDS if has[name]]


def figures(run: Any) -> dict[str, Figure]:
    """Every figure that applies to a run."""
    return {name: KINDS[name](run) for name in applicable(run)}


def figure(run: Any, kind: str = "overview") -> Figure:
    """One figure by name. Raises InputError where the name is unknown or the run has nothing to show in it."""
    if kind not in KINDS:
        raise InputError(f"figure: kind = {kind!r} is unknown{nearest(kind, KINDS)}; it is one of {', '.join(KINDS)}.")
    known = applicable(run)
    if kind not in known:
        raise InputError(
            f"figure: kind = {kind!r} has nothing to show for this run; it has {', '.join(known) or 'none'}."
        )
    return KINDS[kind](run)
