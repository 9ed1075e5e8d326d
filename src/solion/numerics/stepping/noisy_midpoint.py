"""Steps with noise: the linearly implicit midpoint rule, for fields in space that fluctuate at a temperature.

    (1 - h J/2) dq = h (f(q) + n(q)),    J = df/dq at fixed w

with a noise n of the system's own, constant over the step and taken at its start (Ito). Of a linear system the stationary
spectrum is exact at any h, which the implicit Euler, Rosenbrock and BDF rules with noise as forcing damp; weak order 2 of a
linear system with constant noise and of order 1 otherwise, strong order 1 and 1/2. It is not L-stable: what is stiff swings
from step to step about its equilibrium, with the right size.

A step has a length that is given, and no error estimate: one that depended on the noise would choose among noises. A step that
leaves the bounds of q is refused, and ends the run. The noise of a step follows from the seed and the number of the step,
so that a run that is resumed has the same.

Of a system it asks what :class:`solion.numerics.stepping.matrix_free.MatrixFree` does, and ``noise(y, h, key)``, dq/dt.
"""

from __future__ import annotations

from typing import Any, ClassVar

import jax
import jax.numpy as jnp

from solion.numerics.stepping.jacobian import capacities
from solion.numerics.stepping.matrix_free import MatrixFree, krylov
from solion.numerics.stepping.method import AbstractMethod, TakenStep

UNSOLVED = 1e-8  # of a step's change


class NoisyMidpoint(AbstractMethod):
    """Steps of ``length`` with the noise of a ``seed``: see the module."""

    seed: Any
    length: Any

    order: ClassVar[int] = 2
    estimates: ClassVar[bool] = False
    failure: ClassVar[str] = "a step with noise left what a composition can be"
    remedy: ClassVar[str] = "take shorter steps of the noise, or leave out shorter waves of it (step, shortest)"
    search: ClassVar[MatrixFree] = MatrixFree()

    def step(self, system: Any, t, y, w, h, drive, taken=0):
        key = jax.random.fold_in(jax.random.key(jnp.asarray(self.seed).astype(jnp.uint32)), taken)
        rate, push = jax.linearize(lambda y: system.rate(t, y, w, drive), y)
        capacity, shift = capacities(system, y), 2.0 / h
        nearly = system.preconditioner(y, shift)

        def operator(change):
            return nearly(shift * change - push(change / capacity))

        right = nearly(2 * (rate + system.noise(y, h, key)))
        change = krylov(operator, right, UNSOLVED)
        solved = jnp.linalg.norm(right - operator(change)) <= 1e3 * UNSOLVED * jnp.linalg.norm(right)
        end = system.unknowns(system.conserved(y) + change)
        error = jnp.where(jnp.all(jnp.isfinite(end)) & solved, jnp.zeros_like(y), jnp.inf)
        return TakenStep(end, w, error, capacity, jnp.zeros((3, y.size)), jnp.zeros((3, w.size)))

    def next_length(self, h, error, previous, accepted):
        return jnp.where(accepted, self.length, 0.0)

    def solved(self, system: Any, t, y, near, drive, enough=1e-8):
        return self.search.solved(system, t, y, near, drive, enough)

    def certain(self, system: Any, t, y, near, drive, fresh):
        return self.search.certain(system, t, y, near, drive, fresh)

    def moving(self, w):
        return self.search.moving(w)
