"""Export of a synapse under a train of pulses to network simulators: from the study's device and protocol to their files.

The train says what a pulse up and a pulse down are (a driven step and the rests that follow it) and which conductances are used.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from solion.analysis.state_resistance import frozen_resistance, low_bias_resistance
from solion.base.errors import InputError
from solion.base.parameters import table
from solion.compact.cell import CompactCell, current_drive, voltage_drive
from solion.compact.integrate import Segment, logit_of, run_through, sequence
from solion.devices.device import AbstractDevice
from solion.devices.film_memristor import FilmMemristor
from solion.devices.ionic_synapse import IonicSynapse
from solion.devices.start import PhaseSeparated
from solion.export import networks
from solion.export.header import kelvins_of, made_by, sourced
from solion.export.map_nodes import SEED, PulseNodes, logits, pulse_nodes, stepper
from solion.export.measure import followed
from solion.protocols.protocol import Protocol, Step
from solion.thermodynamics import phase_diagram

CELLS = 24  # of the device that a map is judged by, where its run says nothing
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


def measured(device: IonicSynapse, protocol: Protocol, nodes: PulseNodes, *, initial: Any, cells: int) -> list[str]:
    """How far the map is from the device at full resolution, on the study's train and on its pulses in another order."""
    groups = _groups(protocol)
    ways = np.array([0 if _sign(group) > 0 else 1 for group in groups])
    orders = {"the study's train": np.arange(len(groups))}
    orders["its pulses in another order"] = _another_order(ways, nodes, float(device.channel.composition))
    width, lines = nodes.high - nodes.low, []
    for label, order in orders.items():
        steps = [step for place in order for step in groups[place]]
        run = followed(device, Protocol(tuple(steps)), cells, initial, "device")
        ends = np.cumsum([sum(float(step.duration) for step in groups[place]) for place in order])
        true = np.interp(ends, run.time, run.value)
        found = nodes.followed(ways[order], float(run.value[0]))
        square = np.sqrt(np.sum((found - true) ** 2) / np.sum(true**2))
        log = np.sqrt(np.mean(np.log10(found / true) ** 2))
        lines.append(
            f"{label}: conductance after each of {len(order)} pulses {square:.2g} relative (L2), log10 {log:.2g} rms, at the end"
            f" {abs(found[-1] - true[-1]) / width:.2g} of the range (against {cells} cells)"
        )
    return lines


def _another_order(ways: np.ndarray, nodes: PulseNodes, filling: float) -> np.ndarray:
    """The pulses at random, but for those that a wall would cut, which wait."""
    steps, walls = [stepper(part) for part in nodes.maps], logits(nodes.cell, np.array([nodes.low, nodes.high]))
    draw, y = np.random.default_rng(SEED), float(logit_of(nodes.cell, jnp.asarray(filling)))
    left, order = [list(draw.permutation(np.flatnonzero(ways == way))) for way in (0, 1)], []
    while any(left):
        way = int(draw.random() * (len(left[0]) + len(left[1])) >= len(left[0]))
        inside = walls[0] <= steps[way](y) <= walls[1]
        way = way if left[way] and (inside or not left[1 - way]) else 1 - way
        order.append(int(left[way].pop()))
        y = float(steps[way](y))
    return np.array(order)


def _header(device: AbstractDevice, to: str, title: str, content: Any, range_: str, lines: Sequence[str]) -> list[str]:
    """What a network file says of itself first."""
    rows = list(table(device))
    held = json.dumps([content, [[row.path, row.value] for row in rows]])
    return [
        f"{to}: {title}",
        made_by(hashlib.sha256(held.encode()).hexdigest()),
        f"device: {type(device).__name__}; {kelvins_of(rows)}",
        f"signs: {device.sign_convention}",
        f"valid: {range_}",
        "measured errors of this file against the device at full resolution:",
        *(f"  {line}" for line in lines),
        "parameters of the device:",
        *(sourced(row.path, row) for row in rows),
    ]


def _pulsed(device: AbstractDevice, protocol: Protocol, to: str, run: Mapping[str, Any]) -> tuple[PulseNodes, list[str], str]:
    """Nodes of a synapse's pulses, their errors, and where they hold."""
    synapse = _synapse(device, to)
    nodes = nodes_of_study(synapse, protocol)
    lines = measured(synapse, protocol, nodes, initial=run.get("initial"), cells=run.get("cells") or CELLS)
    return nodes, lines, f"{nodes.low:.4g} to {nodes.high:.4g} S, the study's pulses with their rests"


def _sign(group: Sequence[Step]) -> float:
    """Positive where the driven steps of a period drive ions into the channel."""
    return sum(float(step.start) * float(step.duration) for step in group)


def _groups(protocol: Protocol) -> list[list[Step]]:
    """Driven steps with the rests after each; rests before the first one are nobody's."""
    groups: list[list[Step]] = []
    for step in protocol.steps:
        if step.terminal not in (None, "gate"):
            raise InputError(f"export: step {step.label!r} drives {step.terminal}, where a map is of pulses of the gate alone.")
        if not step.rests:
            groups.append([step])
        elif groups:
            groups[-1].append(step)
    return groups


def _periods(protocol: Protocol, area: float) -> list[Segment]:
    """The segments of each driven step with its rests."""
    groups = _groups(protocol)
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


def to_aihwkit_files(device: AbstractDevice, protocol: Protocol, *, title: str, **run: Any) -> NetworkExport:
    """``aihwkit.json``: the piecewise device, the linear one where it exists, and the retention map; of a film, its levels."""
    if isinstance(device, FilmMemristor):
        return _levels(device, title, run.get("cells") or CELLS)
    nodes, errors, range_ = _pulsed(device, protocol, "aihwkit", run)
    held: dict[str, Any] = {"title": title, "piecewise": networks.piecewise_step(nodes)}
    lines = [*errors, _told("PiecewiseStepDevice", held["piecewise"])]
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
    held = {"header": _header(device, "aihwkit", title, held, range_, errors)} | held
    return NetworkExport({"aihwkit.json": json.dumps(held, indent=1) + "\n"}, tuple(lines))


def _told(name: str, found: Mapping[str, Any]) -> str:
    cycles, random = (found["deviation"][key] for key in ("cycles", "random"))
    return (
        f"{name}: {found['g_min']:.4g} to {found['g_max']:.4g} S; from the map by {cycles['max']:.2g} of the range at most on"
        f" full cycles, {random['max']:.2g} on random pulses; spreads 0 as written"
    )


def _levels(device: FilmMemristor, title: str, cells: int) -> NetworkExport:
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
    errors = []
    for name, start in (("rich at the top, poor at the bottom", "top"), ("poor at the top, rich at the bottom", "bottom")):
        whole = 1 / float(frozen_resistance(device, device.profile(PhaseSeparated(start), cells), 0.0))
        errors.append(
            f"{name}: {abs(float(levels[name]) / whole - 1):.2g} relative from the whole film at rest, {whole:.4g} S"
            f" ({cells} cells)"
        )
    held = {"title": title, "device": "levels", "levels": {name: float(g) for name, g in levels.items()}}
    lines = [*(f"{name}: {float(g):.4g} S" for name, g in levels.items()), *errors]
    lines.append("a film switches at thresholds: no pulsed device of aihwkit is one; use these levels for inference")
    range_ = f"near 0 V, phases at rest, contents {poor:.4g} and {rich:.4g}"
    held = {"header": _header(device, "aihwkit", title, held, range_, errors)} | held
    return NetworkExport({"aihwkit.json": json.dumps(held, indent=1) + "\n"}, tuple(lines))


def to_crosssim_files(device: AbstractDevice, protocol: Protocol, *, title: str = "", **run: Any) -> NetworkExport:
    """``set.csv`` and ``reset.csv``, whose format has no place for more, and beside them ``crosssim.json`` with their header."""
    nodes, errors, range_ = _pulsed(device, protocol, "crosssim", run)
    files = networks.crosssim([nodes])
    header = _header(device, "CrossSim", title, files, f"{range_}; currents in A read at {networks.READ:g} V", errors)
    told = (*errors, f"ramps of currents in A read at {networks.READ:g} V, {nodes.low:.4g} to {nodes.high:.4g} S")
    return NetworkExport(files | {"crosssim.json": json.dumps({"header": header}, indent=1) + "\n"}, told)


def to_neurosim_files(device: AbstractDevice, protocol: Protocol, *, title: str, **run: Any) -> NetworkExport:
    """``neurosim.json``."""
    nodes, errors, range_ = _pulsed(device, protocol, "neurosim", run)
    found = networks.neurosim(nodes)
    told = [
        f"NL of {name}: nu = {fit['nu']:.3g}, wrong by up to {fit['max']:.2g} of the range" for name, fit in found["NL"].items()
    ]
    lines = (*errors, f"MeasuredDevice: {found['maxNumLevelLTP']} levels up, {found['maxNumLevelLTD']} down", *told)
    held = {"header": _header(device, "NeuroSim", title, found, range_, errors), "title": title} | found
    return NetworkExport({"neurosim.json": json.dumps(held, indent=1) + "\n"}, lines)


NETWORKS = {"aihwkit": to_aihwkit_files, "crosssim": to_crosssim_files, "neurosim": to_neurosim_files}
