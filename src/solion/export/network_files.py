"""Export of a synapse under a train of pulses to network simulators: from the study's device and protocol to their files.

The train says what a pulse up and a pulse down are (a driven step and the rests that follow it) and which conductances are used.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from solion.analysis.state_resistance import low_bias_resistance
from solion.base.errors import InputError
from solion.compact.cell import CompactCell, current_drive, voltage_drive
from solion.compact.integrate import Segment, run_through, sequence
from solion.devices.device import AbstractDevice
from solion.devices.film_memristor import FilmMemristor
from solion.devices.ionic_synapse import IonicSynapse
from solion.export import networks
from solion.export.map_nodes import PulseNodes, pulse_nodes
from solion.protocols.protocol import Protocol, Step
from solion.thermodynamics import phase_diagram

MARGIN = 0.02  # of the range in ln G, by which it is wider than what the train reaches
RETENTION = (1.0, 10.0, 60.0, 600.0, 3600.0, 86400.0)  # s


@dataclasses.dataclass(frozen=True)
class NetworkExport:
    """Texts by the names of their files, and what a reader has to know."""

    files: Mapping[str, str]
    lines: tuple[str, ...]

    def report(self) -> list[str]:
        """What a reader has to know before using it."""
        return list(self.lines)


def nodes_of_study(device: IonicSynapse, protocol: Protocol, nodes: int = 41) -> PulseNodes:
    """The map of a synapse's pulses, up and down, at nodes over the conductances that the protocol reaches.

    Raises InputError where the protocol has not one kind of pulse up and one down, or the synapse has no compact cell.
    """
    cell = CompactCell.of(device)
    periods = _periods(protocol, float(device.area))
    kinds = {json.dumps([np.asarray(part).tolist() for part in (*period.drive, period.duration)]): period for period in periods}
    signs = {
        key: float(np.sign(np.sum(np.asarray(period.drive.target) * np.asarray(period.duration))))
        for key, period in kinds.items()
    }
    ups, downs = ([kinds[key] for key, sign in signs.items() if sign == way] for way in (1.0, -1.0))
    if len(ups) != 1 or len(downs) != 1:
        raise InputError(
            f"export: the protocol has {len(ups)} kinds of pulse up and {len(downs)} down, with their rests; a map needs one"
            " of each: give a train of equal pulses up and equal pulses down."
        )
    whole = Segment(*_joined(periods))
    x, _ = run_through(cell, whole, float(device.channel.composition), 1e-7)
    g = np.asarray(cell.conductance(jnp.asarray(np.append(x, float(device.channel.composition)))))
    wider = (g.max() / g.min()) ** MARGIN
    return pulse_nodes(cell, ups[0], downs[0], (float(g.min() / wider), float(g.max() * wider)), nodes=nodes)


def _periods(protocol: Protocol, area: float) -> list[Segment]:
    """Driven steps with the rests after each; rests before the first one are nobody's."""
    groups: list[list[Step]] = []
    for step in protocol.steps:
        if step.terminal not in (None, "gate"):
            raise InputError(f"export: step {step.label!r} drives {step.terminal}, where a map is of pulses of the gate alone.")
        if not step.rests:
            groups.append([step])
        elif groups:
            groups[-1].append(step)
    return [sequence(*(Segment(_drive(step, area), jnp.asarray(float(step.duration))) for step in group)) for group in groups]


def _drive(step: Step, area: float):
    if float(step.start) != float(step.end):
        raise InputError(f"export: step {step.label!r} is a ramp, where a map is of pulses of constant height.")
    if step.mode == "current":
        return current_drive(float(step.start), area)
    return voltage_drive(float(step.start), float(step.current_weight) * area)


def _joined(periods: list[Segment]):
    return jax.tree.map(lambda *parts: jnp.concatenate([jnp.atleast_1d(part) for part in parts]), *periods)


def _synapse(device: AbstractDevice, to: str) -> IonicSynapse:
    if not isinstance(device, IonicSynapse):
        raise InputError(
            f"export: {to} takes the map of a synapse's pulses, which {type(device).__name__} has not; export an ionic"
            " synapse, or the levels of a film memristor to aihwkit."
        )
    return device


def to_aihwkit_files(device: AbstractDevice, protocol: Protocol, *, title: str, **_: Any) -> NetworkExport:
    """``aihwkit.json``: the piecewise device, the linear one where it exists, and the retention map; of a film, its levels."""
    if isinstance(device, FilmMemristor):
        return _levels(device, title)
    nodes = nodes_of_study(_synapse(device, "aihwkit"), protocol)
    held: dict[str, Any] = {"title": title, "piecewise": networks.piecewise_step(nodes)}
    lines = [_told("PiecewiseStepDevice", held["piecewise"])]
    try:
        held["linear"] = networks.linear_step(nodes)
        lines.append(_told("LinearStepDevice", held["linear"]))
    except InputError as refused:
        held["linear"] = str(refused)
        lines.append(str(refused))
    g = nodes.conductance
    table = networks.retention_map(nodes.cell, g, RETENTION)
    held["retention"] = {"times": RETENTION, "conductance": g.tolist(), "after": table.tolist()}
    lines.append(
        f"retention: {g[-1]:.4g} S becomes {table[-1, -1]:.4g} S and {g[0]:.4g} S {table[-1, 0]:.4g} S after a day at rest"
    )
    return NetworkExport({"aihwkit.json": json.dumps(held, indent=1) + "\n"}, tuple(lines))


def _told(name: str, found: Mapping[str, Any]) -> str:
    cycles, random = (found["deviation"][key] for key in ("cycles", "random"))
    return (
        f"{name}: {found['g_min']:.4g} to {found['g_max']:.4g} S; from the map by {cycles['max']:.2g} of the range at most on"
        f" full cycles, {random['max']:.2g} on random pulses; spreads 0 as written"
    )


def _levels(device: FilmMemristor, title: str) -> NetworkExport:
    """Conductances near 0 V of a film whose contacts each touch one of its two phases."""
    phases = phase_diagram(device.here.solid)
    if not phases.two_phase:
        raise InputError("export: the film has one phase only, so that it has no levels of its own.")
    poor, rich = float(phases.binodal[0]), float(phases.binodal[-1])
    levels = {
        f"{names[0]} at the top, {names[1]} at the bottom": 1 / low_bias_resistance(device, *values)
        for names, values in (
            (("rich", "rich"), (rich, rich)),
            (("rich", "poor"), (rich, poor)),
            (("poor", "rich"), (poor, rich)),
            (("poor", "poor"), (poor, poor)),
        )
    }
    held = {"title": title, "device": "levels", "levels": {name: float(g) for name, g in levels.items()}}
    lines = [f"{name}: {float(g):.4g} S" for name, g in levels.items()]
    lines.append("a film switches at thresholds: no pulsed device of aihwkit is one; use these levels for inference")
    return NetworkExport({"aihwkit.json": json.dumps(held, indent=1) + "\n"}, tuple(lines))


def to_crosssim_files(device: AbstractDevice, protocol: Protocol, **_: Any) -> NetworkExport:
    """``set.csv`` and ``reset.csv``."""
    nodes = nodes_of_study(_synapse(device, "crosssim"), protocol)
    files = networks.crosssim([nodes])
    return NetworkExport(files, (f"ramps of currents in A read at {networks.READ:g} V, {nodes.low:.4g} to {nodes.high:.4g} S",))


def to_neurosim_files(device: AbstractDevice, protocol: Protocol, *, title: str, **_: Any) -> NetworkExport:
    """``neurosim.json``."""
    found = networks.neurosim(nodes_of_study(_synapse(device, "neurosim"), protocol))
    told = [
        f"NL of {name}: nu = {fit['nu']:.3g}, wrong by up to {fit['max']:.2g} of the range" for name, fit in found["NL"].items()
    ]
    lines = (f"MeasuredDevice: {found['maxNumLevelLTP']} levels up, {found['maxNumLevelLTD']} down", *told)
    return NetworkExport({"neurosim.json": json.dumps({"title": title} | found, indent=1) + "\n"}, lines)


NETWORKS = {"aihwkit": to_aihwkit_files, "crosssim": to_crosssim_files, "neurosim": to_neurosim_files}
