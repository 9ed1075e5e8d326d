"""Study files: a device, a protocol and settings as TOML, checked key by key, with units."""

from solion.study.abstract import AbstractStudy
from solion.study.catalogue import builtin_studies, listing
from solion.study.folder import execute
from solion.study.polycrystal import PolycrystalStudy
from solion.study.study import Study, complete, interpret, load, schema

__all__ = [
    "AbstractStudy",
    "PolycrystalStudy",
    "Study",
    "builtin_studies",
    "complete",
    "execute",
    "interpret",
    "listing",
    "load",
    "schema",
]
