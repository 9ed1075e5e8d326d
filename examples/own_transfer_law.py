"""A transfer law of your own: electrons tunnel through a barrier, i = 2 i_0 sinh(e eta / 2 k_B T), whatever the ions do."""

import jax.numpy as jnp
import numpy as np

import solion as so
from solion.base.parameters import parameter
from solion.units import nm


class Tunnelling(so.laws.AbstractChargeTransfer):
    """i = 2 i_0 sinh(e eta / 2 k_B T): V to A/m2."""

    exchange: float = parameter(unit="A/m2", printed="i_D", low=0, open_low=True, doc="i_0, exchange current")

    def current(self, overpotential, surface):
        return 2 * self.exchange * jnp.sinh(overpotential / (2 * surface.thermal_voltage))


FILLING, CURRENT = 0.02, 0.01  # c/c_0, in one phase; i_D
film = so.Film(so.materials.lithium_titanate(), thickness=80 * nm, filling=FILLING)
i_D, V_T = film.units.i_D, film.units.V_T
top, bottom = Tunnelling(1e-3 * i_D), Tunnelling(1e-5 * i_D)
device = so.FilmMemristor(top=so.Contact(top), film=film, bottom=so.Contact(bottom), series_resistance=100 * V_T / i_D)
scales = device.scales()
pulse = so.protocols.hold(current=CURRENT * scales.current, duration=1e-3 * scales.time, samples=5)
result = so.simulate(device, pulse, initial=so.Uniform(), cells=100)

# At first the film is uniform: V = eta_T - eta_B + i / (M_n + r M_p) + i R_s, with eta = 2 asinh(i / 2 i_0)
electrons = FILLING + 0.01
bulk = 1 / (electrons * (1 - electrons / (5 / 3)) + 1e-5 * FILLING * (1 - FILLING))
overpotentials = sum(2 * np.arcsinh(CURRENT * i_D / (2 * law.exchange)) for law in (top, bottom))
expected = overpotentials + CURRENT * (bulk + 100)
voltage = float(result.dataset["scaled_voltage"][0])
print(f"voltage at the start: {voltage:.6f} V_T, closed form {expected:.6f} V_T")
assert abs(voltage / expected - 1) < 1e-6
