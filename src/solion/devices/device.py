"""What a device and its equations offer to the rest of the library: the whole list for one who adds a device."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

import equinox as eqx
from jaxtyping import Array, Float

from solion.base.scaling import Observable, Scales
from solion.devices.specimen import AbstractSpecimen
from solion.devices.start import AbstractInitial, Uniform
from solion.numerics.stepping.integrate import Tolerance
from solion.numerics.system import AbstractSystem


class Guard(NamedTuple):
    """A monitored content that a forced current may exhaust or fill: how near to its ends it may come, and where it is."""

    margin: float
    place: str
    fills: bool = True  # False where it has no upper end


class AbstractDeviceSystem(AbstractSystem):
    """The scaled equations of a device on a line, with names for what they report."""

    observables: eqx.AbstractClassVar[tuple[Observable, ...]]
    monitor_names: eqx.AbstractClassVar[tuple[str, ...]]
    guards: eqx.AbstractClassVar[dict[str, Guard]]

    integrals: eqx.AbstractClassVar[
        tuple[Observable, ...]
    ]  # those of ``integrands``; losses of energy are ``heat_*``, what leaves with matter ``carried_*``
    supplied: ClassVar[tuple[str, ...]] = ()  # integrals that are work of a source

    @property
    def overflowing(self) -> tuple[str, ...]:
        """Guarded contents that a voltage can fill as well, since no potential rises to stop it."""
        return ()

    @property
    @abstractmethod
    def positions(self) -> Float[Array, " c"]:
        """Where each cell is on the device's coordinate, in units of length."""

    @property
    @abstractmethod
    def capacity(self) -> Float[Array, ""]:
        """Largest content of a cell, in the unit of the guarded monitors."""

    @abstractmethod
    def unknowns(self, content: Float[Array, " n"]) -> Float[Array, " n"]:
        """The stepper's unknowns for a profile of the conserved content."""

    @abstractmethod
    def content(self, y: Float[Array, " n"]) -> Float[Array, " c"]:
        """What is reported of each position, such as its composition."""

    @abstractmethod
    def observe(self, t, y, w, drive) -> dict[str, Float[Array, ""]]:
        """Scaled numbers of one instant, by the names of ``observables``."""


class AbstractDevice(AbstractSpecimen):
    """A device that :func:`solion.simulate` can run."""

    experiments: ClassVar[tuple[str, ...]] = ("transient",)
    terminals: ClassVar[tuple[str, ...]] = ()
    coordinate: ClassVar[str] = "distance from the first end"
    initial: ClassVar[AbstractInitial] = Uniform()  # unless a run is given another one
    tolerance: ClassVar[Tolerance] = Tolerance()
    watch: ClassVar[Mapping[str, float]] = {}  # monitors and the levels whose crossing is recorded, SI

    @abstractmethod
    def scales(self) -> Scales:
        """Its units in SI."""

    @abstractmethod
    def system(self, cells: int) -> AbstractDeviceSystem:
        """Its scaled equations."""

    @abstractmethod
    def profile(self, initial: Any, cells: int) -> Any:
        """Content of each cell in a start state, inside its bounds; InputError where the state cannot be."""

    @abstractmethod
    def facts(self) -> dict[str, Any]:
        """What its materials do at rest, for the record of a run (values that JSON can hold)."""

    @abstractmethod
    def warnings(self, dataset: Any) -> list[str]:
        """Sentences on where a run left the model's range or its resolution."""
