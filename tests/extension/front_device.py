"""A stranger's device in one file: a film that turns into an alloy behind a moving front.

The alloy fills 0 < x < s(t) and is mapped to a unit interval of n cells. With c in units of c_ref, lengths of L and
times of L^2/D:

    dc/dt = d2c/dx2,   c(s) = c_f,   (c_f - c_0) ds/dt = -dc/dx at s,   i = -dc/dx at 0,   V = ln c(0) - R i

V falls as the surface fills. Under a constant surface content the front follows s = 2 lambda sqrt(t), with
sqrt(pi) lambda exp(lambda^2) erf(lambda) = (c_s - c_f)/(c_f - c_0) (Neumann's solution of the Stefan problem).
"""

from __future__ import annotations

from typing import Any, ClassVar

import equinox as eqx
import jax.numpy as jnp

from solion.base.constants import FARADAY, thermal_voltage
from solion.base.parameters import parameter
from solion.base.quantity import Quantity
from solion.base.scaling import Scales
from solion.devices.device import AbstractDevice, AbstractDeviceSystem, first_terminal
from solion.devices.start import Region
from solion.numerics.roots import increasing_root


class AlloyingFilm(AbstractDevice):
    """A film that alloys from one face."""

    thickness: float = parameter(unit="m", low=0, open_low=True, doc="L")
    diffusivity: float = parameter(unit="m2/s", low=0, open_low=True, doc="D in the alloy")
    concentration: float = parameter(unit="mol/m3", low=0, open_low=True, doc="c_ref")
    front_content: float = parameter(low=0, open_low=True, doc="c_f/c_ref of the alloy at the front")
    surface_content: float = parameter(3.0, low=0, open_low=True, doc="mean c/c_ref of the alloy at the start")
    host_content: float = parameter(0.0, low=0, doc="c_0/c_ref of the untouched host")
    start: float = parameter(0.05, low=0, open_low=True, high=1, doc="s/L at the start")
    resistance: float = parameter(0.0, unit="ohm m2", low=0, doc="R")
    area: float = parameter(1e-4, unit="m2", low=0, open_low=True, doc="S")
    temperature: float = parameter(298.15, unit="K", low=1, high=3000, doc="T")

    terminals: ClassVar[tuple[str, ...]] = ("electrode",)
    sign_convention: ClassVar[str] = "A positive current puts ions into the alloy."

    def scales(self):
        return Scales(
            length=self.thickness,
            time=self.thickness**2 / self.diffusivity,
            voltage=thermal_voltage(self.temperature),
            current_density=FARADAY * self.diffusivity * self.concentration / self.thickness,
            concentration=self.concentration,
            area=self.area,
        )

    def system(self, cells):
        scales = self.scales()
        resistance = self.resistance * scales.current_density / scales.voltage
        return FrontSystem(cells, self.front_content, self.host_content, self.start, resistance)

    def regions(self, cells):
        return (Region("alloy", cells, float(self.surface_content), 1e3, ("surface", "front")),)


class FrontSystem(AbstractDeviceSystem):
    """Unknowns: ln of the content m_j = c_j s/n of each cell, then s and the charge passed."""

    cells: int = eqx.field(static=True)
    front_content: Any
    host_content: Any
    start_length: Any
    resistance: Any

    bandwidth: ClassVar[int] = 1
    border: ClassVar[int] = 2
    observables: ClassVar[tuple[Quantity, ...]] = (
        Quantity("voltage", "voltage", "terminal voltage", "terminal", "electrode", monitored=True),
        Quantity("current", "current", "current into the alloy", "terminal", "electrode", monitored=True),
        Quantity("front", "length", "position of the front", monitored=True),
        Quantity("surface_content", None, "c/c_ref at the surface", "surface", "surface"),
        Quantity("balance_of_ions", None, "ions in the alloy less the host's and those passed", "inventory"),
        Quantity("power_in", "power", "power of the source: a current that puts ions in gives power out", "work"),
        Quantity("power_lost", "power", "power lost in the resistance", "loss"),
        Quantity("energy", "energy", "none is counted", "stored"),
        Quantity("energy_rate", "power", "what the surface takes, the loss of diffusion in it", "stored"),
        Quantity("charge", "charge", "charge passed", integral_of="current"),
    )
    spatial: ClassVar[tuple[Quantity, ...]] = (
        Quantity("x", "length", "distance from the surface", "coordinate", dimensions=("cell",)),
        Quantity("content", None, "c/c_ref in the alloy", "field", dimensions=("cell",)),
    )

    def unknowns(self, content):
        lumped = jnp.stack([jnp.asarray(self.start_length, float), jnp.zeros(())])
        return jnp.concatenate([jnp.log(content * self.start_length / self.cells), lumped])

    def conserved(self, y):
        return jnp.concatenate([jnp.exp(y[:-2]), y[-2:]])

    def profiles(self, y):
        return {"x": (jnp.arange(self.cells) + 0.5) / self.cells * y[-2], "content": self._content(y)}

    def invariants(self, q):
        return (jnp.sum(q[:-2]) - self.host_content * q[-2] - q[-1])[None]

    def admissible(self, y):
        return jnp.all(jnp.isfinite(y)) & (y[-2] < 1)

    def _content(self, y):
        return jnp.exp(y[:-2]) * self.cells / y[-2]

    def _surface(self, y, current):
        return self._content(y)[0] + current * y[-2] / (2 * self.cells)

    def voltage(self, y, current):
        return jnp.log(self._surface(y, current)) - self.resistance * current

    def balance(self, t, y, w, drive):
        current, length, n = w[0], y[-2], self.cells
        content = self._content(y)
        width = length / n
        slope = (content[-1] - self.front_content) / (0.5 * width)
        speed = slope / (self.front_content - self.host_content)
        share = jnp.arange(1, n) / n
        flux = -(content[1:] - content[:-1]) / width - share * speed * 0.5 * (content[1:] + content[:-1])
        out = slope - speed * self.front_content
        rates = jnp.concatenate([current[None], flux]) - jnp.concatenate([flux, out[None]])
        lumped = jnp.stack([speed, current])
        excess = first_terminal(drive).excess(t, self.voltage(y, current), current)
        return jnp.concatenate([rates, lumped]), excess[None]

    def start(self, t, y, drive):
        least = -2 * self.cells / y[-2] * self._content(y)[0] * (1 - 1e-12)
        return increasing_root(_excess, (self, t, y, first_terminal(drive)), least, jnp.asarray(1e6), jnp.zeros(()))[None]

    def observe(self, t, y, w, drive):
        current, lost = w[0], self.resistance * w[0] ** 2
        power = -self.voltage(y, current) * current
        none = jnp.zeros_like(power)
        return {
            "voltage": self.voltage(y, current),
            "current": current,
            "front": y[-2],
            "surface_content": self._surface(y, current),
            "balance_of_ions": self.invariants(self.conserved(y))[0],
            "power_in": power,
            "power_lost": lost,
            "energy": none,
            "energy_rate": power - lost,
        }


def _excess(current, given):
    system, t, y, drive = given
    return drive.excess(t, system.voltage(y, current), current)
