"""Materials: one function per file, every number with its source."""

from collections.abc import Callable

from solion.materials.lithium_titanate import lithium_titanate
from solion.materials.mixed_conductor import MixedConductor

__all__ = ["MixedConductor", "catalogue", "lithium_titanate"]

_FUNCTIONS = (lithium_titanate,)


def catalogue() -> dict[str, tuple[Callable, str]]:
    """Name of each material, with the function that makes it and the first line of what it says of itself."""
    return {function.__name__: (function, (function.__doc__ or "").partition("\n")[0]) for function in _FUNCTIONS}
