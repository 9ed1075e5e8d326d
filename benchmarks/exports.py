"""Cost of exports: writing a file, replaying a map, crossbars by the own solver, the smaller one in VACASK too.

``python benchmarks/exports.py [rows]``; 64 rows and columns unless given, after 16 for the ratio to VACASK.
"""

import os
import sys
import time

import numpy as np

import solion as so
from solion.export import simulators
from solion.export.crossbar import Crossbar
from solion.export.header import header_of
from solion.export.model import compact_model
from solion.export.network_laws import WeightDevices
from solion.export.verilog_a import verilog_a


def timed(what, work):
    began, used = time.perf_counter(), time.process_time()
    found = work()
    print(
        f"{what}: {time.perf_counter() - began:.3g} s by the clock, {time.process_time() - used:.3g} s of processor, load"
        f" {os.getloadavg()[0]:.2g} on {os.cpu_count()}",
        flush=True,
    )
    return found


def write(device):
    model = compact_model(device, 48)
    return model, verilog_a(model, header_of(model, title="benchmark", language="Verilog-A", deviations=[], seen=[]))


def replay():
    table = np.linspace(0.5, 1.5, 41).tolist()
    device = WeightDevices(
        {
            "device": "PiecewiseStepDevice",
            "dw_min": 0.01,
            "w_max": 1.0,
            "w_min": -1.0,
            "piecewise_up": table,
            "piecewise_down": table,
        },
        (10_000,),
    )
    w = np.zeros(10_000)
    for k in range(1000):
        w = device.pulse(w, k % 2)


def crossbars(device, size, cells, in_vacask):
    volt, tau, ohm = (float(getattr(device.scales(), kind)) for kind in ("voltage", "time", "resistance"))
    times = np.array([0.0, 0.02, 0.8, 0.82, 1.0]) * tau
    high = np.array([0.0, 1.0, 1.0, 0.0, 0.0])[:, None] * 110 * volt
    first = np.arange(size) == 0
    drive = times, high * np.where(first, 1.0, 0.5), high * np.where(first, 0.0, 0.5)
    array = Crossbar(device, (size, size), 0.01 * ohm, cells=cells)
    start = timed("compiling and settling", array.start)
    array.run(times[:2] * 1e-3, drive[1][:2] * 1e-3, drive[2][:2] * 1e-3, start)  # compiles the step
    found = timed(f"own solver, {size} x {size} films of {cells} cells, a write pulse", lambda: array.run(*drive, start))
    print(f"  {found.steps} steps, first film at {found.content[0, 0, 0]:.4f}")
    if not in_vacask:
        return
    circuit = simulators.crossbar_in_vacask(compact_model(device, cells), (size, size), 0.01 * ohm, *drive)
    print(f"VACASK: {circuit.elapsed:.3g} s by the clock, first film at {circuit.content[-1, 0, 0, 0]:.4f}", flush=True)


if __name__ == "__main__":
    film = so.study.load("lto7-voltammogram").device
    compact_model(film, 48)
    timed("equations and text of 48 cells", lambda: write(film))
    timed("1e7 device pulses", replay)
    crossbars(film, 16, 48, in_vacask=True)
    crossbars(film, int(sys.argv[1]) if len(sys.argv) > 1 else 64, 48, in_vacask=False)
