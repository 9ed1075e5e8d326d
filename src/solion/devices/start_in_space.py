"""Start states of a film that reaches across: fronts that are wavy or rough, islands at a contact and holes in a layer.

A start that is the same everywhere across leaves it to round-off whether, and when, anything in the film's plane grows. These
start states are seeds of a size that is known and recorded with the run.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from solion.base.errors import InputError
from solion.base.parameters import assumed, parameter
from solion.base.quantity import variables
from solion.devices.start import SAME_MEAN, AbstractInitial, PhaseSeparated, Region


class Wavy(AbstractInitial):
    """A start of one dimension whose profile is displaced by amplitude cos(k y) cos(k_z z).

    ``waves`` and ``waves_across`` count half periods between mirrors, whole ones in a periodic film: one is the longest that
    fits.
    """

    profile_across: AbstractInitial = PhaseSeparated()
    amplitude: float = parameter(
        0.01, low=0, high=0.5, doc="displacement over the thickness", source=assumed(0.01, "a lattice plane or two in 80 nm")
    )
    waves: int = parameter(1, low=0, high=64, doc="waves along the width", source=assumed(1, "the longest that fits"))
    waves_across: int = parameter(0, low=0, high=64, doc="waves along the depth", source=assumed(0, "none along the depth"))

    def profile(self, region, regions):
        _require_across("Wavy", region)
        if self.waves_across and region.across[1] == 1:
            raise InputError("Wavy: waves_across are waves along a depth, and this film has none; leave them out.")
        along, across = (
            np.cos(np.pi * waves * (2 if region.repeats else 1) * (np.arange(count) + 0.5) / count)
            for waves, count in zip((int(self.waves), int(self.waves_across)), region.across, strict=True)
        )
        return _displaced(self.profile_across, region, regions, float(self.amplitude) * np.outer(along, across))


class Rough(AbstractInitial):
    """A start of one dimension whose profile is displaced at random, by ``amplitude`` on average and differently in each cell
    across; the ``seed`` fixes it for a grid."""

    profile_across: AbstractInitial = PhaseSeparated()
    amplitude: float = parameter(0.01, low=0, high=0.5, doc="root mean square displacement over the thickness")
    seed: int = parameter(0, low=0, high=2**31, doc="which of the random fronts", source=assumed(0, "any one will do"))

    def profile(self, region, regions):
        _require_across("Rough", region)
        steps = np.random.default_rng(int(self.seed)).standard_normal(region.across)
        return _displaced(self.profile_across, region, regions, float(self.amplitude) * (steps - steps.mean()))


class Island(AbstractInitial):
    """An ion-rich half disc, or half sphere, at one contact, and all other ions in a flat layer at the opposite one.

    Its centre is on the contact at the sides y = 0 and z = 0, where a mirror makes the other half. Both fronts are hyperbolic
    tangents of ``width`` (over the thickness); the depth of the layer makes the mean exact.
    """

    radius: float = parameter(low=0, high=2, open_low=True, doc="R over the thickness")
    at: str = "last"
    width: float = parameter(0.03, low=1e-3, high=1, doc="width of the fronts", source=assumed(0.03, "half of the one at rest"))

    def profile(self, region, regions):
        _require_across("Island", region)
        height, *sides = _from_contact("Island", self.at, region)
        island = _front(np.sqrt(height**2 + sides[0] ** 2 + sides[1] ** 2) - float(self.radius), self.width)

        def rich(layer):
            return np.maximum(island, _front(1 - height - layer, self.width))

        return _filled("Island: radius", self.radius, region, rich)


class Holed(AbstractInitial):
    """A flat ion-rich layer on one contact with a dry hole: a stripe, or a disc in space, that the layer leaves free.

    Its centre is on the contact at the sides y = 0 and z = 0, where a mirror makes the other half. The depth of the layer
    makes the mean exact; ``width`` as of :class:`Island`.
    """

    radius: float = parameter(low=0, high=100, open_low=True, doc="half width of the hole over the thickness")
    at: str = "last"
    width: float = parameter(0.03, low=1e-3, high=1, doc="width of the fronts", source=assumed(0.03, "half of the one at rest"))

    def profile(self, region, regions):
        _require_across("Holed", region)
        height, *sides = _from_contact("Holed", self.at, region)
        beside = _front(float(self.radius) - np.hypot(*sides), self.width)
        return _filled("Holed: radius", self.radius, region, lambda layer: beside * _front(height - layer, self.width))


class EarlierState(AbstractInitial):
    """The state of an earlier run in space, at one of its samples: ``EarlierState.of(result, sample=-1)``.

    Of as many cells each way and the same mean; another device, contacts and protocol may follow on it.
    """

    cells: tuple[int, ...]
    content: tuple[float, ...]

    @classmethod
    def of(cls, result: Any, sample: int = -1) -> EarlierState:
        """The contents that a result holds at a sample, the last unless given. Raises InputError where it is not of space."""
        data = result.dataset
        known = [data[name] for name in variables(data, role="field", kind="") if len(data[name].dims) > 2]
        if len(known) != 1:
            raise InputError("EarlierState.of: the result is not of a film in space; Profile.of takes those of one dimension.")
        values = np.asarray(known[0].isel(time=sample), float)
        return cls(values.shape, tuple(values.ravel().tolist()))

    def profile(self, region, regions):
        _require_across("EarlierState", region)
        cells = (region.cells, *region.across)
        if tuple(self.cells) != cells[: len(self.cells)] or np.prod(cells) != len(self.content):
            raise InputError(
                f"EarlierState: the earlier run has {' x '.join(map(str, self.cells))} cells and this one"
                f" {' x '.join(map(str, cells))}; give cells, columns and rows as they were."
            )
        content = np.asarray(self.content, float).reshape(cells)
        if abs(content.mean() / float(region.mean) - 1) > SAME_MEAN:
            raise InputError(
                f"EarlierState: the earlier run holds {content.mean():.4g} ions per site and the {region.name}"
                f" {float(region.mean):.4g}; give it the filling that it had."
            )
        return _with_mean(content, float(region.mean))


def _from_contact(state: str, at: str, region: Region):
    """Distances from the contact that is named, and along it."""
    if at not in (*region.ends, "first", "last"):
        raise InputError(f"{state}: at = {at!r} is unknown; of the {region.name} it is {region.ends[0]!r} or {region.ends[1]!r}.")
    depth, *sides = _places(region)
    return (1 - depth if at in (region.ends[1], "last") else depth), *sides


def _filled(what: str, size, region: Region, rich) -> np.ndarray:
    """The film whose share of the rich phase is ``rich(layer)``, with the layer that makes the mean exact."""
    phases, mean = region.phases(), float(region.mean)
    if phases is None or not phases.poor < mean < phases.rich:
        raise InputError(f"{what}: one phase holds all ions of this film, so that the other has no place; change its filling.")

    def filled(layer):
        return phases.poor + (phases.rich - phases.poor) * rich(layer)

    low, high = -1.0, 2.0
    if not filled(low).mean() <= mean <= filled(high).mean():
        raise InputError(f"{what} = {float(size):g} leaves no layer that would hold the film's ions; take a smaller one.")
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if filled(middle).mean() < mean else (low, middle)
    return _with_mean(filled(0.5 * (low + high)), mean)


def _require_across(state: str, region: Region) -> None:
    """Refuse a start of space where there is none."""
    if region.across == (1, 1):
        raise InputError(
            f"initial: {state} is a start of a film in space, and the {region.name} is of one dimension; give the device an"
            " extent, or start it with PhaseSeparated() or a Profile."
        )


def _front(distance, width):
    """One behind a front, zero before it."""
    return 0.5 * (1 - np.tanh(2 * distance / width))


def _places(region: Region):
    """Coordinates of the cells over the region's length, (x, y, z)."""
    counts, reach = (region.cells, *region.across), (1.0, *region.reach)
    lines = [(np.arange(n) + 0.5) / n * length for n, length in zip(counts, reach, strict=True)]
    lines[2] = lines[2] if region.across[1] > 1 else np.zeros(1)
    return np.meshgrid(*lines, indexing="ij")


def _displaced(start: AbstractInitial, region: Region, regions, steps: np.ndarray) -> np.ndarray:
    """The profile of a start, moved by a step at each place across."""
    straight = start.profile(region._replace(across=(1, 1)), regions)
    x = (np.arange(region.cells) + 0.5) / region.cells
    moved = np.stack([np.interp(x - step, x, straight) for step in steps.ravel()], axis=-1)
    return _with_mean(moved.reshape(region.cells, *region.across), float(region.mean))


def _with_mean(content: np.ndarray, mean: float) -> np.ndarray:
    return content * (mean / content.mean())
