"""What a fit may compare with a record: any number that a device declares at every instant."""

from __future__ import annotations

from typing import NamedTuple

from solion.base.errors import InputError, nearest
from solion.base.quantity import Quantity
from solion.readers.headings import NAMES
from solion.study.study import Study


class Observed(NamedTuple):
    """A declared quantity: its ``name``, its SI ``unit``, and what a ``column`` of a file with it is read as, "" for none."""

    name: str
    unit: str
    column: str

    @property
    def drives(self) -> tuple[str, ...]:
        """Columns that may drive the run that is compared, the first one that a record holds."""
        return tuple(name for name in ("voltage", "current") if name != self.name)


def observed(study: Study, name: str) -> Observed:
    """The declared quantity of a study's device by its name.

    Raises :class:`InputError` with the known names for one that is not declared, that is a field, or that is an integral.
    """
    system = study.device.system(study.experiment.cells)
    known = {item.name: item for item in system.observables if not item.dimensions and not item.integral_of}
    if name not in known:
        raise InputError(f"observe = {name!r} is unknown{nearest(name, known)}; known: {', '.join(known)}.")
    return Observed(name, known[name].unit, _column(known[name]))


def _column(item: Quantity) -> str:
    """The quantity of the readers of files that has its name, or else its kind."""
    return next((word for word in (item.name, item.kind or "") if word in NAMES), "")
