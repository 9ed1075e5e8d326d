"""A protocol as sources of a netlist, and the netlist that runs an exported device through it.

A terminal that only ever has its voltage given is held by a voltage source. Any other obeys a V + b I = s(t), with a, b and s as
piecewise linear voltages and the current as one more unknown: currents, open circuits and resistors in one run (VACASK; ngspice
follows voltages throughout or currents throughout).
"""

from __future__ import annotations

import dataclasses

import numpy as np

from solion.base.errors import InputError
from solion.export.model import CompactModel
from solion.export.ngspice import OPTIONS, nodes_of_terminals
from solion.export.verilog_a import module_name
from solion.export.wording import commented, number
from solion.protocols.protocol import Protocol

EDGE = 1e-7  # of the shortest step, which a jump of a source takes
FINEST = 1000  # steps in the whole run, at least

DRIVE = """`include "disciplines.vams"
module solion_drive(p, ref, a, b, s);
  inout p, ref, a, b, s;
  electrical p, ref, a, b, s, i;
  parameter real amperes = 1.0;
  analog begin
    I(i) <+ V(a,ref)*V(p,ref) + V(b,ref)*V(i) - V(s,ref);
    I(p,ref) <+ -amperes*V(i);
  end
endmodule
"""


@dataclasses.dataclass(frozen=True)
class Waveforms:
    """Of one terminal: times (s), and a (1), b (V per unit current) and s (V) at each; ``given``: a = 1 and b = 0 throughout."""

    times: np.ndarray
    a: np.ndarray
    b: np.ndarray
    s: np.ndarray

    @property
    def given(self) -> bool:
        """Whether the voltage is what is given."""
        return bool(np.all(self.a == 1) and np.all(self.b == 0))


def waveforms(model: CompactModel, protocol: Protocol) -> list[Waveforms]:
    """What a protocol does to each terminal. Raises InputError where a step may end early or be limited, which no source
    knows.
    """
    device, amperes, volts = model.device, float(model.device.scales().current), model.voltage
    found = []
    for step in protocol.steps:
        if step.stops or np.isfinite(float(step.voltage_compliance)) or np.isfinite(float(step.current_compliance)):
            raise InputError(
                f"export: step {step.label!r} of the protocol has a compliance or ends at a limit, which no source of a netlist"
                " knows; leave compliance and stops out to have it run in a circuit simulator."
            )
    shortest = min(float(step.duration) for step in protocol.steps)
    idle = device.idle()
    for name in device.terminals:
        rows, now = [], 0.0
        for step in protocol.steps:
            held = {terminal: float(voltage) for terminal, voltage in step.held}
            driven = device.terminals[0] if step.terminal is None else step.terminal
            a, b, start, end = 0.0, 1.0, 0.0, 0.0
            if name == driven:
                start, end = float(step.start), float(step.end)
                if step.mode == "current":
                    start, end = start / amperes * volts, end / amperes * volts
                else:
                    a, b = 1.0, float(step.current_weight) * amperes / volts
            elif name in held or name in idle:
                a, b, start = 1.0, 0.0, held.get(name, float(idle.get(name, 0.0)))
                end = start
            begin = now + (EDGE * shortest if rows else 0.0)
            now += float(step.duration)
            rows += [(begin, a, b * volts, start), (now, a, b * volts, end)]
        found.append(Waveforms(*np.array(rows).T))
    return found


def _pairs(times: np.ndarray, values: np.ndarray, between: str) -> str:
    return between.join(f"{number(t)}{between}{number(v)}" for t, v in zip(times.tolist(), values.tolist(), strict=True))


def ngspice_bench(model: CompactModel, protocol: Protocol, header: list[str], library: str, output: str) -> str:
    """A netlist that runs ``protocol`` on the subcircuit in ``library`` and writes time, currents and states to ``output``."""
    waves, ports = waveforms(model, protocol), nodes_of_terminals(model)
    amperes, stop = float(model.device.scales().current), float(protocol.duration)
    lines = [commented(header, "*")[0], f".include {library}", f"Xdevice {' '.join(ports)} 0 {model.name}"]
    seen = []
    for port, wave in zip(ports, waves, strict=True):
        if wave.given:
            lines.append(f"V{port} {port} 0 PWL({_pairs(wave.times, wave.s, ' ')})")
            seen.append(f"i(v{port})")
            continue
        if np.any(wave.a != 0):
            raise InputError(
                "export: ngspice does not follow a terminal that changes between a given voltage and a given current or a"
                " resistor in one run; export to verilog-a, whose simulator does, or give the terminal one of them throughout."
            )
        current = amperes * wave.s / wave.b
        lines += [
            f"Vm_{port} m_{port} {port} 0",
            f"I{port} 0 m_{port} PWL({_pairs(wave.times, current, ' ')})",
            f"R{port} {port} 0 1e20",
        ]
        seen.append(f"i(vm_{port})")
    seen += [f"v({port})" for port in ports]
    seen += [f"v(xdevice.{item.name})" for item in (*model.states, *model.unknowns)]
    finest = number(stop / FINEST)
    lines += [f".options {OPTIONS}", f".tran {finest} {number(stop)} 0 {finest} uic"]
    lines += [".control", "set wr_singlescale", "set numdgt=15", "run", f"wrdata {output} {' '.join(seen)}", ".endc", ".end", ""]
    return "\n".join(lines)


def vacask_bench(model: CompactModel, protocol: Protocol, header: list[str], library: str, drive: str, tolerance: float) -> str:
    """A netlist for VACASK that runs ``protocol`` on the compiled module ``library``; its raw file is ``run.raw``."""
    waves, ports = waveforms(model, protocol), nodes_of_terminals(model)
    amperes, stop = float(model.device.scales().current), float(protocol.duration)
    mixed = not all(wave.given for wave in waves)
    lines = [commented(header, "")[0].strip() or "run", f'load "{library}"', *([f'load "{drive}"'] if mixed else [])]
    lines += [
        "model vs vsource",
        f"model cell {module_name(model)}",
        *([f"model drive solion_drive amperes={number(amperes)}"] if mixed else []),
    ]
    lines += [f"device ({' '.join(ports)} 0) cell"]
    for port, wave in zip(ports, waves, strict=True):
        if wave.given:
            lines.append(f'source_{port} ({port} 0) vs type="pwl" wave=[{_pairs(wave.times, wave.s, ",")}]')
            continue
        for part in "abs":
            pairs = _pairs(wave.times, getattr(wave, part), ",")
            lines.append(f'source_{part}_{port} ({part}_{port} 0) vs type="pwl" wave=[{pairs}]')
        lines.append(f"drive_{port} ({port} 0 a_{port} b_{port} s_{port}) drive")
    step = number(stop / FINEST / 10)
    lines += [
        "control",
        f"  options reltol={number(tolerance)}",
        f"  analysis run tran stop={number(stop)} step={step} maxstep={number(stop / FINEST)}",
        "endc",
        "",
    ]
    return "\n".join(lines)


def vacask_crossbar(
    model: CompactModel,
    shape: tuple[int, int],
    line_resistance: float,
    times: np.ndarray,
    rows: np.ndarray,
    columns: np.ndarray,
    library: str,
) -> str:
    """A netlist of a crossbar for VACASK, driven as :meth:`solion.export.crossbar.Crossbar.run` is; ``x_I_J`` is at row I and
    column J.
    """
    lines = ["crossbar", f'load "{library}"', 'load "resistor.osdi"', "model vs vsource"]
    lines += [f"model line resistor r={number(line_resistance)}", f"model cell {module_name(model)}"]
    moments = np.asarray(times, float)
    for kind, waves in (("row", rows), ("col", columns)):
        for k, wave in enumerate(np.asarray(waves, float).T):
            lines.append(f'v_{kind}_{k} (d_{kind}_{k} 0) vs type="pwl" wave=[{_pairs(moments, wave, ",")}]')
            lines.append(f"l_{kind}_{k} (d_{kind}_{k} {f'r_{k}_0' if kind == 'row' else f'c_0_{k}'}) line")
    for i in range(shape[0]):
        for j in range(shape[1]):
            lines.append(f"x_{i}_{j} (r_{i}_{j} c_{i}_{j}) cell")
            if j + 1 < shape[1]:
                lines.append(f"lr_{i}_{j} (r_{i}_{j} r_{i}_{j + 1}) line")
            if i + 1 < shape[0]:
                lines.append(f"lc_{i}_{j} (c_{i}_{j} c_{i + 1}_{j}) line")
    stop = float(times[-1])
    run = f"  analysis run tran stop={number(stop)} step={number(stop / 1e4)} maxstep={number(stop / 300)}"
    return "\n".join([*lines, "control", "  options reltol=1e-05", run, "endc", ""])
