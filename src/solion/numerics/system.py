"""What the stepper asks of a model: a stiff system with exact constraints.

    d/dt q(y) = f(t, y, w),    0 = g(t, y, w)

``y`` holds the unknowns of the cells. ``q`` acts entry by entry: it is the conserved quantity, while the unknown may be a
bounded transform of it (a logit of composition). Where q is constant the row is algebraic, 0 = f. ``w`` is what acts on distant
cells at once (terminal currents, overpotentials, a potential); after every step it is solved for to round-off, as are the sums
of q that the equations keep. ``method`` says how a step is taken, and may ask for more: the direct method for a line of cells
(:mod:`solion.numerics.stepping.rosenbrock`) how its equations are coupled, the matrix-free one for cells in space
(:mod:`solion.numerics.stepping.matrix_free`) for an approximate inverse.
"""

from abc import abstractmethod
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float


class AbstractSystem(eqx.Module):
    """A model as the stepper sees it. ``drive`` is whatever the protocol hands to the model in this segment."""

    method: eqx.AbstractClassVar[Any]  # an :class:`solion.numerics.stepping.method.AbstractMethod`
    bandwidth: eqx.AbstractVar[int]  # entries of y on either side that an entry of f feels: for the direct method
    border: eqx.AbstractVar[int]  # unknowns at the end of y that are no cells and may couple to everything

    @property
    def sums(self) -> int:
        """How many of the last unknowns of y are sums on which nothing depends, neither f nor g, nor they themselves."""
        return 0

    @property
    def wide(self) -> tuple[int, ...] | None:
        """Rows of the border (f of its unknowns, then g) that cells may enter other than the first and last ``bandwidth`` ones;
        None: all of them may."""
        return None

    @property
    def floor(self) -> Any:
        """What is added to dq/dy, entry by entry or for all: so little that it changes no q, and zero on algebraic rows.

        Where a transform runs off to infinity dq/dy dies out: an unknown whose q is far below the floor stands still, as
        nothing would be felt of its going further, and nothing would be left of its digits.
        """
        return 0.0

    @property
    def fineness(self) -> Any:
        """What the absolute tolerance of a step is multiplied by, entry by entry or for all: below one where a small q counts."""
        return 1.0

    @abstractmethod
    def conserved(self, y: Float[Array, " n"]) -> Float[Array, " n"]:
        """q(y), entry by entry; constant on algebraic rows."""

    @abstractmethod
    def invariants(self, q: Float[Array, " n"]) -> Float[Array, " v"]:
        """Linear sums of q that never change, such as the ions in a closed film; none is an array of length 0.

        They are restored by moving unknowns that q feels, as far as they are :meth:`yielding`; algebraic ones are not solved
        for again.
        """

    def yielding(self, y: Float[Array, " n"]) -> Float[Array, " n"]:
        """How readily each unknown moves where invariants are restored: the cells' alike and lumped ones not, unless said."""
        return jnp.where(jnp.arange(y.shape[0]) < y.shape[0] - self.border, 1.0, 0.0)

    @abstractmethod
    def balance(
        self, t, y: Float[Array, " n"], w: Float[Array, " m"], drive: Any
    ) -> tuple[Float[Array, " n"], Float[Array, " m"]]:
        """(f, g): f with a local coupling of the cells once w is given, g with a regular derivative in w."""

    @abstractmethod
    def start(self, t, y: Float[Array, " n"], drive: Any) -> Float[Array, " m"]:
        """w with g(t, y, w) = 0 found with certainty, whatever went before: for the start of a run or segment."""

    @abstractmethod
    def admissible(self, y: Float[Array, " n"]) -> Bool[Array, ""]:
        """Whether a state may be accepted (conserved quantities inside their bounds)."""

    @abstractmethod
    def monitors(self, t, y: Float[Array, " n"], w: Float[Array, " m"], drive: Any) -> Float[Array, " k"]:
        """Numbers whose limits stop a segment and whose crossings are recorded."""

    @abstractmethod
    def integrands(self, t, y: Float[Array, " n"], w: Float[Array, " m"], drive: Any) -> Float[Array, " i"]:
        """Rates whose integrals over time the run keeps, such as powers; none is an array of length 0."""


# The same as functions that JAX traces once for each shape, however often a program holds them: tracing is half of compiling.


@jax.jit
def balance(system: AbstractSystem, t, y, w, drive):
    """(f, g) of a system."""
    return system.balance(t, y, w, drive)


@jax.jit
def start(system: AbstractSystem, t, y, drive):
    """w of a system found with certainty."""
    return system.start(t, y, drive)


@jax.jit
def monitors(system: AbstractSystem, t, y, w, drive):
    """The monitors of a system."""
    return system.monitors(t, y, w, drive)


@jax.jit
def integrands(system: AbstractSystem, t, y, w, drive):
    """The integrands of a system."""
    return system.integrands(t, y, w, drive)
