"""The devices of the film specification, in units of its scales."""

import functools

import numpy as np

import solion as so

TITANATE = so.materials.lithium_titanate()
CASES = {
    "LTO7": dict(rates=(0.1, 1e-3), asymmetries=(0.05, 0.2), filling=0.9),
    "LTO4": dict(rates=(1e-3, 1e-6), asymmetries=(0.3, 0.08), filling=0.1),
}


def memristor(filling=0.3, rates=(1e-2, 1e-4), asymmetries=(0.5, 0.5), series=100.0, material=TITANATE):
    """A film between two Butler-Volmer contacts; the current of a current-driven run does not feel them."""
    film = so.Film(material, 80e-9, filling)
    i_D, V_T = film.units.i_D, film.units.V_T
    top, bottom = (
        so.Contact(so.laws.ButlerVolmer(rate=rate * i_D, asymmetry=asymmetry))
        for rate, asymmetry in zip(rates, asymmetries, strict=True)
    )
    return so.FilmMemristor(top=top, film=film, bottom=bottom, series_resistance=series * V_T / i_D)


def voltammogram(device, amplitude, *, cycles=2, samples=200, first=1):
    """A triangle wave of +-``amplitude`` V_T at 125 V_T per tau_D; ``first`` is the sign of the first sweep."""
    scales = device.scales()
    peak = first * amplitude * scales.voltage
    corners = [(0.0, peak), (peak, -peak), (-peak, 0.0)]
    rate = 125 * scales.voltage / scales.time
    once = functools.reduce(so.Protocol.then, (so.protocols.ramp(voltage=pair, rate=rate, samples=samples) for pair in corners))
    return once.repeat(cycles)


def step_current(device, current, duration, *, rise=0.01, samples=200, holds=5):
    """``current`` i_D reached in ``rise`` tau_D and held until ``duration`` tau_D, in equal parts.

    Six steps of equal samples, as many as a voltammogram of two cycles: runs of one shape share a compilation.
    """
    scales = device.scales()
    value = current * scales.current
    up = so.protocols.ramp(current=(0.0, value), duration=rise * scales.time, samples=samples)
    part = so.protocols.hold(current=value, duration=(duration - rise) / holds * scales.time, samples=samples)
    return up.then(part.repeat(holds))


def column(result, name, cycle=None):
    """A variable of the dataset as numbers, of one cycle if asked."""
    data = result.dataset[name].values
    return data if cycle is None else data[result.dataset["cycle"].values == cycle]


def events(result):
    """(name, time in tau_D, rising) of each located event."""
    data, tau = result.dataset, float(result.dataset["time"].values[-1] / result.dataset["scaled_time"].values[-1])
    return [
        (str(n), float(t) / tau, bool(r))
        for n, t, r in zip(data["event_name"].values, data["event_time"].values, data["event_rising"].values, strict=True)
    ]


def branches(result, voltage, cycle):
    """|i| where the voltage passes a value rising and falling in a cycle."""
    v, i = column(result, "scaled_voltage", cycle), column(result, "scaled_current", cycle)
    found = {}
    for k in range(len(v) - 1):
        if (v[k] - voltage) * (v[k + 1] - voltage) <= 0 and v[k] != v[k + 1]:
            share = (voltage - v[k]) / (v[k + 1] - v[k])
            logs = np.log(np.abs(i[k : k + 2]))
            found["rising" if v[k + 1] > v[k] else "falling"] = float(np.exp(logs[0] + share * (logs[1] - logs[0])))
    return found
