"""How far a film reaches along its plane: nowhere, in one dimension; or a width and a depth between mirrors or in periods."""

from __future__ import annotations

from abc import abstractmethod

from solion.base.errors import InputError
from solion.base.memory import memory_limit
from solion.base.parameters import Part, assumed, parameter
from solion.base.spread import Spread, refuse_devices
from solion.grids.sides import AbstractSides, Mirrors, Periods

MEMORY = 1.2e3  # bytes for each cell while a run goes on, samples apart (decision 0091)
FEWEST = 2  # cells along an axis that is resolved


class AbstractExtent(Part):
    """The part of a film's plane that is simulated."""

    @abstractmethod
    def sides(self, cells: int, thickness: float) -> AbstractSides:
        """Cells across the film where ``cells`` of them are across its thickness (m); lengths in thicknesses."""

    @property
    @abstractmethod
    def resolved(self) -> bool:
        """Whether anything may differ from place to place."""

    def spread(self, sides: AbstractSides) -> Spread:
        """Over how many of JAX's devices the cells are spread. Raises InputError where they cannot be."""
        return Spread(1)

    @property
    def repeats(self) -> bool:
        """Whether it repeats across, rather than being mirrored."""
        return False


class Alike(AbstractExtent):
    """The same everywhere in its plane: the film in one dimension."""

    @property
    def resolved(self):
        return False

    def sides(self, cells, thickness):
        return Mirrors((1, 1), (1.0, 1.0))


class Mirrored(AbstractExtent):
    """A piece of the film between mirrors: half a period of a pattern that repeats in twice the ``width``.

    ``columns`` and ``rows`` are the cells along width and depth; unless given they are as wide as the cells across the
    thickness. Without a ``depth`` nothing differs along it, and a run is of two dimensions. ``devices``: over how many of JAX's
    devices (graphics processors) the cells are spread, each with as many columns; one holds a million cells and more.
    """

    width: float = parameter(unit="m", low=1e-10, high=1e-2, doc="L_y, width that is simulated")
    depth: float = parameter(0.0, unit="m", low=0, high=1e-2, doc="L_z; 0: two dimensions", source=assumed(0.0, "a plane"))
    columns: int = parameter(0, low=0, high=4096, doc="cells along the width; 0: as across", source=assumed(0, "cubic cells"))
    rows: int = parameter(0, low=0, high=4096, doc="cells along the depth; 0: as across", source=assumed(0, "cubic cells"))
    devices: int = parameter(1, low=1, high=4096, doc="that share the columns of a large box", source=assumed(1, "one holds it"))

    @property
    def resolved(self):
        return True

    def sides(self, cells, thickness):
        return Mirrors(*_cells(self, cells, thickness))

    def spread(self, sides):
        return _spread(self, sides)


class Periodic(AbstractExtent):
    """A piece of the film that repeats with its ``width`` and ``depth``; numbers as of :class:`Mirrored`."""

    width: float = parameter(unit="m", low=1e-10, high=1e-2, doc="L_y, period along the width")
    depth: float = parameter(0.0, unit="m", low=0, high=1e-2, doc="L_z; 0: two dimensions", source=assumed(0.0, "a plane"))
    columns: int = parameter(0, low=0, high=4096, doc="cells along the width; 0: as across", source=assumed(0, "cubic cells"))
    rows: int = parameter(0, low=0, high=4096, doc="cells along the depth; 0: as across", source=assumed(0, "cubic cells"))
    devices: int = parameter(1, low=1, high=4096, doc="that share the columns of a large box", source=assumed(1, "one holds it"))

    @property
    def resolved(self):
        return True

    @property
    def repeats(self):
        return True

    def sides(self, cells, thickness):
        return Periods(*_cells(self, cells, thickness))

    def spread(self, sides):
        return _spread(self, sides)


def _spread(extent: Mirrored | Periodic, sides: AbstractSides) -> Spread:
    refuse_devices("device.extent.devices", int(extent.devices), sides.cells[0])
    return Spread(int(extent.devices))


def _cells(extent: Mirrored | Periodic, cells: int, thickness: float):
    """(cells along y and z, their spacing over the thickness); refuses what is too coarse or too large to be run."""
    if extent.rows and not extent.depth:
        raise InputError("device.extent.rows: a film without a depth has none; give device.extent.depth, or leave rows out.")
    counts, spacing, total = [], [], cells
    for name, given, length in (("columns", extent.columns, extent.width), ("rows", extent.rows, extent.depth)):
        length = float(length) / float(thickness)
        if length == 0:
            counts.append(1)
            spacing.append(1.0)
            continue
        count = int(given) or max(FEWEST, round(length * cells))
        if count < FEWEST:
            raise InputError(f"device.extent.{name} = {count} is outside its allowed range [{FEWEST}, 4096].")
        counts.append(count)
        spacing.append(length / count)
        total *= count
    needed, limit = MEMORY * total, memory_limit()
    if needed > limit:
        raise InputError(
            f"device.extent: {cells} x {counts[0]} x {counts[1]} = {total:.3g} cells need some {needed / 1e9:.3g} GB of memory,"
            f" more than the {limit / 1e9:.3g} GB that there are; take fewer cells, or a smaller width or depth."
        )
    return tuple(counts), tuple(spacing)
