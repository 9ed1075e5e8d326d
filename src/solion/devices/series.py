"""Where a device's series resistance lies: in its lead, or spread over its contacts, point by point."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from solion.base.parameters import Part, parameter


class AbstractSeries(Part):
    """The shares of R_s at the top and at the bottom contact; what is left is in the lead, where it acts on the whole current."""

    @abstractmethod
    def shares(self) -> tuple[Any, Any]:
        """(at the top, at the bottom)."""

    @property
    def local(self) -> bool:
        """Whether any of it lies at a contact, so that it matters only where the current differs from place to place."""
        return False


class InLead(AbstractSeries):
    """All of it in the lead, as in Tian and Bazant: V - R_s I is left for the film."""

    def shares(self):
        return 0.0, 0.0


class AtContacts(AbstractSeries):
    """At every point of the contacts, whose own current it carries: V - R_s i(y, z), ``top`` of it at the top.

    A place that draws more current then loses more, as in a law of transfer that levels off, for which R_s often stands.
    """

    top: float = parameter(low=0, high=1, doc="share of R_s at the top contact; the rest is at the bottom")

    def shares(self):
        return self.top, 1 - self.top

    @property
    def local(self):
        return True
