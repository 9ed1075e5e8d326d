"""One switch of a film under a constant voltage, simulated."""

from __future__ import annotations

import numpy as np

from solion.analysis import switching_times
from solion.analysis.data import Data, integral, plain
from solion.base.errors import InputError, RunError
from solion.devices import FilmMemristor, PhaseSeparated
from solion.experiments.transient import simulate
from solion.explore.sizing.dimensions import Response
from solion.protocols import hold

WAIT = 20.0  # tau_D; a film that has not switched by then counts as one that does not
CELLS = 100
SAMPLES = 200


def respond(device: FilmMemristor, voltage: float, *, full: bool = False, cells: int = CELLS) -> Response | None:
    """Switch of ``device`` under a constant ``voltage`` (V) from separated phases, None where there is none in 20 tau_D.

    The ion-rich phase starts where the voltage drives it away: at the top for a positive one. The switch is the first change of
    phase at either contact (partial polarization), or the later one of the two with ``full``. A second run, as long as the
    switch takes, samples current and power. Raises RunError where the run fails and InputError for a voltage of zero.
    """
    if not (np.isfinite(voltage) and voltage != 0):
        raise InputError(f"design: voltage = {voltage:g} V cannot switch a film; give a finite one other than 0 V.")
    scales = device.scales()
    initial = PhaseSeparated(rich_at="top" if voltage > 0 else "bottom")

    def run(duration):
        drive = hold(voltage=float(voltage), duration=float(duration * scales.time), samples=SAMPLES)
        result = simulate(device, drive, initial=initial, cells=cells)
        times = switching_times(result)
        both = (times.scaled_top, times.scaled_bottom)
        known = [time for time in both if time == time]
        done = len(known) == 2 if full else bool(known)
        if result.status == "failed" and not done:
            raise RunError(f"design: the trial run at {voltage:g} V failed: {result.message}")
        return result, (max(known) if full else min(known)) if done else None

    _, time = run(WAIT)
    if time is None:
        return None
    data = Data.of(run(time)[0])
    seconds, current = data.time, np.abs(data.terminal("current"))
    work = integral(seconds, plain(data.first(role="work", kind="power")))
    return Response(
        voltage / float(scales.voltage),
        float(time),
        float(current.max() / scales.current),
        float(integral(seconds, current) / (scales.current * scales.time)),
        float(work / scales.energy),
    )
