"""A device of your own: a film memristor with an ohmic leak beside it (a pinhole, an edge)."""

from typing import ClassVar

import numpy as np
from jaxtyping import Array, Float

import solion as so
from solion.base.parameters import parameter
from solion.base.quantity import Quantity
from solion.devices.device import AbstractDevice, AbstractDeviceSystem
from solion.devices.film_memristor import FilmMemristor
from solion.devices.film_system import OBSERVABLES, SPATIAL, FilmSystem
from solion.units import nm


class LeakyMemristor(AbstractDevice):
    """A film memristor with a resistance from its top terminal to ground; their currents add."""

    memristor: FilmMemristor
    leak: float = parameter(
        unit="ohm m2", printed="V_T/i_D", low=0, open_low=True, doc="R_l, area-specific resistance of the leak"
    )

    terminals: ClassVar[tuple[str, ...]] = FilmMemristor.terminals
    sign_convention: ClassVar[str] = FilmMemristor.sign_convention
    initial = FilmMemristor.initial
    watch = FilmMemristor.watch

    def system(self, cells):
        scales = self.scales()
        return LeakySystem(self.memristor.system(cells), self.leak * scales.current_density / scales.voltage)

    def scales(self):
        return self.memristor.scales()

    def regions(self, cells):
        return self.memristor.regions(cells)

    def facts(self):
        return self.memristor.facts()

    def warnings(self, dataset):
        return self.memristor.warnings(dataset)


class LeakySystem(AbstractDeviceSystem):
    """The film's own equations; only what the drive sees of them differs."""

    inner: FilmSystem
    leak: Float[Array, ""]

    bandwidth: ClassVar[int] = FilmSystem.bandwidth
    border: ClassVar[int] = FilmSystem.border
    spatial: ClassVar[tuple[Quantity, ...]] = SPATIAL
    observables: ClassVar[tuple[Quantity, ...]] = (
        *OBSERVABLES,
        Quantity("dissipation_leak", "power", "power lost in the leak", "loss", "leak"),
        Quantity("charge", "charge", "integral of the terminal current", integral_of="current"),
    )

    @property
    def guards(self):
        return self.inner.guards

    def behind(self, drive):
        """a V + b (i + V / R_l) = s is (a + b / R_l) V + b i = s: the drive as the film sees it (no compliance)."""
        return drive._replace(voltage_weight=drive.voltage_weight + drive.current_weight / self.leak)

    def balance(self, t, y, w, drive):
        return self.inner.balance(t, y, w, self.behind(drive))

    def start(self, t, y, drive):
        return self.inner.start(t, y, self.behind(drive))

    def observe(self, t, y, w, drive):
        seen = self.inner.observe(t, y, w, self.behind(drive))
        leaking = seen["voltage"] / self.leak
        total = seen["current"] + leaking
        power = {"electrical_power": total * seen["voltage"], "dissipation_leak": leaking * seen["voltage"]}
        return {**seen, "current": total, "current_density": total, **power}

    def unknowns(self, content):
        return self.inner.unknowns(content)

    def conserved(self, y):
        return self.inner.conserved(y)

    def profiles(self, y):
        return self.inner.profiles(y)

    def invariants(self, q):
        return self.inner.invariants(q)

    def admissible(self, y):
        return self.inner.admissible(y)


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
lost = sum(data[name] for name in data if str(name).startswith("dissipation_"))
assert np.all(data["dissipation_leak"] > 0)
assert np.allclose(data["electrical_power"], lost + data["energy_rate"], rtol=1e-9)  # the ledger knows the leak
