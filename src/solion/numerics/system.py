"""What the stepper asks of a model: a stiff system with a banded core, a small border and exact couplings.

    d/dt q(y) = f(t, y, w),    w = W(t, y)

``y`` holds the unknowns of a line of cells (coupled within ``bandwidth`` entries of one another) followed by
``border`` lumped unknowns that may couple to everything. ``q`` acts entry by entry: it is the conserved quantity, whose
sums the stepper keeps to round-off, while the unknown may be a bounded transform of it (a logit of composition).
Where q is constant the row is algebraic, 0 = f. ``w`` are the few numbers through which distant cells act on one
another at once (a terminal current), and what else was solved with them (overpotentials); a model solves for them
exactly, so they never carry an error of their own.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import equinox as eqx
from jaxtyping import Array, Bool, Float


class AbstractSystem(eqx.Module):
    """A model as the stepper sees it. ``drive`` is whatever the protocol hands to the model at this time."""

    bandwidth: eqx.AbstractClassVar[int]
    border: eqx.AbstractClassVar[int]
    couplings: eqx.AbstractClassVar[int]

    @abstractmethod
    def conserved(self, y: Float[Array, " n"]) -> Float[Array, " n"]:
        """q(y), entry by entry; constant on algebraic rows."""

    @abstractmethod
    def start(self, t, y: Float[Array, " n"], drive: Any) -> Float[Array, " m"]:
        """w = W(t, y) with certainty, whatever went before: for the start of a run or of a segment."""

    @abstractmethod
    def coupling(self, t, y: Float[Array, " n"], drive: Any, guess: Float[Array, " m"]) -> Float[Array, " m"]:
        """w = W(t, y) from a near guess, not a number where that fails; rates use its first ``couplings`` entries."""

    @abstractmethod
    def rate(self, t, y: Float[Array, " n"], w: Float[Array, " m"], drive: Any) -> Float[Array, " n"]:
        """f(t, y, w), banded in the cells' unknowns once w is given."""

    @abstractmethod
    def admissible(self, y: Float[Array, " n"], q: Float[Array, " n"]) -> Bool[Array, ""]:
        """Whether a state may be accepted (conserved quantities inside their bounds)."""

    @abstractmethod
    def monitors(self, t, y: Float[Array, " n"], q: Float[Array, " n"], w: Float[Array, " m"], drive: Any) -> Float[Array, " k"]:
        """Numbers whose limits stop a segment and whose crossings are recorded."""
