"""What an alloying host is: how many carriers it takes, how it swells and yields, and how fast its front and its product are."""

from __future__ import annotations

from typing import Any, ClassVar

import equinox as eqx
from jax.core import Tracer

from solion.base.constants import AVOGADRO, FARADAY, thermal_voltage
from solion.base.errors import InputError
from solion.base.parameters import Part, assumed, parameter, positive_parameter
from solion.laws.core_shell.amorphisation import AbstractAmorphisation, SharpFront
from solion.laws.core_shell.front_reaction import arrhenius, equilibrium_excess
from solion.laws.core_shell.shell import AbstractShell
from solion.laws.core_shell.stress_diffusion import StressDiffusion
from solion.laws.core_shell.stress_work import AbstractStressWork, Formula, Traction

PAPER = "Choi, Scanlon and Lee, Extending the performance limit of anodes"
CARRIER_VOLUME = (2e-30, 6e-29)  # m3 per carrier that a product gains; lithium and sodium in alloys lie well within


class AlloyHost(Part):
    """A host M that turns into A_x M behind a sharp front.

    Per host atom: x carriers, a volume V_m/N_A, beta times as large afterwards. ``plateau`` U_r is the potential against the
    carrier metal at which a front without stress rests; ``saturation`` the mobile excess of carriers over x in the product
    (over N_p) that rests with the carrier metal, so that c_eq = c_max exp(-e U_r/kT). ``front_rate`` k moves the front by
    J = k exp(-alpha dG_m^+/kT) (c_i - c_rest). Replace a number or a law by ``dataclasses.replace``.
    """

    holds_at: ClassVar[float | str | None] = "reference_temperature"
    name: str = eqx.field(static=True)
    carrier: str = eqx.field(static=True)
    stoichiometry: float = parameter(low=0.05, high=10, doc="x, carriers per host atom")
    molar_volume: float = parameter(unit="m3/mol", low=1e-6, high=1e-3, doc="V_m of the host, per mole of host atoms")
    molar_mass: float = parameter(unit="kg/mol", low=1e-3, high=1, doc="of the host, per mole of host atoms")
    ratio: float = parameter(
        low=0.1, high=10, doc="beta, volume of the product over that of the host; below 1 of carriers that leave"
    )
    plateau: float = parameter(unit="V", low=0, high=3, doc="U_r, against the carrier metal")
    diffusivity: float = positive_parameter(
        unit="m2/s", high=1e-8, doc="D of the excess carriers in the product; 1 cm2/s is 1e-4 m2/s"
    )
    front_rate: float = positive_parameter(unit="m/s", high=1e3, doc="k of the front without stress")
    shell: AbstractShell  # pyright: ignore[reportGeneralTypeIssues]
    saturation: float = parameter(
        0.1,
        low=1e-6,
        high=1,
        doc="c_max/N_p, excess carriers at rest with the carrier metal",
        source=assumed(0.1, "not known of any of them; the tables of rates assume a tenth as well"),
    )
    asymmetry: float = parameter(
        0.5, low=0, high=1, doc="alpha, share of the work of stress that slows the front", source=assumed(0.5, "half way")
    )
    poisson: float = parameter(
        0.28, low=0, high=0.5, doc="nu of the host", source=assumed(0.28, "silicon; enters mean stresses of wires only")
    )
    stress_work: AbstractStressWork = Traction()
    amorphisation: AbstractAmorphisation = SharpFront()
    relief: float = parameter(
        1.0,
        low=0,
        high=1,
        doc="chi_r, share of the stress of which an amorphised front is relieved",
        source=assumed(1.0, "all of it"),
    )
    speedup: float = parameter(
        1.0, low=1e-6, high=1e9, doc="k of an amorphised front over k", source=assumed(1.0, "as fast, unless given")
    )
    diffusion: StressDiffusion = StressDiffusion()
    front_energy: float = parameter(0.0, unit="eV", low=0, high=3, doc="Q of the front's rate", source=assumed(0.0, "not known"))
    reference_temperature: float = parameter(
        298.15, unit="K", low=100, high=1500, doc="T_ref, at which its numbers hold", source=assumed(298.15, "room temperature")
    )
    fracture_diameter: float = parameter(
        1.0, unit="m", low=1e-9, high=1, doc="above which particles are said to crack", source=assumed(1.0, "none is known")
    )

    def __check_init__(self):
        if self.shell.viscous and not self.stress_work.flows:
            raise InputError(
                f"AlloyHost: stress_work = {type(self.stress_work).__name__} stores its work, and shell = "
                f"{type(self.shell).__name__} makes it depend on the rate, which cannot be stored: take Traction with it."
            )
        numbers: tuple[Any, ...] = (self.ratio, self.molar_volume, self.stoichiometry)
        if any(isinstance(value, Tracer) for value in numbers):
            return
        gained = abs(float((self.ratio - 1) * self.molar_volume / AVOGADRO / self.stoichiometry))
        low, high = CARRIER_VOLUME
        if not low <= gained <= high:
            raise InputError(
                f"AlloyHost: ratio = {float(self.ratio):g} with stoichiometry = {float(self.stoichiometry):g} gives each carrier "
                f"{gained:.3g} m3, outside the allowed range [{low:g}, {high:g}] m3; ratio is V_product/V_host (1 plus the "
                "change), molar_volume and stoichiometry are both per host atom: give the two that belong together."
            )

    @property
    def formula(self) -> Formula:
        """x, Omega_M and nu."""
        return Formula(self.stoichiometry, self.molar_volume / AVOGADRO, self.poisson)

    @property
    def concentration(self):
        """N_0 in mol/m3: carriers that a volume of host takes."""
        return self.stoichiometry / self.molar_volume

    @property
    def capacity(self):
        """Charge per mass of host at full conversion, C/kg (divide by 3600 for mAh/g)."""
        return self.stoichiometry * FARADAY / self.molar_mass

    def excess(self, potential, temperature=298.15) -> Any:
        """Excess carriers over N_0 at rest with a potential (V): c_eq at the plateau, c_max at 0 V."""
        return equilibrium_excess(self.saturation / self.ratio, potential, thermal_voltage(temperature))

    def rate_at(self, temperature):
        """k at a temperature, m/s."""
        return self.front_rate * arrhenius(self.front_energy, temperature, self.reference_temperature)
