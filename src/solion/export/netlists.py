"""A protocol as sources of a netlist, and the netlist that runs an exported device through it.

A terminal that only ever has its voltage given is held by a voltage source. Any other obeys a V + b I = s(t), with a, b and s as
piecewise linear voltages: currents, open circuits and resistors in one run. In VACASK the current is one more unknown; ngspice,
whose nodes start at 0 V, takes I = j + g (s - V), with a voltage behind :data:`STIFF` conductances.
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
STIFF = 1e6  # conductances of the device's own unit, behind which ngspice holds a voltage; more lose small currents to round-off

DRIVE = """`include "disciplines.vams"
module solion_drive(p, ref, a, b, s);
  inout p, ref, a, b, s;
  electrical p, ref, a, b, s, i;
  parameter real a_first = 0.0;
  parameter real b_first = 0.0;
  parameter real amperes = 1.0;
  parameter real volts = 1.0;
  parameter real most_volts = 1e30;
  parameter real most_amperes = 1e30;
  real equation, high, low;
  analog begin
    equation = (a_first + V(a,ref))*V(p,ref) + (b_first + V(b,ref))*V(i) - V(s,ref);
    high = max(V(p,ref) - most_volts, volts*(V(i) - most_amperes/amperes));
    low = min(V(p,ref) + most_volts, volts*(V(i) + most_amperes/amperes));
    I(i) <+ min(max(equation, high), low);
    I(p,ref) <+ -amperes*V(i);
  end
endmodule
"""


@dataclasses.dataclass(frozen=True)
class Waveforms:
    """Of one terminal: times (s), and a (1), b (V per unit current) and s (V) at each, and what its compliance allows (V, A);
    ``given``: a = 1 and b = 0 throughout, without a limit."""

    times: np.ndarray
    a: np.ndarray
    b: np.ndarray
    s: np.ndarray
    limits: tuple[float, float] = (np.inf, np.inf)

    @property
    def limited(self) -> bool:
        """Whether there is a compliance."""
        return min(self.limits) < np.inf

    @property
    def given(self) -> bool:
        """Whether the voltage is what is given."""
        return bool(np.all(self.a == 1) and np.all(self.b == 0)) and not self.limited


def waveforms(model: CompactModel, protocol: Protocol) -> list[Waveforms]:
    """What a protocol does to each terminal. Raises InputError where a step may end early, which no source knows, or its
    compliance is not that of the others.
    """
    device, amperes, volts = model.device, float(model.device.scales().current), model.voltage
    found = []
    for step in protocol.steps:
        if step.stops:
            raise InputError(
                f"export: step {step.label!r} of the protocol ends at a limit, which no source of a netlist knows; leave stops"
                " out to have it run in a circuit simulator."
            )
    limits = {(float(step.voltage_compliance), float(step.current_compliance), step.terminal) for step in protocol.steps}
    if len(limits) > 1 and any(min(limit[:2]) < np.inf for limit in limits):
        raise InputError(
            "export: steps of the protocol have different compliances, of which a source of a netlist has one; give all steps the"
            " same to have it run in a circuit simulator."
        )
    (*limit, _), *_ = limits
    shortest = min(float(step.duration) for step in protocol.steps)
    idle = device.idle()
    for name in device.terminals:
        rows, now, forced = [], 0.0, False
        for step in protocol.steps:
            held = {terminal: float(voltage) for terminal, voltage in step.held}
            driven = device.terminals[0] if step.terminal is None else step.terminal
            a, b, start, end = 0.0, 1.0, 0.0, 0.0
            if name == driven:
                forced = True
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
        found.append(Waveforms(*np.array(rows).T, limits=(limit[0], limit[1]) if forced else (np.inf, np.inf)))
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
        parts = {"j": np.where(wave.a == 0, amperes * wave.s / np.where(wave.a == 0, wave.b, 1.0), 0.0)}
        parts["g"] = np.where(wave.a == 0, 0.0, amperes / np.maximum(wave.b, model.voltage / STIFF))
        parts["s"] = np.where(wave.a == 0, 0.0, wave.s)
        for part, values in parts.items():
            lines.append(f"V{part}_{port} {part}_{port} 0 PWL({_pairs(wave.times, values, ' ')})")
        # g by the time itself: a product of nodes would send the first iteration after a jump as far as g (s - V) at the old V
        drive = f"V(j_{port})+pwl(time,{_pairs(wave.times, parts['g'], ',')})*(V(s_{port})-V({port}))"
        if wave.limited:
            volts, most = (number(min(limit, 1e30)) for limit in wave.limits)
            stiff = number(amperes * STIFF / model.voltage)
            held = f"max(min({drive},{most}),-{most})"
            drive = f"max(min({held},{stiff}*({volts}-V({port}))),-{stiff}*({volts}+V({port})))" if volts != "1e+30" else held
        lines += [f"Vm_{port} m_{port} {port} 0", f"B{port} 0 m_{port} I={drive}", f"R{port} {port} 0 1e20"]
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
    lines += ["model vs vsource", f"model cell {module_name(model)}"]
    lines += [f"device ({' '.join(ports)} 0) cell"]
    for port, wave in zip(ports, waves, strict=True):
        if wave.given:
            lines.append(f'source_{port} ({port} 0) vs type="pwl" wave=[{_pairs(wave.times, wave.s, ",")}]')
            continue
        # a and b as they begin are numbers, so that the first iteration, with all nodes at 0 V, has an equation
        for part, first in (("a", wave.a[0]), ("b", wave.b[0]), ("s", 0.0)):
            pairs = _pairs(wave.times, getattr(wave, part) - first, ",")
            lines.append(f'source_{part}_{port} ({part}_{port} 0) vs type="pwl" wave=[{pairs}]')
        scale = f"a_first={number(wave.a[0])} b_first={number(wave.b[0])} amperes={number(amperes)} volts={number(model.voltage)}"
        limits = [f"most_{k}={number(v)}" for k, v in zip(("volts", "amperes"), wave.limits, strict=True) if v < np.inf]
        lines.append(f"model as_{port} solion_drive {' '.join([scale, *limits])}")
        lines.append(f"drive_{port} ({port} 0 a_{port} b_{port} s_{port}) as_{port}")
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
    column J. Raises InputError for a driver that is open for a part of the time, which no source of a netlist can be.
    """
    lines = ["crossbar", f'load "{library}"', 'load "resistor.osdi"', "model vs vsource"]
    lines += [f"model line resistor r={number(line_resistance)}", f"model cell {module_name(model)}"]
    moments, ports = np.asarray(times, float), nodes_of_terminals(model)
    given = np.asarray(rows, float).reshape(moments.size, len(ports), shape[0])
    for k, wave in enumerate(np.asarray(columns, float).T):
        lines += _driver(f"col_{k}", f"c_0_{k}", moments, wave)
    for place, port in enumerate(ports):
        for k in range(shape[0]):
            lines += _driver(f"row_{port}_{k}", f"r_{port}_{k}_0", moments, given[:, place, k])
    for i, j in np.ndindex(*shape):
        lines.append(f"x_{i}_{j} ({' '.join(f'r_{port}_{i}_{j}' for port in ports)} c_{i}_{j}) cell")
        if j + 1 < shape[1]:
            lines += [f"lr_{port}_{i}_{j} (r_{port}_{i}_{j} r_{port}_{i}_{j + 1}) line" for port in ports]
        if i + 1 < shape[0]:
            lines.append(f"lc_{i}_{j} (c_{i}_{j} c_{i + 1}_{j}) line")
    stop = float(times[-1])
    run = f"  analysis run tran stop={number(stop)} step={number(stop / 1e4)} maxstep={number(stop / 300)}"
    return "\n".join([*lines, "control", "  options reltol=1e-05", run, "endc", ""])


def _driver(name: str, node: str, times: np.ndarray, wave: np.ndarray) -> list[str]:
    """A source behind one piece of line; none where it is open."""
    closed = np.isfinite(wave)
    if not closed.any():
        return []
    if not closed.all():
        raise InputError(
            f"export: driver {name} of a crossbar is open for a part of the time; open it throughout, or give voltages."
        )
    source = f'v_{name} (d_{name} 0) vs type="pwl" wave=[{_pairs(times, wave, ",")}]'
    return [source, f"l_{name} (d_{name} {node}) line"]
