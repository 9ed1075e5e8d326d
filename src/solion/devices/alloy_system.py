"""The scaled equations of an alloying particle: the shell's balance, the film on it, and the terminal.

The potential is the sum of its parts, each reported:

    E = U_r - dG_m/e - eta_reaction - eta_diffusion + dilution - eta_film + eta_transfer + i R

Units: a_0, the device's time, V_T, densities in N_0. Unknowns: the carriers N_0 a_0^p in each cell, as their own
number or, of few, its logarithm (an emptied shell dies out exponentially and never passes zero), the core's radius beyond the
least one alike, the film's thickness, and, as sums, the carriers that came in, those bound in the film, the work done on the
particle, work stored by stress; w = (rise, turn, eta): ln of the excess outside the film over that at the surface if no
carriers passed it, of which a current near none is not a difference; the front's motion (see ShellFront.motion); the
overpotential of the transfer.

The work done is an unknown, not an integral of what is read off the state: near rest a current is a difference of near numbers
over a short time, whose round-off long steps make larger than what the shell holds. Stepped with the contents, it moves by just
what they do.
"""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from solion.balances.electrode import Junction, join, overpotential
from solion.balances.shell_front import LEAST_CORE, TINY, FrontState, ShellFront, ShellState
from solion.base.elementary import inverse_softplus, softplus
from solion.base.quantity import Quantity
from solion.devices.alloy_quantities import OBSERVABLES, PARTS, SHARES, SPATIAL
from solion.devices.device import AbstractDeviceSystem, Guard, first_terminal
from solion.laws.charge_transfer import AbstractChargeTransfer, Surface
from solion.laws.core_shell.kinematics import CoreShell
from solion.numerics.roots import increasing_root

LUMPED = 6
FILM, CHARGE, BOUND, WORK_DONE, STORED = range(1 - LUMPED, 0)  # places of the lumped unknowns after the core
MOST_SURFACE = 10.0  # c_s/c_max under a held potential, 59 mV below 0 V: as much as a nucleus of metal may ask for
SPARSE = 1e-9  # carriers in a cell; many more are their own unknown, of fewer it is the logarithm
NEAR = LEAST_CORE  # a_0, the same of the core's radius beyond the least one
LEFT = 0.03  # of NEAR, to which a core is followed: friction tells speeds apart to 1e-16 of a fast front's only
WORK = 1e-3  # unit of the work done: a run may turn over little, whose balance an error of the contents' size would spoil
FLOOR = 1e-22  # of carriers in a cell, far below what a pulled-out shell keeps
LAST = 1e-6  # volume of a core over that at the start below which it takes up no error
STEEPEST = 600.0  # of ln(c*/c_N)


class Instant(NamedTuple):
    """Everything of one state and one w."""

    state: ShellState
    front: FrontState
    influx: Float[Array, ""]  # b^m J_s
    surface: Float[Array, ""]  # c_s
    outside: Float[Array, ""]  # c*
    made: Float[Array, ""]  # carriers bound by new film per time
    thickening: Float[Array, ""]  # of the film
    current: Float[Array, ""]
    parts: dict[str, Float[Array, ""]]

    @property
    def voltage(self):
        """E over V_T."""
        return sum(self.parts.values())


class AlloySystem(AbstractDeviceSystem):
    """See the module."""

    front: ShellFront
    film: Any  # an AbstractSurfaceFilm
    transfer: AbstractChargeTransfer
    resistance: Any  # of the surface at the start
    plateau: Any
    start_fraction: Any
    current_unit: Any  # A/m2
    sites: Any  # N_0, mol/m3
    stress_unit: Any  # Pa

    bandwidth: ClassVar[int] = 1
    border: ClassVar[int] = LUMPED
    sums: ClassVar[int] = 4
    wide: ClassVar[tuple[int, ...]] = (LUMPED + WORK_DONE,)
    reach: ClassVar[float] = STEEPEST
    observables: ClassVar[tuple[Quantity, ...]] = OBSERVABLES
    spatial: ClassVar[tuple[Quantity, ...]] = SPATIAL

    @property
    def order(self) -> int:
        """m."""
        return self.front.grid.order

    @property
    def guards(self):
        return {
            # a returning front is fed by what excess rests with it; below 0 V metal plates, at the latest when it has nucleated
            "surface_excess": Guard(
                "surface, where the carrier metal would plate or excess is used up,",
                least := 1e-3 * self.front.equilibrium / self.front.saturation,
                1.0 + least,
                held=MOST_SURFACE,
                fills=-1,
            ),
            "reacted_fraction": Guard("shell, which the returning front uses up,", 0.55 * self.start_fraction, 2.0, fills=-1),
        }

    def unknowns(self, content):
        core = (1 - self.start_fraction) ** (1 / (self.order + 1))
        outer = CoreShell(core, 1.0, self.front.ratio, self.order).outer
        cells = self.front.grid.place(core, outer)
        film = self.film.film_thickness / self.front.length
        beyond = inverse_softplus((core - LEAST_CORE) / NEAR)
        lumped = jnp.stack([jnp.asarray(value, float) for value in (beyond, film, 0.0, 0.0, 0.0, 0.0)])
        return jnp.concatenate([inverse_softplus(content / self.front.ratio * cells.volumes / SPARSE), lumped])

    def _contents(self, y):
        return SPARSE * softplus(y[:-LUMPED])

    def conserved(self, y):
        core = core_of(y) ** (self.order + 1)
        return jnp.concatenate([self._contents(y), core[None], y[1 - LUMPED :]])

    def yielding(self, y):
        """The core, by its volume, and when that is gone the sum of what came in, on which nothing depends: what is left in an
        emptied shell could not take up an error."""
        beyond = y[-LUMPED]
        core = softplus(beyond) / jax.nn.sigmoid(beyond) / (self.order + 1)
        return jnp.zeros(y.shape).at[-LUMPED].set(core).at[CHARGE].set(LAST)

    @property
    def floor(self):
        power = self.order + 1
        core = LEFT * NEAR * power * LEAST_CORE**self.order if self.order else FLOOR  # nothing rubs in a plate
        return jnp.full(self.front.grid.cells + LUMPED, FLOOR).at[-LUMPED].set(core)

    def invariants(self, q):
        """Carriers of product and in the product, less those that came in."""
        return (jnp.sum(q[:-LUMPED]) - q[-LUMPED] / (self.order + 1) - q[CHARGE])[None]

    def admissible(self, y):
        return jnp.all(jnp.isfinite(y)) & (core_of(y) < 1) & (y[FILM] >= 0)

    def _shell(self, y) -> ShellState:
        return self.front.state(core_of(y), self._contents(y))

    def _junction(self, state: ShellState) -> Junction:
        share = jnp.clip(state.excess[-1] / self.front.saturation, 1e-6, 1 - 1e-6)
        activity = jnp.log(share)
        surface = Surface(share, share, activity, jnp.ones(()), self.front.thermal_voltage)
        return join(self.transfer, surface, self.current_unit)

    def _film(self, y, state: ShellState):
        """(1/(b^m h), ohmic resistance of film and leads to a current), scaled."""
        thickness, front = y[FILM] * self.front.length, self.front
        area = state.outer**self.order
        slowness = front.length / front.time / self.film.conductance(thickness) / area
        ohmic = self.film.resistance(thickness) * self.current_unit / front.thermal_voltage / area
        return slowness, ohmic + self.resistance

    def instant(self, y, w) -> Instant:
        """All of one state, whatever drives it."""
        front, (rise, turn, eta) = self.front, w
        state = self._shell(y)
        moving = front.front(state, turn)
        return self._at_surface(y, state, moving, rise, eta)

    def _at_surface(self, y, state: ShellState, moving: FrontState, rise, eta) -> Instant:
        front = self.front
        slowness, ohmic = self._film(y, state)
        influx, surface, outside = front.surface(state, slowness, rise)
        beyond = self.plateau - rise - jnp.log(front.unpassed(state) / front.equilibrium) + state.drift[-1]
        made, thickening = self._growing(y, state, moving, beyond)
        current = -(influx + made)
        front_log = jnp.log(jnp.maximum(moving.excess, TINY) / front.equilibrium)
        surface_log = jnp.log(jnp.maximum(surface, TINY) / front.equilibrium)
        dilution = front.ratio * (moving.excess - front.equilibrium)
        parts = {
            "plateau": self.plateau,
            "stress": -moving.work,
            "reaction": -(front_log - state.drift[0] + dilution - moving.work),
            "diffusion": -(surface_log - front_log - state.drift[-1] + state.drift[0]),
            "dilution": dilution,
            "film": _fall(surface, outside, influx * slowness),
            "transfer": eta,
            "ohmic": current * ohmic,
        }
        return Instant(state, moving, influx, surface, outside, made, thickening, current, parts)

    def _growing(self, y, state: ShellState, moving: FrontState, beyond):
        """(carriers bound per time, rate of the film's thickness), the film made only below its potential of formation."""
        front, order = self.front, self.order
        stretching = (front.ratio - 1) * moving.speed * (state.core / state.outer) ** order / state.outer / front.time
        thickening, made = self.film.swelling.growth(y[FILM] * front.length, order, stretching)
        reduced = -jnp.expm1(jnp.minimum(beyond - self.film.formation / front.thermal_voltage, 0.0))
        speed = front.time / front.length
        bound = self.film.carriers / self.sites * made * reduced * speed * state.outer**order
        return bound, (thickening - made * (1 - reduced)) * speed

    def balance(self, t, y, w, drive):
        front, now = self.front, self.instant(y, w)
        cells, core = front.rates(now.state, now.front, now.influx)
        consumed = now.front.speed * now.state.core**self.order
        work = now.current * now.voltage + front.stress_power(now.state, now.front, now.influx)
        lumped = jnp.stack([core, now.thickening, now.influx, now.made, work / WORK, consumed * now.front.kept_work])
        constraints = jnp.stack(
            [
                first_terminal(drive).excess(t, now.voltage, now.current),
                front.mismatch(now.state, w[1]),
                self._junction(now.state).excess(w[2], now.current / now.state.outer**self.order),
            ]
        )
        return jnp.concatenate([cells, lumped]), constraints

    def start(self, t, y, drive):
        state = self._shell(y)
        turn = self.front.turn(state)
        moving, junction = self.front.front(state, turn), self._junction(state)
        given = (self, y, state, moving, junction, first_terminal(drive), t)
        fall = increasing_root(_excess, given, jnp.asarray(-STEEPEST), jnp.asarray(STEEPEST), jnp.zeros(()))
        current = self._at_surface(y, state, moving, -fall, jnp.zeros(())).current
        return jnp.stack([-fall, turn, overpotential(junction, current / state.outer**self.order)])

    def profiles(self, y):
        front, state = self.front, self._shell(y)
        shape = CoreShell(state.core, 1.0, front.ratio, self.order)
        unit = 1 / self.stress_unit
        place = state.cells.centres
        radial = front.shell.radial(shape, place, 0.0) * state.stress
        return {
            "r": place,
            "excess": state.excess * front.ratio,
            "shell_radial_stress": (radial - front.pressure) * unit,
            "shell_hoop_stress": (radial + front.shell.deviator(shape, place, 0.0) * state.stress - front.pressure) * unit,
            "shell_mean_stress": (front.shell.mean(shape, place, 0.0) * state.stress - front.pressure) * unit,
        }

    def monitors(self, t, y, w, drive):  # as in observe(), without the rest of it
        now = self.instant(y, w)
        core, thickness = now.state.core, now.state.outer - now.state.core
        fraction = 1 - core ** (self.order + 1)
        seen = [now.voltage, now.current, fraction, core, thickness, now.front.speed, now.surface / self.front.saturation]
        return jnp.concatenate([jnp.stack(seen), self._shares(y, now)])

    def _shares(self, y, now: Instant):
        """Parts of the resistance in series between the surface and the front, over their sum."""
        series = jnp.stack(self.front.series(now.state, now.front, self._film(y, now.state)[0]))
        return series / jnp.sum(series)

    def observe(self, t, y, w, drive):
        front, now = self.front, self.instant(y, w)
        state, moving, current = now.state, now.front, now.current
        slowness, ohmic = self._film(y, state)
        interface, _, film = front.series(state, moving, slowness)
        saturation, voltage = front.saturation, now.voltage
        drive_left = (self.plateau - voltage) * front.thermal_voltage
        seen = {
            "voltage": voltage,
            "current": current,
            "current_density": current,
            "reacted_fraction": 1 - state.core ** (self.order + 1),
            "core": state.core,
            "outer": state.outer,
            "thickness": state.outer - state.core,
            "host_depth": 1 - state.core,
            "front_speed": moving.speed,
            "surface_excess": now.surface / saturation,
            "front_excess": moving.excess / saturation,
            "damkohler": 1 / (interface * front.diffusivity),
            "biot": _over(state.core**self.order, film * state.outer**self.order * front.diffusivity),
            "stefan": (now.surface - moving.excess) / (1 / front.ratio + moving.excess),
            "driving": _over(drive_left, front.shell.strength * front.formula.per_stress),
            "crossover": front.diffusivity * (interface + film * (state.outer / state.core) ** self.order),
            "amorphised": state.theta,
            "film_thickness": y[FILM],
            "bound_by_film": y[BOUND] * (self.order + 1),
            "charge": y[CHARGE],
            "work_supplied": WORK * y[WORK_DONE],
            "carrier_balance": self.invariants(self.conserved(y))[0],
        }
        seen |= {f"potential_{name}": now.parts[name] for name, _ in PARTS}
        seen |= {f"share_{name}": share for (name, _), share in zip(SHARES, self._shares(y, now), strict=True)}
        return seen | self._stresses(state) | self._powers(y, w, now, ohmic)

    def _stresses(self, state: ShellState):
        """Stress at the front and at the surface."""
        front = self.front
        shape, unit = CoreShell(state.core, 1.0, front.ratio, self.order), 1 / self.stress_unit
        hoop = front.shell.deviator(shape, state.outer, 0.0) * state.stress
        return {
            "radial_stress": (front.shell.radial(shape, state.core, 0.0) * state.stress - front.pressure) * unit,
            "hoop_stress": (hoop - front.pressure) * unit,
        }

    def _powers(self, y, w, now: Instant, ohmic):
        """What is supplied, lost and stored."""
        front, moving, state = self.front, now.front, now.state
        consumed = moving.speed * state.core**self.order
        formation = self.film.formation / front.thermal_voltage
        beyond = now.voltage - now.parts["transfer"] - now.parts["ohmic"]
        losses = {
            "loss_reaction": front.reaction_loss(state, moving),
            "loss_plastic": consumed * moving.flow_work,
            "loss_diffusion": front.diffusion_loss(state, moving, now.influx, now.surface),
            "loss_film": -now.influx * now.parts["film"] + now.made * (formation - beyond),
            "loss_transfer": now.current * w[2],
            "loss_ohmic": now.current**2 * ohmic,
        }
        cells, _ = front.rates(state, moving, now.influx)
        at = state.core, self._contents(y), y[STORED], y[BOUND]
        moved = -moving.speed, cells, consumed * moving.kept_work, now.made
        energy, rate = jax.jvp(
            lambda core, contents, kept, bound: front.energy(core, contents, kept, self.plateau) - formation * bound, at, moved
        )
        return losses | {
            "electrical_power": now.current * now.voltage,
            "stress_power": front.stress_power(state, moving, now.influx),
            "power_lost": sum(losses.values()),
            "energy": energy,
            "energy_rate": rate,
        }


def core_of(y):
    """The core's radius over a_0, of unknowns along the last axis."""
    return LEAST_CORE + NEAR * softplus(y[..., -LUMPED])


def _over(part, whole):
    """part/whole, infinite where the whole is zero."""
    none = jnp.asarray(whole) == 0
    return jnp.where(none, jnp.inf, part / jnp.where(none, 1.0, whole))


def _fall(surface, outside, difference):
    """ln(c_s/c*), of one sign with the flux however small their ``difference``."""
    near = jnp.abs(difference) < 0.5 * outside
    logarithm = jnp.log(jnp.maximum(surface, TINY) / outside)
    return jnp.where(near, jnp.log1p(jnp.where(near, -difference / outside, 0.0)), logarithm)


def _excess(fall, given):
    system, y, state, moving, junction, drive, t = given
    now = system._at_surface(y, state, moving, -fall, jnp.zeros(()))
    eta = overpotential(junction, now.current / state.outer**system.order)
    return drive.excess(t, now.voltage + eta, now.current)
