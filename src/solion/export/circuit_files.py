"""Export of a study's device to a circuit: its compact model, the error of this model, the text, and the proof in a simulator."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from solion.base.errors import InputError, nearest
from solion.devices.device import AbstractDevice
from solion.devices.filament_memristor import FilamentMemristor
from solion.devices.start import AbstractInitial
from solion.experiments.transient import simulate
from solion.export import netlists
from solion.export.filament import CYCLES, device_signal, filament_model, first_cycles, model_signal
from solion.export.header import as_json, header_of
from solion.export.measure import Deviation, Signal, deviation, followed, second_protocol, signal_of
from solion.export.model import CompactModel, compact_model
from solion.export.ngspice import ngspice
from solion.export.report import DEVICE, MODEL, Compared, export_report
from solion.export.simulators import CircuitRun, find, run_in
from solion.export.verilog_a import verilog_a
from solion.protocols.protocol import Protocol

WRITERS = {"ngspice": (ngspice, "cir", "ngspice subcircuit"), "verilog-a": (verilog_a, "va", "Verilog-A module")}
WRITERS |= {"json": (as_json, "json", "JSON equations")}
SIMULATOR = {"ngspice": "ngspice", "verilog-a": "vacask"}
ENOUGH = 1.5 / 0.9  # times the fewest cells: 1.5/kappa^(1/2), where a ladder is within 1 %
AT_LEAST_FINER = 3  # times as many cells, at least, has the run that a model is judged by
TRIES = 5


@dataclasses.dataclass(frozen=True)
class CircuitExport:
    """A model, how far it is from the device on two protocols, and the texts by the names of their files."""

    model: CompactModel
    deviations: tuple[Deviation, ...]
    files: Mapping[str, str]
    proofs: tuple[str, ...] = ()

    def report(self) -> list[str]:
        """What a reader has to know before using it."""
        head = f"{self.model.name}: {self.model.cells} cells, {len(self.model.states)} states"
        return [head, *(f"  {found.sentence()}" for found in self.deviations), *(f"  {line}" for line in self.proofs)]


def default_cells(device: AbstractDevice) -> int:
    """Cells of a compact model that is not told how many: enough for its fronts, 1 where its films can be mixed."""
    fewest = device.fewest_cells()
    return 1 if fewest == 1 else 8 * math.ceil(ENOUGH * fewest / 8)


class Judge:
    """Runs of a device at full resolution on two protocols, and what models of few cells make of them."""

    def __init__(self, device: AbstractDevice, protocol: Protocol, initial: AbstractInitial | None, cells: int):
        self.device, self.initial, self.full = device, initial, cells
        self.protocols = {
            "the study's protocol": protocol,
            "a second protocol (0.8 of the sources, 1.25 of the time)": second_protocol(protocol),
        }
        self._full: dict[tuple[str, int], Signal] = {}

    def reference(self, name: str, cells: int) -> Signal:
        """The run at full resolution."""
        if (name, cells) not in self._full:
            self._full[name, cells] = followed(self.device, self.protocols[name], cells, self.initial, "device")
        return self._full[name, cells]

    def judged(self, cells: int, names: Any = None) -> list[Compared]:
        """A model of this many cells beside the device on each protocol."""
        reduced, full = self.device.reduced(cells), max(self.full, AT_LEAST_FINER * cells)
        found = []
        for name in names or self.protocols:
            own = followed(reduced, self.protocols[name], max(cells, 8), self.initial, "compact model")
            device = self.reference(name, full)
            found.append(beside_device(name, self.protocols[name], own, device, cells=cells, of=full))
        return found

    def fewest(self, wanted: float) -> int:
        """The fewest cells whose relative error on the study's protocol is below ``wanted``, to a tenth; the error falls as
        1/N^2.
        """
        if not 1e-4 <= wanted < 1:
            raise InputError(f"export: error = {wanted:g} is outside its allowed range [0.0001, 1); 0.01 is a good value.")
        least, first = self.device.fewest_cells(), next(iter(self.protocols))
        cells, good = default_cells(self.device), 0
        for _ in range(TRIES):
            error = self.judged(cells, [first])[0].deviations[MODEL].relative
            if error <= wanted:
                good = cells
            if good and cells <= max(least, 8):
                break
            guess = math.ceil(cells * math.sqrt(error / wanted) * (1.03 if error > wanted else 1.0))
            guess = max(guess, least, 8) if not good else min(max(guess, least, 8), good)
            if good and (guess >= good or guess > 0.9 * good):
                break
            cells = guess
        if not good:
            raise InputError(
                f"export: no model of up to {cells} cells is within {wanted:g} of the device; ask for a larger error."
            )
        return good


def export_circuit(
    device: AbstractDevice,
    protocol: Protocol,
    *,
    to: str,
    initial: AbstractInitial | None = None,
    full: int = 200,
    cells: int | str | None = None,
    error: float = 0.01,
    prove: bool = False,
    name: str = "device",
    title: str = "",
) -> CircuitExport:
    """The device as a file for a circuit simulator, with its errors measured on ``protocol`` and on a second one.

    ``to``: "ngspice", "verilog-a" or "json". ``cells``: of the model, "auto" for the fewest within ``error`` of the device;
    ``full``: those of the device. ``prove``: run the file in its simulator too. Raises InputError, one sentence for each
    input that cannot be.
    """
    _known(to, prove)
    judge = Judge(device, protocol, initial, full)
    if cells == "auto":
        count = judge.fewest(error)
    elif isinstance(cells, str):
        raise InputError(f"export: cells = {cells!r} is neither a whole number nor 'auto'.")
    else:
        count = default_cells(device) if cells is None else cells
    reduced = device.reduced(count)
    model = compact_model(reduced, count, initial=initial, name=name)
    return _written(model, judge.judged(count), to, prove, title or name)


def export_filament(
    device: FilamentMemristor,
    protocol: Protocol,
    *,
    to: str,
    formed: bool = True,
    prove: bool = False,
    name: str = "filament",
    title: str = "",
) -> CircuitExport:
    """A filament memristor as a file for a circuit simulator, with its errors measured on the first cycles of ``protocol`` and on
    a second one. Raises InputError, one sentence for each input that cannot be.
    """
    _known(to, prove)
    model, few = filament_model(device, formed=formed, name=name), first_cycles(protocol)
    protocols = {
        f"the study's first {CYCLES} cycles": few,
        "a second protocol (1.2 of the voltages, 0.8 of the time)": second_protocol(few, longer=0.8, larger=1.2),
    }
    compared = [
        beside_device(label, own, model_signal(model, own), device_signal(device, own, formed))
        for label, own in protocols.items()
    ]
    return _written(model, compared, to, prove, title or name)


def _known(to: str, prove: bool) -> None:
    if to not in WRITERS:
        raise InputError(f"export: to = {to!r} is unknown{nearest(to, WRITERS)}; known: {', '.join(WRITERS)}.")
    if prove and to not in SIMULATOR:
        raise InputError(
            f"export: nothing runs {to}, so that it cannot be proved; leave --prove out or export to ngspice or verilog-a."
        )
    if prove:
        find(SIMULATOR[to])


def beside_device(label: str, protocol: Protocol, model: Signal, device: Signal, *, cells: int = 0, of: int = 0) -> Compared:
    """A model and the device over one protocol."""
    found = deviation(model, device, protocol=label, cells=cells, of=of)
    return Compared(label, protocol, {DEVICE: device, MODEL: model}, {MODEL: found})


def _written(model: CompactModel, compared: Sequence[Compared], to: str, prove: bool, title: str) -> CircuitExport:
    """The texts of a model whose errors are known, its proof in a simulator where that is wanted, the page that shows both."""
    proofs, count, protocol = [], model.cells, compared[0].protocol
    deviations, seen = [one.deviations[MODEL] for one in compared], [one.signals[MODEL] for one in compared]
    shown = list(compared)
    for k, one in enumerate(compared if prove else ()):
        run = run_in(SIMULATOR[to], model, one.protocol)
        curve = in_circuit(run, model, one.protocol, one.signals[MODEL])
        found = deviation(curve, one.signals[MODEL], protocol=one.label, cells=count, of=count)
        proofs.append(f"{run.simulator}, {run.elapsed:.2g} s: {found.sentence()}")
        shown[k] = one.beside(run.simulator, curve, found)
    notes = ["proved against the same equations in solion:", *(f"  {line}" for line in proofs)] if proofs else []
    writer, suffix, language = WRITERS[to]
    header = header_of(model, title=title, language=language, deviations=deviations, seen=seen, notes=notes)
    files = {f"{model.name}.{suffix}": writer(model, header)}
    try:
        if to == "ngspice":
            files[f"{model.name}_run.cir"] = netlists.ngspice_bench(
                model, protocol, [title], f"{model.name}.cir", f"{model.name}_run.txt"
            )
        if to == "verilog-a":
            files[f"{model.name}_run.sim"] = netlists.vacask_bench(
                model, protocol, [title], f"{model.name}.osdi", "solion_drive.osdi", 1e-5
            )
            if not all(wave.given for wave in netlists.waveforms(model, protocol)):
                files["solion_drive.va"] = netlists.DRIVE
    except InputError as refused:
        proofs.append(f"no netlist of the protocol: {refused}")
    files[f"{model.name}_report.html"] = export_report(model, title, shown, tuple(files))
    return CircuitExport(model, tuple(deviations), files, tuple(proofs))


def in_circuit(run: CircuitRun, model: CompactModel, protocol: Protocol, like: Signal) -> Signal:
    """What a circuit simulator found, as the curve that ``like`` is: current or voltage of the first terminal, or the
    response.
    """
    from solion.export.numeric import NumericProgram

    outputs = {item.name: node for item, node in model.with_numbers().outputs}
    volts = {item.name: run.voltages[item.name] for item in model.terminals}
    names = [*run.values, *(item.voltage for item in model.terminals)]
    values = np.stack([*run.values.values(), *volts.values()])
    found = dict(zip(outputs, NumericProgram(model.graph, list(outputs.values()), names)(values), strict=True))
    responses = [item.name for item, _ in model.outputs if item.role == "response"]
    first = model.terminals[0].name
    forced = all(step.mode == "current" for step in protocol.steps)
    value = found[responses[0]] if responses else volts[first] if forced else run.currents[first]
    events: dict[str, np.ndarray] = {}
    for event in like.events:
        quantity, _, rest = event.partition(" crosses ")
        level, way = rest.split(" ")[0], event.rsplit(" ", 1)[1]
        if quantity in found:
            events[event] = _crossings(run.time, found[quantity] - float(level), 1 if way == "up" else -1)
    time, order = np.unique(run.time, return_index=True)
    final = {name: float(curve[-1]) for name, curve in found.items() if name in like.final}
    return Signal(like.what, like.unit, time, value[order], events, final)


def _crossings(time: np.ndarray, above: np.ndarray, way: int) -> np.ndarray:
    k = np.flatnonzero((np.sign(above[1:]) != np.sign(above[:-1])) & (np.sign(above[1:] - above[:-1]) == way))
    share = above[k] / (above[k] - above[k + 1])
    return time[k] + share * (time[k + 1] - time[k])


def error_of(model: CompactModel, device: AbstractDevice, protocol: Protocol, *, cells: int = 200) -> Deviation:
    """How far a model is from a device at full resolution over any protocol."""
    own = signal_of(simulate(model.device, protocol, cells=max(model.cells, 8), initial=model.initial))
    full = signal_of(simulate(device, protocol, cells=cells, initial=model.initial))
    return deviation(own, full, protocol="protocol", cells=model.cells, of=cells)
