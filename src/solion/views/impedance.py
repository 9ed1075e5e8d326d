"""Impedance spectrum: minus the imaginary part against the real one, with decades of frequency marked."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.figure import Figure

from solion.analysis.data import Data
from solion.analysis.metric import Metric, pure
from solion.analysis.spectra.relaxation import RelaxationPeak, relaxation_times
from solion.base.errors import SolionError
from solion.views.style import CURRENT, INK, VOLTAGE, blank, prefixed, styled
from solion.views.view import AbstractView

_UNITS = {"ohm m2": (1e4, "Ω cm²"), "ohm": (1.0, "Ω")}  # as the field writes them


class ImpedanceView(AbstractView):
    """The Nyquist plot of a spectrum; the main figure where the experiment is one."""

    name = "impedance"
    title = "Impedance"
    caption = "Impedance spectrum with decades of frequency marked."
    rank = 1.0

    def applies(self, data: Data) -> bool:
        return len(data.having(dimensions=("frequency",))) >= 2

    @styled
    def draw(self, data: Data) -> Figure:
        drawing = blank(5.2, 3.6)
        axes = drawing.add_subplot()
        frequency, real, imaginary, units = _spectrum(data)
        factor, unit = _UNITS.get(units, (1.0, units))
        real, imaginary = real * factor, imaginary * factor
        axes.plot(real, -imaginary, color=VOLTAGE)
        for power in range(int(np.ceil(np.log10(frequency.min()))), int(np.floor(np.log10(frequency.max()))) + 1):
            nearest = int(np.argmin(np.abs(np.log10(frequency) - power)))
            axes.plot(real[nearest], -imaginary[nearest], "o", color=CURRENT, markersize=3.5)
            if -imaginary[nearest] > 0.03 * real.max():
                scale, hertz = prefixed(10.0**power, "Hz")
                axes.annotate(
                    f"{10.0**power * scale:g} {hertz}",
                    (real[nearest], -imaginary[nearest]),
                    xytext=(4, 4),
                    textcoords="offset points",
                    fontsize=8,
                    color=INK,
                )
        axes.set(xlabel=f"Re Z ({unit})", ylabel=f"−Im Z ({unit})", xlim=(0, None), ylim=(0, None), aspect="equal")
        size = data.attribute("microstructure", {}).get("grain_size")
        axes.set_title("Impedance" if size is None else f"Impedance, grains of {size * 1e6:.3g} µm")
        return drawing

    def metrics(self, data: Data) -> Iterator[Metric]:
        frequency, real, imaginary, units = _spectrum(data)
        for word, at in (("lowest", int(np.argmin(frequency))), ("highest", int(np.argmax(frequency)))):
            meaning = f"real part of the impedance at the {word} frequency"
            yield pure(f"impedance_{word}", real[at], meaning, units, headline=word == "lowest")
        peak = frequency[int(np.argmax(-imaginary))]
        yield pure("peak_frequency", peak, "frequency at which -Im Z is largest", "Hz")
        farad = {"ohm": "F", "ohm m2": "F/m2"}.get(units, f"s/({units})")
        for number, arc in enumerate(_arcs(frequency, real + 1j * imaginary), 1):
            which = f"of arc {number}, counted from the fastest"
            yield pure(f"arc_{number}_resistance", arc.area, f"R, width {which}", units, headline=True)
            yield pure(f"arc_{number}_capacitance", arc.time / arc.area, f"C = tau/R {which}", farad)
            yield pure(f"arc_{number}_frequency", 1 / (2 * np.pi * arc.time), f"frequency of the apex {which}", "Hz")


def _arcs(frequency: np.ndarray, impedance: np.ndarray) -> list[RelaxationPeak]:
    """The arcs of a spectrum as peaks of its relaxation times; none where it is too short or no such spectrum."""
    try:
        return relaxation_times(frequency, impedance).peaks()
    except SolionError:
        return []


def _spectrum(data: Data) -> tuple[np.ndarray, np.ndarray, np.ndarray, str]:
    """Frequencies, real and imaginary part, and their unit."""
    whole, first = data.impedance, data.having(dimensions=("frequency",))[0]
    return data.dataset["frequency"].values, np.real(whole), np.imag(whole), first.attrs["units"]
