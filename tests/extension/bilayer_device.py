"""A stranger's device in one file: two films of a mixed conductor in series, with a leak beside them.

Nothing is packed by hand: it is put together from regions, interfaces and a leak, and every region has its own start state.
"""

from typing import ClassVar

from solion.base.parameters import parameter
from solion.devices.device import AbstractDevice
from solion.devices.film_memristor import Film
from solion.devices.film_region import Contact
from solion.devices.line import Interface, Leak, LineSystem
from solion.laws.charge_transfer import AbstractChargeTransfer
from solion.laws.conduction import OhmicLeak


class Bilayer(AbstractDevice):
    """Two films between two contacts; ``between`` hands electrons from the one to the other."""

    top: Contact
    upper: Film
    between: AbstractChargeTransfer
    lower: Film
    bottom: Contact
    leak: float = parameter(0.0, unit="S/m2", low=0, doc="conductance beside the films")
    area: float = parameter(1e-8, unit="m2", low=0, open_low=True, doc="S")

    terminals: ClassVar[tuple[str, ...]] = ("top",)
    sign_convention: ClassVar[str] = "A positive voltage at the top drives a positive current down to the grounded bottom."

    def scales(self):
        return self.upper.scales(self.area, 298.15)

    def system(self, cells):
        scales, lower = self.scales(), self.lower.scales(self.area, 298.15)
        return LineSystem(
            regions=(
                self.upper.region(cells, scales, name="upper", ends=("top", "middle")),
                self.lower.region(cells, lower, scales, name="lower", ends=("middle", "bottom")),
            ),
            interfaces=(
                Interface("top", self.top.transfer, "after"),
                Interface("middle", self.between, "after"),
                Interface("bottom", self.bottom.transfer, "before"),
            ),
            series_resistance=0.0,
            current_unit=scales.current_density,
            leak=Leak(OhmicLeak(), self.leak, scales.voltage, scales.current_density),
        )

    def regions(self, cells):
        return (
            self.upper.start_region(cells, "upper", ("top", "middle"), "device.upper"),
            self.lower.start_region(cells, "lower", ("middle", "bottom"), "device.lower"),
        )
