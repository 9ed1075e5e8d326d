"""Fields of a box that are spread over several of JAX's devices, where one would not hold them.

A field (x, y, z) is cut across y, its flat vector of unknowns in equal pieces of memory; XLA divides the work accordingly and
exchanges what crosses a cut. The same numbers come out, but for the order of sums.
"""

from __future__ import annotations

import functools

import equinox as eqx
import jax
from jax.sharding import AxisType, Mesh, NamedSharding, PartitionSpec
from jaxtyping import Array, Float

from solion.base.errors import InputError

AXIS = "device"


class Spread(eqx.Module):
    """How many ``devices`` share the cells."""

    devices: int = eqx.field(static=True)

    def box(self, values: Float[Array, "..."], shape: tuple[int, int, int]) -> Float[Array, "x y z"]:
        """A flat vector as a field, cut across y."""
        return self._placed(values.reshape(shape), None, AXIS, None)

    def flat(self, field: Float[Array, "x y z"]) -> Float[Array, " n"]:
        """A field as a flat vector, cut in equal pieces."""
        return self._placed(field.ravel(), AXIS)

    def _placed(self, values, *cuts):
        if self.devices == 1:
            return values
        return jax.lax.with_sharding_constraint(values, NamedSharding(_mesh(self.devices), PartitionSpec(*cuts)))


@functools.cache
def _mesh(devices: int) -> Mesh:
    return jax.make_mesh((devices,), (AXIS,), axis_types=(AxisType.Auto,), devices=jax.devices()[:devices])


def refuse_devices(name: str, devices: int, columns: int) -> None:
    """Refuse more devices than JAX has, and columns that cannot be shared equally. Raises InputError in the name of the key."""
    found = jax.devices()
    if devices > len(found):
        kind = found[0].platform
        remedy = f"; on processors set XLA_FLAGS=--xla_force_host_platform_device_count={devices}" if kind == "cpu" else ""
        raise InputError(f"{name} = {devices}: JAX has {len(found)} here ({kind}); take no more of them{remedy}.")
    if columns % devices:
        raise InputError(f"{name} = {devices}: {columns} columns cannot be shared equally; take a number that divides them.")
