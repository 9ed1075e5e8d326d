"""Study files: a device, a protocol and settings as TOML, checked key by key, with units; and sweeps over them."""

from typing import TYPE_CHECKING

from solion.study.abstract import AbstractStudy
from solion.study.catalogue import builtin_studies, listing
from solion.study.folder import execute
from solion.study.polycrystal import PolycrystalStudy
from solion.study.study import Study, complete, interpret, load, schema

if TYPE_CHECKING:
    from solion.study.layered import layer_map
    from solion.study.sweeps import hot_spot_extremes, load_sweep, seed_quantiles, sweep

__all__ = [
    "AbstractStudy",
    "PolycrystalStudy",
    "Study",
    "builtin_studies",
    "complete",
    "execute",
    "hot_spot_extremes",
    "interpret",
    "layer_map",
    "listing",
    "load",
    "load_sweep",
    "schema",
    "seed_quantiles",
    "sweep",
]


def __getattr__(name: str):
    if name == "layer_map":
        from solion.study.layered import layer_map

        return layer_map
    if name in (
        "hot_spot_extremes",
        "load_sweep",
        "seed_quantiles",
        "sweep",
    ):  # one run needs neither Zarr nor executors
        from solion.study import sweeps

        return getattr(sweeps, name)
    raise AttributeError(f"module 'solion.study' has no attribute {name!r}")
