"""What the magnesium paper states of each working ion: the numbers in its text, and no others.

Hydrogen, lithium, oxygen and copper are compared in words more than in numbers. An ion of which the text gives few has few
here; nothing is filled in. Hosts and electrolytes to run with are :mod:`solion.materials.tungsten_oxide` and
:mod:`solion.materials.electrolytes`, whose remaining numbers are marked as assumed.
"""

from __future__ import annotations

import dataclasses
import math

from solion.base.constants import BOLTZMANN, ELEMENTARY_CHARGE
from solion.base.errors import InputError
from solion.base.parameters import Sourced, derived, stated
from solion.materials.tungsten_oxide import PAPER, ROOM

HOT = 573.15  # K, 300 C
PER_AREA = 1e-18 / (1e-12 * 1e-9)  # J/(m2 S) of one aJ um^-2 nS^-1
ONEN = "Onen et al. (2022), doi:10.1126/science.abp8064"


@dataclasses.dataclass(frozen=True)
class Quoted:
    """A number of the text in SI. ``at_least``: the experiment ended there, so that it is a lower bound."""

    quantity: str
    number: Sourced
    unit: str
    meaning: str
    at_least: bool = False


@dataclasses.dataclass(frozen=True)
class WorkingIon:
    """An ion that sets the conductance of a channel, and what the text states of it."""

    name: str
    symbol: str
    line: str
    quoted: tuple[Quoted, ...]

    def __getitem__(self, quantity: str) -> Quoted:
        """The number of this name; InputError where the text gives none."""
        for entry in self.quoted:
            if entry.quantity == quantity:
                return entry
        known = ", ".join(entry.quantity for entry in self.quoted) or "no number at all"
        raise InputError(f"{self.name}: the text states no {quantity!r} of it, but {known}.")


def oxide_activation() -> float:
    """Activation energy (eV) that takes 1e-4 S/cm at 300 C to 1e-12 S/cm at room temperature by Arrhenius' law."""
    return BOLTZMANN / ELEMENTARY_CHARGE * math.log(1e-4 / 1e-12) / (1 / ROOM - 1 / HOT)


def working_ions() -> dict[str, WorkingIon]:
    """The five ions by name."""
    return {ion.name: ion for ion in (_hydrogen(), _lithium(), _oxygen(), _magnesium(), _copper())}


def _row(quantity: str, number: Sourced, unit: str, meaning: str, *, at_least: bool = False) -> Quoted:
    return Quoted(quantity, number, unit, meaning, at_least)


def _energy(value: float, text: str) -> Quoted:
    return _row(
        "normalised_energy",
        stated(value * PER_AREA, f"{text}, section 5; {PAPER}"),
        "J/(m2 S)",
        "energy of a pulse over area and change of sheet conductance",
    )


def _transition(x: float, text: str) -> Quoted:
    return _row(
        "transition", stated(x, f"{text}, section 4; {PAPER}"), "1", "x in WO3 from which diffraction shows a second phase"
    )


def _polaron(depth: float, text: str) -> Quoted:
    return _row("polaron_depth", stated(depth, f"{text}, section 5; {PAPER}"), "eV", "polaron below the conduction band")


def _hydrogen() -> WorkingIon:
    """Hydrogen: 5 ns pulses and 15 aJ, but lost within a few seconds in air."""
    return WorkingIon(
        "hydrogen",
        "H",
        _hydrogen.__doc__ or "",
        (
            _row("pulse_width", stated(5e-9, f"quoted of {ONEN}, section 1; {PAPER}"), "s", "shortest pulse shown"),
            _row("area", derived(1.8e-15, f"30 nm x 60 nm, quoted of {ONEN}, section 1; {PAPER}"), "m2", "of that device"),
            _row("pulse_energy", stated(15e-18, f"about, quoted of {ONEN}; {PAPER}"), "J", "moving ions in such a pulse"),
            _row("dynamic_energy", stated(2.7e-15, f"about, quoted of {ONEN}; {PAPER}"), "J", "with lines charged"),
            _energy(18, "18 aJ um^-2 nS^-1"),
            _transition(0.1, "x > 0.1"),
            _polaron(0.8, "0.8 eV"),
        ),
    )


def _lithium() -> WorkingIon:
    """Lithium: 200 mV with LixTiO2 on both sides; not compatible with silicon processing."""
    return WorkingIon(
        "lithium",
        "Li",
        _lithium.__doc__ or "",
        (
            _row("pulse_voltage", stated(0.2, f"symmetric LixTiO2, Li et al. (2019), section 2; {PAPER}"), "V", "of pulses"),
            _transition(0.015, "x > 0.015"),
        ),
    )


def _oxygen() -> WorkingIon:
    """Oxygen: 2 pJ without heating; hardly moves at room temperature, oxidises slowly in air."""
    return WorkingIon(
        "oxygen",
        "O",
        _oxygen.__doc__ or "",
        (
            _row(
                "diffusivity",
                stated(1e-21, f"order of 1e-17 cm2/s, section 1; {PAPER}"),
                "m2/s",
                "vacancies in amorphous WO3 at room temperature",
            ),
            _row(
                "ionic_conductivity",
                stated(1e-10, f"about 1e-12 S/cm, extrapolated, section 1; {PAPER}"),
                "S/m",
                "the best conductors at room temperature",
            ),
            _row(
                "hot_ionic_conductivity",
                stated(1e-2, f"up to 1e-4 S/cm, section 1; {PAPER}"),
                "S/m",
                "the best conductors at 300 C",
            ),
            _row(
                "activation",
                derived(oxide_activation(), f"from both conductivities, by Arrhenius' law; {PAPER}"),
                "eV",
                "of conduction",
            ),
            _energy(2e6, "2 pJ um^-2 nS^-1, devices that operate without heating"),
        ),
    )


def _magnesium() -> WorkingIon:
    """Magnesium: stable in air, 90 aJ; its electrolyte leaks."""
    return WorkingIon(
        "magnesium",
        "Mg",
        _magnesium.__doc__ or "",
        (
            _row("pulse_width", stated(0.5, f"section 3; {PAPER}"), "s", "of the films of 0.6 cm2"),
            _row("pulse_voltage", stated(1.0, f"Fig. 5; {PAPER}"), "V", "of pulses"),
            _row("states", stated(100.0, f"Fig. 5; {PAPER}"), "1", "per cycle"),
            _row(
                "dynamic_range",
                derived(2.3e-3 / 80e-9, f"80 nS to 2.3 mS, section 6; {PAPER}"),
                "1",
                "over several devices and experiments",
            ),
            _row("pulses_endured", stated(2e4, f"over 20 000, Fig. 4; {PAPER}"), "1", "no change seen", at_least=True),
            _row("retention", stated(3600.0, f"abstract; {PAPER}"), "s", "no degradation in air", at_least=True),
            _row("area", derived(6e-5, f"1 cm x 0.6 cm, section 2; {PAPER}"), "m2", "of the films"),
            _row("diffusivity", stated(1e-15, f"1e-10 to 1e-11 cm2/s, the lower end; {PAPER}"), "m2/s", "in WO3"),
            _row(
                "ionic_conductivity",
                stated(1e-3, f"1e-5 S/cm range, section 1; {PAPER}"),
                "S/m",
                "solid electrolytes at room temperature",
            ),
            _energy(90, "90 aJ um^-2 nS^-1"),
            _transition(0.3, "nominal x = 0.3"),
            _polaron(0.4, "about 0.4 eV"),
        ),
    )


def _copper() -> WorkingIon:
    """Copper: named as a working ion, without a number."""
    return WorkingIon("copper", "Cu", _copper.__doc__ or "", ())
