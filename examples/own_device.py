"""A device of your own: a film memristor with an ohmic leak beside it (a pinhole, an edge)."""

import dataclasses
from typing import ClassVar

import numpy as np

import solion as so
from solion.base.parameters import parameter
from solion.devices.device import AbstractDevice
from solion.devices.film_memristor import FilmMemristor
from solion.devices.line import Leak
from solion.laws.conduction import OhmicLeak
from solion.units import nm


class LeakyMemristor(AbstractDevice):
    """A film memristor with a resistance beside its film; their currents add."""

    memristor: FilmMemristor
    leak: float = parameter(
        unit="ohm m2", printed="V_T/i_D", low=0, open_low=True, doc="R_l, area-specific resistance of the leak"
    )

    terminals: ClassVar[tuple[str, ...]] = FilmMemristor.terminals
    sign_convention: ClassVar[str] = FilmMemristor.sign_convention
    initial = FilmMemristor.initial
    watch = FilmMemristor.watch

    def system(self, cells):
        """The regions and interfaces of the memristor, with a leak beside them."""
        scales = self.scales()
        leak = Leak(OhmicLeak(), 1 / self.leak, scales.voltage, scales.current_density)
        return dataclasses.replace(self.memristor.system(cells), leak=leak)

    def scales(self):
        return self.memristor.scales()

    def regions(self, cells):
        return self.memristor.regions(cells)

    def facts(self):
        return self.memristor.facts()

    def warnings(self, dataset):
        return self.memristor.warnings(dataset)


film = so.Film(so.materials.lithium_titanate(), thickness=80 * nm, filling=0.3)
i_D, V_T = film.units.i_D, film.units.V_T
contact = so.Contact(so.laws.ButlerVolmer(rate=1e-2 * i_D))
device = LeakyMemristor(FilmMemristor(top=contact, film=film, bottom=contact), leak=50.0 * V_T / i_D)
scales = device.scales()
pulse = so.protocols.hold(current=0.1 * scales.current, duration=0.02 * scales.time, samples=5)
result = so.simulate(device, pulse, cells=100)
print(result.summary())

data = result.dataset
assert np.allclose(data["scaled_current"], 0.1, rtol=1e-12)
lost = sum(data[name] for name in data if data[name].attrs.get("role") == "loss")
assert np.all(data["dissipation_leak"] > 0)
assert np.allclose(data["electrical_power"], lost + data["energy_rate"], rtol=1e-9)  # the ledger knows the leak
