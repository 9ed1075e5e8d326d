"""Lithium under a coating: will the next lithium join it underneath, or nucleate on top?

Source: Yan et al. (2020), doi:10.1063/5.0018417, and the paths of :mod:`solion.balances.coating_paths`. Layers are listed from
the lithium to the electrolyte. A positive current plates, a positive voltage is the plating overpotential.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar, Literal, NamedTuple

import equinox as eqx
import numpy as np

from solion.balances.coating_paths import LawExchange, Path, PorePath, SymmetricExchange, exchange_of, threshold
from solion.base.constants import FARADAY, thermal_voltage
from solion.base.errors import InputError
from solion.base.parameters import Part, as_arrays, assumed, build, literature, parameter, positive_parameter, without_sources
from solion.base.reference_temperature import reference_temperature, temperatures_apart
from solion.base.scaling import Scales
from solion.devices.coating_region import CoatingRegion, cells_of_layer, coating_region
from solion.devices.coating_top import AbstractTopNucleation, NoTop, TopGrowth, WatchedNucleation
from solion.devices.device import AbstractDevice
from solion.devices.line import Interface, LineSystem
from solion.devices.start import Region
from solion.laws import coating
from solion.laws.charge_transfer import AbstractChargeTransfer, InsertionButlerVolmer
from solion.laws.coating_transport import AbstractCoatingTransport
from solion.laws.salt_limit import pore_limit
from solion.numerics.stepping.integrate import Tolerance

LITHIUM_VOLUME = literature(12.97e-6, "V_Li, m3/mol: 6.94 g/mol at 0.535 g/cm3")
COLD, LIQUID = 373.15, 1e-9  # K, m2/s: no solid diffuses faster below; a number in cm2/s lies above
FULL = 0.05  # excess over the content beyond which a linear layer is said to be out of its range


def _exchange(value: float, reason: str) -> InsertionButlerVolmer:
    return build(InsertionButlerVolmer, exchange_current=assumed(value, reason))


class CoatingLayer(Part):
    """One layer of a coating. Its numbers, and those of its transport, hold at ``reference_temperature``."""

    holds_at: ClassVar[float | str | None] = "reference_temperature"
    transport: AbstractCoatingTransport
    thickness: float = parameter(unit="m", low=1e-10, high=1e-2, doc="L")
    electron_conductivity: float = parameter(1e6, unit="S/m", low=0, doc="sigma_e", source=assumed(1e6, "of a metal"))
    reference_temperature: float = reference_temperature()


class AbstractPores(Part):
    """Whether electrolyte reaches the lithium through the coating."""

    @abstractmethod
    def path(self, thickness, transfer: LawExchange | SymmetricExchange) -> PorePath:
        """The path through pores of this length."""


class NoPores(AbstractPores):
    """A dense coating."""

    def path(self, thickness, transfer):
        return PorePath(transfer.exchange, 1.0, transfer.thermal_voltage, 0.0)


class ConnectedPores(AbstractPores):
    """Pores that reach through, limited by their salt: i_lim = F D phi^0.5 c_0/(L (1 - t_+)) per area of pores. Not selective."""

    fraction: float = parameter(low=0, high=0.9, open_low=True, doc="phi_p, above the percolation threshold")
    diffusivity: float = positive_parameter(3e-10, unit="m2/s", high=1e-8, doc="D of the salt")
    concentration: float = positive_parameter(1000.0, unit="mol/m3", high=2e4, doc="c_0")
    transference: float = parameter(0.38, low=0, high=1, open_high=True, doc="t_+")

    def limit(self, thickness):
        """i_lim per area of the electrode, A/m2: F D phi^1.5 c_0/(L (1 - t_+))."""
        return pore_limit(self.fraction, self.diffusivity, self.concentration, self.transference, thickness)

    def path(self, thickness, transfer):
        return PorePath(transfer.exchange, self.limit(thickness) / self.fraction, transfer.thermal_voltage, self.fraction)


class PlatingThresholds(NamedTuple):
    """Currents (A/m2) above which the top is at risk, by every measure, none of which stands alone."""

    onset_up: Any  # measure 1 with interfaces and pressure, adatom drive
    onset_down: Any  # of a sweep down: a nucleated top takes its part at any plating current
    onset_electrolyte: Any  # measure 1 with the full overpotential as the drive
    onset_closed: Any  # measure 1, layers alone
    phase_range: Any  # measure 2; None unless every storing layer's range is known
    naive: Any  # measure 3
    tolerated: Any  # measure 4 at the share eps, barrier always paid
    latched_share: Any  # f_top of a nucleated top with quick interfaces


class CoatedElectrode(AbstractDevice):
    """Lithium, layers, electrolyte: paths underneath, on top and through pores.

    ``into``, ``bottom`` and ``above`` are the laws at electrolyte|coating, coating|lithium and electrolyte|lithium on top;
    ``drive`` says what must exceed the ``barrier`` eta_nuc: the overpotential less that of desolvation ("adatom"), or all of it.
    """

    experiments: ClassVar = ("plating", "transient", "coating_spectrum")
    terminals: ClassVar = ("top",)
    sign_convention: ClassVar = "A positive current plates lithium; a positive voltage is the plating overpotential."
    tolerance: ClassVar = Tolerance(relative=1e-5, absolute=1e-8)

    layers: tuple[CoatingLayer, ...]
    into: AbstractChargeTransfer = _exchange(100.0, "i_01, order of magnitude; a measured one decides as much as diffusion does")
    bottom: AbstractChargeTransfer = _exchange(1000.0, "i_02, order of magnitude")
    above: AbstractChargeTransfer = _exchange(100.0, "i_0T, as for the coating")
    pores: AbstractPores = NoPores()
    nucleation: AbstractTopNucleation = WatchedNucleation()
    barrier: float = parameter(
        0.02, unit="V", low=0, high=2, doc="eta_nuc", source=assumed(0.02, "5 to 40 mV of metals; ~0 where lithium dissolves")
    )
    exposed: float = parameter(
        1.0, low=0, high=1, doc="share of the top where lithium can grow", source=assumed(1.0, "all of it")
    )
    tolerated: float = parameter(
        0.01, low=0, high=1, open_low=True, open_high=True, doc="eps, share on top that is borne", source=assumed(0.01, "1 %")
    )
    pressure: float = parameter(0.0, unit="Pa", low=0, high=1e10, doc="p on the growing lithium", source=assumed(0.0, "none"))
    lithium_volume: float = positive_parameter(12.97e-6, unit="m3/mol", doc="V_Li", source=LITHIUM_VOLUME)
    area: float = positive_parameter(1e-4, unit="m2", doc="of the electrode", source=assumed(1e-4, "1 cm2"))
    temperature: float = parameter(298.15, unit="K", low=200, high=1000, doc="T", source=assumed(298.15, "room temperature"))
    drive: Literal["adatom", "electrolyte"] = eqx.field(static=True, default="adatom")

    def __check_init__(self):
        if not self.layers or not all(isinstance(layer, CoatingLayer) for layer in self.layers):
            raise InputError("CoatedElectrode.layers must hold at least one CoatingLayer, from the lithium to the electrolyte.")
        if self.drive not in ("adatom", "electrolyte"):
            raise InputError(f"CoatedElectrode.drive = {self.drive!r} is unknown; it is 'adatom' or 'electrolyte'.")
        for place, layer in enumerate(self.layers):
            plain = isinstance(layer.electron_conductivity, float) and isinstance(self.temperature, float)
            if plain and layer.transport.chemical_diffusivity(self.temperature, layer.electron_conductivity) == 0:
                raise InputError(
                    f"CoatedElectrode.layers.{place}.electron_conductivity = 0 S/m: a layer that stores lithium takes none up"
                    " without electrons; give some, or take ion_transport, which stores none."
                )
            quick = getattr(layer.transport, "diffusivity", 0.0)
            if isinstance(quick, float) and isinstance(self.temperature, float) and quick > LIQUID and self.temperature < COLD:
                raise InputError(
                    f"CoatedElectrode.layers.{place}.transport.diffusivity = {quick:g} m2/s is faster than liquids at"
                    f" {self.temperature:g} K, allowed there up to {LIQUID:g} m2/s; a number in cm2/s needs its unit (1 cm2/s ="
                    " 1e-4 m2/s), one measured hot needs scaling (solion.materials.coating_row(key).at(T))."
                )

    @property
    def thermal_voltage(self):
        """k_B T/e, V."""
        return thermal_voltage(self.temperature)

    @property
    def conductivities(self):
        """sigma_Li of each layer, S/m."""
        return [layer.transport.conductivity(self.temperature) for layer in self.layers]

    @property
    def diffusivities(self):
        """D_chem of each layer, m2/s; None of one that stores no lithium."""
        return [layer.transport.chemical_diffusivity(self.temperature, layer.electron_conductivity) for layer in self.layers]

    @property
    def ion_resistance(self):
        """R_U = sum L/sigma_Li, ohm m2."""
        return sum(layer.thickness / sigma for layer, sigma in zip(self.layers, self.conductivities, strict=True))

    @property
    def electron_resistance(self):
        """R_eT = sum L/sigma_e, ohm m2; infinite where a layer conducts no electrons, which then never plates on top."""
        with np.errstate(divide="ignore"):
            return sum(layer.thickness / np.float64(layer.electron_conductivity) for layer in self.layers)

    @property
    def thickness(self):
        """Of all layers, m."""
        return sum(layer.thickness for layer in self.layers)

    @property
    def offset(self):
        """V_Li p/F, V."""
        return self.lithium_volume * self.pressure / FARADAY

    def exchange(self, law: AbstractChargeTransfer) -> LawExchange | SymmetricExchange:
        """A law at one of the interfaces; one that gives 2 i_0 sinh(eta/2 V_T) is taken in closed form."""
        return exchange_of(as_arrays(without_sources(law)), self.thermal_voltage)

    def paths(self) -> tuple[Path, Path, PorePath]:
        """Underneath, on top once it is nucleated, and through pores."""
        into, bottom, above = (self.exchange(law) for law in (self.into, self.bottom, self.above))
        resistive = np.isfinite(self.electron_resistance)
        top = Path(self.electron_resistance if resistive else 1.0, (above,), area=self.exposed if resistive else 0.0)
        return Path(self.ion_resistance, (into, bottom), self.offset), top, self.pores.path(self.thickness, above)

    def thresholds(self) -> PlatingThresholds:
        """Every measure side by side, and those of a sweep up and of one down."""
        into, bottom = self.exchange(self.into), self.exchange(self.bottom)
        widths = [layer.transport.width for layer in self.layers]
        contents = [layer.transport.content for layer in self.layers]
        diffusing = self.diffusivities

        def fluxes(stored):
            values = [
                coating.range_current(d, w, layer.thickness)
                for d, w, layer in zip(diffusing, stored, self.layers, strict=True)
                if d is not None and w is not None
            ]
            return float(min(values)) if values else None

        ions, electrons = self.ion_resistance, self.electron_resistance
        closed = coating.onset_current(ions, self.barrier)
        top = self.paths()[1]
        never = not np.isfinite(electrons) or self.exposed == 0
        up = float(threshold(Path(ions, (bottom,), self.offset), self.barrier))
        full = float(threshold(Path(ions, (into, bottom), self.offset), self.barrier))
        share = 0.0 if never else float(coating.electron_transference(ions, top.resistance / self.exposed))
        tolerated = np.inf if never else float(coating.tolerated_current(closed, ions, electrons, self.tolerated))
        return PlatingThresholds(
            np.inf if never else up,
            np.inf if never else 0.0,
            np.inf if never else full,
            float(closed),
            fluxes(widths),
            fluxes(contents),
            tolerated,
            share,
        )

    # ---- in time -----------------------------------------------------------------------------------------------------

    def scales(self) -> Scales:
        diffusing = [(layer.thickness, d) for layer, d in zip(self.layers, self.diffusivities, strict=True) if d is not None]
        time = sum(length**2 / d for length, d in diffusing) if diffusing else 1.0
        volt, contents = self.thermal_voltage, [c for layer in self.layers if (c := layer.transport.content)]
        return Scales(
            self.thickness,
            time,
            volt,
            volt / self.ion_resistance,
            contents[-1] if contents else 1.0,
            self.area,
            (("time", "L^2/D"), ("voltage", "V_T"), ("current_density", "V_T/R_U")),
        )

    def system(self, cells: int) -> LineSystem:
        scales = self.scales()
        top = self.nucleation.growth(self, scales)
        return LineSystem(  # pyright: ignore[reportCallIssue]
            regions=(self._region(cells, scales, top),),
            interfaces=(Interface("electrolyte", self.into, "after"),),
            series_resistance=0.0,
            current_unit=scales.current_density,
            leak=top.path(),
        )

    def _region(self, cells: int, scales: Scales, top: NoTop | TopGrowth) -> CoatingRegion:
        return coating_region(
            [
                (layer.thickness, sigma, d)
                for layer, sigma, d in zip(self.layers, self.conductivities, self.diffusivities, strict=True)
            ],
            self._content() or self.thermal_voltage,
            self.bottom,
            self.offset,
            scales,
            cells,
            top,
        )

    def _content(self):
        """W V_T of the topmost storing layer: eta over (c/c_eq - 1), V; None where none stores."""
        storing = [
            FARADAY * d * c / sigma
            for layer, sigma, d in zip(self.layers, self.conductivities, self.diffusivities, strict=True)
            if d is not None and (c := layer.transport.content) is not None
        ]
        return storing[-1] if storing else None

    def regions(self, cells):
        stiffness = self._content()
        if stiffness is None:
            raise InputError(
                "CoatedElectrode: none of its layers stores lithium, so that nothing changes in time: a current has its steady"
                " state at once; take the experiment plating."
            )
        mean = 1 + float(self.offset / stiffness)  # at rest with the metal under its pressure
        storing, extra = sum(d is not None for d in self.diffusivities), self.nucleation.top.cells
        own = storing * cells_of_layer(cells, storing) + 1  # and the entry that counts lithium
        coating = Region("coating", own, mean, np.inf, ("electrolyte", "lithium"))
        return (coating, Region("top", extra, 1.0, np.inf)) if extra else (coating,)

    @property
    def watch(self):  # pyright: ignore[reportIncompatibleVariableOverride]
        """The level of nucleation, of what drives it."""
        return {"supersaturation" if self.drive == "adatom" else "voltage": float(self.barrier)}

    def warnings(self, dataset):
        found = list(temperatures_apart(self))
        name, level = next(iter(self.watch.items()))
        highest = float(np.max(dataset[name].values)) if name in dataset else 0.0
        if highest > level * (1 + 1e-9) and "nuclei" not in dataset:
            found.append(
                f"{name} reaches {highest:.4g} V, above the barrier of {level:.4g} V: lithium nucleates on top, and what follows"
                " in this run is as if it did not; end it there with until, or let it grow (nucleation = ClassicalNucleation())."
            )
        excess = float(np.max(np.abs(dataset["composition"].values - 1))) if "composition" in dataset else 0.0
        if excess > FULL:
            found.append(
                f"the content changes by up to {excess:.2g} of itself; sigma_Li, D and W are taken as constant, up to {FULL:g}."
            )
        return found
