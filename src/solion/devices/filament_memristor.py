"""A lithium filament through a solid electrolyte as a memristor: the device and its numbers.

Lithium on the far side of the electrolyte, a small electrode on the other. A negative bias grows a filament from the
electrode (set), a positive one dissolves it (reset). What is special: in the metallic state the filament's own
potential falls in a straight line from electrode to lithium, and so, under a wide electrode, does that of the ions.
Only their difference, the share S of the bias (:meth:`Disk.shorting_factor`), is left to dissolve it: a wide electrode
cannot be reset.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from solion.balances.disk import Disk
from solion.base.errors import InputError
from solion.base.parameters import assumed, calibrated, literature, parameter
from solion.devices.nano_electrode import NanoElectrode
from solion.devices.specimen import AbstractSpecimen
from solion.laws.initiation import Griffith


class FilamentMemristor(AbstractSpecimen):
    """Li | electrolyte | electrode with a filament that grows, thickens, dissolves and grows again.

    Growth at the head, gap g: dg/dt = -(V_m/F) min(2 i_0 sinh(F(|V| - eta)/2RT), j_ohm), once |V| exceeds the threshold
    eta, where j_ohm is what spreads into the head of radius r from the far side. While a crack of initial depth c_0
    (the flaw that eta opens) has grown by l, eta falls as sqrt(c_0/(c_0 + l)): growth runs away. In the metallic state,
    R = rho L/(pi r^2) n^-1 + R_contact, the ionic current under the electrode adds chi of its lithium to the filament,
    pi L d(r^2)/dt = chi (V_m/F) |i_ion|, under a negative bias, and takes S times that, down to a fresh one, under a
    positive bias, which also takes (V_m/F) 2 i_s sinh(F(S V_dev - eta_s)/2RT) off its neck per time, until the neck is
    gone and a gap opens, to ``gap`` at most.

    Between cycles the threshold relaxes from ``forming`` to ``threshold`` over ``settling`` cycles with a log-normal
    ``jitter``, and the neck's radius and the gap have jitters of their own; ``spread`` is that of the threshold between
    devices.
    """

    experiments: ClassVar = ("filament_cycling",)
    instead: ClassVar = {"temperature": "it is the electrode's: electrode.temperature"}
    sign_convention: ClassVar = (
        "A negative voltage at the electrode grows a filament from it (set), a positive one dissolves it (reset)."
    )

    electrode: NanoElectrode = NanoElectrode()
    griffith: Griffith = Griffith()
    radius: float = parameter(
        20e-9,
        unit="m",
        low=1e-9,
        high=1e-4,
        doc="r, of a fresh filament",
        source=assumed(20e-9, "the radius of the tip that grows it, Lu et al.; sets the metallic resistance alone"),
    )
    resistivity: float = parameter(
        9.28e-8, unit="ohm m", low=0, open_low=True, doc="rho of lithium", source=literature(9.28e-8, "handbook, 20 °C")
    )
    mean_free_path: float = parameter(
        0.0,
        unit="m",
        low=0,
        doc="of electrons in lithium; 11 nm switches the correction for thin wires on",
        source=assumed(0.0, "bulk resistivity unless given"),
    )
    contact_resistance: float = parameter(
        0.0, unit="ohm", low=0, doc="in series with the filaments", source=assumed(0.0, "none unless given")
    )
    filaments: float = parameter(1.0, low=1, doc="n, equal filaments side by side", source=assumed(1.0, "the simplest"))
    forming: float = parameter(
        0.12,
        unit="V",
        low=0,
        open_low=True,
        doc="threshold of the pristine electrolyte",
        source=calibrated(0.12, "Lu et al., fig. 1e: trigger bias at a grain boundary"),
    )
    threshold: float = parameter(
        0.21,
        unit="V",
        low=0,
        open_low=True,
        doc="eta to which later cycles settle",
        source=calibrated(0.21, "set at -0.25 V after several cycles (Lu et al., section on memristors), less the growth's lag"),
    )
    settling: float = parameter(
        3.0,
        low=0.1,
        doc="cycles over which the threshold relaxes",
        source=calibrated(3.0, "constant after the first 10 cycles (Lu et al.)"),
    )
    jitter: float = parameter(
        0.03,
        low=0,
        high=2,
        doc="standard deviation of ln eta from cycle to cycle",
        source=calibrated(0.03, "every cycle of a window of 0.25 V sets, half of them beyond 0.22 V: no more than some 0.04"),
    )
    spread: float = parameter(
        0.0, low=0, high=2, doc="standard deviation of ln eta between devices", source=assumed(0.0, "one device")
    )
    radius_jitter: float = parameter(
        0.05,
        low=0,
        high=2,
        doc="standard deviation of ln r from cycle to cycle",
        source=assumed(0.05, "a few per cent of radius; the paper's figure is not given in numbers"),
    )
    gap: float = parameter(
        50e-9,
        unit="m",
        low=1e-9,
        high=1e-5,
        doc="largest gap after a reset",
        source=assumed(50e-9, "of the order of the flaw that the set bias opens, 71 nm at 0.25 V"),
    )
    gap_jitter: float = parameter(0.2, low=0, high=2, doc="standard deviation of ln gap", source=assumed(0.2, "no measurement"))
    stripping_current: float = parameter(
        10.0,
        unit="A/m^2",
        low=0,
        open_low=True,
        doc="i_s, exchange current of dissolution at the filament's neck",
        source=calibrated(
            10.0,
            "every reset of the tip within +0.25 V, for which 5 are too few; 2570 A/m2 of a clean contact "
            "would reset it at +0.02 V",
        ),
    )
    dissolution: float = parameter(
        0.05,
        unit="V",
        low=0,
        doc="eta_s, threshold of dissolution",
        source=calibrated(0.05, "no reset of the 500 um pad, whose S leaves 0.047 V of +1 V (Lu et al., fig. 8e)"),
    )
    thickening: float = parameter(
        5e-5,
        low=0,
        high=1,
        doc="chi, share of the ionic current that thickens the filament",
        source=calibrated(
            5e-5, "on/off of the 500 um pad, below 10 at first and hardly changed later (Lu et al., fig. 8e); up to 1e-4"
        ),
    )

    def metallic_resistance(self, radius: float | None = None) -> float:
        """R_LRS in ohm with a filament of a radius (m), its own unless given."""
        r = float(self.radius) if radius is None else radius
        rho = self.resistivity * (1 + 0.375 * self.mean_free_path / r)
        wires = rho * self.electrode.thickness / (np.pi * r**2 * self.filaments)
        return float(wires + self.contact_resistance)

    def forming_charge(self) -> float:
        """Charge of the lithium in one filament through the electrolyte, (F/V_m) pi r^2 L, C."""
        from solion.base.constants import FARADAY

        return float(FARADAY / self.griffith.molar_volume * np.pi * self.radius**2 * self.electrode.thickness)

    def shorting_factor(self) -> float:
        """S of the electrode on its electrolyte."""
        return Disk(float(self.electrode.radius), float(self.electrode.thickness)).shorting_factor()

    def ideal_ratio(self) -> float:
        """1 + R_ion/R_LRS: on/off without kinetics and instrument floor."""
        return 1 + self.electrode.spreading_resistance / self.metallic_resistance()

    def ratio(self, bias: float) -> float:
        """On/off at a read bias (V) with kinetics and floor, for a filament of its own radius."""
        if bias == 0 or not np.isfinite(bias):
            raise InputError(f"FilamentMemristor.ratio: bias = {bias:g} V cannot be read; give a finite one other than 0 V.")
        off = abs(float(self.electrode.current(bias))) + float(self.electrode.floor)
        return 1 + abs(bias) / self.metallic_resistance() / off
