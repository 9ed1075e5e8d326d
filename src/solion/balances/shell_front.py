"""Carriers in a shell between a front that consumes the host and a surface that swells, and the front's own balance.

    dc/dt + r^-m d/dr[r^m (v c + J)] = 0,   J = -D [dc/dr - c d(phi)/dr],   a < r < b
    -da/dt (N_0 + beta c_i) = J_a = k exp(-alpha dG_m^+/kT) [c_i - c_rest]

Scaled: lengths in a_0, densities in N_0, times in the device's unit, energies in kT. Finite volumes on cells that follow both
ends (conservative ALE): the flux through the front's face is -N_0 |da/dt| exactly, that through the surface is J_s. What
convection carries through a face is the arithmetic mean of its cells. Its logarithmic mean alone would keep free energy (Tadmor
2003, doi:10.1017/S0962492902000156) but be of order h^2 ln(1/h) at a front without excess; the difference of both counts as
diffusion, so that every loss is a flux times a force and their sum is exact, at order 2.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from solion.base.constants import ELEMENTARY_CHARGE
from solion.base.elementary import once, softplus
from solion.grids.moving_shell import MovingShell, ShellCells, logarithmic_mean
from solion.laws.core_shell.amorphisation import AbstractAmorphisation
from solion.laws.core_shell.front_reaction import slowing
from solion.laws.core_shell.kinematics import CoreShell, outer_radius
from solion.laws.core_shell.shell import AbstractShell
from solion.laws.core_shell.stress_diffusion import StressDiffusion
from solion.laws.core_shell.stress_work import AbstractStressWork, Formula
from solion.numerics.roots import increasing_root

LEAST_CORE = 1e-5  # a_0; below it a core is not followed, and its front slows to nothing
TINY = 1e-300
NEAR = 1e-4  # of the thinnest shell: one thicker by some of it is told from it by the difference itself


class ShellState(NamedTuple):
    """One instant: cells, densities, diffusivities over the gaps, stress."""

    core: Float[Array, ""]
    outer: Float[Array, ""]
    cells: ShellCells
    excess: Float[Array, " n"]
    diffusivity: Float[Array, " n+1"]  # over each gap
    drift: Float[Array, " n+2"]  # phi at the front, the centres and the surface
    theta: Float[Array, ""]
    stress: Float[Array, ""]  # what is left of it: strength of an amorphised front over that of a sharp one


class FrontState(NamedTuple):
    """What the front does at an instant."""

    speed: Float[Array, ""]  # v = -da/dt
    excess: Float[Array, ""]  # c_i
    flow_work: Float[Array, ""]  # part of dG_m that plastic flow takes, kT
    kept_work: Float[Array, ""]  # part of dG_m that is stored, kT
    pressed_work: Float[Array, ""]  # part of dG_m of pressure and surface stress, kT
    rest: Float[Array, ""]  # c at which it would rest
    resistance: Float[Array, ""]  # 1/k and what a vanishing core or shell adds

    @property
    def work(self):
        """dG_m."""
        return self.flow_work + self.kept_work + self.pressed_work


class ShellFront(eqx.Module):
    """The scaled balance; laws are in SI, ``length``, ``time`` and ``thermal_voltage`` lead there."""

    grid: MovingShell
    shell: AbstractShell
    stress_work: AbstractStressWork
    amorphisation: AbstractAmorphisation
    diffusion: StressDiffusion
    formula: Formula
    ratio: Any
    diffusivity: Any
    rate: Any
    equilibrium: Any
    saturation: Any
    asymmetry: Any
    relief: Any
    speedup: Any
    pressure: Any  # Pa
    surface_stress: Any  # N/m
    creep: Any  # strain per unit of time at which the shell creeps rather than flows
    thinnest: Any  # shell at which a returning front stops
    length: Any
    time: Any
    thermal_voltage: Any
    temperature: Any

    def _strain_rate(self, core, speed):
        """Of the hoop at the front, 1/s."""
        return jnp.abs(self.ratio - 1) * speed / (core * self.time)

    def state(self, core, contents) -> ShellState:
        """The instant with these carriers in each cell."""
        outer = outer_radius(core, 1.0, self.ratio, self.grid.order)
        cells = self.grid.place(core, outer)
        excess = contents / cells.volumes
        chemical = jnp.log(jnp.maximum(excess[0], TINY) / self.equilibrium) * self.thermal_voltage
        shape = CoreShell(core, 1.0, self.ratio, self.grid.order)
        elastic = self.shell.elastic_energy(shape) * self.formula.host_volume * self.ratio / ELEMENTARY_CHARGE
        energy = self.formula.stoichiometry * chemical + elastic
        theta = self.amorphisation.share(core * self.length, energy)
        left = 1 - self.relief * theta
        points = jnp.concatenate([cells.faces[:1], cells.centres, cells.faces[-1:]])
        mean = left * self.shell.mean(shape, points, 0.0)
        between = self.diffusion.factor(0.5 * (mean[1:] + mean[:-1]), self.temperature)
        drift = self.diffusion.drift(mean, self.temperature)
        return once(ShellState(core, outer, cells, excess, self.diffusivity * between, drift, theta, left))

    def _pressure_work(self, pressure):
        """What a pressure (Pa) adds to dG_m, kT."""
        return self.stress_work.pressure_work(pressure, self.ratio, self.formula) / self.thermal_voltage

    def energy(self, core, contents, kept, plateau):
        """Free energy of product and carriers against host and carrier metal, with the work that stress has stored."""
        order = self.grid.order
        outer = outer_radius(core, 1.0, self.ratio, order)
        volumes = self.grid.place(core, outer).volumes
        excess = jnp.maximum(contents / volumes, TINY)
        mixing = jnp.sum(contents * jnp.log(excess / self.equilibrium) - contents)
        reacted = (1 - core ** (order + 1)) / (order + 1)
        each = self._pressure_work(self.pressure) - plateau + self.ratio * self.equilibrium
        stretched = self._pressure_work(self.surface_stress / self.length) / (self.ratio - 1) * (outer**order - 1)
        return each * reacted + mixing - plateau * jnp.sum(contents) + stretched + kept

    def motion(self, state: ShellState, turn, friction):
        """Speed v of the front and the share of its stress that plastic flow has, in -1 to 1, of the front's unknown z.

        Flow holds its stress as dry friction does: below it nothing moves, above it the stress is the same at every speed. z is
        the sum of both, v/v_1 + kappa share, so that neither is steep in it: |z| < kappa creeps, beyond it the front flows at
        v_1 (|z| - kappa). kappa follows the work of stress, ``friction`` (kT); v_1, that of a fast front, is a matter of
        numbers alone: z tells speeds apart to 1e-16 of it, so it falls with a core that is all but gone.
        """
        unit, weight = self._fast(state), friction / (1 + friction)
        blunt = 2 * self.creep * state.core / jnp.abs(self.ratio - 1) / unit
        far, near = jnp.abs(turn + weight), jnp.abs(turn - weight)
        above, below = jnp.sqrt(far**2 + blunt), jnp.sqrt(near**2 + blunt)
        share = 2 * turn / (above + below)
        # above + below - 2 weight, each part of one sign: z - weight share would tell a creeping front to 1e-16 of v_1 only
        beyond = blunt / (above + far) + blunt / (below + near) + 2 * jnp.maximum(jnp.abs(turn) - weight, 0.0)
        return 0.5 * unit * share * beyond, share

    def _fast(self, state: ShellState):
        """Speed of a front that the metal's excess drives through its rate, a layer as thick as the particle, and what a core or
        a shell that is all but gone adds."""
        return self.saturation / (1 / self.rate + 1 / self.diffusivity + self._vanishing(state))

    def front(self, state: ShellState, turn) -> FrontState:
        """The front, its unknown being ``turn`` (see :meth:`motion`)."""
        order, core = self.grid.order, state.core
        shape = CoreShell(core, 1.0, self.ratio, order)
        calm = state.stress * self.stress_work.work(shape, self.shell, self.formula, 0.0) / self.thermal_voltage
        speed, share = self.motion(state, turn, jnp.abs(calm) if self.stress_work.flows else 0 * calm)
        strain = self._strain_rate(core, speed)
        work = state.stress * self.stress_work.work(shape, self.shell, self.formula, strain) / self.thermal_voltage
        outside = self.pressure + order * self.surface_stress / (state.outer * self.length)
        pressed = self._pressure_work(outside)
        flow, kept = (work * share, 0 * work) if self.stress_work.flows else (0 * work, work)
        gap = core**order * state.cells.gaps[0] / state.diffusivity[0]
        half = 0.5 * (state.drift[1] - state.drift[0])
        # J_a gap = c_1 (1 - half) - c_i (1 + half), J_a = v (1 + beta c_i)
        excess = (state.excess[0] * (1 - half) - speed * gap) / (1 + half + self.ratio * speed * gap)
        rate = self.rate * (1 + state.theta * (self.speedup - 1))
        whole = flow + kept + pressed
        slowed = rate * slowing(whole, self.asymmetry, 1.0)
        dilution = self.ratio * (excess - self.equilibrium)
        rest = self.equilibrium * jnp.exp(whole + state.drift[0] - dilution)
        return FrontState(speed, excess, flow, kept, pressed, rest, 1 / slowed + self._vanishing(state))

    def _vanishing(self, state: ShellState):
        """What a core or a shell that is all but gone adds to the front's resistance: nothing until then.

        The core's radius cannot pass its least one, as its unknown cannot; a shell may come to be thinner than the thinnest by a
        step's error, and must find no way on there: what is left of it dies out exponentially.
        """
        thickness = state.outer - state.core
        gone = 10 * LEAST_CORE / (state.core - LEAST_CORE)
        near = NEAR * self.thinnest
        thin = 0.02 * self.thinnest / (near * softplus((thickness - self.thinnest) / near))
        return (gone**2 + thin**2) * (1 / self.diffusivity + 1 / self.rate)

    def mismatch(self, state: ShellState, turn):
        """What drives the front less what its speed needs, over the density at hand; zero at the right ``turn``, increasing."""
        front = self.front(state, turn)
        needed = front.speed * (1 + self.ratio * front.excess) * front.resistance
        return (needed - front.excess + front.rest) / (state.excess[0] + self.equilibrium)

    def turn(self, state: ShellState):
        """The unknown of the front's speed, with certainty."""
        gap = self._fast(state) * state.core**self.grid.order * state.cells.gaps[0] / state.diffusivity[0]
        low, high = -0.999 / (self.ratio * gap), 2 + 2 * jnp.maximum(state.excess[0], self.equilibrium) / gap
        return increasing_root(_mismatch, (self, state), low, high, jnp.zeros(()))

    def rates(self, state: ShellState, front: FrontState, influx):
        """Change of the carriers in each cell and of the core; ``influx`` is b^m J_s."""
        order, core = self.grid.order, state.core
        convective = self._swept(state, front) * 0.5 * (state.excess[1:] + state.excess[:-1])
        inside = convective - self._pulled(state, _mean(state.excess))
        ends = -front.speed * core**order, -influx
        faces = once(jnp.concatenate([ends[0][None], inside, ends[1][None]]))
        return faces[:-1] - faces[1:], -(order + 1) * core**order * front.speed

    def _swept(self, state: ShellState, front: FrontState):
        """r^m (v - w) at the inner faces."""
        flow = (self.ratio - 1) * front.speed * state.core**self.grid.order
        return self.grid.swept(state.cells, -front.speed, flow / state.outer**self.grid.order, flow)[1:-1]

    def diffusive(self, state: ShellState, front: FrontState):
        """r^m J at the inner faces, with what an arithmetic mean convects beyond a logarithmic one."""
        excess, mean = state.excess, _mean(state.excess)
        beyond = self._swept(state, front) * (0.5 * (excess[1:] + excess[:-1]) - mean)
        return beyond - self._pulled(state, mean)

    def _pulled(self, state: ShellState, mean):
        """-r^m J of the gradients of excess and of mean stress; ``mean``: excess at the inner faces."""
        excess, drift = state.excess, state.drift[1:-1]
        force = excess[1:] - excess[:-1] - mean * (drift[1:] - drift[:-1])
        return state.diffusivity[1:-1] / state.cells.gaps[1:-1] * force

    def reaction_loss(self, state: ShellState, front: FrontState):
        """Energy lost at the front per time."""
        consumed = front.speed * state.core**self.grid.order
        logarithm = jnp.log(jnp.maximum(front.excess, TINY) / self.equilibrium)
        return consumed * (logarithm - state.drift[0] + self.ratio * (front.excess - self.equilibrium) - front.work)

    def diffusion_loss(self, state: ShellState, front: FrontState, influx, surface):
        """Energy that diffusion loses per time: between cells, and from the outer ones to front and surface."""
        logs, drift = jnp.log(jnp.maximum(state.excess, TINY)), state.drift
        inside = -jnp.sum(self.diffusive(state, front) * (logs[1:] - logs[:-1] - drift[2:-1] + drift[1:-2]))
        outer = influx * (jnp.log(jnp.maximum(surface, TINY)) - logs[-1] - drift[-1] + drift[-2])
        step, mean = drift[1] - drift[0], 0.5 * (state.excess[0] + front.excess)
        near = logs[0] - jnp.log(jnp.maximum(front.excess, TINY)) - step
        near = near + self.ratio * (state.excess[0] - front.excess - mean * step)
        return inside + outer + front.speed * state.core**self.grid.order * near

    def stress_power(self, state: ShellState, front: FrontState, influx):
        """Work of the gradients of mean stress on the carriers that they pull, per time."""
        drift, mean = state.drift, 0.5 * (state.excess[0] + front.excess)
        leaving = drift[1] + self.ratio * mean * (drift[1] - drift[0])
        inside = jnp.sum(self.diffusive(state, front) * (drift[2:-1] - drift[1:-2]))
        return influx * drift[-2] + inside - front.speed * state.core**self.grid.order * leaving

    def series(self, state: ShellState, front: FrontState, film):
        """1/k, G/D and (a/b)^m/h of the instant, scaled; ``film``: 1/(b^m h)."""
        area = state.core**self.grid.order
        return front.resistance, area * jnp.sum(state.cells.gaps / state.diffusivity), area * film

    def surface(self, state: ShellState, film, rise):
        """(b^m J_s, c_s, c*) where c* outside the film is e^rise times that of no flux; ``film``: 1/(b^m h)."""
        half = 0.5 * (state.drift[-1] - state.drift[-2])
        last = self.unpassed(state)
        outside = last * jnp.exp(rise)
        gap = state.cells.gaps[-1] / state.diffusivity[-1] / (1 - half)
        # a mean rather than last + influx gap, which would cancel where the surface is all but empty
        return last * jnp.expm1(rise) / (gap + film), (outside * gap + last * film) / (gap + film), outside

    def unpassed(self, state: ShellState):
        """c at the surface where no carriers pass it."""
        half = 0.5 * (state.drift[-1] - state.drift[-2])
        return jnp.maximum(state.excess[-1] * (1 + half) / (1 - half), TINY)


def _mean(excess):
    """Logarithmic mean of neighbours."""
    return once(logarithmic_mean(*(jnp.maximum(part, TINY) for part in (excess[:-1], excess[1:]))))


def _mismatch(turn, given):
    balance, state = given
    return balance.mismatch(state, turn)
