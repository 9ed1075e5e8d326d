"""Packages that only some work needs, and the sentence on how to get them, which works from a checkout and from anywhere."""

from __future__ import annotations

from solion.base.errors import InputError

EXTRAS = {  # as in pyproject.toml
    "dask": ("distributed",),
    "polycrystal": ("pyamg", "imageio", "pillow", "tifffile", "imagecodecs"),
    "files": ("openpyxl",),
    "circuits": ("impedance",),
    "yaml": ("pyyaml",),
    "segmentation": ("scikit-image",),
    "calphad": ("pycalphad",),
    "classify": ("scikit-learn",),
}


def install(extra: str) -> str:
    """What to type to get the packages of an extra."""
    return f"pip install {' '.join(EXTRAS[extra])}, the extra {extra!r} of solion"


def missing(what: str, package: str, extra: str) -> InputError:
    """The refusal of ``what``, whose package is not installed."""
    return InputError(f"{what} needs the package {package}, which is not installed: {install(extra)}.")
