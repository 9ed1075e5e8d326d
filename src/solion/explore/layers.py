"""``layer_map``: the current beyond a layer over its thickness and conductivity, for several samples of grains."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from os import PathLike
from typing import Any

from solion.base.errors import InputError
from solion.experiments.conduction import Conduction
from solion.explore.sweeps.folder import sweep
from solion.explore.sweeps.layers import WINDOW, LayerMap
from solion.laws import UniformBoundary
from solion.study.study import Study, load

STUDY = "llzo-polycrystal-layer"
COARSE = ('numerics.junctions="40 nm"', 'numerics.faces="0.5 um"', 'numerics.bulk="2.5 um"')  # enough beyond a layer


def layer_map(
    thickness: Any,
    conductivity: Any,
    *,
    ratio: float | None = None,
    seeds: Sequence[int] = (0, 1, 2, 3, 4),
    study: str | PathLike = STUDY,
    settings: Iterable[str] = COARSE,
    **options: Any,
) -> LayerMap:
    """The hot-spot factor beyond the first layer of a study over its thickness and its conductivity.

    ``thickness``, ``conductivity``: values as an axis of a sweep takes them, ``["1 um", "3 um"]`` or
    ``"1e-5 S/cm ... 1e-3 S/cm in 5 log"``. ``ratio``: Lambda = R_gb sigma_g/d, set by the conductivity of a uniform boundary;
    that of the study unless given. ``seeds``: of the grains. ``settings``: of the study, a mesh that is coarse below the layer
    unless given. ``options``: those of :func:`solion.explore.sweep`, such as ``out`` and ``workers``.

    Raises :class:`InputError` as :func:`solion.explore.sweep` does, and for a study without layer or uniform boundary.
    """
    settings = tuple(settings)
    loaded = load(str(study), settings)
    if not isinstance(loaded.experiment, Conduction) or not loaded.device.layers:
        raise InputError(f"{loaded.shown}: a map of layers needs a study of a polycrystal with a layer.")
    if ratio is not None:
        settings += (f'device.boundary.conductivity="{_boundary(loaded, ratio)!r} S/m"',)
    over = {
        "device.layers.0.thickness": thickness,
        "device.layers.0.conductivity": conductivity,
        "microstructure.seed": [int(seed) for seed in seeds],
    }
    return LayerMap.of(sweep(str(study), over, settings=settings, metrics=(WINDOW,), **options))


def _boundary(study: Study, ratio: float) -> float:
    """The conductivity of the boundaries that makes Lambda, S/m."""
    law = study.device.boundary
    if not isinstance(law, UniformBoundary):
        raise InputError(f"{study.shown}: ratio sets the conductivity of a uniform boundary; this study has another law.")
    if not 0 < ratio <= 1e6:
        raise InputError(f"ratio = {ratio!r} (Lambda) is outside its allowed range (0, 1e6].")
    return float(law.thickness * study.device.grain.conductivity / (ratio * study.experiment.grains.grain_size))
