"""What a device and its equations offer to the rest of the library: the whole list for one who adds a device."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from solion.balances.electrode import LIMIT
from solion.base.errors import InputError
from solion.base.quantity import Quantity
from solion.base.scaling import Scales
from solion.devices.specimen import AbstractSpecimen
from solion.devices.start import AbstractInitial, Region, Uniform
from solion.numerics.stepping.integrate import Tolerance
from solion.numerics.stepping.method import AbstractMethod
from solion.numerics.stepping.rosenbrock import Rodas5P
from solion.numerics.system import AbstractSystem


class Guard(NamedTuple):
    """A monitored content that a forced current may exhaust or fill: where it is, what it holds when full, and how near to
    its ends it may come before the run ends.

    ``held``: what it holds under a drive that is no forced current, where no potential rises to stop it. ``fills``: sign of the
    current that fills it, so that the other one only exhausts it and none does neither; 0 where either may do both. ``event``:
    status, name and remedy of a limit that is no content of ions, such as a temperature.
    """

    place: str
    margin: float
    capacity: Any = np.inf
    held: Any = np.inf
    fills: int = 0
    event: tuple[str, str, str] = ()  # pyright: ignore[reportAssignmentType]


class AbstractDeviceSystem(AbstractSystem):
    """The scaled equations of a device, with a declaration of everything they report.

    ``observables`` are the numbers of an instant, those with ``integral_of`` kept by the stepper instead. Needed are a
    voltage and a current of each terminal, an inventory, the work of the sources, losses, and what is stored (its energy and
    its rate): the ledger of a run reads them by their roles. ``spatial`` are what each cell holds, and the coordinates of
    the cells.
    """

    method: ClassVar[AbstractMethod] = Rodas5P()
    reach: ClassVar[float] = LIMIT  # of the search for w; where it ends there, nothing obeys the drive
    observables: eqx.AbstractVar[tuple[Quantity, ...]]
    spatial: eqx.AbstractVar[tuple[Quantity, ...]]

    @property
    def guards(self) -> Mapping[str, Guard]:
        """Limits of the device itself, by the name of a monitored quantity."""
        return {}

    @property
    def monitored(self) -> tuple[Quantity, ...]:
        """Quantities that can be watched and that can end a step."""
        return tuple(item for item in self.observables if item.monitored)

    @property
    def integrals(self) -> tuple[Quantity, ...]:
        """Quantities that the stepper integrates over time."""
        return tuple(item for item in self.observables if item.integral_of)

    @abstractmethod
    def unknowns(self, content: Float[Array, " n"]) -> Float[Array, " n"]:
        """The stepper's unknowns for a profile of the conserved content."""

    @abstractmethod
    def profiles(self, y: Float[Array, " n"]) -> dict[str, Array]:
        """Everything declared in ``spatial`` of a state, scaled, by its name."""

    def flows(self, y: Float[Array, " n"], w: Float[Array, " m"]) -> dict[str, Array]:
        """What ``spatial`` declares that depends on w as well, scaled, by its name: nothing unless a device says so."""
        return {}

    @abstractmethod
    def observe(self, t, y, w, drive) -> dict[str, Float[Array, ""]]:
        """Scaled numbers of one instant, by the names of those ``observables`` that are not integrals."""

    def admissible(self, y):
        return jnp.all(jnp.isfinite(y))

    def monitors(self, t, y, w, drive):
        seen = observe(self, t, y, w, drive)  # what is not asked for is dropped by the compiler
        return jnp.stack([seen[item.name] for item in self.monitored])

    def integrands(self, t, y, w, drive):
        if not self.integrals:
            return jnp.zeros(0)
        seen = observe(self, t, y, w, drive)
        return jnp.stack([seen[item.integral_of] for item in self.integrals])


@jax.jit
def observe(system: AbstractDeviceSystem, t, y, w, drive) -> dict[str, Float[Array, ""]]:
    """What a system observes, as a function that JAX traces once, however often a program holds it."""
    return system.observe(t, y, w, drive)


class RunDefaults(NamedTuple):
    """Start state, tolerance and watched levels (SI) of a run that is given none."""

    initial: AbstractInitial
    tolerance: Tolerance
    watch: Mapping[str, float]


class AbstractDevice(AbstractSpecimen):
    """A device that :func:`solion.simulate` can run."""

    experiments: ClassVar[tuple[str, ...]] = ("transient",)
    terminals: ClassVar[tuple[str, ...]] = ()
    initial: ClassVar[AbstractInitial] = Uniform()
    tolerance: ClassVar[Tolerance] = Tolerance()
    watch: ClassVar[Mapping[str, float]] = {}  # monitored quantities and the levels whose crossing is recorded, SI

    def unless_given(self) -> RunDefaults:
        """What a run takes that is not told otherwise: the class's own, unless the numbers of a device ask for others."""
        return RunDefaults(self.initial, self.tolerance, self.watch)

    @abstractmethod
    def scales(self) -> Scales:
        """Its units in SI."""

    @abstractmethod
    def system(self, cells: int) -> AbstractDeviceSystem:
        """Its scaled equations."""

    @abstractmethod
    def regions(self, cells: int) -> Sequence[Region]:
        """Its parts that hold ions, in the order of the unknowns; a start state fills each of them."""

    def profile(self, initial: AbstractInitial, cells: int) -> np.ndarray:
        """Content of each cell in a start state, inside its bounds; InputError where the state cannot be."""
        regions = self.regions(cells)
        parts = [np.asarray(initial.profile(region, tuple(other.name for other in regions))) for region in regions]
        for k, region in enumerate(regions):
            whole = (region.cells, *region.across)
            if parts[k].shape == whole[:1]:
                parts[k] = np.broadcast_to(parts[k][:, None, None], whole)
            if parts[k].shape != whole:
                raise InputError(
                    f"initial: the start state gives {parts[k].size} values for the {np.prod(whole)} cells of the {region.name}."
                )
            part = parts[k] = parts[k].ravel()
            if not np.all(np.isfinite(part) & (part > 0) & (part < region.capacity)):
                raise InputError(
                    f"initial: the start state of the {region.name} leaves the allowed range (0, {region.capacity:g}) of "
                    "contents; change its mean, the start state or the material's free energy."
                )
        return self.arranged(parts)

    def arranged(self, parts: Sequence[np.ndarray]) -> np.ndarray:
        """Contents of all regions in the order of the unknowns: one region after the other, unless they share cells."""
        return np.concatenate(parts)

    def idle(self) -> Mapping[str, float]:
        """Voltages (V) of the terminals that are held where a protocol does not name them; the others carry no current."""
        return {}

    def fewest_cells(self) -> int:
        """Cells below which a moving front would be pinned to them, so that a run ends in a wrong state."""
        return 1

    def reduced(self, cells: int) -> "AbstractDevice":
        """The device that a compact model of so few cells stands for: itself, unless its films are mixed in one cell each."""
        return self

    def facts(self) -> dict[str, Any]:
        """What its materials do at rest, for the description of a run (values that JSON can hold)."""
        return {}

    def warnings(self, dataset: Any) -> list[str]:
        """Sentences on where a run left the model's range or its resolution."""
        return []


def terminal_drive(drive: Any, place: int) -> Any:
    """The drive of one terminal, by its place among the device's."""
    return jax.tree.map(lambda entry: entry[place], drive)


def first_terminal(drive: Any) -> Any:
    """The drive of the first terminal."""
    return terminal_drive(drive, 0)
