"""Electrolytes of ionic synapses: how well they carry ions, how badly they block electrons."""

from __future__ import annotations

from typing import ClassVar

import equinox as eqx

from solion.base.constants import VACUUM_PERMITTIVITY
from solion.base.parameters import Part, assumed, build, calibrated, derived, parameter, positive_parameter, stated
from solion.base.reference_temperature import reference_temperature
from solion.materials.tungsten_oxide import PAPER

FILM = "typical of a thin oxide film; no source gives it"
BLOCKING = "not reported: taken as a perfect block to electrons, so that retention is an upper bound"
EFFECTIVE_THICKNESS = calibrated(
    2e-3, f"not given; 2 mm reconciles energy, pulses of 1 V, retention and the order of open circuit and rest; {PAPER}"
)


class ElectrolyteMaterial(Part):
    """A solid that carries ``ion`` well and electrons badly."""

    holds_at: ClassVar[float | str | None] = "reference_temperature"
    name: str = eqx.field(static=True)
    ion: str = eqx.field(static=True)
    ionic_conductivity: float = positive_parameter(unit="S/m", high=1e6, doc="sigma_i")
    electronic_conductivity: float = parameter(unit="S/m", low=0, high=1e6, doc="sigma_e, 0 blocks electrons")
    permittivity: float = parameter(low=1, high=1e6, doc="eps_r, relative permittivity")
    transference: float = positive_parameter(
        1.0,
        high=1,
        doc="t_+, part of the ionic current that the working ion carries",
        source=assumed(1.0, "only the working ion moves"),
    )
    reference_temperature: float = reference_temperature()

    @property
    def relaxation_time(self):
        """eps/sigma_i (s): shorter pulses charge the electrolyte as a capacitor and move hardly any ion through it."""
        return VACUUM_PERMITTIVITY * self.permittivity / self.ionic_conductivity


def succinonitrile_magnesium() -> ElectrolyteMaterial:
    """Succinonitrile with 1 mol% Mg(TFSI)2, the plastic crystal of the magnesium synapse; it melts below 59 C."""
    return build(
        ElectrolyteMaterial,
        name="succinonitrile, 1 mol% Mg(TFSI)2",
        ion="Mg",
        ionic_conductivity=stated(2.8e-3, f"2.8e-5 S/cm, section 2; {PAPER}"),
        electronic_conductivity=stated(
            1e-4, f"about 1e-6 S/cm by chronoamperometry, section 5; an upper bound: Fig. 3a needs 85 times less; {PAPER}"
        ),
        permittivity=assumed(10.0, "below that of pure succinonitrile, which is several times larger"),
        transference=assumed(1.0, "the anion is not followed"),
    )


def solid_magnesium_electrolyte() -> ElectrolyteMaterial:
    """The best solid magnesium electrolytes at room temperature."""
    return build(
        ElectrolyteMaterial,
        name="solid Mg electrolyte",
        ion="Mg",
        ionic_conductivity=stated(1e-3, f"reports in the 1e-5 S/cm range, section 1; {PAPER}"),
        electronic_conductivity=assumed(0.0, BLOCKING),
        permittivity=assumed(10.0, FILM),
    )


def oxide_ion_electrolyte() -> ElectrolyteMaterial:
    """The best oxide ion conductors, extrapolated to room temperature."""
    return build(
        ElectrolyteMaterial,
        name="oxide ion conductor",
        ion="O",
        ionic_conductivity=stated(1e-10, f"about 1e-12 S/cm, extrapolated from 1e-4 S/cm at 300 C, section 1; {PAPER}"),
        electronic_conductivity=assumed(0.0, BLOCKING),
        permittivity=assumed(25.0, "as of doped zirconia"),
    )


def proton_glass() -> ElectrolyteMaterial:
    """What a 10 nm proton glass must conduct to have let a synapse be programmed in 5 ns."""
    return build(
        ElectrolyteMaterial,
        name="proton glass, inferred",
        ion="H",
        ionic_conductivity=derived(
            6.1e-3,
            f"the least that moves 5e-5 ions per formula unit of a 10 nm film in 5 ns with 0.2 V across 10 nm, the pulse "
            f"that section 1 quotes of Onen et al. (2022), doi:10.1126/science.abp8064; {PAPER}",
        ),
        electronic_conductivity=assumed(0.0, BLOCKING),
        permittivity=assumed(4.0, "silica glass"),
    )
